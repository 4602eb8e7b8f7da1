"""The glyph classifier: verdicts, batches, threads, wrong input, and CUDA."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import digitdraw
from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import BadImageError
from digitdraw.models import weights
from digitdraw.preprocessing import strokes
from tests.support.drawings import DIGITS
from tests.support.own_models import CLOTHES, save_untrained

GLYPHS = np.stack([strokes.to_glyph(drawing) for drawing in DIGITS.values()])


def test_close_probabilities_are_unsure():
    strict = weights.load("default")
    calibration = dataclasses.replace(strict.calibration, min_confidence=1.0)
    strict = dataclasses.replace(strict, calibration=calibration)
    (prediction,) = GlyphClassifier(strict, torch.device("cpu"), "").predict(GLYPHS[4:5])
    assert prediction.verdict == "unsure"
    assert prediction.digit is None
    assert prediction.ranking[0] == 4


def test_a_batch_gives_the_same_predictions_as_single_glyphs(recognizer):
    batch = recognizer.predict_batch(GLYPHS)
    for glyph, prediction in zip(GLYPHS, batch, strict=True):
        (alone,) = recognizer.predict_batch(glyph[None])
        assert alone.digit == prediction.digit
        np.testing.assert_allclose(alone.probabilities, prediction.probabilities, atol=1e-4)
        assert np.array_equal(prediction.glyph, glyph)
    assert recognizer.predict_batch([]) == []


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((28, 28), np.float32),
        np.zeros((2, 27, 28), np.float32),
        np.zeros((2, 28, 28), np.uint8),
        np.full((1, 28, 28), 2.0),
        np.full((1, 28, 28), np.nan),
        "seven",
        [[1, 2], [3]],
    ],
    ids=["one", "size", "bytes", "range", "nan", "text", "ragged"],
)
def test_wrong_batches_raise_an_error(recognizer, batch):
    with pytest.raises(BadImageError, match="Glyphs are"):
        recognizer.predict_batch(batch)


def test_threads_get_the_same_predictions(recognizer):
    drawings = list(DIGITS.values()) * 20
    with ThreadPoolExecutor(8) as executor:
        predictions = list(executor.map(recognizer.predict_strokes, drawings))
    assert [prediction.digit for prediction in predictions] == list(DIGITS) * 20


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_and_cpu_agree(recognizer):
    on_gpu = digitdraw.load("default", device="cuda")
    predictions = zip(recognizer.predict_batch(GLYPHS), on_gpu.predict_batch(GLYPHS), strict=True)
    for cpu, gpu in predictions:
        np.testing.assert_allclose(cpu.probabilities, gpu.probabilities, atol=1e-3)


def test_other_classes_are_named(tmp_path):
    loaded = weights.load("cnn", save_untrained(tmp_path, "cnn", CLOTHES, "bag"))
    classifier = GlyphClassifier(loaded, torch.device("cpu"), "")
    pictures = np.stack([np.full((16, 16), 0.5), np.zeros((16, 16))]).astype(np.float32)
    answer, blank = classifier.predict(pictures)
    assert (answer.verdict, answer.label, answer.digit) == ("label", "bag", None)
    assert (blank.verdict, blank.label, set(blank.probabilities)) == ("blank", None, {1 / 3})
    assert not classifier.rejects_non_digits
    with pytest.raises(BadImageError, match=r"\(N, 16, 16\)"):
        classifier.predict(GLYPHS)
