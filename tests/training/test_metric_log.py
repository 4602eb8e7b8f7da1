"""Metrics of each epoch go to TensorBoard or Trackio, or nowhere."""

import sys
from types import ModuleType

import pytest

from digitdraw.errors import TrainingError
from digitdraw.training.metric_log import LOGS, check_installed, metric_log

HISTORY = [{"epoch": epoch, "loss": 1 / epoch, "mnist accuracy": 0.9} for epoch in (1, 2)]


def test_tensorboard_has_a_scalar_for_each_metric_and_epoch(tmp_path):
    check_installed("tensorboard")
    with metric_log("tensorboard", tmp_path, "softmax") as log:
        for entry in HISTORY:
            log(entry)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "tensorboard" / "softmax")).Reload()
    assert sorted(events.Tags()["scalars"]) == ["loss", "mnist accuracy"]
    assert [(event.step, event.value) for event in events.Scalars("loss")] == [(1, 1.0), (2, 0.5)]


def test_trackio_gets_a_run_that_is_finished_also_after_an_error(tmp_path, monkeypatch):
    calls = []
    trackio = ModuleType("trackio")
    for name in ("init", "log", "finish"):
        setattr(
            trackio, name, lambda *given, name=name, **named: calls.append((name, given, named))
        )
    monkeypatch.setitem(sys.modules, "trackio", trackio)
    check_installed("trackio")
    with pytest.raises(ValueError), metric_log("trackio", tmp_path, "softmax") as log:
        log(HISTORY[0])
        raise ValueError
    assert calls == [
        ("init", (), {"project": "digitdraw", "group": "softmax"}),
        ("log", ({"loss": 1.0, "mnist accuracy": 0.9},), {"step": 1}),
        ("finish", (), {}),
    ]


def test_without_a_log_nothing_is_written(tmp_path):
    check_installed(None)
    with metric_log(None, tmp_path, "softmax") as log:
        log(HISTORY[0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", LOGS)
def test_a_missing_package_is_an_error_that_says_how_to_install_it(kind, monkeypatch):
    monkeypatch.setitem(sys.modules, kind, None)
    with pytest.raises(TrainingError, match=f"pip install {kind}"):
        check_installed(kind)
