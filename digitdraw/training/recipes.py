"""Training recipes: every number of a training, by the name of the model."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from digitdraw.errors import TrainingError

Loss = Literal[
    "cross-entropy",
    "negative log-likelihood",
    "smoothed cross-entropy",
    "binary cross-entropy",
    "absolute error",
    "detection",
    "CTC",
]
Init = Literal["variance 1", "variance 1/inputs"]


@dataclass(frozen=True)
class Recipe:
    """One training."""

    epochs: int
    """Passes over the training set."""
    batch_size: int
    """Examples in a batch, over all processes."""
    learning_rate: float
    """Largest learning rate of the schedule."""
    task: Literal["classifier", "detector", "line recognizer", "orientation"] = "classifier"
    """Kind of training; `training.tasks` has one class for each."""
    mnist_only: bool = True
    """Train on MNIST alone; else on drawings, fonts, scans and non-digits, too."""
    validation_digits: int = 10_000
    """Digits at the end of MNIST's training set that are for validation only."""
    optimizer: Literal["sgd", "adamw", "by hand"] = "sgd"
    """Optimizer; "by hand" is gradient descent in plain tensors."""
    momentum: float = 0.0
    """Momentum of SGD."""
    weight_decay: float = 0.0
    """Weight decay of the optimizer."""
    schedule: Literal["constant", "cosine"] = "constant"
    """Learning rate over time; "cosine" warms up over WARM_UP, then falls to 0."""
    ema_decay: float | None = None
    """Decay of the exponential moving average of the weights; None keeps the last weights."""
    max_gradient_norm: float | None = None
    """Gradients are clipped to this norm; None does not clip."""
    augmented_fraction: float = 0.0
    """Fraction of the glyphs of a batch that `classifier.augment` changes."""
    loss: Loss = "cross-entropy"
    """Loss of a batch: `classifier.trainer.batch_loss` says which function it is.

    "binary cross-entropy" and "absolute error" are losses of each output of `from_scratch`."""
    label_smoothing: float = 0.0
    """Label smoothing of the classes, for "smoothed cross-entropy"."""
    digitness_weight: float = 0.0
    """Weight of the digitness loss, relative to the loss of the classes."""
    non_digit_weight: float = 0.0
    """Weight of the class loss of non-digits, whose target is equal for all classes."""
    init: Init = "variance 1/inputs"
    """Variance of the first weights of `classifier.from_scratch`; other networks choose theirs."""
    pages_per_epoch: int = 0
    """Pages generated for an epoch of the detector."""
    page_side: int = 0
    """Width and height of these pages in pixels."""


LEARNS = Recipe(
    epochs=30,
    batch_size=1_000,
    learning_rate=5.0,
    optimizer="by hand",
    loss="binary cross-entropy",
)
"""The smallest change to SOURCE that learns: smaller weights and steps, and cross-entropy."""
SOURCE = replace(LEARNS, learning_rate=50.0, init="variance 1", loss="absolute error")
"""The classic recipe. It does not learn: ten outputs near 0 have a low absolute error."""
_ADAMW: dict[str, Any] = {
    "optimizer": "adamw",
    "weight_decay": 0.05,
    "schedule": "cosine",
    "mnist_only": False,
    "validation_digits": 5_000,
}
_CONVOLUTIONAL: dict[str, Any] = {
    **_ADAMW,
    "ema_decay": 0.999,
    "max_gradient_norm": 5.0,
    "augmented_fraction": 0.75,
    "loss": "smoothed cross-entropy",
    "label_smoothing": 0.02,
    "digitness_weight": 0.5,
    "non_digit_weight": 0.3,
}
RECIPES: dict[str, Recipe] = {
    "softmax": Recipe(epochs=30, batch_size=128, learning_rate=0.1),
    "from-scratch": LEARNS,
    "mlp-relu": Recipe(epochs=30, batch_size=32, learning_rate=0.01),
    "mlp-tanh": Recipe(
        epochs=15,
        batch_size=64,
        learning_rate=0.01,
        momentum=0.9,
        loss="negative log-likelihood",
    ),
    "cnn": Recipe(epochs=10, batch_size=64, learning_rate=0.01, momentum=0.9),
    "tiny": Recipe(epochs=20, batch_size=128, learning_rate=4e-3, **_CONVOLUTIONAL),
    "default": Recipe(epochs=15, batch_size=128, learning_rate=2e-3, **_CONVOLUTIONAL),
    "detector": Recipe(
        epochs=12,
        batch_size=16,
        learning_rate=2e-3,
        **_ADAMW,
        task="detector",
        loss="detection",
        ema_decay=0.998,
        max_gradient_norm=10.0,
        pages_per_epoch=8_000,
        page_side=256,
    ),
    "line-recognizer": Recipe(
        epochs=12,
        batch_size=64,
        learning_rate=2e-3,
        **_ADAMW,
        task="line recognizer",
        loss="CTC",
        ema_decay=0.998,
        max_gradient_norm=5.0,
    ),
    "orientation": Recipe(
        epochs=6,
        batch_size=128,
        learning_rate=2e-3,
        **{**_CONVOLUTIONAL, "digitness_weight": 0.0},
        task="orientation",
    ),
}
"""The default recipe of each model."""
_OTHER_RECIPES = {("from-scratch", "source"): SOURCE}
"""Further recipes, by the names of the model and the recipe."""


def recipe_for(model: str, name: str | None = None) -> Recipe:
    """Return the default recipe of a model, or another of its recipes by name.

    Raises TrainingError for an unknown name; the message lists the known ones."""
    if name is None:
        return RECIPES[model]
    if (model, name) not in _OTHER_RECIPES:
        known = ", ".join(other for owner, other in _OTHER_RECIPES if owner == model) or "none"
        raise TrainingError(f"{model} has no other recipe {name!r}; its other recipes: {known}.")
    return _OTHER_RECIPES[model, name]
