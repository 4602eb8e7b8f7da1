"""All models side by side: what is known of each before it answers, and the answers of all.

Models beyond the page's own are loaded when the first drawing is compared, once. One whose
weights are missing or damaged stays in the row, and says so. Knows nothing of Gradio.
"""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import DigitDrawError
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.glyph import blank
from digitdraw.recognizer import Recognizer

__all__ = ["Card", "Comparison", "Entry"]

log = logging.getLogger(__name__)

UNKNOWN = "\N{EN DASH}"

_FIGURES = {"mnist": "MNIST test: right", "drawings": "drawn anywhere: right"}


@dataclass(frozen=True)
class Card:
    """What is known of a model before it answers, in words."""

    name: str
    summary: str
    parameters: str
    size: str
    mnist: str
    drawings: str


@dataclass(frozen=True)
class Entry:
    """One model's answer to one glyph; `prediction` is None where the model is not there."""

    name: str
    prediction: Prediction | None
    seconds: float


class Comparison:
    """The models in the manifest of `folder`, simplest first; safe to call from many threads.

    `recognizer` is the page's own, which is not loaded again, and is in the row in any case.
    """

    def __init__(self, recognizer: Recognizer, folder: Path | None = None) -> None:
        self._folder = folder or weights.FOLDER
        self._own = recognizer
        self.names = _ordered({recognizer.name, *_listed(self._folder)})
        self.reference = "default" if "default" in self.names else recognizer.name
        """The model that the others are compared with."""
        self._loaded: dict[str, Recognizer | None] | None = None
        self._loading = threading.Lock()

    def cards(self) -> list[Card]:
        """One card for each model, in the order of `names`."""
        figures = _read_figures(self._folder / "evaluation.json")
        return [self._card(name, figures.get(name)) for name in self.names]

    def answers(self, glyph: np.ndarray) -> list[Entry]:
        """What each of `names` takes a glyph for, (28, 28) float32 in [0, 1]."""
        return [_answer(name, model, glyph) for name, model in self._models().items()]

    def _card(self, name: str, figures: object) -> Card:
        shares = figures.get("figures") if isinstance(figures, dict) else None
        return Card(
            name=name,
            summary=MODELS[name].summary if name in MODELS else "",
            parameters=_known(weights.parameters, name, self._folder, "{:,}"),
            size=_known(weights.kilobytes, name, self._folder, "{:,} kB"),
            **{place: _percent(shares, title) for place, title in _FIGURES.items()},
        )

    def _models(self) -> dict[str, Recognizer | None]:
        with self._loading:  # whoever comes meanwhile waits, and finds them loaded
            if self._loaded is None:
                self._loaded = {name: self._load(name) for name in self.names}
            return self._loaded

    def _load(self, name: str) -> Recognizer | None:
        if name == self._own.name:
            return self._own
        try:
            loaded = weights.load(name, self._folder)
        except DigitDrawError as error:
            log.warning("not compared: %s", error)
            return None
        model = Recognizer(GlyphClassifier(loaded, self._own.device, self._own.device_note))
        model.predict_batch(blank()[None])  # the first answer takes longer than the rest
        return model


def _answer(name: str, model: Recognizer | None, glyph: np.ndarray) -> Entry:
    started = perf_counter()
    prediction = None if model is None else model.predict_batch(glyph[None])[0]
    return Entry(name, prediction, perf_counter() - started)


def _ordered(names: set[str]) -> list[str]:
    """In the order of the registry, which goes from simple to strong; unknown ones at the end."""
    known = list(MODELS)
    return sorted(names, key=lambda name: (known.index(name) if name in MODELS else 99, name))


def _listed(folder: Path) -> list[str]:
    try:
        return weights.available(folder)
    except DigitDrawError as error:
        log.warning("only the page's own model is compared: %s", error)
        return []


def _known(fact: Callable[[str, Path], int], name: str, folder: Path, words: str) -> str:
    """What the manifest knows of a model, put into words; UNKNOWN where it does not."""
    try:
        return words.format(fact(name, folder))
    except (DigitDrawError, OSError, KeyError, TypeError, ValueError):
        return UNKNOWN


def _read_figures(path: Path) -> dict:
    """The test figures beside the weights; none where they are missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _percent(figures: object, title: str) -> str:
    try:
        return f"{figures[title]['mean'] * 100:.1f} %"
    except (KeyError, TypeError):
        return UNKNOWN
