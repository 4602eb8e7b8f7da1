"""Defines the scorer of groups of strokes: what a group is, from its shape, place and logits."""

import torch
from torch import Tensor, nn

SYMBOLS = ".,-/:"
"""Symbols that the scorer knows, in the order of its outputs."""
OTHER = "?"
"""A letter, or anything else that is no character of a number."""
LABELS = ("0", *SYMBOLS, OTHER)
"""Its outputs; the first one is for all digits alike."""
DIGIT_FEATURES = 14
"""Features from the classifier: see `strokes.scores.classifier_features`."""
FEATURES = 25 + DIGIT_FEATURES
HIDDEN = 256


class StrokeScorer(nn.Module):
    """Takes (n, FEATURES) float32 and returns one score for each of LABELS, (n, 7).

    `sharpness` weighs the classifier's log probabilities of the ten digits."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(FEATURES, HIDDEN)
        self.output = nn.Linear(HIDDEN, len(LABELS))
        self.sharpness = nn.Parameter(torch.ones(1))

    def forward(self, features: Tensor) -> Tensor:
        return self.output(torch.relu(self.hidden(features)))
