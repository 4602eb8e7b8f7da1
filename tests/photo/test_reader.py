"""Photos are read: boxes in pixels of the photo as it was taken, numbers in order, doubts kept."""

import io
import json
from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import digitdraw
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import pipeline
from digitdraw.photo.fusion import NumberHypothesis
from digitdraw.photo.reader import PhotoReader
from digitdraw.photo.reader import _why_nothing as why_nothing
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.image_io import load_photo
from tests.support.painted import (
    Painted,
    PaintedGlyphs,
    PaintedSequence,
    loaded,
    painted_reader,
    photo,
)


@pytest.fixture
def reader():
    return painted_reader()


def test_a_photo_without_digits_is_an_empty_reading(reader):
    for picture in (np.full((90, 120), 200, np.uint8), np.zeros((16, 16), np.uint8)):
        reading = reader.read(picture)
        assert reading.numbers == () == reading.digits == reading.confidences
        assert reading.reason == "No digits were found in the picture."


def test_a_reading_without_digits_says_what_may_be_why(reader):
    tiny = reader.read(np.full((9, 200), 200, np.uint8))
    assert tiny.reason == "The picture is too small to read: 200 x 9 pixels."
    lines = np.full((400, 600), 0.9, np.float32)
    lines[100:130, 100:500] = lines[250:280, 100:500] = 0.2
    assert why_nothing(lines, 1.0) == "No digits were found in the picture."
    assert why_nothing(cv2.GaussianBlur(lines, (0, 0), 16), 1.0).endswith("too blurred to read.")
    reading = reader.read(photo([(40, 40)]))
    assert reading.digits and reading.reason == "" == reading.as_dict()["reason"]


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from([(x, y) for x in range(30, 210, 24) for y in (40, 90)]), unique=True),
    st.sampled_from([3, 6, 8]),
)
def test_a_photo_turned_with_its_exif_tag_reads_the_same(places, orientation):
    reader = painted_reader()
    upright = Image.fromarray(photo(places))
    turned = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90,
              8: Image.Transpose.ROTATE_270}[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    files = [io.BytesIO(), io.BytesIO()]
    upright.save(files[0], "PNG")
    upright.transpose(turned).save(files[1], "PNG", exif=exif)
    one, other = (reader.read(file.getvalue()) for file in files)
    assert one.numbers == other.numbers
    assert [each.box for each in one.digits] == [each.box for each in other.digits]


def test_digits_are_numbered_and_boxed_in_pixels_of_the_photo(reader):
    reading = reader.read(photo([(40, 40), (54, 40), (40, 110), (54, 110), (68, 110)]))
    assert [len(number) for number in reading.numbers] == [2, 3]
    assert [each.number for each in reading.digits] == [0, 0, 1, 1, 1]
    x, y, width, height = reading.digits[0].box
    assert (x + width / 2, y + height / 2) == pytest.approx((40, 40), abs=8)
    for each in reading.digits:
        assert sum(each.prediction.probabilities) == pytest.approx(1)
        assert each.prediction.glyph.shape == (28, 28)
        assert each.prediction.glyph.min() >= 0 and each.prediction.glyph.max() <= 1
    assert all(0 < confidence <= 1 for confidence in reading.confidences)
    json.dumps(reading.as_dict())


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_boxes_of_a_large_jpeg_are_those_of_the_upright_photo(reader, orientation):
    upright = Image.fromarray(photo([(150, 150), (164, 150)], size=(896, 600))).resize((2400, 1607))
    turned = {1: 0, 3: 180, 6: 90, 8: 270}[orientation]
    stored = upright.rotate(turned, expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, "JPEG", quality=90, exif=exif)
    middles = np.array([
        [x + width / 2, y + height / 2]
        for x, y, width, height in (each.box for each in reader.read(file.getvalue()).digits)
    ])  # fmt: skip
    for place in (150, 164):
        away = middles - np.array([place, 150]) * 2400 / 896
        assert np.abs(away).max(axis=1).min() < 12


def test_what_is_no_picture_gets_one_clear_error(reader):
    for bad in (b"", b"no picture", "missing.jpg", 5, np.zeros((0, 3))):
        with pytest.raises(digitdraw.BadImageError):
            reader.read(bad)


def test_photos_together_are_read_as_one_at_a_time(reader):
    places = [[(40, 40), (54, 40)], [], [(90, 80)], [(40, 110), (54, 110), (68, 110)]]
    pictures = [photo(some) for some in places] + [photo([(300, 200)], size=(640, 480))]
    alone = [reader.read(picture).as_dict() for picture in pictures]
    together = reader.read_batch([load_photo(picture) for picture in pictures])
    assert [each.as_dict() for each in together] == alone
    assert [len(each["digits"]) for each in alone] == [2, 0, 1, 3, 1]


def test_a_number_has_the_box_around_its_digits(reader):
    reading = reader.read(photo([(40, 40), (54, 40), (68, 40)]))
    x, y, width, height = reading.box_of(0)
    first, last = reading.digits[0].box, reading.digits[-1].box
    assert (x, y) == pytest.approx(first[:2], abs=2)
    assert x + width == pytest.approx(last[0] + last[2])
    assert height >= first[3]


class Says(PaintedSequence):
    """Says the same of every strip, in its first columns."""

    def __init__(self, *digits: int):
        super().__init__()
        self.digits = digits

    def forward(self, x):
        answer = torch.full((len(x), x.shape[3] // 4, 11), -9.0)
        answer[:, :, 10] = 9
        for place, digit in enumerate(self.digits):
            for row in answer:
                self.say(row[2 * place], digit)
        return answer


def read_with(network, least=0.5):
    read_by = loaded(network, PhotoCalibration(min_digitness=least))
    networks = loaded(Painted()), read_by, loaded(PaintedGlyphs())
    return PhotoReader(*networks, torch.device("cpu")).read(photo([(40, 40), (54, 40)]))


def test_what_was_found_but_is_no_digit_is_left_out():
    reading = read_with(Says())
    assert (reading.numbers, reading.digits) == ((), ())
    assert reading.reason == "No digits were found in the picture."


class Blind(Painted):
    """Finds nothing."""

    def forward(self, x):
        return torch.full((len(x), 15, x.shape[2] // 4, x.shape[3] // 4), -9.0)


def test_a_clean_picture_in_which_nothing_is_found_may_be_of_one_digit():
    def judge(some):
        bars = tuple(np.eye(10)[5])
        return [Prediction(5, bars, 1.0, 0.99, "digit", glyph) for glyph in some]

    others = loaded(PaintedSequence()), loaded(PaintedGlyphs())
    for network, said in ((Blind(), "5"), (Painted(), "0")):
        reader = PhotoReader(loaded(network), *others, torch.device("cpu"), judge)
        reading = reader.read(photo([(90, 80)]))
        assert (reading.numbers, reading.reason) == ((said,), "")
        x, y, width, height = reading.digits[0].box
        assert (x + width / 2, y + height / 2) == pytest.approx((90, 80), abs=4)


@pytest.mark.parametrize(
    ("said", "digitness", "chance", "whole", "read"),
    [
        (0, 0.99, 0.6, True, ("0",)),
        (0, 0.6, 0.6, True, ()),
        (3, 0.99, 0.6, True, ()),
        (0, 0.99, 0.2, True, ()),
        (0, 0.99, 0.6, False, ()),
    ],
    ids=["taken for the same", "doubted", "taken for another", "hardly a digit", "a part"],
)
def test_where_none_is_believed_one_that_the_judge_is_sure_of_is(
    said, digitness, chance, whole, read, monkeypatch
):
    def judge(some):
        bars = tuple(np.eye(10)[said])
        return [Prediction(said, bars, 1.0, digitness, "digit", glyph) for glyph in some]

    def cut_well(greys, networks):  # of a blot no stroke is left
        return [[replace(each, whole=np.array([whole]))] for (each,) in found_in(greys, networks)]

    found_in = pipeline.number_hypotheses
    monkeypatch.setattr(pipeline, "number_hypotheses", cut_well)
    # The judge is asked about clean pictures, too, by itself.
    monkeypatch.setattr("digitdraw.photo.reader.read_single_digit", lambda grey, judge: None)
    reader = painted_reader()
    logit = float(np.log(chance / (1 - chance)))
    reader.calibration = PhotoCalibration(
        digitness_temperature=1e6, digitness_bias=logit, min_digitness=0.1, min_page=0.95
    )
    assert reader.read(photo([(90, 80)])).numbers == ()
    reader._judge = judge
    assert reader.read(photo([(90, 80)])).numbers == read


@pytest.mark.parametrize(
    ("chances", "kept"),
    [((0.4, 0.2, 0.05), [0, 1]), ((0.29, 0.2, 0.05), []), ((0.05, 0.6, 0.6), [1, 2]), ((), [])],
)
def test_beside_one_that_the_judge_is_sure_of_others_may_be_doubted_more(chances, kept):
    def judge(some):
        return [Prediction(4, tuple(np.eye(10)[4]), 1.0, 0.99, "digit", each) for each in some]

    count = len(chances)
    reader = painted_reader()
    reader._judge = judge
    parts = dict.fromkeys(field.name for field in fields(NumberHypothesis))
    parts |= {"glyphs": np.zeros((count, 28, 28), np.float32), "whole": np.ones(count, bool)}
    said = np.array(chances), np.tile(np.eye(10)[4], (count, 1))
    assert reader._agreed(NumberHypothesis(**parts), said).tolist() == kept


def test_a_digit_that_was_read_but_not_found_has_a_box_of_the_usual_size():
    reading = read_with(Says(3, 1, 2))
    assert reading.numbers == ("312",)
    boxes = np.array([each.box for each in reading.digits])
    assert np.abs(boxes[:, 2:] - np.median(boxes[:, 2:], axis=0)).max() < 4
    assert (np.diff(boxes[:, 0]) > 0).all()


def test_whether_it_is_a_digit_both_networks_of_numbers_say():
    reader = painted_reader()
    reader.calibration = PhotoCalibration(
        digitness_temperature=2.0,
        detector_score_weight=2.5,
        agreement_weight=0.5,
        digitness_bias=-1.0,
    )
    logits = np.zeros((2, 11), np.float32)
    logits[:, 10] = 1
    likely, unlikely = reader._chances(candidate(logits, np.zeros((2, 10)), (0.9, 0.45)))[0]
    same = 0.5 * np.log(0.1)
    assert likely == pytest.approx(1 / (1 + np.exp(-(0.5 + 2.5 * np.log(9) + same - 1))), rel=1e-4)
    assert unlikely < 0.5


def test_it_is_more_likely_a_digit_where_both_networks_mean_the_same_one():
    reader = painted_reader()
    reader.calibration = PhotoCalibration(agreement_weight=1.0)
    logits, classes = np.zeros((2, 11), np.float32), np.zeros((2, 10))
    logits[:, 7], classes[0, 7], classes[1, 1] = 5, 5, 5
    alike, unlike = reader._chances(candidate(logits, classes))[0]
    assert alike > 2 * unlike


def test_what_is_read_as_a_one_is_doubted_less():
    reader = painted_reader()
    reader.calibration = PhotoCalibration(one_weight=1.0)
    logits = np.zeros((2, 11), np.float32)
    logits[0, 1] = logits[1, 7] = 9
    one, seven = reader._chances(candidate(logits, np.zeros((2, 10))))[0]
    assert one == pytest.approx(1 / (1 + np.exp(-1)), abs=0.01)
    assert seven == pytest.approx(0.5, abs=0.01)


def test_what_is_read_as_a_one_and_reaches_below_the_others_is_doubted_more():
    reader = painted_reader()
    reader.calibration = PhotoCalibration(below_weight=-8.0, digitness_bias=-5.0)
    logits = np.zeros((3, 11), np.float32)
    logits[[0, 1], 1], logits[2, 7], logits[:, 10] = 9, 9, 5
    rows = np.array([[4, 28], [4, 34], [4, 34]])
    three = replace(candidate(logits, np.zeros((3, 10))), rows=rows)
    one, slash, seven = reader._chances(three)[0]
    assert one == pytest.approx(seven, abs=0.001)
    assert slash < one - 0.1


def test_which_digit_it_is_all_networks_say():
    reader = painted_reader()
    logits, classes, told = (np.zeros((1, columns), np.float32) for columns in (11, 10, 10))
    logits[0, 1], classes[0, 7], told[0, 4] = 2.0, 3.0, 4.0
    for found, glyph, digit in ((0, 0, 1), (0.5, 0.25, 1), (1.0, 0.5, 7), (1.0, 1.0, 4)):
        reader.calibration = PhotoCalibration(detector_class_weight=found, classifier_weight=glyph)
        _, bars = reader._chances(candidate(logits, classes, told=told))
        assert bars.argmax() == digit
        assert bars.sum() == pytest.approx(1)


@pytest.mark.parametrize(("of_number", "of_page", "kept"), [
    (0.0, 0.0, [[0, 1], [0], [], []]),
    (0.7, 0.0, [[0, 1], [], [], []]),
    (0.7, 0.9, [[0, 1], [], [], []]),
    (0.0, 0.9, [[0, 1], [0], [], []]),
    (0.0, 0.95, [[], [], [], []]),
])  # fmt: skip
def test_a_doubtful_digit_needs_a_sure_one_in_its_number_and_on_its_page(of_number, of_page, kept):
    reader = painted_reader()
    reader.calibration = PhotoCalibration(min_digitness=0.3, min_number=of_number, min_page=of_page)
    scores = [np.array(each) for each in ([0.92, 0.4, 0.2], [0.6], [0.2], [])]
    assert [each.tolist() for each in reader._kept(scores)] == kept
    assert reader._kept([]) == []


def test_a_lone_digit_is_believed_and_as_sure_a_one_among_doubtful_marks_is_not():
    reader = painted_reader()
    reader.calibration = PhotoCalibration(min_digitness=0.3, min_page=0.7, doubt_weight=1.0)
    lone, crowd = [np.array([0.8])], [np.array([0.8, 0.2]), np.array([0.1, 0.1])]
    assert [each.tolist() for each in reader._kept(lone)] == [[0]]
    assert [each.tolist() for each in reader._kept(crowd)] == [[], []]


def candidate(logits, classes, scores=(0.9, 0.9, 0.9), told=None):
    """Digits of one number, found at no place in particular."""
    count = len(logits)
    told = np.zeros((count, 10)) if told is None else told
    found, whole, glyphs = *[np.ones(count, bool)] * 2, np.zeros((count, 28, 28))
    scores = np.array(scores[:count])
    boxes, rows = np.zeros((count, 4)), np.tile((4, 28), (count, 1))
    return NumberHypothesis(boxes, logits, found, scores, classes, glyphs, whole, rows, told)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("full"), torch.AcceleratorError("lost")])
def test_where_a_gpu_fails_the_photo_is_read_on_the_cpu(reader, error, caplog):
    class Lost(Painted):
        def forward(self, x):
            raise error

    paper = photo([(40, 40), (54, 40)])
    expected = reader.read(paper).numbers
    fallback = reader._fallback
    working = fallback._networks
    lost = (Lost(), PaintedSequence(), PaintedGlyphs())
    fallback._networks, fallback._spare = lost, working
    assert reader.read(paper).numbers == expected != ()
    assert "moved to the CPU" in caplog.text
    fallback._networks = lost
    with pytest.raises(type(error)):
        reader.read(paper)


def test_of_a_word_no_letter_is_taken_for_a_one_that_the_judge_is_sure_of(monkeypatch):
    reader = painted_reader()
    parts = dict.fromkeys(field.name for field in fields(NumberHypothesis))
    words = [NumberHypothesis(**parts), NumberHypothesis(**parts)]
    doubted = [(np.array([0.5]), np.eye(10)[:1]), (np.array([0.2, 0.1]), np.eye(10)[:2])]
    for sure, kept in (([[0], []], [[], []]), ([[0], [1]], [[0], [1]])):
        found = {id(word): np.array(each, int) for word, each in zip(words, sure, strict=True)}
        monkeypatch.setattr(reader, "_agreed", lambda number, said, of=found: of[id(number)])
        assert [each.tolist() for each in reader._alone(words, doubted)] == kept
