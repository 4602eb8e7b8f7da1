"""What several tests share: where the real data is, a loaded model, and drawings of digits."""

import os
from pathlib import Path

import pytest
import torch
from hypothesis import settings

import digitdraw
from digitdraw.recognizer import Recognizer

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("DIGITDRAW_DATA", ROOT.parent / "shared" / "data"))

# Tests run side by side, one for each core: threads of each would only wait for one another, those
# of the servers that they start too.
torch.set_num_threads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")

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
