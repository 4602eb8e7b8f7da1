"""The network in plain tensors: its gradients against autograd, and its two recipes."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from digitdraw.training import datasets
from digitdraw.training.classifier import from_scratch
from digitdraw.training.classifier.dataset import GlyphDataset, Subset
from digitdraw.training.classifier.from_scratch import Weights
from digitdraw.training.recipes import LEARNS, SOURCE, recipe_for
from digitdraw.training.trainer import trainer_for

LOSSES = ["absolute error", "cross-entropy"]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(count, seed=0):
    """Noise with a bright row of ink, whose place is the label."""
    chance = generator(seed)
    labels = torch.randint(10, (count,), generator=chance)
    x = torch.rand(count, 28, 28, generator=chance) * 0.3
    x[torch.arange(count), 4 + 2 * labels] += 0.7
    return x.flatten(1), labels


def loss_and_gradients(x, targets, weights, loss):
    hidden, z = from_scratch.forward(x, weights)
    gradients = from_scratch.backward(x, hidden, z, targets, weights, loss)
    return from_scratch.loss_of(z, targets, loss), gradients


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_those_of_autograd(loss):
    x, labels = pictures(20)
    x, targets = x.double(), from_scratch.one_hot(labels).double()
    weights = from_scratch.start(generator(), "variance 1/inputs").tensors()
    weights = Weights(*(each.double().requires_grad_() for each in weights))
    _, found = loss_and_gradients(x, targets, weights, loss)
    p = torch.sigmoid(torch.relu(x @ weights.w1 + weights.b1) @ weights.w2 + weights.b2)
    if loss == "absolute error":
        expected = torch.where(targets == 1, 1 - p, p).mean()
    else:
        expected = F.binary_cross_entropy(p, targets)
    expected.backward()
    for gradient, weight in zip(found.tensors(), weights.tensors(), strict=True):
        assert weight.grad.abs().max() > 1e-4
        torch.testing.assert_close(gradient.detach(), weight.grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_of_a_hand_made_case(loss):
    targets = from_scratch.one_hot(torch.tensor([3]))
    assert targets.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]
    undecided = {"absolute error": 0.5, "cross-entropy": 0.6931472}[loss]
    half = from_scratch.loss_of(torch.zeros(1, 10), targets, loss).item()
    assert half == pytest.approx(undecided)
    # Ten times a sure no is wrong once; cross-entropy minds how sure, absolute error does not.
    sure_no = from_scratch.loss_of(torch.full((1, 10), -1000.0), targets, loss).item()
    assert sure_no == pytest.approx({"absolute error": 0.1, "cross-entropy": 100.0}[loss])


@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_lowers_the_loss(loss):
    x, labels = pictures(200)
    targets = from_scratch.one_hot(labels)
    weights = from_scratch.start(generator(), "variance 1/inputs")
    before, gradients = loss_and_gradients(x, targets, weights, loss)
    from_scratch.step(weights, gradients, 0.1)
    after, _ = loss_and_gradients(x, targets, weights, loss)
    assert after < before


def test_a_step_changes_weights_in_place_and_leaves_autograd_alone():
    weights = Weights(*(torch.ones(2, requires_grad=True) for _ in range(4)))
    from_scratch.step(weights, Weights(*(torch.full((2,), 3.0) for _ in range(4))), 0.5)
    for each in weights.tensors():
        assert each.tolist() == [-0.5, -0.5]
        assert each.is_leaf


def test_one_wrong_and_sure_output_is_only_pulled_at_by_cross_entropy():
    weights = from_scratch.start(generator(), "variance 1/inputs")
    weights.b2.fill_(-200.0)
    x, labels = pictures(20)
    targets = from_scratch.one_hot(labels)
    pull = {
        loss: loss_and_gradients(x, targets, weights, loss)[1].b2.abs().max().item()
        for loss in LOSSES
    }
    assert pull["absolute error"] == 0
    assert pull["cross-entropy"] > 0.005


def test_first_weights_have_the_variance_asked_for():
    source = from_scratch.start(generator(), "variance 1")
    shapes = [tuple(each.shape) for each in source.tensors()]
    assert shapes == [(784, 500), (500,), (500, 10), (10,)]
    assert source.w1.std().item() == pytest.approx(1, rel=0.01)
    scaled = from_scratch.start(generator(), "variance 1/inputs")
    assert scaled.w1.std().item() == pytest.approx(784**-0.5, rel=0.01)
    assert scaled.w2.std().item() == pytest.approx(500**-0.5, rel=0.05)


@pytest.fixture(scope="module")
def mnist(data_folder):
    """2,000 digits to learn from, and 1,000 others as (N, 784) in [0, 1] with labels."""
    digits, others = datasets.mnist(data_folder, "train"), datasets.mnist(data_folder, "validation")
    pool = Subset("mnist", digits.pixels[:2_000], digits.labels[:2_000], 2_000)
    x = torch.from_numpy(others.pixels[:1_000]).flatten(1).float() / 255
    return GlyphDataset([pool]), x, torch.from_numpy(others.labels[:1_000])


def trained(corpus, recipe, epochs):
    trainer = trainer_for("from-scratch", recipe, epochs, 0, torch.device("cpu"))
    trainer.take(corpus)
    for _ in range(epochs):
        trainer.one_epoch()
    return trainer


@torch.inference_mode()
def test_the_default_recipe_learns(mnist):
    corpus, x, labels = mnist
    # Of so few digits, smaller batches, or there would be hardly any steps.
    recipe = replace(recipe_for("from-scratch"), batch=100)
    trainer = trained(corpus, recipe, 8)
    accuracy = (trainer.result(x).argmax(1) == labels).float().mean()
    assert accuracy > (0.88 if len(labels) == 1_000 else 0.7)  # the sample has few digits
    assert trainer.history[-1]["loss"] < trainer.history[0]["loss"] / 3


@torch.inference_mode()
def test_the_source_recipe_ends_in_ten_times_no(mnist):
    corpus, x, labels = mnist
    trainer = trained(corpus, recipe_for("from-scratch", "source"), 10)
    z = trainer.result(x)
    p = z.sigmoid()
    # Hardly any digit gets a yes; that costs 1/10, and the sigmoids are too flat to leave it.
    assert (p.max(1).values < 0.5).float().mean() > 0.8
    assert p.mean() < 0.02
    assert trainer.history[-1]["loss"] == pytest.approx(0.1, abs=0.02)
    assert trainer.validation_loss(z, labels) == pytest.approx(0.1, abs=0.02)
    assert (p * (1 - p) < 1e-6).float().mean() > 0.98
    assert (z.argmax(1) == labels).float().mean() < 0.4


def test_the_recipes_are_the_source_and_its_smallest_change():
    assert recipe_for("from-scratch").by_hand == LEARNS
    assert recipe_for("from-scratch", "source").by_hand == SOURCE
    assert (SOURCE.start, SOURCE.loss) == ("variance 1", "absolute error")
    assert (SOURCE.learning_rate, SOURCE.batch, SOURCE.epochs) == (50, 1_000, 30)
    assert (LEARNS.batch, LEARNS.epochs) == (SOURCE.batch, SOURCE.epochs)
