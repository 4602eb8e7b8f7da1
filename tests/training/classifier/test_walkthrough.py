"""The explanation of a training: layers, a batch, one step in numbers, and losses after it."""

import re

import pytest
import torch

from digitdraw.cli.main import main
from digitdraw.models import registry
from digitdraw.training.classifier import dataset, walkthrough
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.recipes import RECIPES
from tests.support.trainings import assert_equal_weights, small_glyph_dataset

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def digits():
    return dataset.GlyphDataset(small_glyph_dataset()[:1])


def start(name, digits):
    trainer = trainer_for(name, RECIPES[name], 1, 0, CPU)
    trainer.set_data(digits)
    return trainer


@pytest.mark.parametrize("name", registry.MODELS)
def test_the_numbers_of_a_step_follow_from_its_gradients(name, digits):
    trainer = start(name, digits)
    text = "\n".join(walkthrough.explain(trainer))
    total = sum(parameter.numel() for parameter in trainer.network.parameters())
    assert f"All layers have {total:,} parameters." in text
    assert (
        "training_step in digitdraw/training/classifier/step.py" in text or name == "from-scratch"
    )
    rows = re.findall(r"\[[\d, ]+\]((?: +[-+][\d.]+){4})$", text, re.MULTILINE)
    assert len(rows) == 6
    for row in rows:
        gradient, before, after, expected = map(float, row.split())
        assert gradient != 0 and before != after
        assert after == pytest.approx(expected, abs=2e-7)
        if RECIPES[name].optimizer != "adamw":
            change = RECIPES[name].learning_rate * gradient
            assert after == pytest.approx(before - change, abs=1e-6)
    losses = re.findall(r"loss of the batch: ([\d.]+)|same batch +([\d.]+)", text)
    assert losses[0][0] == losses[1][1]


def test_the_step_is_that_of_a_training(digits):
    explained, trained = start("mlp-relu", digits), start("mlp-relu", digits)
    text = "\n".join(walkthrough.explain(explained))
    order = torch.Generator().manual_seed(0)
    trained.step(trained.batches(order, order)[1])
    assert_equal_weights(explained.network, trained.network)
    assert "32x784      32x128  128x784 + 128 = 100,480" in text


def test_a_step_that_is_too_long_raises_the_loss(digits):
    text = "\n".join(walkthrough.explain(start("softmax", digits)))
    losses = [float(loss) for loss in re.findall(r"^ +[\d.]+ x +([\d.]+)$", text, re.MULTILINE)]
    assert losses[0] > losses[1]  # 0.1 and 1 times the step of the recipe
    assert losses[-1] > losses[0]  # 1000 times


def test_the_command_prints_an_explanation_and_writes_nothing(data_folder, tmp_path, capsys):
    folders = ["--data", str(data_folder), "--out", str(tmp_path / "out")]
    assert main(["train", "softmax", "--explain", "--device", "cpu", *folders]) == 0
    text = capsys.readouterr().out
    assert all(f"\n{number}. " in "\n" + text for number in range(1, 5))
    assert list(tmp_path.iterdir()) == []


def test_the_photo_networks_are_not_explained(tmp_path, capsys):
    assert main(["train", "detector", "--explain", "--data", str(tmp_path)]) == 1
    assert "--explain is for softmax" in capsys.readouterr().err
