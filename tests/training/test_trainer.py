"""One training: what its loss asks for, that it learns, goes on, and follows its seed."""

import numpy as np
import pytest
import torch

from digitdraw.errors import TrainingError
from digitdraw.models import registry
from digitdraw.training.classifier import dataset
from digitdraw.training.recipes import RECIPES
from digitdraw.training.trainer import classifier_loss, plots, trainer_for
from tests.support.drawings import DIGITS
from tests.support.trainings import resumed_beside_unbroken

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def small_corpus():
    """Sixty-four drawings of the ten digits, and what is no digit, as they come in training."""
    rng = np.random.default_rng(0)
    drawn = [
        dataset.Drawing(str(digit), "test", [np.array(s, float) for s in lines])
        for digit, lines in DIGITS.items()
    ]
    made = [dataset.digit_variant(drawn, index, rng) for index in range(64)]
    other = [dataset.non_digit([], drawn, index, rng) for index in range(16)]

    def pool(name, pairs):
        pixels, labels = zip(*pairs, strict=True)
        return dataset.Subset(name, np.stack(pixels), np.array(labels), len(pairs))

    return dataset.GlyphDataset([pool("drawings", made), pool("no digits", other)])


def digits_only(small_corpus):
    return dataset.GlyphDataset(small_corpus.pools[:1])


@pytest.mark.parametrize("name", registry.MODELS)
def test_every_recipe_lowers_the_loss(name, small_corpus):
    recipe = RECIPES[name]
    training = small_corpus if recipe.digits == "everything" else digits_only(small_corpus)
    trainer = trainer_for(name, recipe, 12, 0, CPU)
    trainer.take(training)
    for _ in range(12):
        trainer.one_epoch()
    losses = [entry["loss"] for entry in trainer.history]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", ["mlp-relu", "cnn"])
def test_sixty_four_digits_can_be_learned_by_heart(name, small_corpus):
    trainer = trainer_for(name, RECIPES[name], 200, 0, CPU)
    trainer.take(digits_only(small_corpus))
    for _ in range(200):
        trainer.one_epoch()
    assert trainer.history[-1]["accuracy"] == 1


def test_the_default_network_can_learn_a_handful_of_glyphs_by_heart():
    torch.manual_seed(0)
    network = registry.architecture("default").build().train()
    network.dropout.p = 0.0
    x, y = torch.rand(32, 1, 28, 28), torch.arange(32) % 10
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    for _ in range(30):
        loss = classifier_loss(network(x), y, RECIPES["default"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (network(x)[:, :10].argmax(1) == y).all()


@pytest.mark.parametrize("name", ["default", "mlp-tanh"])
def test_a_restored_training_goes_on_as_if_it_had_not_stopped(name, small_corpus, tmp_path):
    training = small_corpus if name == "default" else digits_only(small_corpus)

    def start():
        trainer = trainer_for(name, RECIPES[name], 3, 0, CPU)
        trainer.take(training)
        return trainer

    resumed, unbroken = resumed_beside_unbroken(start, tmp_path)
    assert resumed.history == unbroken.history


def test_a_checkpoint_that_is_none_is_said_to_be_so(tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"not one")
    with pytest.raises(TrainingError, match="start without --resume"):
        trainer_for("softmax", RECIPES["softmax"], 1, 0, CPU).restore(tmp_path / "checkpoint.pt")


def test_flat_bars_are_what_is_asked_for_where_there_is_no_digit():
    recipe = RECIPES["default"]
    labels = torch.tensor([dataset.NOT_A_DIGIT])
    flat = torch.zeros(1, 11)
    flat[0, 10] = -10
    sure = flat.clone()
    sure[0, 3] = 10
    called_a_digit = flat.clone()
    called_a_digit[0, 10] = 10
    assert classifier_loss(flat, labels, recipe) < classifier_loss(sure, labels, recipe)
    assert classifier_loss(flat, labels, recipe) < classifier_loss(called_a_digit, labels, recipe)


def test_samples_are_glyphs_as_the_network_gets_them(small_corpus, monkeypatch):
    trainer = trainer_for("default", RECIPES["default"], 1, 0, CPU)
    trainer.take(small_corpus)
    shown = []
    monkeypatch.setattr(plots, "samples", lambda *args: shown.extend(args))
    trainer.samples(20)
    glyphs, labels = shown
    assert glyphs.shape == (20, 28, 28) and glyphs.dtype == np.float32
    assert glyphs.min() >= 0 and glyphs.max() <= 1
    assert labels.shape == (20,)
    assert set(labels) <= {dataset.NOT_A_DIGIT, *range(10)}
