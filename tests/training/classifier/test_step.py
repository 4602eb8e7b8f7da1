"""A training step samples, computes outputs, loss and gradients, and updates the weights."""

import torch
import torch.nn.functional as F
from torch import nn

from digitdraw.training.classifier.step import training_step


def linear_classifier():
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    return network, torch.optim.SGD(network.parameters(), lr=0.1)


def random_batches(count):
    rng = torch.Generator().manual_seed(0)
    for _ in range(count):
        yield torch.rand(5, 2, 2, generator=rng), torch.randint(3, (5,), generator=rng)


def test_a_step_subtracts_the_gradient_of_the_next_batch_alone():
    network, optimizer = linear_classifier()
    batches = random_batches(2)
    training_step(batches, network, F.cross_entropy, optimizer)
    x, labels = list(random_batches(2))[1]
    before = [parameter.detach().clone() for parameter in network.parameters()]
    expected_loss = F.cross_entropy(network(x), labels)
    gradients = torch.autograd.grad(expected_loss, list(network.parameters()))
    target, outputs, loss = training_step(batches, network, F.cross_entropy, optimizer)
    assert torch.equal(target, labels) and outputs.shape == (5, 3)
    assert loss == expected_loss.detach() and not loss.requires_grad
    for weight, old, gradient in zip(network.parameters(), before, gradients, strict=True):
        torch.testing.assert_close(weight.detach(), old - 0.1 * gradient)


def test_repeated_steps_on_one_batch_lower_its_loss():
    network, optimizer = linear_classifier()
    batch = next(random_batches(1))
    losses = [
        training_step(iter([batch]), network, F.cross_entropy, optimizer)[2] for _ in range(5)
    ]
    assert losses == sorted(losses, reverse=True)
