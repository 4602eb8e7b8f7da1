"""The model wrapper: verdicts, devices, threads, and how good the answers are."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import digitdraw
from digitdraw.classifier import GlyphClassifier
from digitdraw.device import choose_device
from digitdraw.errors import (
    BadImageError,
    BadStrokesError,
    BadWeightsError,
    UnknownDeviceError,
    UnknownModelError,
)
from digitdraw.models import weights
from digitdraw.preprocessing import strokes
from digitdraw.recognizer import Recognizer
from digitdraw.training import datasets
from tests.preprocessing.test_binarize import page
from tests.support.drawings import DIGITS

CPU = torch.device("cpu")


def small(lines, scale=0.04, corner=(0.93, 0.02)):
    """A drawing made tiny, in a corner of a canvas of 1 by 1."""
    (left, top), size = corner, scale / 100
    return [[(x * size + left, y * size + top) for x, y in stroke] for stroke in lines]


@pytest.mark.parametrize("digit", DIGITS)
def test_each_digit_is_read_from_strokes(recognizer, digit):
    prediction = recognizer.predict_strokes(DIGITS[digit])
    assert prediction.verdict == "digit"
    assert prediction.digit == digit == int(np.argmax(prediction.probabilities))
    assert prediction.confidence == max(prediction.probabilities)
    assert sum(prediction.probabilities) == pytest.approx(1)
    assert recognizer.predict_strokes(small(DIGITS[digit])).digit == digit


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize(
    "drawn",
    [{}, {"size": 0.2, "place": (0.85, 0.86), "pen": 0.02}, {"paper": 20, "ink": 235}],
    ids=["plain", "small-thin-in-a-corner", "inverted"],
)
def test_each_digit_is_read_from_a_picture(recognizer, digit, drawn):
    assert recognizer.predict_image(page(digit, **drawn)).digit == digit


def framed(digit: int) -> np.ndarray:
    """A digit in a printed box, as on a form."""
    picture = page(digit, size=0.4, pen=0.035).copy()
    for thick in range(3):
        low, high = 45 - thick, 235 + thick
        picture[[low, high], low : high + 1] = picture[low : high + 1, [low, high]] = 90
    return picture


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_in_a_frame_is_read_and_the_frame_left_out(recognizer, digit):
    prediction, part, whole = recognizer.locate_and_predict(framed(digit))
    assert prediction.digit == digit
    assert np.array_equal(recognizer.predict_image(framed(digit)).glyph, prediction.glyph)
    assert whole.shape == (280, 280)
    assert max(part.shape) < 160 and part.min() < 0.1


def test_a_digit_alone_is_read_from_all_of_the_picture(recognizer):
    prediction, part, whole = recognizer.locate_and_predict(page(4))
    assert (prediction.digit, part.shape, whole) == (4, (280, 280), None)


def test_two_digits_and_letters_are_still_none_in_a_picture(recognizer):
    two = np.hstack([page(1)[:, 80:200], page(0)[:, 60:220]])
    picture = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(picture).line([(40, 240), (40, 40), (140, 150), (240, 40), (240, 240)], 0, 14)
    for image in (two, picture):
        assert recognizer.predict_image(image).digit is None


def test_without_the_reader_of_photos_the_whole_picture_is_what_is_judged(monkeypatch, caplog):
    alone = digitdraw.load("default", device="cpu")

    def damaged(*_):
        raise BadWeightsError("The file detector.pt is damaged.")

    monkeypatch.setattr(weights, "load", damaged)
    assert alone.predict_image(framed(3)).verdict == "not a digit"
    assert "detector.pt" in caplog.text


def test_a_model_that_takes_everything_for_a_digit_looks_no_closer(monkeypatch):
    classic = digitdraw.load("softmax", device="cpu")
    monkeypatch.setattr(Recognizer, "photo_reader", property(lambda self: pytest.fail("was asked")))
    assert classic.predict_image(framed(3)).verdict in ("digit", "unsure")


def test_a_blank_is_a_normal_state(recognizer):
    for prediction in (
        recognizer.predict_strokes([]),
        recognizer.predict_image(np.full((60, 60), 255, np.uint8)),
        recognizer.predict_batch(np.zeros((1, 28, 28), np.float32))[0],
    ):
        assert prediction.verdict == "blank"
        assert prediction.digit is None
        assert prediction.runner_up is None
        assert set(prediction.probabilities) == {0.1}
        assert prediction.digitness == 0


@pytest.mark.parametrize(
    "lines",
    [
        [[(0, 0), (100, 3)]],
        [[(0, 50), (30, 100), (100, 0)]],
        [[(5, 100), (5, 0), (50, 60), (95, 0), (95, 100)]],
        [*DIGITS[1], [(x + 60, y) for x, y in DIGITS[0][0]]],
    ],
    ids=["flat line", "tick", "letter M", "10"],
)
def test_what_is_no_digit_is_not_called_one(recognizer, lines):
    prediction = recognizer.predict_strokes(lines)
    assert prediction.verdict == "not a digit"
    assert prediction.digit is None


def test_two_close_readings_are_unsure(recognizer):
    strict = weights.load("default")
    strict = dataclasses.replace(
        strict, calibration=dataclasses.replace(strict.calibration, min_confidence=1.0)
    )
    prediction = Recognizer(GlyphClassifier(strict, CPU, "")).predict_strokes(DIGITS[4])
    assert prediction.verdict == "unsure"
    assert prediction.digit is None
    assert prediction.ranking[0] == 4


def test_a_batch_is_the_same_as_one_at_a_time(recognizer):
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    together = recognizer.predict_batch(glyphs)
    for glyph, prediction in zip(glyphs, together, strict=True):
        alone = recognizer.predict_batch(glyph[None])[0]
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
def test_bad_batches_get_an_error(recognizer, batch):
    with pytest.raises(BadImageError, match="Glyphs are"):
        recognizer.predict_batch(batch)


def test_bad_strokes_leave_the_recognizer_as_it_was(recognizer):
    with pytest.raises(BadStrokesError):
        recognizer.predict_strokes([[("a", 1)]])
    assert recognizer.predict_strokes(DIGITS[2]).digit == 2


def test_many_threads_get_the_same_answers(recognizer):
    lines = list(DIGITS.values()) * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(recognizer.predict_strokes, lines))
    assert [each.digit for each in found] == list(DIGITS) * 20


def test_a_prediction_is_ready_for_json(recognizer):
    import json

    sent = json.loads(json.dumps(recognizer.predict_strokes(DIGITS[7]).as_dict()))
    assert sent["digit"] == 7 and len(sent["probabilities"]) == 10


def test_auto_says_which_device_and_why():
    device, why = choose_device("auto")
    assert why.startswith("CUDA" if device.type == "cuda" else "CPU, because")


def test_auto_takes_the_cpu_where_cuda_does_not_work(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("CUDA driver initialization failed\nmore")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "zeros", broken)
    assert choose_device("auto") == (CPU, "CPU, because CUDA driver initialization failed")


@pytest.mark.parametrize("device", ["tpu", "cuda:99", "meta", "", 7.5, None])
def test_an_unknown_device_gets_an_error_that_lists_the_known_ones(device):
    with pytest.raises(UnknownDeviceError, match="known are: auto, cpu, cuda"):
        digitdraw.load("default", device=device)


def test_an_unknown_model_gets_an_error():
    with pytest.raises(UnknownModelError, match="known are"):
        digitdraw.load("nonesuch")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "memory was full"),
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "the GPU failed"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "the GPU failed"),
    ],
)
def test_where_a_gpu_fails_the_cpu_takes_over_and_says_so(recognizer, error, why):
    spare = Recognizer(GlyphClassifier(weights.load("default"), CPU, "CUDA, as asked for"))
    fallback = spare.classifier._fallback
    (network,) = fallback._networks
    expected = recognizer.predict_strokes(DIGITS[3]).probabilities

    class Lost(torch.nn.Module):
        """Stands for a network on a GPU that fails."""

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1, device="meta"))

        def forward(self, x):
            raise error

    fallback._networks, fallback._spare = (Lost(),), (network,)
    found = spare.predict_strokes(DIGITS[3])
    assert found.probabilities == expected
    assert spare.device == CPU
    assert why in spare.device_note


def test_accuracy_on_mnist(recognizer, data_folder):
    test = datasets.mnist(data_folder, "test")
    pixels, labels = test.pixels[::5], test.labels[::5]
    found = recognizer.predict_batch(pixels.astype(np.float32) / 255)
    right = np.mean([np.argmax(p.probabilities) == y for p, y in zip(found, labels, strict=True)])
    assert right >= 0.99


def test_accuracy_on_drawings_of_new_writers(recognizer, data_folder):
    drawn = datasets.drawings(data_folder, "test")[::2]
    found = [recognizer.predict_strokes(each.strokes) for each in drawn]
    labels = [int(each.label) for each in drawn]
    right = np.mean([np.argmax(p.probabilities) == y for p, y in zip(found, labels, strict=True)])
    assert right >= 0.97
    assert np.mean([p.digit is None for p in found]) <= 0.02


def test_accuracy_on_forms_of_other_schools(recognizer):
    drawn = datasets.font_drawings("test")
    found = [recognizer.predict_strokes(each.strokes) for each in drawn]
    right = [int(each.label) == p.ranking[0] for each, p in zip(drawn, found, strict=True)]
    assert np.mean(right) >= 0.95


def test_letters_are_refused(recognizer, data_folder):
    letters = datasets.letters(data_folder, "test")[::2]
    found = [recognizer.predict_strokes(each.strokes) for each in letters]
    assert np.mean([p.digit is None for p in found]) >= 0.9


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_and_cpu_agree(recognizer):
    on_gpu = digitdraw.load("default", device="cuda")
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    pairs = zip(recognizer.predict_batch(glyphs), on_gpu.predict_batch(glyphs), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-3)
