"""What several tests share: where the real data is, a loaded model, and drawings of digits."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

import digitdraw
from digitdraw.recognizer import Recognizer

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("DIGITDRAW_DATA", ROOT.parent / "shared" / "data"))

# How long an example takes is the machine's: no test is to fail for it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    return digitdraw.load("default", device="cpu")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    if not (DATA / "unipen-digits" / "dev.jsonl.gz").is_file():
        pytest.skip(f"needs the training data, which is not in {DATA} (DIGITDRAW_DATA names it)")
    return DATA
