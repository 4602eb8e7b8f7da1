"""All models side by side: facts about each of them, and their answers to one drawing.

The other models load once, when the first drawing is compared. A model whose weights are missing
or damaged keeps its card, which says so."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import DigitDrawError
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.glyph import blank
from digitdraw.recognizer import Recognizer

log = logging.getLogger(__name__)

UNKNOWN = "\N{EN DASH}"
_METRICS = {"mnist": "MNIST test: correct", "drawings": "drawn anywhere: correct"}
"""Keys of a card, and their names in `evaluation.json`."""


@dataclass(frozen=True)
class Entry:
    """One model's answer to a glyph. `prediction` is None where the model could not be loaded."""

    name: str
    prediction: Prediction | None
    seconds: float


class Comparison:
    """The models in the manifest of `folder`, simplest first. Many threads may use it.

    `recognizer` has the page's own model, which is always included and not loaded again."""

    def __init__(self, recognizer: Recognizer, folder: Path | None = None) -> None:
        self._folder = folder or weights.FOLDER
        self._own = recognizer
        names = {recognizer.name, *_available(self._folder)}
        # In the order of the registry, from simple to strong. Unknown names come last.
        self.names = [name for name in MODELS if name in names] + sorted(names - set(MODELS))
        self.reference = "default" if "default" in self.names else recognizer.name
        """The model that the others are compared with."""
        self._models: dict[str, Recognizer | None] | None = None
        self._loading = threading.Lock()

    def cards(self) -> list[dict[str, str]]:
        """Return the facts about each model as text, in the order of `names`.

        The keys are name, summary, parameters, size, and those of `_METRICS`."""
        evaluation = _read_evaluation(self._folder / "evaluation.json")
        return [self._card(name, evaluation) for name in self.names]

    def answers(self, glyph: np.ndarray) -> list[Entry]:
        """Classify a glyph, (28, 28) float32 in [0, 1], with each of `names`."""
        entries = []
        for name, model in self._load_all().items():
            started = perf_counter()
            prediction = model.predict_batch(glyph[None])[0] if model else None
            entries.append(Entry(name, prediction, perf_counter() - started))
        return entries

    def _card(self, name: str, evaluation: Any) -> dict[str, str]:
        return {
            "name": name,
            "summary": MODELS[name].summary if name in MODELS else "",
            "parameters": _from_manifest(weights.parameters, name, self._folder, "{:,}"),
            "size": _from_manifest(weights.kilobytes, name, self._folder, "{:,} kB"),
            **{key: _percent(evaluation, name, title) for key, title in _METRICS.items()},
        }

    def _load_all(self) -> dict[str, Recognizer | None]:
        with self._loading:  # other threads wait here until all models are loaded
            if self._models is None:
                self._models = {name: self._load(name) for name in self.names}
            return self._models

    def _load(self, name: str) -> Recognizer | None:
        if name == self._own.name:
            return self._own
        try:
            loaded = weights.load(name, self._folder)
        except DigitDrawError as error:
            log.warning("model left out of the comparison: %s", error)
            return None
        model = Recognizer(GlyphClassifier(loaded, self._own.device, self._own.device_note))
        model.predict_batch(blank()[None])  # the first answer of a model takes longer
        return model


def _available(folder: Path) -> list[str]:
    try:
        return weights.available(folder)
    except DigitDrawError as error:
        log.warning("only the page's own model is compared: %s", error)
        return []


def _from_manifest(fact: Callable[[str, Path], int], name: str, folder: Path, form: str) -> str:
    """Format a number from the manifest; UNKNOWN where the manifest lacks it."""
    try:
        return form.format(fact(name, folder))
    except (DigitDrawError, OSError, KeyError, TypeError, ValueError):
        return UNKNOWN


def _read_evaluation(path: Path) -> Any:
    """Read the metrics beside the weights; None where they are missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _percent(evaluation: Any, name: str, title: str) -> str:
    try:
        return f"{evaluation[name]['figures'][title]['mean'] * 100:.1f} %"
    except (KeyError, TypeError):
        return UNKNOWN
