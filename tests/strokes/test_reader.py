"""The stroke reader: numbers on the pad, in any order of strokes, at any size and place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitdraw.errors import BadStrokesError
from digitdraw.preprocessing import strokes
from digitdraw.strokes import reader as stroke_reader
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import bounds, drawn

TEXTS = ["42", "10", "3.14", "1-0", "-5", "12:30", "1,5", "123456", "2026", "70"]


@pytest.fixture(scope="module")
def reader(recognizer):
    return recognizer.stroke_reader


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_are_read_as_written(reader, text):
    reading = reader.read(drawn(text))
    assert reading.numbers == (text,)
    assert reading.text == text and reading.reason == ""
    assert "".join(str(digit.label) for digit in reading.digits) == "".join(
        character for character in text if character.isdigit()
    )


def test_a_bar_that_is_drawn_last_belongs_to_its_digit(reader):
    seven, bar = drawn("7"), [(28, 48), (72, 46)]
    strokes = [*seven, *drawn("35", x=95), bar]
    assert reader.read(strokes).numbers == ("735",)


def test_lines_and_wide_gaps_separate_numbers(reader):
    strokes = [*drawn("42"), *drawn("17", x=320), *drawn("300", y=170)]
    reading = reader.read(strokes)
    assert reading.numbers == ("42", "17", "300")
    assert [item.line for item in reading.items] == [0, 0, 1]
    assert [item.column for item in reading.items] == [0, 1, 0]
    assert reading.text == "42 17\n300"
    assert [digit.number for digit in reading.digits] == [0, 0, 1, 1, 2, 2, 2]


def test_boxes_are_in_the_unit_of_the_drawing(reader):
    strokes = [[(x * 3 + 50, y * 3 - 20) for x, y in stroke] for stroke in drawn("42")]
    (item,) = reader.read(strokes).items
    left, top, right, bottom = bounds(strokes)
    assert item.box == pytest.approx((left, top, right - left, bottom - top))
    four, two = item.digits
    assert four.box[0] == pytest.approx(left) and two.box[0] > four.box[0] + four.box[2]


def test_the_parts_of_a_digit_are_read_alone_as_in_the_number(reader):
    seven, bar = drawn("7"), [(28, 48), (72, 46)]
    touching = [point for stroke in drawn("33", x=200, gap=0) for point in stroke]
    for drawing in ([*seven, *drawn("3.5", x=95), bar], [*seven, touching]):
        digits = reader.read(drawing).digits
        assert len(digits) == 3
        for digit in digits:
            alone = [drawing[stroke][start:end] for stroke, start, end in digit.parts]
            assert np.allclose(strokes.to_glyph(alone), digit.prediction.glyph, atol=0.02)


def test_a_batch_is_read_as_its_drawings_are_one_by_one(reader):
    drawings = [drawn(text) for text in TEXTS] + [DIGITS[4], [], [[(5, 5)]], DIGITS[1]]
    batch = reader.read_batch([strokes.parse(drawing) for drawing in drawings])
    for reading, drawing in zip(batch, drawings, strict=True):
        alone = reader.read(drawing)
        assert (reading.text, reading.reason) == (alone.text, alone.reason)
        assert [item.box for item in reading.items] == [item.box for item in alone.items]
        assert reading.confidences == pytest.approx(alone.confidences, abs=1e-4)


def ring(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """A circle around (x, y), drawn once around."""
    angles = np.linspace(0, 2 * np.pi, 30)
    return [(float(x + radius * np.sin(a)), float(y - radius * np.cos(a))) for a in angles]


@pytest.mark.parametrize(
    ("lower", "numbers"),
    [((30, 118), ("8",)), ((50, 124), ("8",)), ((160, 124), ("0", "0")), ((50, 330), ("0", "0"))],
)
def test_two_rings_are_an_eight_if_they_look_like_one(reader, lower, numbers):
    assert reader.read([ring(50, 50, 28), ring(*lower, 32)]).numbers == numbers


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_alone_has_the_prediction_of_the_whole_drawing(reader, recognizer, digit):
    (item,) = reader.read(DIGITS[digit]).items
    (read,) = item.digits
    expected = recognizer.predict_strokes(DIGITS[digit])
    assert np.array_equal(read.prediction.glyph, expected.glyph)
    assert read.prediction.probabilities == pytest.approx(expected.probabilities, abs=1e-6)
    assert (item.text, item.status, read.number) == (str(digit), "listed", 0)


@pytest.mark.parametrize(
    "drawing",
    [
        [[(0, 0), (100, 3)]],
        [[(0, 50), (30, 100), (100, 0)]],
        [[(5, 100), (5, 0), (50, 60), (95, 0), (95, 100)]],
        [[(5, 5)]],
    ],
    ids=["flat line", "tick", "letter M", "dot"],
)
def test_what_is_no_digit_is_one_doubtful_item(reader, recognizer, drawing):
    reading = reader.read(drawing)
    assert reading.numbers == () and reading.text == ""
    (item,) = reading.items
    assert item.status == "doubtful" and item.digits[0].number == -1
    assert item.digits[0].prediction.verdict == recognizer.predict_strokes(drawing).verdict
    assert reading.reason


def test_an_empty_drawing_is_an_empty_reading(reader):
    for drawing in ([], [[]]):
        reading = reader.read(drawing)
        assert (reading.items, reading.text, reading.reason) == ((), "", "")


def test_a_drawing_of_very_many_strokes_is_read_as_one_character(reader):
    strokes = [[(i, 0), (i, 50)] for i in range(stroke_reader.MAX_STROKES + 1)]
    assert len(reader.read(strokes).items) == 1


def test_extreme_coordinates_are_read(reader):
    far = [[(x * 1e6, y * 1e6) for x, y in stroke] for stroke in drawn("42", x=-100, y=-50)]
    assert reader.read(far).numbers == ("42",)
    tiny = [[(x * 1e-306, y * 1e-306) for x, y in stroke] for stroke in drawn("42")]
    assert reader.read(tiny).numbers == ("42",)
    for drawing in ([[(0, 0), (1e9, 1e9)], [(-1e9, 0)]], [[(1e9, 1e9)]]):
        (item,) = reader.read(drawing).items
        assert np.isfinite(item.box).all()


@pytest.mark.parametrize("drawing", [None, 3, [[(1,)]], [[("a", 1)]], [[(float("nan"), 1)]]])
def test_bad_drawings_raise_an_error(reader, drawing):
    with pytest.raises(BadStrokesError):
        reader.read(drawing)


@settings(max_examples=25)
@given(
    text=st.sampled_from(["42.0", "3.14", "10", "1-0", "745"]),
    scale=st.floats(1e-2, 1e3),
    place=st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
    randomness=st.randoms(use_true_random=False),
)
def test_a_reading_depends_on_neither_order_nor_scale_nor_place(
    reader, text, scale, place, randomness
):
    strokes = drawn(text)
    randomness.shuffle(strokes)
    strokes = [
        [(x * scale + place[0], y * scale + place[1]) for x, y in stroke] for stroke in strokes
    ]
    strokes = [stroke[::-1] if randomness.random() < 0.5 else stroke for stroke in strokes]
    assert reader.read(strokes).numbers == (text,)


def test_one_stroke_is_a_number_only_if_it_is_long_enough_for_two_digits(reader, monkeypatch):
    sizes = []
    classify = reader.classifier.logits
    monkeypatch.setattr(
        reader.classifier, "logits", lambda glyphs: sizes.append(len(glyphs)) or classify(glyphs)
    )
    (nine,) = DIGITS[9]
    for count in range(4, len(nine) + 1, 8):
        assert len(reader.read([nine[:count]]).items) == 1
    assert sizes == [1] * len(sizes)
    joined = [point for stroke in drawn("20") for point in stroke]
    assert reader.read([joined]).numbers == ("20",)
