"""The recognizer: drawings and pictures, pictures with a single digit in them, and accuracy."""

from unittest.mock import Mock

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import digitdraw
from digitdraw import explain
from digitdraw.classifier import GlyphClassifier
from digitdraw.errors import BadStrokesError, BadWeightsError, UnknownModelError, UnsupportedError
from digitdraw.models import weights
from digitdraw.recognizer import Recognizer
from digitdraw.training import datasets
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn
from tests.support.own_models import CLOTHES, LETTERS, copy_shipped, save_untrained
from tests.support.pictures import digit_picture

every_digit = pytest.mark.parametrize("digit", DIGITS)


def shrink(drawing, scale=0.04, corner=(0.93, 0.02)):
    """Make a drawing tiny, in a corner of a canvas of 1 by 1."""
    (left, top), factor = corner, scale / 100
    return [[(x * factor + left, y * factor + top) for x, y in stroke] for stroke in drawing]


def digit_in_frame(digit: int) -> np.ndarray:
    """A picture of a digit in a printed box, as on a form."""
    picture = digit_picture(digit, size=0.4, pen=0.035).copy()
    for width in range(3):
        low, high = 45 - width, 235 + width
        picture[[low, high], low : high + 1] = picture[low : high + 1, [low, high]] = 90
    return picture


def accuracy(predictions, labels) -> float:
    """The share of predictions whose most probable digit is the label."""
    pairs = zip(predictions, labels, strict=True)
    return np.mean([prediction.ranking[0] == int(label) for prediction, label in pairs])


def rejected(predictions) -> float:
    """The share of predictions without a digit."""
    return np.mean([prediction.digit is None for prediction in predictions])


@every_digit
def test_drawings_are_recognized_at_any_size(recognizer, digit):
    prediction = recognizer.predict_strokes(DIGITS[digit])
    assert prediction.verdict == "digit"
    assert prediction.digit == digit == int(np.argmax(prediction.probabilities))
    assert prediction.confidence == max(prediction.probabilities)
    assert sum(prediction.probabilities) == pytest.approx(1)
    assert recognizer.predict_strokes(shrink(DIGITS[digit])).digit == digit


@every_digit
@pytest.mark.parametrize(
    "options",
    [{}, {"size": 0.2, "place": (0.85, 0.86), "pen": 0.02}, {"paper": 20, "ink": 235}],
    ids=["plain", "small-thin-in-a-corner", "inverted"],
)
def test_pictures_are_recognized(recognizer, digit, options):
    assert recognizer.predict_image(digit_picture(digit, **options)).digit == digit


@every_digit
def test_a_digit_in_a_frame_is_recognized_without_the_frame(recognizer, digit):
    prediction, part, whole = recognizer.locate_and_predict(digit_in_frame(digit))
    assert prediction.digit == digit
    assert np.array_equal(recognizer.predict_image(digit_in_frame(digit)).glyph, prediction.glyph)
    assert whole.shape == (280, 280)
    assert max(part.shape) < 160 and part.min() < 0.1


def test_a_digit_alone_is_recognized_in_the_whole_picture(recognizer):
    prediction, part, whole = recognizer.locate_and_predict(digit_picture(4))
    assert (prediction.digit, part.shape, whole) == (4, (280, 280), None)


def test_pictures_of_two_digits_or_a_letter_have_no_digit(recognizer):
    two_digits = np.hstack([digit_picture(1)[:, 80:200], digit_picture(0)[:, 60:220]])
    letter = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(letter).line([(40, 240), (40, 40), (140, 150), (240, 40), (240, 240)], 0, 14)
    for image in (two_digits, letter):
        assert recognizer.predict_image(image).digit is None


def test_without_the_photo_reader_the_whole_picture_is_classified(monkeypatch, caplog):
    recognizer = digitdraw.load("default", device="cpu")

    def damaged(*_):
        raise BadWeightsError("The file detector.pt is damaged.")

    monkeypatch.setattr(weights, "load", damaged)
    assert recognizer.predict_image(digit_in_frame(3)).verdict == "not a digit"
    assert "detector.pt" in caplog.text


def test_a_model_without_rejection_does_not_use_the_photo_reader(monkeypatch):
    classic = digitdraw.load("softmax", device="cpu")
    unused = property(lambda self: pytest.fail("the photo reader was used"))
    monkeypatch.setattr(Recognizer, "photo_reader", unused)
    assert classic.predict_image(digit_in_frame(3)).verdict in ("digit", "unsure")


def test_input_without_ink_is_blank(recognizer):
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
    "drawing",
    [
        [[(0, 0), (100, 3)]],
        [[(0, 50), (30, 100), (100, 0)]],
        [[(5, 100), (5, 0), (50, 60), (95, 0), (95, 100)]],
        [*DIGITS[1], [(x + 60, y) for x, y in DIGITS[0][0]]],
    ],
    ids=["flat line", "tick", "letter M", "10"],
)
def test_other_shapes_are_not_digits(recognizer, drawing):
    prediction = recognizer.predict_strokes(drawing)
    assert prediction.verdict == "not a digit"
    assert prediction.digit is None


def test_an_error_does_not_affect_the_next_prediction(recognizer):
    with pytest.raises(BadStrokesError):
        recognizer.predict_strokes([[("a", 1)]])
    assert recognizer.predict_strokes(DIGITS[2]).digit == 2


def test_unknown_models_raise_an_error():
    with pytest.raises(UnknownModelError, match="known are"):
        digitdraw.load("nonesuch")


def test_accuracy_on_mnist(recognizer, data_folder):
    test = datasets.mnist(data_folder, "test")
    predictions = recognizer.predict_batch(test.pixels[::5].astype(np.float32) / 255)
    assert accuracy(predictions, test.labels[::5]) >= 0.99


def test_accuracy_on_drawings_of_new_writers(recognizer, data_folder):
    drawings = datasets.drawings(data_folder, "test")[::2]
    predictions = [recognizer.predict_strokes(drawing.strokes) for drawing in drawings]
    assert accuracy(predictions, [drawing.label for drawing in drawings]) >= 0.97
    assert rejected(predictions) <= 0.02


def test_accuracy_on_digit_forms_of_other_countries(recognizer):
    drawings = datasets.font_drawings("test")
    predictions = [recognizer.predict_strokes(drawing.strokes) for drawing in drawings]
    assert accuracy(predictions, [drawing.label for drawing in drawings]) >= 0.95


def test_letters_are_rejected(recognizer, data_folder):
    letters = datasets.letters(data_folder, "test")[::2]
    assert rejected([recognizer.predict_strokes(letter.strokes) for letter in letters]) >= 0.9


def own_recognizer(folder, data, answer) -> Recognizer:
    loaded = weights.load("cnn", save_untrained(folder, "cnn", data, answer))
    return Recognizer(GlyphClassifier(loaded, torch.device("cpu"), "CPU, as requested"))


def test_a_model_of_letters_names_letters(tmp_path, monkeypatch):
    unused = lambda *_: pytest.fail("a digit was looked for")  # noqa: E731
    monkeypatch.setattr(Recognizer, "_crop_to_single_digit", unused)
    letters = own_recognizer(tmp_path, LETTERS, "Q")
    for prediction in (letters.predict_strokes(DIGITS[0]), letters.predict_image(digit_picture(0))):
        assert (prediction.verdict, prediction.label, prediction.digit) == ("label", "Q", None)
    with pytest.raises(UnsupportedError, match="'cnn' was trained on emnist-letters"):
        letters.read_numbers(digit_picture(0))
    with pytest.raises(UnsupportedError, match="ten digits"):
        explain.attribute(letters.classifier, prediction.glyph, 0, 1)


def test_a_model_of_other_pictures_takes_them_whole(tmp_path):
    clothes = own_recognizer(tmp_path, CLOTHES, "bag")
    picture = np.tile(np.arange(32, dtype=np.float32) / 31, (32, 1))
    prediction, part, whole = clothes.locate_and_predict(picture)
    assert prediction.label == "bag" and whole is None
    assert np.array_equal(part, picture)
    assert np.allclose(prediction.glyph, picture.reshape(16, 2, 16, 2).mean((1, 3)))
    with pytest.raises(UnsupportedError, match="fashion-mnist, whose pictures are no drawings"):
        clothes.predict_strokes(DIGITS[0])


def test_a_folder_of_weights_is_loaded_like_a_model_that_comes_with_digitdraw(tmp_path):
    copy_shipped(tmp_path, "cnn", "detector")
    own = digitdraw.load(tmp_path, device="cpu")
    shipped = digitdraw.load("cnn", device="cpu")
    assert (own.name, own.sha256, own.folder) == ("cnn", shipped.sha256, tmp_path)
    expected = shipped.predict_strokes(DIGITS[5])
    assert own.predict_strokes(DIGITS[5]).probabilities == expected.probabilities
    assert digitdraw.load("cnn", "cpu", tmp_path).sha256 == shipped.sha256


def test_photos_are_read_with_the_networks_of_the_folder_where_it_has_them(tmp_path, monkeypatch):
    copy_shipped(tmp_path, "cnn", "detector")
    save_untrained(tmp_path, "default", LETTERS, "A")
    recognizer = digitdraw.load("cnn", "cpu", tmp_path)
    used, load = [], weights.load
    monkeypatch.setattr(weights, "load", lambda *args: used.append(args) or load(*args))
    assert recognizer.read_numbers(digit_picture(3)).numbers == ("3",)
    # Its model of letters cannot help to read numbers.
    shipped = ("orientation",), ("line-recognizer",), ("default",)
    assert used == [("detector", tmp_path), *shipped]


def test_whole_numbers_are_read_from_strokes(recognizer):
    reading = recognizer.read_strokes([*drawn("42"), *drawn("3.14", y=160)])
    assert reading.numbers == ("42", "3.14")
    assert reading.text == "42\n3.14"
    assert recognizer.read_strokes([]).items == ()


def test_every_model_of_digits_reads_numbers_with_the_default_classifier(recognizer):
    classic = digitdraw.load("softmax", device="cpu")
    expected = recognizer.read_strokes(drawn("42"))
    assert classic.read_strokes(drawn("42")).confidences == expected.confidences


def test_a_model_of_letters_reads_no_numbers_from_strokes(tmp_path):
    with pytest.raises(UnsupportedError, match="ten digits"):
        own_recognizer(tmp_path, LETTERS, "Q").read_strokes(drawn("42"))


def test_without_its_scorer_reading_strokes_says_how_to_make_it(tmp_path):
    copy_shipped(tmp_path, "default", "stroke-scorer")
    (tmp_path / "stroke-scorer.pt").write_bytes(b"damaged")
    own = digitdraw.load(tmp_path, device="cpu")
    assert own.predict_strokes(DIGITS[5]).digit == 5
    with pytest.raises(BadWeightsError, match="fit_stroke_scorer"):
        own.read_strokes(drawn("42"))


def test_accuracy_on_numbers_of_new_writers(recognizer, full_data_folder):
    words = [
        word
        for word in datasets.words(full_data_folder, "test")
        if word.label.isdigit() and len(word.label) > 1
    ]
    readings = [recognizer.read_strokes(word.strokes) for word in words]
    pairs = zip(words, readings, strict=True)
    assert np.mean([reading.numbers == (word.label,) for word, reading in pairs]) >= 0.85


def test_without_the_weights_of_numbers_drawings_are_read_as_single_digits(
    recognizer, monkeypatch, caplog
):
    model = Recognizer(recognizer.classifier)
    monkeypatch.setattr(model, "_photo_weights", Mock(side_effect=BadWeightsError("missing")))
    with pytest.raises(BadWeightsError):
        model.read_strokes(drawn("42"))
    assert model.drawing_reader.read(DIGITS[4]).numbers == ("4",)
    assert len(model.drawing_reader.read(drawn("42")).items) == 1
    assert [record.message for record in caplog.records] == [
        "drawings are read as single digits: missing"
    ]
