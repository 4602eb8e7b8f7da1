"""The network in plain tensors: its gradients equal those of autograd, and its two recipes."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from digitdraw.training import datasets
from digitdraw.training.classifier import from_scratch
from digitdraw.training.classifier.dataset import GlyphDataset, Subset
from digitdraw.training.classifier.from_scratch import Weights
from digitdraw.training.classifier.trainer import trainer_for, validation_loss
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.recipes import LEARNS, SOURCE, recipe_for

LOSSES = ["absolute error", "binary cross-entropy"]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(count, seed=0):
    """Make noise with a bright row, whose place is the label: (count, 784), and labels."""
    rng = generator(seed)
    labels = torch.randint(10, (count,), generator=rng)
    x = torch.rand(count, 28, 28, generator=rng) * 0.3
    x[torch.arange(count), 4 + 2 * labels] += 0.7
    return x.flatten(1), labels


def loss_and_gradients(x, targets, weights, loss):
    hidden, z = from_scratch.forward(x, weights)
    gradients = from_scratch.backward(x, hidden, z, targets, weights, loss)
    return from_scratch.loss_of(z, targets, loss), gradients


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_equal_those_of_autograd(loss):
    x, labels = pictures(20)
    x, targets = x.double(), from_scratch.one_hot(labels).double()
    weights = from_scratch.start(generator(), "variance 1/inputs")
    weights = Weights(*(weight.double().requires_grad_() for weight in weights))
    _, gradients = loss_and_gradients(x, targets, weights, loss)
    p = torch.sigmoid(torch.relu(x @ weights.w1 + weights.b1) @ weights.w2 + weights.b2)
    if loss == "absolute error":
        expected = torch.where(targets == 1, 1 - p, p).mean()
    else:
        expected = F.binary_cross_entropy(p, targets)
    expected.backward()
    for gradient, weight in zip(gradients, weights, strict=True):
        assert weight.grad.abs().max() > 1e-4
        torch.testing.assert_close(gradient.detach(), weight.grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_of_a_known_case(loss):
    targets = from_scratch.one_hot(torch.tensor([3]))
    assert targets.tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]
    at_half = from_scratch.loss_of(torch.zeros(1, 10), targets, loss).item()
    assert at_half == pytest.approx(
        {"absolute error": 0.5, "binary cross-entropy": 0.6931472}[loss]
    )
    # Ten outputs near 0 are wrong once. Only the cross-entropy depends on how near.
    at_zero = from_scratch.loss_of(torch.full((1, 10), -1000.0), targets, loss).item()
    assert at_zero == pytest.approx({"absolute error": 0.1, "binary cross-entropy": 100.0}[loss])


@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_lowers_the_loss(loss):
    x, labels = pictures(200)
    targets = from_scratch.one_hot(labels)
    weights = from_scratch.start(generator(), "variance 1/inputs")
    before, gradients = loss_and_gradients(x, targets, weights, loss)
    from_scratch.step(weights, gradients, 0.1)
    after, _ = loss_and_gradients(x, targets, weights, loss)
    assert after < before


def test_a_step_changes_weights_in_place_without_autograd():
    weights = Weights(*(torch.ones(2, requires_grad=True) for _ in range(4)))
    from_scratch.step(weights, Weights(*(torch.full((2,), 3.0) for _ in range(4))), 0.5)
    for weight in weights:
        assert weight.tolist() == [-0.5, -0.5]
        assert weight.is_leaf


def test_only_cross_entropy_has_a_gradient_for_a_sure_and_wrong_output():
    weights = from_scratch.start(generator(), "variance 1/inputs")
    weights.b2.fill_(-200.0)
    x, labels = pictures(20)
    targets = from_scratch.one_hot(labels)
    gradient = {
        loss: loss_and_gradients(x, targets, weights, loss)[1].b2.abs().max().item()
        for loss in LOSSES
    }
    assert gradient["absolute error"] == 0
    assert gradient["binary cross-entropy"] > 0.005


def test_first_weights_have_the_variance_of_the_recipe():
    source = from_scratch.start(generator(), "variance 1")
    shapes = [tuple(weight.shape) for weight in source]
    assert shapes == [(784, 500), (500,), (500, 10), (10,)]
    assert source.w1.std().item() == pytest.approx(1, rel=0.01)
    scaled = from_scratch.start(generator(), "variance 1/inputs")
    assert scaled.w1.std().item() == pytest.approx(784**-0.5, rel=0.01)
    assert scaled.w2.std().item() == pytest.approx(500**-0.5, rel=0.05)


@pytest.fixture(scope="module")
def mnist(data_folder):
    """Up to 2,000 digits for training and 1,000 for validation, (N, 784) in [0, 1], with labels."""
    train, validation = (datasets.mnist(data_folder, part) for part in ("train", "validation"))
    subset = Subset("mnist", train.pixels[:2_000], train.labels[:2_000], 2_000)
    x = torch.from_numpy(validation.pixels[:1_000]).flatten(1).float() / 255
    return GlyphDataset([subset]), x, torch.from_numpy(validation.labels[:1_000])


def trained(glyphs, recipe, epochs):
    trainer = trainer_for("from-scratch", recipe, epochs, 0, torch.device("cpu"))
    trainer.set_data(glyphs)
    for _ in range(epochs):
        trainer.train_epoch()
    return trainer


@torch.inference_mode()
def test_the_default_recipe_learns(mnist):
    glyphs, x, labels = mnist
    # Few digits need small batches; otherwise there are hardly any steps.
    recipe = replace(recipe_for("from-scratch"), batch_size=100)
    trainer = trained(glyphs, recipe, 8)
    accuracy = (trainer.result(x).argmax(1) == labels).float().mean()
    assert accuracy > (0.88 if len(labels) == 1_000 else 0.7)  # the sample has few digits
    assert trainer.history[-1]["loss"] < trainer.history[0]["loss"] / 3


@torch.inference_mode()
def test_the_source_recipe_ends_with_ten_outputs_near_zero(mnist):
    glyphs, x, labels = mnist
    trainer = trained(glyphs, recipe_for("from-scratch", "source"), 10)
    z = trainer.result(x)
    p = z.sigmoid()
    # The loss is 1/10 there, and the sigmoids are too flat to leave it.
    assert (p.max(1).values < 0.5).float().mean() > 0.8
    assert p.mean() < 0.02
    assert trainer.history[-1]["loss"] == pytest.approx(0.1, abs=0.02)
    assert validation_loss(z, labels, trainer.recipe) == pytest.approx(0.1, abs=0.02)
    assert (p * (1 - p) < 1e-6).float().mean() > 0.98
    assert (z.argmax(1) == labels).float().mean() < 0.4


@torch.inference_mode()
@pytest.mark.parametrize("name", [None, "source"])
def test_the_recorded_losses_are_the_mean_over_all_outputs(name, mnist):
    glyphs, x, labels = mnist
    recipe = replace(recipe_for("from-scratch", name), batch_size=100_000)  # one batch
    trainer = trainer_for("from-scratch", recipe, 1, 0, torch.device("cpu"))
    trainer.set_data(glyphs)

    def expected(x, labels):
        p, correct = trainer.result(x).sigmoid(), F.one_hot(labels, 10) == 1
        if recipe.loss == "absolute error":
            return torch.where(correct, 1 - p, p).mean().item()
        return -torch.where(correct, p, 1 - p).log().mean().item()

    training = torch.from_numpy(glyphs[0].pixels).flatten(1) / 255
    before = expected(training, torch.from_numpy(glyphs[0].labels))
    trainer.train_epoch()
    validation = ClassifierValidation(
        {"mnist": x.reshape(-1, 28, 28).numpy()}, {"mnist": labels.numpy()}, "mnist", recipe
    )
    measured = validation.measure(validation.predict(trainer))
    assert trainer.history[0]["loss"] == pytest.approx(before, rel=1e-4)
    assert measured["validation loss"] == pytest.approx(expected(x, labels), rel=1e-4)


def test_the_default_recipe_differs_from_its_source_in_three_choices():
    assert recipe_for("from-scratch") == LEARNS
    assert recipe_for("from-scratch", "source") == SOURCE
    assert (SOURCE.init, SOURCE.loss) == ("variance 1", "absolute error")
    assert (SOURCE.learning_rate, SOURCE.batch_size, SOURCE.epochs) == (50, 1_000, 30)
    assert (LEARNS.batch_size, LEARNS.epochs) == (SOURCE.batch_size, SOURCE.epochs)
