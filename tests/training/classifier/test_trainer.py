"""Trainers of the classifiers: they learn, resume and follow their seed; and their losses."""

import numpy as np
import pytest
import torch

from digitdraw.models import registry
from digitdraw.training.classifier import dataset, trainer
from digitdraw.training.classifier.trainer import classifier_loss, trainer_for
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
