"""The facade for users of the library: a glyph classifier, and a photo reader on first use."""

import logging
import os
import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from digitdraw.classifier import GlyphClassifier
from digitdraw.device import choose_device
from digitdraw.errors import BadWeightsError, UnsupportedError
from digitdraw.models import weights
from digitdraw.models.own_models import locate
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER, ORIENTATION, STROKE_SCORER
from digitdraw.models.weights import Weights
from digitdraw.photo.reader import GLYPH_CLASSIFIER, PhotoReader, Reading
from digitdraw.photo.single_digit import CONFIDENT, crop_around
from digitdraw.prediction import Prediction
from digitdraw.preprocessing import binarize, glyph, strokes
from digitdraw.preprocessing.image_io import Source, load_grey
from digitdraw.strokes.reader import StrokeReader

log = logging.getLogger(__name__)


def load(
    name_or_folder: str | os.PathLike = "default",
    device: str | torch.device = "auto",
    folder: str | os.PathLike | None = None,
) -> "Recognizer":
    """Load a model that comes with digitdraw, or one of your own from a folder of weights.

    `load("runs")` takes the model `default` of that folder, or its only classifier.
    `load("cnn", folder="runs")` takes the model `cnn` of that folder. Photos are read with the
    networks of the folder where it has them, else with those that come with digitdraw.

    `device` is "auto" (CUDA if it works, else the CPU), "cpu", "cuda", "cuda:N" or a torch.device.
    Raises UnknownModelError, UnknownDeviceError or BadWeightsError."""
    chosen, note = choose_device(device)
    name, own = locate(name_or_folder, folder)
    loaded = weights.load(name, own) if own and weights.holds(name, own) else weights.load(name)
    return Recognizer(GlyphClassifier(loaded, chosen, note), own)


class ImagePrediction(NamedTuple):
    """The prediction for a picture of one digit, and the part of the picture that it is for."""

    prediction: Prediction
    part: np.ndarray
    """The part that was classified: grey, (H, W) float32 in [0, 1]."""
    whole: np.ndarray | None
    """The whole picture in grey if `part` is smaller, else None."""


class Recognizer:
    """A glyph classifier and a photo reader. Thread-safe. `load` creates one.

    `name` is the name of the classifier's model, and `sha256` the checksum of its weights file.
    `data` says which classes and pictures it was trained on, and `folder` is the folder of your own
    weights, None for those that come with digitdraw."""

    def __init__(self, classifier: GlyphClassifier, folder: Path | None = None) -> None:
        self.classifier, self.name, self.sha256 = classifier, classifier.name, classifier.sha256
        self.data, self.folder = classifier.data, folder
        self._loading = threading.Lock()
        self._photo_reader: PhotoReader | None = None
        self._stroke_reader: StrokeReader | None = None
        self._drawing_reader: StrokeReader | None = None
        log.info("model %s on %s", classifier.name, classifier.device_note)

    @property
    def device(self) -> torch.device:
        """The current device of the classifier."""
        return self.classifier.device

    @property
    def device_note(self) -> str:
        """The current device and the reason for it, in a few words."""
        return self.classifier.device_note

    @property
    def photo_reader(self) -> PhotoReader:
        """The photo reader, loaded on first use.

        Raises BadWeightsError, and UnsupportedError for a model of other classes than digits."""
        self._check_digits()
        with self._loading:
            if self._photo_reader is None:
                names = DETECTOR.name, ORIENTATION.name, LINE_RECOGNIZER.name, GLYPH_CLASSIFIER
                # A classifier that calls everything a digit cannot confirm doubtful digits.
                classify = self.classifier.predict if self.classifier.rejects_non_digits else None
                detector, orienting, line_recognizer, glyphs = map(self._photo_weights, names)
                self._photo_reader = PhotoReader(
                    detector, orienting, line_recognizer, glyphs, self.device, classify
                )
        return self._photo_reader

    @property
    def stroke_reader(self) -> StrokeReader:
        """The reader of numbers in drawings, loaded on first use.

        It works with the model GLYPH_CLASSIFIER, as the photo reader does: the other models that
        come with digitdraw take much that is no digit for one. Raises as `photo_reader` does."""
        self._check_digits()
        with self._loading:
            if self._stroke_reader is None:
                classifier = self.classifier
                if self.name != GLYPH_CLASSIFIER or not classifier.rejects_non_digits:
                    loaded = self._photo_weights(GLYPH_CLASSIFIER)
                    classifier = GlyphClassifier(loaded, self.device, self.device_note)
                scorer: Any = self._photo_weights(STROKE_SCORER.name).network
                self._stroke_reader = StrokeReader(classifier, scorer)
        return self._stroke_reader

    @property
    def drawing_reader(self) -> StrokeReader:
        """The stroke reader; without its weights, one that takes each drawing for one character.

        Raises UnsupportedError as `stroke_reader` does."""
        if self._drawing_reader is None:
            try:
                self._drawing_reader = self.stroke_reader
            except BadWeightsError as error:
                log.warning("drawings are read as single digits: %s", error)
                self._drawing_reader = StrokeReader(self.classifier, None)
        return self._drawing_reader

    def predict_strokes(self, drawing: object) -> Prediction:
        """Classify one drawn digit: [[(x, y), ...], ...] in any unit, y down.

        Raises BadStrokesError for anything else, or for too many points (see `strokes.parse`), and
        UnsupportedError if the model was trained on pictures that are no handwriting."""
        if self.data.preparation == "none":
            raise UnsupportedError(
                f"{self.name!r} was trained on {self.data.dataset}, whose pictures are no "
                "drawings. It takes pictures: predict_image."
            )
        return self.classifier.predict([strokes.to_glyph(drawing)])[0]

    def features(self, drawing: object) -> np.ndarray:
        """Return the features of a drawing by which `Memory` remembers it: (F,) uint8.

        Raises BadStrokesError and UnsupportedError as `predict_strokes` and
        `GlyphClassifier.predict_with_features` do."""
        return self.classifier.features(self.predict_strokes(drawing).glyph[None])[0]

    def predict_image(self, image: Source) -> Prediction:
        """Classify a picture of one digit: a path, bytes, a PIL image, or an array.

        If the ink as a whole does not look like a digit, the photo reader looks for a single digit
        in it, such as a digit in a frame. A model that was trained on pictures which are no
        handwriting takes the whole picture, resized. Raises BadImageError as `load_grey` does."""
        return self.locate_and_predict(image).prediction

    def predict_batch(self, glyphs: np.ndarray) -> list[Prediction]:
        """Classify glyphs as `GlyphClassifier.predict` does."""
        return self.classifier.predict(glyphs)

    def locate_and_predict(self, image: Source, reading: Reading | None = None) -> ImagePrediction:
        """Return the result of `predict_image` with the part of the picture that it is for.

        `reading` is that of `read_numbers` for the same image, where it is known: it need not be
        read again. Its boxes are in pixels of the image, so a large file must be decoded before."""
        grey = load_grey(image)
        if self.data.preparation == "none":
            (prediction,) = self.classifier.predict([glyph.shrink(grey, self.data.side)])
            return ImagePrediction(prediction, grey, None)
        (whole,) = self.classifier.predict([binarize.to_glyph(grey)])
        if self.data.is_digits and whole.verdict != "blank" and whole.digitness < CONFIDENT:
            part = self._crop_to_single_digit(grey, reading)
            if part is not None:
                (closer,) = self.classifier.predict([binarize.to_glyph(part)])
                if closer.digit is not None and closer.digitness > whole.digitness:
                    return ImagePrediction(closer, part, grey)
        return ImagePrediction(whole, grey, None)

    def read_numbers(self, image: Source, is_upright: bool = False) -> Reading:
        """Read the numbers of a photo: a path, bytes, a PIL image, or an array.

        A photo on its side or upside down is turned, unless you say that it `is_upright`. The
        first photo loads the photo reader. A photo without digits gives an empty reading. Raises
        BadImageError as `load_grey` does, BadWeightsError if the weights of the photo reader are
        missing or damaged, and UnsupportedError for a model of other classes."""
        return self.photo_reader.read(image, is_upright)

    def read_strokes(self, drawing: object) -> Reading:
        """Read the numbers of a drawing: [[(x, y), ...], ...] in any unit, y down.

        Digits, points, commas, dashes, slashes and colons may stand side by side and on several
        lines. Boxes are in the drawing's unit. A drawing of one character has one item with one
        digit, whose prediction is that of `predict_strokes` for the model "default"; it is doubtful
        unless the verdict is "digit". A drawing without ink gives an empty reading.

        Raises BadStrokesError as `predict_strokes` does, BadWeightsError if weights are missing or
        damaged, and UnsupportedError for a model of other classes."""
        return self.stroke_reader.read(drawing)

    def _check_digits(self) -> None:
        if not self.data.is_digits:
            raise UnsupportedError(
                f"Reading numbers needs a model of the ten digits; {self.name!r} was trained on "
                f"{self.data.dataset}."
            )

    def _photo_weights(self, name: str) -> Weights:
        own = self.folder
        if own and weights.holds(name, own) and weights.data_format(name, own).is_digits:
            return weights.load(name, own)
        return weights.load(name)

    def _crop_to_single_digit(self, grey: np.ndarray, reading: Reading | None) -> np.ndarray | None:
        """Return the part of `grey` around its digit, or None unless the reader finds just one."""
        try:
            reading = reading or self.photo_reader.read_batch([(grey, 1.0)], is_upright=True)[0]
        except BadWeightsError as error:
            log.warning("the photo reader cannot look for a digit in a picture: %s", error)
            return None
        if len(reading.digits) != 1:
            return None
        return crop_around(grey, reading.digits[0].box)
