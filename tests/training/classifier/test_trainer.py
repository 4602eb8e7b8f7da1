"""Trainers of the classifiers: they learn, resume and follow their seed; and their losses."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from digitdraw.models import registry
from digitdraw.models.data_format import DataFormat
from digitdraw.training.classifier import dataset, trainer
from digitdraw.training.classifier.trainer import batch_loss, classifier_loss, trainer_for
from digitdraw.training.recipes import RECIPES
from tests.support.trainings import assert_resumes_as_unbroken, small_glyph_dataset

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def glyphs():
    return small_glyph_dataset()


def digits_only(glyphs):
    return dataset.GlyphDataset(glyphs[:1])


def data_of(name, glyphs):
    return digits_only(glyphs) if RECIPES[name].mnist_only else glyphs


@pytest.mark.parametrize("name", registry.MODELS)
def test_every_recipe_lowers_the_loss(name, glyphs):
    classifier = trainer_for(name, RECIPES[name], 12, 0, CPU)
    classifier.set_data(data_of(name, glyphs))
    for _ in range(12):
        classifier.train_epoch()
    losses = [entry["loss"] for entry in classifier.history]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", ["mlp-relu", "cnn"])
def test_a_network_can_memorize_64_digits(name, glyphs):
    classifier = trainer_for(name, RECIPES[name], 200, 0, CPU)
    classifier.set_data(digits_only(glyphs))
    for _ in range(200):
        classifier.train_epoch()
    assert classifier.history[-1]["accuracy"] == 1


def test_the_default_network_can_memorize_32_glyphs():
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


@pytest.mark.parametrize("name", ["default", "mlp-tanh", "from-scratch"])
def test_a_resumed_training_equals_an_unbroken_one(name, glyphs, tmp_path):
    def start():
        classifier = trainer_for(name, RECIPES[name], 3, 0, CPU)
        classifier.set_data(data_of(name, glyphs))
        return classifier

    assert_resumes_as_unbroken(start, tmp_path)


def test_a_fraction_of_the_data_makes_shorter_epochs(glyphs):
    classifier = trainer_for("softmax", RECIPES["softmax"], 1, 0, CPU)
    classifier.set_data(digits_only(glyphs), fraction=0.25)
    assert classifier.examples_per_epoch == 16
    assert sum(map(len, classifier._choose(torch.Generator()))) == 16


def test_a_non_digit_costs_least_with_equal_classes_and_low_digitness():
    recipe = RECIPES["default"]
    labels = torch.tensor([dataset.NOT_A_DIGIT])
    equal = torch.zeros(1, 11)
    equal[0, 10] = -10
    confident = equal.clone()
    confident[0, 3] = 10
    digit = equal.clone()
    digit[0, 10] = 10
    assert classifier_loss(equal, labels, recipe) < classifier_loss(confident, labels, recipe)
    assert classifier_loss(equal, labels, recipe) < classifier_loss(digit, labels, recipe)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("softmax", F.cross_entropy),
        ("mlp-relu", F.cross_entropy),
        ("mlp-tanh", F.nll_loss),
        ("cnn", F.cross_entropy),
        ("from-scratch", lambda z, labels: F.binary_cross_entropy_with_logits(z, one_hot(labels))),
    ],
)
def test_a_classic_model_has_the_loss_that_its_source_names(name, function):
    torch.manual_seed(0)
    outputs, labels = registry.MODELS[name].build()(torch.rand(6, 1, 28, 28)), torch.arange(6)
    loss = batch_loss(outputs, labels, RECIPES[name])
    torch.testing.assert_close(loss, function(outputs, labels))


def one_hot(labels):
    return F.one_hot(labels, 10).float()


def test_the_loss_of_default_is_a_smoothed_cross_entropy_of_any_number_of_classes():
    recipe = replace(RECIPES["default"], digitness_weight=0.0)
    logits, labels = torch.randn(8, 26), torch.arange(8)
    loss = batch_loss(logits, labels, recipe, 26)
    expected = F.cross_entropy(logits, labels, label_smoothing=recipe.label_smoothing)
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("name", registry.MODELS)
def test_outputs_and_pixels_follow_the_data(name):
    letters = DataFormat("letters", tuple("abcdef"), 32)
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 6
    pixels = rng.integers(0, 40, (40, 32, 32), dtype=np.uint8)
    pixels[np.arange(40), 5 * labels] = 255  # the row is the label
    classifier = trainer_for(name, RECIPES[name], 8, 0, CPU, data=letters)
    classifier.set_data([dataset.Subset("letters", pixels, labels, 40)])
    for _ in range(8):
        classifier.train_epoch()
    assert classifier.history[-1]["loss"] < classifier.history[0]["loss"]
    assert classifier.result(torch.zeros(2, 1, 32, 32)).shape == (2, 6)


def test_only_digits_have_a_digitness():
    digits = trainer_for("tiny", RECIPES["tiny"], 1, 0, CPU)
    letters = trainer_for("tiny", RECIPES["tiny"], 1, 0, CPU, data=DataFormat("x", ("a", "b")))
    glyph = torch.zeros(2, 1, 28, 28)
    assert digits.result(glyph).shape == (2, 11)
    assert letters.result(glyph).shape == (2, 2)


def test_samples_are_glyphs_as_the_network_sees_them(glyphs, monkeypatch):
    classifier = trainer_for("default", RECIPES["default"], 1, 0, CPU)
    classifier.set_data(glyphs)
    shown = []
    monkeypatch.setattr(trainer.plots, "samples", lambda *arguments: shown.extend(arguments))
    classifier.samples(20)
    pixels, labels = shown
    assert pixels.shape == (20, 28, 28) and pixels.dtype == np.float32
    assert pixels.min() >= 0 and pixels.max() <= 1
    assert labels.shape == (20,)
    assert set(labels) <= {dataset.NOT_A_DIGIT, *range(10)}
