"""A process group shards each batch, and trains the same weights as one process."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from digitdraw.errors import TrainingError
from digitdraw.training import distributed
from digitdraw.training.distributed import ProcessGroup

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys, numpy as np, torch
from digitdraw.training import distributed
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.recipes import RECIPES
rng = np.random.default_rng(0)
pixels = rng.integers(0, 256, (64, 28, 28), dtype=np.uint8)
subset = dataset.Subset("noise", pixels, np.arange(64) % 10, 64)
with distributed.process_group(torch.device("cpu")) as group:
    trainer = trainer_for("mlp-tanh", RECIPES["mlp-tanh"], 2, 0, torch.device("cpu"), group)
    trainer.set_data(dataset.GlyphDataset([subset]))
    trainer.train_epoch()
    trainer.train_epoch()
    torch.save(trainer.result.state_dict(), f"{sys.argv[1]}/{group.size}-{group.rank}.pt")
    group.print(f"{group.size} processes")
"""


def run_script(folder, *launcher):
    """Run SCRIPT with Python, or by a launcher module; returns what it printed."""
    script = folder / "script.py"
    script.write_text(SCRIPT)
    return subprocess.run(
        [sys.executable, *launcher, str(script), str(folder)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        check=True,
        timeout=240,
        capture_output=True,
        text=True,
    ).stdout


def test_shards_have_equal_lengths_and_share_no_element():
    batch = torch.arange(11)
    shards = [ProcessGroup(rank, 3).shard(batch).tolist() for rank in range(3)]
    assert {len(shard) for shard in shards} == {3}
    assert sorted(index for shard in shards for index in shard) == list(range(9))


@pytest.mark.parametrize("length", [0, 1, 2])
def test_a_batch_smaller_than_the_group_is_dropped(length):
    assert len(ProcessGroup(1, 3).shard(torch.arange(length))) == 0


@pytest.fixture
def four_gpus(monkeypatch):
    """Pretends that this machine has four GPUs, and that torchrun started this process as 2."""
    chosen = []
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_RANK", "2")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(
        distributed, "choose_device", lambda wanted: (torch.device(wanted), "as requested")
    )
    return chosen


@pytest.mark.parametrize("wanted", ["auto", "cuda"])
def test_each_process_has_the_gpu_of_its_local_rank(wanted, four_gpus):
    device, _ = distributed.choose_own_device(wanted)
    assert device == torch.device("cuda:2")
    assert four_gpus == [device]


def test_one_process_takes_the_device_that_was_asked_for(four_gpus, monkeypatch):
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "1")
    assert distributed.choose_own_device("cuda")[0] == torch.device("cuda")
    assert four_gpus == []


def test_processes_on_a_cpu_need_no_gpu(four_gpus):
    assert distributed.choose_own_device("cpu")[0] == torch.device("cpu")


def test_more_processes_than_gpus_are_an_error(four_gpus, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    with pytest.raises(TrainingError, match="4 processes need a GPU each, but this machine has 3"):
        distributed.choose_own_device("auto")


def test_one_gpu_for_several_processes_is_an_error(four_gpus):
    with pytest.raises(TrainingError, match="--device cuda gives each process its own"):
        distributed.choose_own_device("cuda:0")


def test_two_processes_train_the_weights_of_one_and_only_the_first_prints(tmp_path):
    assert run_script(tmp_path) == "1 processes\n"
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    assert run_script(tmp_path, *launcher) == "2 processes\n"
    alone, first, second = (torch.load(tmp_path / f"{name}.pt") for name in ("1-0", "2-0", "2-1"))
    for key in alone:
        assert torch.equal(first[key], second[key])
        torch.testing.assert_close(first[key], alone[key], rtol=1e-4, atol=1e-6)
