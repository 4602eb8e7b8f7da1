"""Classifies glyphs: a network with its device, batches, calibration and fallback to the CPU."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from digitdraw.device import CpuFallback
from digitdraw.errors import BadImageError, UnsupportedError
from digitdraw.models.data_format import DIGITS
from digitdraw.models.layers import Normalized, fold_batch_norm
from digitdraw.models.weights import Weights
from digitdraw.prediction import Prediction, Verdict

_MAX_BATCH = 512
"""Most glyphs in one forward pass. On one core, 10,000 glyphs take `default` 2.9 s in passes of
512, and 4.2 s in passes of 4,096."""


class GlyphClassifier:
    """A loaded classifier on a device. Thread-safe.

    If the GPU fails or is full, the network moves to the CPU, and `device_note` says so."""

    def __init__(self, weights: Weights, device: torch.device, device_note: str) -> None:
        """Take over the network of `weights`. `device_note` says why it runs on `device`."""
        self.name = weights.name
        self.sha256 = weights.sha256
        self.calibration = weights.calibration
        self.data = weights.data
        head: Any = getattr(weights.network, "head", None)
        self._outputs = 0 if head is None else head.out_features
        network = Normalized(fold_batch_norm(weights.network), weights.mean, weights.std)
        self._fallback = CpuFallback((network.eval().requires_grad_(False),), device, device_note)

    @property
    def device(self) -> torch.device:
        """The current device of the network."""
        return self._fallback.device

    @property
    def device_note(self) -> str:
        """The current device and the reason for it, in a few words."""
        return self._fallback.note

    @property
    def rejects_non_digits(self) -> bool:
        """Whether the model can give the verdict "not a digit". The classic models cannot."""
        return self.data.is_digits and self.calibration.min_digitness > 0

    @property
    def has_features(self) -> bool:
        """Whether the network has features to remember drawings by: `default` and `tiny` do."""
        return self._outputs > 0

    def predict(self, glyphs: np.ndarray | Sequence[np.ndarray]) -> list[Prediction]:
        """Classify glyphs, (N, 28, 28) floats in [0, 1], 1 = ink. Returns N predictions.

        A model that was trained on pictures of another size takes that size.
        Raises BadImageError for another shape, dtype or range."""
        batch = _check_glyphs(glyphs, self.data.side)
        return self.predictions(batch, self.logits(batch)) if len(batch) else []

    def predictions(self, glyphs: np.ndarray, outputs: np.ndarray) -> list[Prediction]:
        """Return the predictions for glyphs (N, side, side) float32, given their `logits`."""
        count = len(self.data.classes)
        logits = torch.from_numpy(outputs).double()
        probabilities = (logits[:, :count] / self.calibration.temperature).softmax(1).numpy()
        digitness = np.ones(len(glyphs))
        if logits.shape[1] > count:
            logit = logits[:, count] / self.calibration.digitness_temperature
            digitness = logit.sigmoid().numpy()
        return list(map(self.prediction, glyphs, probabilities, digitness))

    def prediction(
        self, glyph: np.ndarray, probabilities: np.ndarray, digitness: float
    ) -> Prediction:
        """Return the prediction for a glyph, given its probabilities (classes,) and digitness."""
        classes = self.data.classes
        if not glyph.any():
            even = 1 / len(classes)
            return Prediction(None, (even,) * len(classes), even, 0.0, "blank", glyph, classes)
        confidence = float(probabilities.max())
        verdict: Verdict = "digit" if classes == DIGITS.classes else "label"
        if digitness < self.calibration.min_digitness:
            verdict = "not a digit"
        elif confidence < self.calibration.min_confidence:
            verdict = "unsure"
        digit = int(probabilities.argmax()) if verdict == "digit" else None
        every = tuple(probabilities.tolist())
        return Prediction(digit, every, confidence, float(digitness), verdict, glyph, classes)

    def logits(self, glyphs: np.ndarray) -> np.ndarray:
        """Return the raw outputs for glyphs (N, side, side) float32: (N, outputs) float32.

        The outputs are one logit for each class, and the digitness logit if the model has one."""
        return self._forward(glyphs, lambda network, batch: network(batch))

    def features(self, glyphs: np.ndarray) -> np.ndarray:
        """Return the features of glyphs, as `predict_with_features` does."""
        return self.predict_with_features(glyphs)[1]

    def predict_with_features(self, glyphs: np.ndarray) -> tuple[list[Prediction], np.ndarray]:
        """Classify glyphs (N, side, side) float32, at least one; also return their features.

        These are what the last layer takes, as a direction: (N, features) uint8, where 255 is the
        largest of a glyph. "default" has 64, "tiny" 40. The rounding changes cosines between glyphs
        by less than 0.001. Raises UnsupportedError for a model whose last layer takes something
        else."""
        if not self.has_features:
            raise UnsupportedError(
                f"The model {self.name!r} has no features to remember drawings by; "
                "models that have: default, tiny."
            )
        both = self._forward(
            glyphs, lambda network, batch: torch.cat(network.with_features(batch), 1)
        )
        outputs, found = np.split(both, [self._outputs], axis=1)
        largest = np.maximum(found.max(axis=1, keepdims=True), 1e-9)
        features = np.rint(found.clip(0) / largest * 255).astype(np.uint8)
        return self.predictions(glyphs, outputs), features

    def _forward(self, glyphs: np.ndarray, apply: Callable[[Any, Tensor], Tensor]) -> np.ndarray:
        """Apply the network to glyphs, batch by batch, with `apply`."""

        @torch.inference_mode()
        def forward(network: nn.Module) -> Tensor:
            batches = torch.from_numpy(glyphs)[:, None].split(_MAX_BATCH)
            device = _device_of(network)
            return torch.cat([apply(network, batch.to(device)).float().cpu() for batch in batches])

        return self._fallback.run(forward).numpy()

    def logit_gap_gradient(self, glyphs: np.ndarray, digit: int, runner_up: int) -> np.ndarray:
        """Return the gradient of (logit of `digit` - logit of `runner_up`) by the ink.

        Takes at most a few hundred glyphs, (N, 28, 28) float32 in [0, 1]; returns that shape."""

        @torch.enable_grad()
        def backward(network: nn.Module) -> Tensor:
            ink = torch.from_numpy(glyphs).to(_device_of(network)).requires_grad_()
            logits = network(ink[:, None])
            gap = (logits[:, digit] - logits[:, runner_up]).sum()
            (gradient,) = torch.autograd.grad(gap, ink)
            return gradient.float().cpu()

        return self._fallback.run(backward).numpy()


def _device_of(network: nn.Module) -> torch.device:
    return next(network.parameters()).device


def _check_glyphs(batch: Any, side: int) -> np.ndarray:
    """Return `batch` as (N, side, side) float32. Raises BadImageError for anything else."""
    try:
        array = np.asarray(batch)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.size == 0 and array.dtype != object:
        return np.empty((0, side, side), np.float32)
    if array.dtype.kind != "f" or array.ndim != 3 or array.shape[1:] != (side, side):
        raise BadImageError(
            f"Glyphs are floats (N, {side}, {side}) in [0, 1]; got {array.dtype} {array.shape}."
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):
        raise BadImageError(f"Glyphs are in [0, 1]; got {low:g} to {high:g}.")
    return array.astype(np.float32)
