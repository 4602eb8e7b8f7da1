"""The rule: weighs remembered drawings against a classifier's own answer, without training.

A drawing has features, which are what the last layer of the classifier takes. The nearest
remembered drawing of each digit speaks for that digit, the more the nearer it is. This is a cache
model (Grave, Joulin and Usunier 2016, arXiv:1612.04426) that multiplies where that one mixes.

The page has the same rule in `ui/frontend/memory/memory.js`. `tests/data/memory_cases.json` holds
both to the same answers."""

from dataclasses import dataclass

import numpy as np

DIGITS = 10


@dataclass(frozen=True)
class Weighting:
    """How much remembered drawings weigh.

    `benchmarks/accuracy/memory.py` compares others on writers that the classifier had not seen."""

    strength: float = 8.0
    """Logarithm of the factor by which an equal drawing raises the odds of its digit."""
    sharpness: float = 6.0
    """How fast the strength falls with 1 - cosine of the features: by exp(-sharpness * that)."""
    floor: float = 1e-4
    """Probabilities below this count as this. Answers for the page have four decimals."""


CHOSEN = Weighting()


def similarities(features: np.ndarray, remembered: np.ndarray) -> np.ndarray:
    """Return the cosine between features (F,) uint8 and those of each remembered drawing.

    `remembered` is (n, F) uint8. Returns (n,) float64 in [0, 1], 0 where all features are 0."""
    known = remembered.astype(np.int64)
    own = features.astype(np.int64)
    # The sums are whole numbers, so Python and JavaScript get the same ones.
    lengths = np.sqrt(np.maximum((own**2).sum() * (known**2).sum(1), 1).astype(np.float64))
    return (known @ own) / lengths


def adapt(
    probabilities: np.ndarray,
    digitness: float,
    nearness: np.ndarray,
    labels: np.ndarray,
    weighting: Weighting = CHOSEN,
) -> tuple[np.ndarray, float]:
    """Weigh remembered drawings against probabilities (10,) and a digitness in [0, 1].

    `nearness` are `similarities` (n,), and `labels` (n,) the digits of the remembered drawings.
    Returns the new probabilities (10,), which sum to 1, and the new digitness."""
    if not len(labels):
        return probabilities, digitness
    outcomes = np.append(probabilities * digitness, 1 - digitness)  # the last: no digit
    strengths = weighting.strength * np.exp(weighting.sharpness * (nearness - 1))
    raised = np.zeros(len(outcomes))
    np.maximum.at(raised, labels, strengths)
    scores = np.maximum(outcomes, weighting.floor) * np.exp(raised)
    scores /= scores.sum()
    return scores[:DIGITS] / scores[:DIGITS].sum(), float(scores[:DIGITS].sum())
