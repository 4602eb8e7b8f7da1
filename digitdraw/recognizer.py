"""The model wrapper: glyphs in, honest answers out. Knows devices, batches and calibration.

A Recognizer loads its weights once, may be called from many threads, and falls back from a
GPU that has run out of memory, or fails, to the CPU, saying so in `device_note`.
"""

import copy
import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from digitdraw import glyph as glyphs
from digitdraw import preprocess, strokes, weights
from digitdraw.errors import BadImageError, BadWeightsError, UnknownDeviceError
from digitdraw.lone_digit import SURE, around
from digitdraw.models import READER, SEQUENCE, fold_batch_norm
from digitdraw.pictures import Source, load_grey
from digitdraw.prediction import Prediction, Verdict
from digitdraw.reading import TOLD_BY, Reader, Reading

__all__ = ["Recognizer", "choose_device", "load"]

log = logging.getLogger(__name__)

_MAX_BATCH = 4096


def load(name: str = "default", device: str | torch.device = "auto") -> "Recognizer":
    """Load a model that comes with digitdraw.

    `device` is "auto" (CUDA where it works, else the CPU), "cpu", "cuda", "cuda:N" or a
    torch.device. Raises UnknownModelError, UnknownDeviceError or BadWeightsError.
    """
    chosen, why = choose_device(device)
    return Recognizer(weights.load(name), chosen, why)


def choose_device(wanted: str | torch.device = "auto") -> tuple[torch.device, str]:
    """Pick a device that works, and say why; raises UnknownDeviceError for one that does not."""
    if wanted == "auto":
        trouble = _cuda_trouble(torch.device("cuda"))
        if trouble is None:
            return torch.device("cuda"), "CUDA, because it works here"
        return torch.device("cpu"), f"CPU, because {trouble}"
    try:
        device = torch.device(wanted)
    except (RuntimeError, TypeError):
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise UnknownDeviceError(
            f"There is no device {str(wanted)[:40]!r}; known are: auto, cpu, cuda, cuda:N."
        )
    if device.type == "cuda" and (trouble := _cuda_trouble(device)):
        raise UnknownDeviceError(
            f"The device {str(wanted)!r} does not work, because {trouble}; "
            "known are: auto, cpu, cuda, cuda:N."
        )
    return device, f"{'CUDA' if device.type == 'cuda' else 'CPU'}, as asked for"


class Recognizer:
    """A loaded model on a device; see `load`. Safe to call from many threads at once."""

    def __init__(self, loaded: weights.Weights, device: torch.device, device_note: str) -> None:
        self.name = loaded.name
        self.sha256 = loaded.sha256
        self.device = device
        self.device_note = device_note
        self.calibration = loaded.calibration
        self._mean, self._std = loaded.mean, loaded.std
        network = fold_batch_norm(loaded.network).requires_grad_(False)
        # For the day the GPU fails or its memory is full: then it is too late to copy from it.
        self._spare = copy.deepcopy(network) if device.type != "cpu" else None
        self._network = network.to(device, memory_format=torch.channels_last)
        self._moving = threading.Lock()
        self._reader: Reader | None = None
        log.info("model %s on %s", self.name, device_note)

    def predict_strokes(self, drawing: object) -> Prediction:
        """Read one drawn digit: [[(x, y), ...], ...] in any unit, y down.

        Raises BadStrokesError for anything else, or too much of it (see `strokes.parse`).
        """
        return self._predict([strokes.to_glyph(drawing)])[0]

    def predict_image(self, image: Source) -> Prediction:
        """Read a picture of one digit: a path, bytes, a PIL image, or an array. Where all of its
        ink together is hardly a digit, but there is one in it, in a frame perhaps, that is read.

        Raises BadImageError as `pictures.load_grey` does.
        """
        return self.see(image)[0]

    def see(self, image: Source) -> tuple[Prediction, np.ndarray, np.ndarray | None]:
        """`predict_image`'s answer, and what it is of: grey, (H, W) float32 in [0, 1]; last, where
        that is a part of the picture, all of it. Raises as `predict_image` does."""
        grey = load_grey(image)
        (whole,) = self._predict([preprocess.to_glyph(grey)])
        if whole.verdict != "blank" and whole.digitness < SURE:
            part = self._digit_in(grey)
            if part is not None:
                (closer,) = self._predict([preprocess.to_glyph(part)])
                if closer.digit is not None and closer.digitness > whole.digitness:
                    return closer, part, grey
        return whole, grey, None

    def _digit_in(self, grey: np.ndarray) -> np.ndarray | None:
        """The part of a picture with the one digit that the reader of photos finds in it."""
        try:
            (reading,) = self.reader.read_batch([(grey, 1.0)])
        except BadWeightsError as error:
            log.warning("no digit was looked for in a picture: %s", error)
            return None
        return around(grey, reading.digits[0].box) if len(reading.digits) == 1 else None

    def read_numbers(self, image: Source) -> Reading:
        """Read the numbers of a photo: a path, bytes, a PIL image, or an array.

        The networks that find and read digits are loaded at the first photo. A photo without
        digits gives an empty reading. Raises BadImageError as `pictures.load_grey` does,
        BadWeightsError where the reader's weights are missing or damaged.
        """
        return self.reader.read(image)

    @property
    def reader(self) -> Reader:
        """What reads photos, loaded when it is first asked for; raises BadWeightsError."""
        with self._moving:
            if self._reader is None:
                networks = (weights.load(name) for name in (READER.name, SEQUENCE.name, TOLD_BY))
                # A classic takes everything for a digit.
                judge = self.predict_batch if self.calibration.min_digitness > 0 else None
                self._reader = Reader(*networks, self.device, judge)
        return self._reader

    def predict_batch(self, batch: np.ndarray | Sequence[np.ndarray]) -> list[Prediction]:
        """Read glyphs: (N, 28, 28) floats in [0, 1], 1 = ink. Returns N predictions.

        Raises BadImageError for another shape, dtype or range.
        """
        return self._predict(_check_glyphs(batch))

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """Raw outputs for checked glyphs (N, 28, 28): (N, 10 or 11) float32."""
        parts = [
            self._forward(self._run, torch.from_numpy(batch[start : start + _MAX_BATCH]))
            for start in range(0, len(batch), _MAX_BATCH)
        ]
        return torch.cat(parts).numpy()

    def gap_slopes(self, batch: np.ndarray, digit: int, other: int) -> np.ndarray:
        """How the logit of `digit` less that of `other` changes with each pixel.

        For checked glyphs (N, 28, 28) float32, at most a few hundred; returns the same shape:
        the derivative for a pixel's ink in [0, 1].
        """
        run = partial(self._run_slopes, digit=digit, other=other)
        return self._forward(run, torch.from_numpy(batch)).numpy()

    def _predict(self, batch: np.ndarray | list[np.ndarray]) -> list[Prediction]:
        if not len(batch):
            return []
        batch = np.asarray(batch, dtype=np.float32)
        logits = torch.from_numpy(self.logits(batch)).double()
        probabilities = (logits[:, :10] / self.calibration.temperature).softmax(1).numpy()
        if logits.shape[1] > 10:
            digitness = logits[:, 10].div(self.calibration.digitness_temperature).sigmoid().numpy()
        else:
            digitness = np.ones(len(batch))
        return [self._judge(*each) for each in zip(batch, probabilities, digitness, strict=True)]

    def _judge(self, glyph: np.ndarray, probabilities: np.ndarray, digitness: float) -> Prediction:
        if not glyph.any():
            return Prediction(None, (0.1,) * 10, 0.1, 0.0, "blank", glyph)
        confidence = float(probabilities.max())
        verdict: Verdict = "digit"
        if digitness < self.calibration.min_digitness:
            verdict = "not a digit"
        elif confidence < self.calibration.min_confidence:
            verdict = "unsure"
        digit = int(probabilities.argmax()) if verdict == "digit" else None
        return Prediction(
            digit, tuple(probabilities.tolist()), confidence, float(digitness), verdict, glyph
        )

    def _forward(self, run: Callable[..., torch.Tensor], batch: torch.Tensor) -> torch.Tensor:
        """One `run` over (n, 28, 28) glyphs; on the CPU where the GPU fails."""
        network = self._network
        device = next(network.parameters()).device
        try:
            return run(network, batch, device)
        except RuntimeError as error:  # of which kind depends on the library that met it
            if device.type == "cpu":
                raise
            is_full = isinstance(error, torch.OutOfMemoryError)
            self._move_to_cpu("the GPU's memory was full" if is_full else "the GPU failed")
            return self._forward(run, batch)

    @torch.inference_mode()
    def _run(
        self, network: torch.nn.Module, batch: torch.Tensor, device: torch.device
    ) -> torch.Tensor:
        x = (batch[:, None].to(device) - self._mean) / self._std
        return network(x).float().cpu()

    @torch.enable_grad()
    def _run_slopes(
        self,
        network: torch.nn.Module,
        batch: torch.Tensor,
        device: torch.device,
        *,
        digit: int,
        other: int,
    ) -> torch.Tensor:
        ink = batch.to(device).requires_grad_()
        logits = network((ink[:, None] - self._mean) / self._std)
        (slopes,) = torch.autograd.grad((logits[:, digit] - logits[:, other]).sum(), ink)
        return slopes.float().cpu()

    def _move_to_cpu(self, why: str) -> None:
        with self._moving:
            if self._spare is not None:
                self._network, self._spare = self._spare, None
                self.device = torch.device("cpu")
                self.device_note = f"CPU, because {why}"
                log.warning("model %s moved to %s", self.name, self.device_note)


def _cuda_trouble(device: torch.device) -> str | None:
    """Why CUDA does not work here, in a few words; None where it does."""
    if not torch.cuda.is_available():
        return "there is no CUDA device"
    try:
        torch.zeros(1, device=device).add_(1).item()
    except (RuntimeError, AssertionError) as error:
        return str(error).splitlines()[0][:120]
    return None


def _check_glyphs(batch: Any) -> np.ndarray:
    try:
        array = np.asarray(batch)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.size == 0 and array.dtype != object:
        return np.empty((0, glyphs.GLYPH, glyphs.GLYPH), np.float32)
    size = (glyphs.GLYPH, glyphs.GLYPH)
    if array.dtype.kind != "f" or array.ndim != 3 or array.shape[1:] != size:
        raise BadImageError(
            f"Glyphs are floats (N, 28, 28) in [0, 1]; got {array.dtype} {array.shape}."
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):
        raise BadImageError(f"Glyphs are in [0, 1]; got {low:g} to {high:g}.")
    return array.astype(np.float32)
