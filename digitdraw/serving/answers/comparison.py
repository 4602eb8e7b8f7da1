"""All models side by side: facts about each of them, and their answers to one drawing.

The other models load once, when the first drawing is compared. A model whose weights are missing
or damaged keeps its card, which says so. Models of your own are named after their folder, such as
"runs/cnn"."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import DigitDrawError
from digitdraw.languages import Message
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.photo.reader import Reading
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.glyph import blank
from digitdraw.recognizer import Recognizer

log = logging.getLogger(__name__)

UNKNOWN = Message("number.none")
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

    `recognizer` has the page's own model, which is always included and not loaded again. If it has
    a folder, the models in there are compared too."""

    def __init__(self, recognizer: Recognizer, folder: Path | None = None) -> None:
        folder = folder or weights.FOLDER
        self._recognizer = recognizer
        self._models = {name: (name, folder) for name in _available(folder)}
        self._page, own = recognizer.name, recognizer.folder
        if own:
            added = filter(partial(_is_of_digits, folder=own), _available(own))
            self._models |= {_title(name, own): (name, own) for name in added}
            if weights.holds(recognizer.name, own):
                self._page = _title(recognizer.name, own)
        self._models.setdefault(self._page, (recognizer.name, folder))
        # In the order of the registry, from simple to strong. Unknown names come last.
        order = {name: index for index, name in enumerate(MODELS)}
        self.names = sorted(
            self._models, key=lambda name: order.get(self._models[name][0], len(order))
        )
        is_default = not own and "default" in self.names
        self.reference = "default" if is_default else self._page
        """The model that the others are compared with."""
        self._loaded: dict[str, Recognizer | None] | None = None
        self._loading = threading.Lock()

    def cards(self) -> list[dict[str, str]]:
        """Return the facts about each model as text, in the order of `names`.

        The keys are name, summary, parameters, size, and those of `_METRICS`."""
        evaluations = {
            folder: _read_evaluation(folder / "evaluation.json")
            for folder in {folder for _, folder in self._models.values()}
        }
        return [self._card(name, evaluations) for name in self.names]

    def read(self, drawing: object) -> Reading:
        """Read a drawing as the page does."""
        return self._recognizer.drawing_reader.read(drawing)

    def answers(self, glyph: np.ndarray) -> list[Entry]:
        """Classify a glyph, (28, 28) float32 in [0, 1], with each of `names`."""
        entries = []
        for name, model in self._load_all().items():
            started = perf_counter()
            prediction = model.predict_batch(glyph[None])[0] if model else None
            entries.append(Entry(name, prediction, perf_counter() - started))
        return entries

    def _card(self, title: str, evaluations: dict[Path, Any]) -> dict[str, str]:
        name, folder = self._models[title]
        return {
            "name": title,
            "summary": MODELS[name].summary if name in MODELS else "",
            "parameters": _from_manifest(weights.parameters, name, folder, "number.whole"),
            "size": _from_manifest(weights.kilobytes, name, folder, "number.kilobytes"),
            **{
                key: _percent(evaluations[folder], name, metric) for key, metric in _METRICS.items()
            },
        }

    def _load_all(self) -> dict[str, Recognizer | None]:
        with self._loading:  # other threads wait here until all models are loaded
            if self._loaded is None:
                self._loaded = {name: self._load(name) for name in self.names}
            return self._loaded

    def _load(self, title: str) -> Recognizer | None:
        if title == self._page:
            return self._recognizer
        try:
            loaded = weights.load(*self._models[title])
        except DigitDrawError as error:
            log.warning("model left out of the comparison: %s", error)
            return None
        page = self._recognizer
        model = Recognizer(GlyphClassifier(loaded, page.device, page.device_note))
        model.predict_batch(blank()[None])  # the first answer of a model takes longer
        return model


def _available(folder: Path) -> list[str]:
    try:
        return weights.available(folder)
    except DigitDrawError as error:
        log.warning("only the page's own model is compared: %s", error)
        return []


def _title(name: str, folder: Path) -> str:
    return f"{folder.resolve().name}/{name}"


def _is_of_digits(name: str, folder: Path) -> bool:
    """Whether a model can be compared. A damaged one can: its card says what is wrong."""
    try:
        data = weights.data_format(name, folder)
    except DigitDrawError:
        return True
    if not data.is_digits:
        log.warning("%r is left out of the comparison: it was trained on %s", name, data.dataset)
    return data.is_digits


def _from_manifest(fact: Callable[[str, Path], int], name: str, folder: Path, key: str) -> Message:
    """Return the text `key` with a number of the manifest; UNKNOWN where the manifest lacks it."""
    try:
        return Message(key, value=fact(name, folder))
    except (DigitDrawError, OSError, KeyError, TypeError, ValueError):
        return UNKNOWN


def _read_evaluation(path: Path) -> Any:
    """Read the metrics beside the weights; None where they are missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _percent(evaluation: Any, name: str, title: str) -> Message:
    try:
        percent = evaluation[name]["figures"][title]["mean"] * 100
        return Message("number.percent_exact", value=percent)
    except (KeyError, TypeError):
        return UNKNOWN
