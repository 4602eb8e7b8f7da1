"""The memory of one person's corrected drawings, with undo, a file, and a data set for training."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from digitdraw.errors import BadMemoryError, UnsupportedError
from digitdraw.files import write_atomically
from digitdraw.languages import Message
from digitdraw.memory import file, rule
from digitdraw.memory.file import MAX_EXAMPLES, Example
from digitdraw.prediction import Prediction
from digitdraw.recognizer import Recognizer

MAX_UNDO = 100
"""Changes that can be undone."""


@dataclass(frozen=True)
class AdaptedPrediction:
    """A prediction that remembered drawings were weighed against.

    prediction  the answer with memory
    own         the answer of the classifier alone
    changed     whether memory changed digit or verdict"""

    prediction: Prediction
    own: Prediction

    @property
    def changed(self) -> bool:
        """Whether memory changed digit or verdict."""
        return (self.prediction.verdict, self.prediction.digit) != (
            self.own.verdict,
            self.own.digit,
        )


class Memory:
    """Remembers corrected drawings, and takes them into account in later answers.

    It learns nothing else: forgetting a drawing undoes all that it did. Many threads may read it
    while one changes it. `benchmarks/accuracy/memory.py` measures what it is worth."""

    def __init__(self, recognizer: Recognizer) -> None:
        """Raises UnsupportedError unless the model tells ten digits, and has features."""
        if not recognizer.data.is_digits or not recognizer.classifier.has_features:
            raise UnsupportedError(
                f"The model {recognizer.name!r} cannot remember drawings; those that can are the "
                "models default and tiny of the ten digits."
            )
        self._recognizer = recognizer
        self._past: list[tuple[Example, ...]] = []
        self._set(())

    @property
    def examples(self) -> tuple[Example, ...]:
        """The remembered drawings, the oldest first."""
        return self._state[0]

    def remember(self, drawing: object, label: int) -> Example:
        """Remember that a drawing, [[(x, y), ...], ...] in any unit, y down, is the digit `label`.

        The same drawing with another label replaces the earlier one. Beyond MAX_EXAMPLES, the
        oldest is forgotten. Raises BadStrokesError as `predict_strokes` does, and BadMemoryError
        for another label, no ink, or more than MAX_POINTS points."""
        if type(label) is not int or not 0 <= label <= 9:
            number = len(self.examples) + 1
            raise BadMemoryError(Message("memory.bad_label", number=number, found=repr(label)))
        strokes = file.compact(drawing)
        example = Example(label, strokes, self._recognizer.features(drawing).tobytes())
        self._change(_merged(self.examples, [example]))
        return example

    def forget(self, example: Example) -> None:
        """Forget one of `examples`. Raises BadMemoryError if it is not remembered."""
        if example not in self.examples:
            raise BadMemoryError(Message("memory.not_remembered"))
        self._change(tuple(other for other in self.examples if other != example))

    def forget_all(self) -> None:
        """Forget all drawings."""
        self._change(())

    def undo(self) -> bool:
        """Take back the last change. Returns whether there was one."""
        if not self._past:
            return False
        self._set(self._past.pop())
        return True

    def predict_strokes(self, drawing: object) -> AdaptedPrediction:
        """Classify one drawn digit with memory. Raises as `Recognizer.predict_strokes` does."""
        return self.adapt(self._recognizer.predict_strokes(drawing))

    def adapt(self, prediction: Prediction) -> AdaptedPrediction:
        """Weigh the remembered drawings against a prediction of the same recognizer."""
        examples, remembered = self._state
        if not examples or prediction.verdict == "blank":
            return AdaptedPrediction(prediction, prediction)
        classifier = self._recognizer.classifier
        (features,) = classifier.features(prediction.glyph[None])
        probabilities, digitness = rule.adapt(
            np.array(prediction.probabilities),
            prediction.digitness,
            rule.similarities(features, remembered),
            np.array([example.label for example in examples]),
        )
        adapted = classifier.prediction(prediction.glyph, probabilities, digitness)
        return AdaptedPrediction(adapted, prediction)

    def export_json(self) -> str:
        """Return the file of all remembered drawings, as `memory.file` describes it."""
        return file.write(self.examples, self._recognizer.sha256)

    def import_json(self, text: str | bytes) -> int:
        """Remember the drawings of such a file, too; returns their number.

        If they belong to another model, their features are computed again from the strokes. Raises
        BadMemoryError for a damaged or too large file, and remembers nothing of it."""
        examples, model = file.read(text)
        count = len(self._recognizer.features([[(0, 0)]]))
        is_current = model == self._recognizer.sha256
        if not is_current or any(len(example.features) != count for example in examples):
            examples = [self._recomputed(example) for example in examples]
        self._change(_merged(self.examples, examples))
        return len(examples)

    def export_file(self, path: str | os.PathLike) -> None:
        """Write `export_json` to a file. Raises OSError if that fails."""
        content = self.export_json().encode()
        write_atomically(Path(path), lambda opened: opened.write(content))

    def import_file(self, path: str | os.PathLike) -> int:
        """Remember the drawings of a file, as `import_json`. Raises OSError if it is unreadable."""
        with Path(path).open("rb") as opened:
            return self.import_json(opened.read(file.MAX_BYTES + 1))

    def export_dataset(self, folder: str | os.PathLike) -> Path:
        """Write a data set for `digitdraw train cnn --dataset FOLDER`; returns its labels.jsonl.

        A training needs at least three drawings of each digit that it has, and two digits."""
        path = Path(folder) / "labels.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (
            json.dumps({"label": str(example.label), "strokes": example.strokes}) + "\n"
            for example in self.examples
        )
        content = "".join(lines).encode()
        write_atomically(path, lambda opened: opened.write(content))
        return path

    def _recomputed(self, example: Example) -> Example:
        features = self._recognizer.features(example.strokes)
        return replace(example, features=features.tobytes())

    def _change(self, examples: tuple[Example, ...]) -> None:
        self._past = [*self._past, self.examples][-MAX_UNDO:]
        self._set(examples)

    def _set(self, examples: tuple[Example, ...]) -> None:
        """Replace examples and their features (n, F) uint8 in one step, for other threads."""
        features = [np.frombuffer(example.features, np.uint8) for example in examples]
        self._state = examples, np.stack(features) if features else np.empty((0, 0), np.uint8)


def _merged(earlier: tuple[Example, ...], added: Iterable[Example]) -> tuple[Example, ...]:
    """Return all examples, the newest of each drawing, and at most MAX_EXAMPLES of them."""
    by_strokes = {example.strokes: example for example in earlier}
    for example in added:
        by_strokes.pop(example.strokes, None)  # else it would keep the place of the earlier one
        by_strokes[example.strokes] = example
    return tuple(by_strokes.values())[-MAX_EXAMPLES:]
