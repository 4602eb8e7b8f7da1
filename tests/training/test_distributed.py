"""Processes that train together share each batch, and end with the same weights as one."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from digitdraw.training.distributed import ProcessGroup

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys, numpy as np, torch
from digitdraw.training import distributed
from digitdraw.training.classifier import dataset
from digitdraw.training.recipes import RECIPES
from digitdraw.training.trainer import trainer_for
rng = np.random.default_rng(0)
pixels = rng.integers(0, 256, (64, 28, 28), dtype=np.uint8)
pool = dataset.Subset("noise", pixels, np.arange(64) % 10, 64)
with distributed.process_group(torch.device("cpu")) as team:
    trainer = trainer_for("mlp-tanh", RECIPES["mlp-tanh"], 2, 0, torch.device("cpu"), team)
    trainer.take(dataset.GlyphDataset([pool]))
    trainer.one_epoch()
    trainer.one_epoch()
    torch.save(trainer.result.state_dict(), f"{sys.argv[1]}/{team.size}-{team.rank}.pt")
"""


def test_a_batch_is_shared_evenly_and_nothing_twice():
    batch = torch.arange(11)
    parts = [ProcessGroup(rank, 3).share(batch).tolist() for rank in range(3)]
    assert {len(part) for part in parts} == {3}
    assert sorted(index for part in parts for index in part) == list(range(9))


def test_two_processes_end_with_the_weights_of_one(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    two = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    for start in ([], two):
        subprocess.run(
            [sys.executable, *start, str(script), str(tmp_path)],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
            check=True,
            timeout=240,
            capture_output=True,
        )
    one, first, second = (torch.load(tmp_path / f"{name}.pt") for name in ("1-0", "2-0", "2-1"))
    for key in one:
        assert torch.equal(first[key], second[key])
        torch.testing.assert_close(first[key], one[key], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_batch_smaller_than_the_team_is_left_out(length):
    assert len(ProcessGroup(1, 3).share(torch.arange(length))) == 0
