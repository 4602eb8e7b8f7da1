"""Explains the training of a classifier in numbers, for `digitdraw train NAME --explain`.

It makes one step with the code of every training, and compares the weights before and after it.
It writes no file."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import torch
from torch import Tensor, nn

from digitdraw.training.classifier import step
from digitdraw.training.classifier.trainer import ClassifierTrainer, ManualTrainer

Batch = tuple[Tensor, Tensor]
_SHOWN = 3
"""Entries of a tensor that are printed: those with the largest gradients."""
_FOLLOWING = 20
"""Batches after the first whose losses are compared."""
_FACTORS = (0.1, 1, 10, 100, 1_000)
"""Lengths of a step whose losses are compared; 1 is that of the recipe."""
_ADAM_EPSILON = 1e-8
"""Keeps AdamW from dividing by 0; the default of torch."""


def explain(trainer: ClassifierTrainer) -> Iterator[str]:
    """Yield an explanation line by line: layers, a batch, one step, and why a loss may rise.

    The step is the first one of the training, at the learning rate of the recipe."""
    order, rng = (torch.Generator(trainer.device).manual_seed(trainer.seed) for _ in range(2))
    count, batches = trainer.batches(order, rng)
    first, *following = islice(batches, 1 + _FOLLOWING)
    yield from _layers(trainer, first[0])
    yield from _batch(trainer, first, count)
    trainer.network.train()
    before = _copy_of(trainer)
    losses = [_loss(trainer, batch) for batch in (first, *following)]
    torch.manual_seed(trainer.seed)  # of dropout, as in _loss
    trainer.step(iter([first]))
    after = _copy_of(trainer)
    losses_after = [_loss(trainer, batch) for batch in (first, *following)]
    yield from _step(trainer, losses[0], before, after)
    yield from _why_a_loss_may_rise(losses, losses_after)
    yield from _lengths(trainer, first, before, after)


def _layers(trainer: ClassifierTrainer, x: Tensor) -> Iterator[str]:
    """Yield the layers with their shapes, which hooks note during one forward pass."""
    rows: list[tuple[str, ...]] = [("layer", "input", "output", "parameters")]

    def note(name: str) -> Callable:
        def hook(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            tensors = list(layer.parameters())
            sizes = " + ".join(map(_shape, tensors))
            total = f"{sizes} = {_total(tensors):,}" if tensors else "none"
            rows.append((name, _shape(inputs[0]), _shape(output), total))

        return hook

    handles = [
        layer.register_forward_hook(note(f"{name} {type(layer).__name__}".strip()))
        for name, layer in trainer.network.named_modules()
        if not list(layer.children())
    ]
    trainer.network.eval()  # batch norm counts what it sees in training
    with torch.no_grad():
        trainer.forward(x)
    for handle in handles:
        handle.remove()
    build = trainer.design.build
    yield f"1. Layers: {build.__name__} in {_file(build)}"
    yield from _table(rows)
    yield f"   All layers have {_total(trainer.network.parameters()):,} parameters."


def _batch(trainer: ClassifierTrainer, batch: Batch, count: int) -> Iterator[str]:
    """Yield shape, dtype and range of the tensors from the glyphs to the outputs."""
    (x, labels), design = batch, trainer.design
    with torch.no_grad():
        outputs = trainer.forward(x)
    is_log = trainer.recipe.loss == "negative log-likelihood"
    tensors = (
        ("glyphs", x, "1 is ink"),
        ("labels", labels, ", ".join(map(str, labels[:8].tolist())) + " ..."),
        (
            "input",
            (x - design.mean)[:, None] / design.std,
            f"(glyph - {design.mean}) / {design.std}",
        ),
        ("outputs", outputs, "log probabilities" if is_log else "logits"),
    )
    rows = [("", "shape", "dtype", "range", "")]
    for name, tensor, note in tensors:
        span = f"{tensor.min():.4g} to {tensor.max():.4g}"
        rows.append((name, _shape(tensor), str(tensor.dtype).removeprefix("torch."), span, note))
    yield ""
    yield f"2. Batch: ClassifierTrainer.batches in {_file(ClassifierTrainer)}"
    yield from _table(rows)
    yield f"   An epoch has {trainer.examples_per_epoch:,} shuffled examples in {count:,} batches."


def _step(
    trainer: ClassifierTrainer, loss: float, before: list[Tensor], after: list[Tensor]
) -> Iterator[str]:
    """Yield the loss, the largest gradients, and their weights before and after the step."""
    recipe = trainer.recipe
    is_manual = isinstance(trainer, ManualTrainer)
    yield ""
    yield f"3. Step: {'ManualTrainer.step' if is_manual else 'training_step'} in " + _file(
        ManualTrainer if is_manual else step.training_step
    )
    yield f"   loss of the batch: {loss:.6f} ({recipe.loss}); learning rate: {recipe.learning_rate:g}"
    formula, expected = _expected(trainer, before)
    names = [name for name, _ in trainer.network.named_parameters()]
    first = next(i for i, tensor in enumerate(before) if tensor.dim() > 1)
    rows: list[tuple[str, ...]] = [("", "gradient", "before", "after", formula)]
    for i in (first, len(names) - 1):
        gradient = _gradients(trainer)[i]
        for place in gradient.abs().flatten().topk(_SHOWN).indices:
            index = ", ".join(str(int(k)) for k in torch.unravel_index(place, gradient.shape))
            numbers = (
                tensor.flatten()[place] for tensor in (gradient, before[i], after[i], expected[i])
            )
            rows.append((f"{names[i]}[{index}]", *(f"{number:+.8f}" for number in numbers)))
    yield from _table(rows)
    off = max(float((a - e).abs().max()) for a, e in zip(after, expected, strict=True))
    yield f"   Over all {_total(before):,} weights, the last two columns differ by {off:.1e} at most."
    zeros = int((_gradients(trainer)[first] == 0).sum())
    if zeros:  # for example those of pixels that have no ink in any glyph of the batch
        yield f"   {zeros:,} of the {before[first].numel():,} gradients of {names[first]} are 0."
    if recipe.momentum:
        yield f"   From the next step on, {recipe.momentum:g} x the previous velocity joins the gradient"
        yield "   (momentum). In the first step, the velocity is the gradient."
    if recipe.max_gradient_norm is not None:
        yield f"   Before the update, the gradients were clipped to a norm of {recipe.max_gradient_norm:g}."


def _expected(trainer: ClassifierTrainer, before: list[Tensor]) -> tuple[str, list[Tensor]]:
    """Return the rule of the first update, as a text and applied to the weights."""
    rate, decay = trainer.recipe.learning_rate, trainer.recipe.weight_decay
    pairs = list(zip(before, _gradients(trainer), strict=True))
    if trainer.recipe.optimizer != "adamw":
        return "before - rate x gradient", [weight - rate * slope for weight, slope in pairs]
    # AdamW divides the mean of the gradients by the root of the mean of their squares. In the
    # first step, both are of one gradient, so its sign is left.
    return f"before x (1 - rate x {decay:g}) - rate x sign of gradient", [
        weight * (1 - rate * decay) - rate * slope / (slope.abs() + _ADAM_EPSILON)
        for weight, slope in pairs
    ]


def _why_a_loss_may_rise(losses: list[float], losses_after: list[float]) -> Iterator[str]:
    """Yield the losses of the same batch and of others, before and after the step."""
    yield ""
    yield "4. Why the loss may rise"
    rows = [("loss of", "before", "after")]
    for name, old, new in zip(
        ("the same batch", "the next batch"), losses[:2], losses_after[:2], strict=True
    ):
        rows.append((name, f"{old:.6f}", f"{new:.6f}"))
    yield from _table(rows)
    pairs = list(zip(losses, losses_after, strict=True))[1:]
    rises = sum(new > old for old, new in pairs)
    yield f"   The step used one batch only. It raised the loss of {rises} of the next {len(pairs)}."
    yield "   A training prints the mean loss of batches, each measured before its own step."


def _lengths(
    trainer: ClassifierTrainer, batch: Batch, before: list[Tensor], after: list[Tensor]
) -> Iterator[str]:
    """Yield the loss of the same batch after shorter and longer steps in the same direction."""
    rows = [("length of the step", "loss of the same batch")]
    for factor in _FACTORS:
        _set(trainer, [old + factor * (new - old) for old, new in zip(before, after, strict=True)])
        rows.append((f"{factor:g} x", f"{_loss(trainer, batch):.6f}"))
    _set(trainer, after)
    yield "   The gradient is the slope at one point. A step that is too large passes the minimum:"
    yield from _table(rows)


def _loss(trainer: ClassifierTrainer, batch: Batch) -> float:
    """Return the loss of a batch in training, always with the same dropout."""
    torch.manual_seed(trainer.seed)
    with torch.no_grad():
        return trainer.loss_of(trainer.forward(batch[0]), batch[1]).item()


def _copy_of(trainer: ClassifierTrainer) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in trainer.network.parameters()]


def _set(trainer: ClassifierTrainer, values: list[Tensor]) -> None:
    with torch.no_grad():
        for parameter, value in zip(trainer.network.parameters(), values, strict=True):
            parameter.copy_(value)


def _gradients(trainer: ClassifierTrainer) -> list[Tensor]:
    """Return the gradients of the last step."""
    gradients = (parameter.grad for parameter in trainer.network.parameters())
    return [gradient for gradient in gradients if gradient is not None]


def _file(item: Callable) -> str:
    return item.__module__.replace(".", "/") + ".py"


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape))


def _total(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() for tensor in tensors)


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "   " + "  ".join(map(str.ljust, row, widths)).rstrip()
