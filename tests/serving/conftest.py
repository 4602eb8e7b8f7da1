"""Fixtures of the tests of the server."""

import pytest

from digitdraw.serving.middleware import rate_limits


@pytest.fixture(autouse=True)
def refusals_at_once(monkeypatch):
    """Send refusals without the wait that protects a server: only its tests wait for them."""
    monkeypatch.setattr(rate_limits, "REFUSAL_SECONDS", 0.0)
