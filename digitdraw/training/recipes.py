"""How each model is trained: every number of a training, by the model's name."""

from dataclasses import dataclass
from typing import Literal

from digitdraw.errors import TrainingError
from digitdraw.training import recipes

__all__ = ["LEARNS", "RECIPES", "SOURCE", "Loss", "ManualRecipe", "Recipe", "Start", "recipe_for"]

Loss = Literal["absolute error", "cross-entropy"]

Start = Literal["variance 1", "variance 1/inputs"]


@dataclass(frozen=True)
class ManualRecipe:
    """Every choice of a training. `start` is the variance of the first weights."""

    start: Start
    loss: Loss
    learning_rate: float
    batch: int = 1_000
    epochs: int = 30


SOURCE = ManualRecipe("variance 1", "absolute error", 50.0)
"""As the classic gives it. It does not learn: the loss is content with ten times no."""

LEARNS = ManualRecipe("variance 1/inputs", "cross-entropy", 5.0)
"""The smallest change that learns: smaller first weights, a loss that minds, smaller steps."""


@dataclass(frozen=True)
class Recipe:
    """One training. What it learns from is `digits`: "mnist" is MNIST as it is, "everything"
    the corpus of MNIST, drawings and what is no digit; "pages" is pages of numbers, `pages` of
    them for an epoch, `side` pixels wide and high; "numbers" is strips cut from such pages where
    the reader found digits.

    The last `validation` digits of MNIST's training set are kept for validation. `schedule` is
    of the learning rate; "cosine" warms up over a twentieth of the training, then falls to 0.
    `ema` is the decay of an average of the weights over time, which is what is kept; without
    it the last weights are. Gradients are clipped to a norm of `largest_gradient`, if there is
    one. `varied` is the share of glyphs that `augment` varies at each step; the others stay as
    they are, which is how the network will be asked about glyphs. `smoothing` is label
    smoothing. `digitness_weight` and `non_digit_weight` are what the loss of digitness, and of
    flat bars for what is no digit, count next to the loss of digits. `by_hand` is what
    `from_scratch` needs besides.
    """

    epochs: int
    batch: int
    learning_rate: float
    optimizer: Literal["sgd", "adamw", "by hand"] = "sgd"
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Literal["constant", "cosine"] = "constant"
    ema: float | None = None
    largest_gradient: float | None = None
    digits: Literal["mnist", "everything", "pages", "numbers"] = "mnist"
    validation: int = 10_000
    varied: float = 0.0
    smoothing: float = 0.0
    digitness_weight: float = 0.0
    non_digit_weight: float = 0.0
    by_hand: recipes.ManualRecipe | None = None
    pages: int = 0
    side: int = 0


def _by_hand(recipe: recipes.ManualRecipe) -> Recipe:
    return Recipe(
        epochs=recipe.epochs,
        batch=recipe.batch,
        learning_rate=recipe.learning_rate,
        optimizer="by hand",
        by_hand=recipe,
    )


_ADAMW = {"optimizer": "adamw", "weight_decay": 0.05, "schedule": "cosine"}

_CONVOLUTIONAL = {
    **_ADAMW,
    "ema": 0.999,
    "largest_gradient": 5.0,
    "digits": "everything",
    "validation": 5_000,
    "varied": 0.75,
    "smoothing": 0.02,
    "digitness_weight": 0.5,
    "non_digit_weight": 0.3,
}

RECIPES: dict[str, Recipe] = {
    "softmax": Recipe(epochs=30, batch=128, learning_rate=0.1),
    "from-scratch": _by_hand(recipes.LEARNS),
    "mlp-relu": Recipe(epochs=30, batch=32, learning_rate=0.01),
    "mlp-tanh": Recipe(epochs=15, batch=64, learning_rate=0.01, momentum=0.9),
    "cnn": Recipe(epochs=10, batch=64, learning_rate=0.01, momentum=0.9),
    "tiny": Recipe(epochs=20, batch=128, learning_rate=4e-3, **_CONVOLUTIONAL),
    "default": Recipe(epochs=15, batch=128, learning_rate=2e-3, **_CONVOLUTIONAL),
    "detector": Recipe(
        epochs=12,
        batch=16,
        learning_rate=2e-3,
        **_ADAMW,
        ema=0.998,
        largest_gradient=10.0,
        digits="pages",
        validation=5_000,
        pages=8_000,
        side=256,
    ),
    "line-recognizer": Recipe(
        epochs=12,
        batch=64,
        learning_rate=2e-3,
        **_ADAMW,
        ema=0.998,
        largest_gradient=5.0,
        digits="numbers",
        validation=5_000,
    ),
}

_OTHERS = {("from-scratch", "source"): _by_hand(recipes.SOURCE)}
"""Recipes that a model has besides its own, by the model's and the recipe's name."""


def recipe_for(model: str, name: str | None = None) -> Recipe:
    """A model's own recipe, or another of its recipes by name.

    Raises TrainingError for a name that the model has no recipe of; it lists those it has.
    """
    if name is None:
        return RECIPES[model]
    try:
        return _OTHERS[model, name]
    except KeyError:
        known = ", ".join(other for each, other in _OTHERS if each == model) or "none"
        raise TrainingError(
            f"{model} has no other recipe {name!r}; besides its own it has: {known}."
        ) from None
