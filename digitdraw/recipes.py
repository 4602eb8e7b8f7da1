"""How each model is trained: every number of a training, by the model's name."""

from dataclasses import dataclass

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True)
class Recipe:
    """AdamW with warm-up and cosine decay, an average of the weights over time (EMA).

    `smoothing` is label smoothing; `digitness_weight` and `non_digit_weight` are what the loss
    of digitness, and of flat bars for what is no digit, count next to the loss of digits.
    """

    epochs: int
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    ema: float = 0.998
    smoothing: float = 0.02
    digitness_weight: float = 0.5
    non_digit_weight: float = 0.3


RECIPES: dict[str, Recipe] = {
    "default": Recipe(epochs=8),
}
