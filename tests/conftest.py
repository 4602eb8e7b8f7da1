"""Fixtures for all tests: training data, a loaded model, and settings of libraries."""

import os
from pathlib import Path

import pytest
import torch
from hypothesis import settings

import digitdraw
from digitdraw.recognizer import Recognizer

ROOT = Path(__file__).parent.parent
FULL_DATA = Path(os.environ.get("DIGITDRAW_DATA", ROOT.parent / "shared" / "data"))

SAMPLE = ROOT / "tests" / "data"

# pytest-xdist runs a test process per core. More threads in them, or in the servers that they
# start, would only wait for each other.
torch.set_num_threads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A slow machine is no reason for a test to fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    return digitdraw.load("default", device="cpu")


@pytest.fixture(scope="session")
def full_data_folder() -> Path:
    """The full training data, for tests of accuracy; skips the test if it is missing."""
    if not (FULL_DATA / "unipen-digits" / "dev.jsonl.gz").is_file():
        pytest.skip(f"{FULL_DATA} has no training data; DIGITDRAW_DATA can name another folder")
    return FULL_DATA


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The full training data, or the sample in tests/data if it is missing."""
    has_full_data = (FULL_DATA / "unipen-digits" / "dev.jsonl.gz").is_file()
    return FULL_DATA if has_full_data else SAMPLE
