"""The abstract trainer: checkpoints, learning rate and the mean of weights."""

import pytest
import torch

from digitdraw.errors import TrainingError
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.recipes import RECIPES
from digitdraw.training.trainer import Trainer

CPU = torch.device("cpu")


def softmax_trainer():
    return trainer_for("softmax", RECIPES["softmax"], 1, 0, CPU)


def test_the_base_class_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Trainer("softmax", RECIPES["softmax"], 1, 0, CPU)


def test_a_damaged_checkpoint_is_an_error(tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(TrainingError, match="cannot be resumed; --force"):
        softmax_trainer().load_checkpoint(tmp_path / "checkpoint.pt")


def test_a_checkpoint_of_other_settings_is_an_error_that_lists_what_differs(tmp_path):
    path = tmp_path / "checkpoint.pt"
    softmax_trainer().save_checkpoint(path, {"--seed": 1, "--epochs": 2})
    softmax_trainer().load_checkpoint(path, {"--seed": 1, "--epochs": 2})
    with pytest.raises(TrainingError) as raised:
        softmax_trainer().load_checkpoint(path, {"--seed": 1, "--epochs": 3, "--fraction": 0.5})
    message = str(raised.value)
    assert "--epochs was 2 and is 3" in message
    assert "--fraction was not given and is 0.5" in message
    assert "--seed" not in message


def test_a_checkpoint_of_an_older_version_is_not_resumed(tmp_path):
    softmax_trainer().save_checkpoint(tmp_path / "checkpoint.pt")
    with pytest.raises(TrainingError, match="an older version wrote it"):
        softmax_trainer().load_checkpoint(tmp_path / "checkpoint.pt", {"--seed": 1})


def test_a_cosine_schedule_warms_up_and_falls_to_zero():
    trainer = trainer_for("tiny", RECIPES["tiny"], 1, 0, CPU)
    rates = []
    for progress in (0, 0.025, 0.05, 0.5, 1):
        trainer._set_learning_rate(progress)
        rates.append(trainer.optimizer.param_groups[0]["lr"])
    highest = RECIPES["tiny"].learning_rate
    assert rates[:3] == pytest.approx([0, highest / 2, highest])
    assert highest > rates[3] > rates[4] == pytest.approx(0)


def test_a_constant_schedule_keeps_the_learning_rate():
    trainer = softmax_trainer()
    for progress in (0, 0.5, 1):
        trainer._set_learning_rate(progress)
        assert trainer.optimizer.param_groups[0]["lr"] == RECIPES["softmax"].learning_rate


def test_the_result_becomes_the_mean_of_several_networks():
    trainer, other = softmax_trainer(), softmax_trainer()
    for network, value in ((trainer.network, 1.0), (other.network, 3.0)):
        for parameter in network.parameters():
            torch.nn.init.constant_(parameter, value)
    trainer.average_with([other.network])
    assert all((parameter == 2).all() for parameter in trainer.result.parameters())
