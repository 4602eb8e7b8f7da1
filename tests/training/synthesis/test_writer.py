"""Numbers as one person writes them on a training page: near each other, framed, slashed."""

from dataclasses import replace

import numpy as np
import pytest

from digitdraw.training.datasets import Drawing, Glyphs
from digitdraw.training.synthesis import handwriting, number_formats
from digitdraw.training.synthesis import writer as synthesis_writer
from digitdraw.training.synthesis.canvas import IGNORED, Canvas
from digitdraw.training.synthesis.number_formats import MOST_DIGITS
from digitdraw.training.synthesis.sources import Sources
from digitdraw.training.synthesis.writer import Writer, _frame, _ring, _slashed
from tests.support.drawings import DIGITS

DRAWN = [
    Drawing(str(digit), writer, [np.array(stroke, float) for stroke in lines])
    for writer in ("b", "a")
    for digit, lines in DIGITS.items()
    if (digit < 5) == (writer == "a")
]
GLYPH = np.full((1, 20, 12), 255, np.uint8)


def test_one_person_writes_with_digits_of_one_writer_or_with_stamped_ones():
    sources = Sources(DRAWN, Glyphs(GLYPH, np.array([1])), [], [])
    assert [[each.writer for each in own] for own in sources.hands] == [["a"] * 5, ["b"] * 5]
    rng = np.random.default_rng(0)
    made = [Writer.of(sources, 30.0, rng) for _ in range(60)]
    assert all((each.digits is None) == bool(each.drawings) for each in made)
    assert {len({d.writer for d in each.drawings}) for each in made} == {0, 1}
    assert 0.4 < np.mean([bool(each.drawings) for each in made]) < 0.8


def test_some_hands_are_those_of_fonts():
    sources = Sources(DRAWN[:5], None, [], [], fonts=tuple(DRAWN[5:]))
    rng = np.random.default_rng(0)
    writers = [Writer.of(sources, 30.0, rng).drawings[0].writer for _ in range(200)]
    assert 0.3 < np.mean([each == DRAWN[5].writer for each in writers]) < 0.5


@pytest.mark.parametrize("most", [1, 3, MOST_DIGITS])
def test_a_number_has_its_digits_from_left_to_right_and_no_more_than_asked_for(most):
    rng, counts = np.random.default_rng(0), set()
    for _ in range(60):
        writing = Canvas(900, 30.0, np.eye(3))
        hand = Writer.of(Sources(DRAWN, None, [], []), 30.0, rng)
        end = hand.number(writing, 40.0, 450.0, rng, most)
        middles = [x + width / 2 for x, _, width, _ in writing.boxes]
        assert middles == sorted(middles) and 40 < middles[-1] < end + 30
        assert set(writing.labels) <= {IGNORED, *range(10)}
        counts.add(len(writing.labels))
    assert min(counts) == 1 and most / 2 < max(counts) <= most


@pytest.mark.parametrize("on_line", [True, False])
def test_digits_of_any_height_stand_on_a_line_or_have_their_middles_in_one(on_line):
    rng, tall = np.random.default_rng(0), Canvas(1600, 60.0, np.eye(3))
    hand = replace(Writer.of(Sources(DRAWN, None, [], []), 60.0, rng, haste=0.0), on_line=on_line)
    hand = replace(hand, uneven=0.15, frames=False, slant=0.0, pen=3.0)
    x = 20.0
    for _ in range(16):
        x = hand._digit(tall, x, 800.0, rng) + 10
    y, height = np.array(tall.boxes).T[[1, 3]]
    ends, middles = np.std(y + height), np.std(y + height / 2)
    assert (ends < middles / 2) if on_line else (middles < ends / 2)


def test_who_is_in_no_haste_writes_digits_alike_and_signs_in_dates_and_the_like_alone(monkeypatch):
    monkeypatch.setattr(synthesis_writer, "_FORMED", 0.0)
    monkeypatch.setattr(Writer, "sign", lambda *rest: pytest.fail("a sign"))
    rng = np.random.default_rng(0)
    for _ in range(40):
        hand = Writer.of(Sources(DRAWN, None, [], []), 30.0, rng, haste=0.0)
        assert hand.uneven == 0.02 and abs(hand.slant) < 0.5
        hand.number(Canvas(900, 30.0, np.eye(3)), 40.0, 450.0, rng)


def test_a_hand_writes_its_slashes_much_the_same_longer_than_ones_and_leaning():
    rng = np.random.default_rng(0)
    leans, tall = [], []
    for _ in range(40):
        hand = Writer.of(Sources(DRAWN, None, [], []), 30.0, rng)
        slashes = [np.diff(hand._slash(rng)[0], axis=0)[0] for _ in range(10)]
        leans.append([-x / y for x, y in slashes])
        tall.append([y for _, y in slashes])
    for each in (np.array(leans), np.array(tall)):
        assert each.std(axis=1).mean() < 0.5 * each.mean(axis=1).std()
    assert np.min(tall) > 1.0 and np.min(leans) > 0.1


def test_a_date_is_written_with_its_slashes_between_the_digits(monkeypatch):
    monkeypatch.setattr(synthesis_writer, "_FORMED", 1.0)
    monkeypatch.setattr(number_formats, "random_format", lambda rng: list("dd/d/dddd"))
    monkeypatch.setattr(Writer, "_around", lambda *rest: None)
    writing, slashes = Canvas(900, 40.0, np.eye(3)), []
    write = Writer._separator
    monkeypatch.setattr(
        Writer, "_separator", lambda *rest: slashes.append((rest[2], rest[3])) or write(*rest)
    )
    hand = Writer.of(Sources(DRAWN, None, [], []), 40.0, np.random.default_rng(1))
    hand.number(writing, 40.0, 450.0, np.random.default_rng(2))
    middles = np.array([x + width / 2 for x, _, width, _ in writing.boxes])
    assert len(middles) == 7 and [mark for mark, _ in slashes] == ["/", "/"]
    assert [(middles < x).sum() for _, x in slashes] == [2, 3]


def test_what_is_crossed_out_has_a_line_over_all_of_it():
    writing = Canvas(400, 40.0, np.eye(3))
    hand = Writer.of(Sources(DRAWN, None, [], []), 40.0, np.random.default_rng(1))
    hand.cross_out(writing, 100.0, 300.0, 200.0)
    rows, columns = np.nonzero(writing.ink > 128)
    assert (columns.min() / 2, columns.max() / 2) == pytest.approx((100, 300), abs=5)
    assert 30 < (rows.max() - rows.min()) / 2 < 42
    assert not writing.labels


def test_a_frame_is_around_the_digit():
    writing = Canvas(200, 40.0, np.eye(3))
    _frame(writing, 100.0, 80.0, np.random.default_rng(0))
    rows, columns = np.nonzero(writing.ink > 128)
    assert (columns.min() / 2, columns.max() / 2) == pytest.approx((75.2, 124.8), abs=1.5)
    assert (rows.min() / 2, rows.max() / 2) == pytest.approx((50, 110), abs=1.5)


def test_a_stamped_zero_and_its_slash_are_in_one_box():
    for seed in range(10):
        writing = Canvas(200, 40.0, np.eye(3))
        alone = writing.stamp(GLYPH[0], np.array([80.0, 70.0]), 2.5)
        x, y, width, height = _slashed(writing, alone, np.random.default_rng(seed))
        rows, columns = np.nonzero(writing.ink > 128)
        assert abs(x - columns.min() / 2) < 5 and abs(x + width - columns.max() / 2) < 5
        assert abs(y - rows.min() / 2) < 5 and abs(y + height - rows.max() / 2) < 5
        assert x <= alone[0] and y <= alone[1]


def test_a_sign_beside_a_number_is_ink_but_no_digit():
    writing = Canvas(300, 40.0, np.eye(3))
    hand = Writer.of(Sources(DRAWN, None, [], []), 40.0, np.random.default_rng(1))
    end = hand.sign(writing, 100.0, 150.0, "+", np.random.default_rng(2))
    columns = np.nonzero(writing.ink > 128)[1] / 2
    assert columns.min() > 90 and columns.max() < end + hand.pen
    assert not writing.labels


def test_a_ring_goes_around_the_number():
    for seed in range(10):
        half = np.array([60.0, 30.0])
        points = _ring([200.0, 100.0], half, np.random.default_rng(seed)) - [200, 100]
        assert (np.hypot(*(points / half).T) > 1).all()
        assert (np.abs(points) < 1.5 * half).all()


def _shapes(hand: Writer, digit: int, count: int = 30) -> np.ndarray:
    """Width for height of a digit as a hand writes it so many times."""
    (drawing,) = [each for each in DRAWN if each.label == str(digit)]
    rng = np.random.default_rng(1)
    sizes = [handwriting.corners(hand._written(drawing, rng)[0])[1] for _ in range(count)]
    return np.array([width / height for width, height in sizes])


def test_a_hand_writes_a_digit_much_the_same_each_time_and_others_write_it_otherwise(monkeypatch):
    monkeypatch.setattr(synthesis_writer, "_OUT_OF_HABIT", 0.0)
    rng = np.random.default_rng(0)
    made = [Writer.of(Sources(DRAWN, None, [], []), 30.0, rng) for _ in range(30)]
    shapes = np.array([_shapes(hand, 3) for hand in made])
    assert np.median(shapes.std(axis=1)) < 0.5 * np.median(shapes, axis=1).std()
    assert (shapes.std(axis=1) > 0.01).all()


def test_who_writes_ones_with_a_long_upstroke_mostly_crosses_sevens():
    drawing = Drawing("7", "a", [np.array([[0.0, 0], [1, 0], [0.4, 2]])])
    made = [Writer.of(Sources([drawing], None, [], []), 30.0, np.random.default_rng(i), 0.0)
            for i in range(200)]  # fmt: skip
    crossed: dict[bool, list[bool]] = {True: [], False: []}
    for hand in made:
        lines, _ = hand._written(drawing, np.random.default_rng(0))
        crossed[hand.continental].append(len(lines) == 2)
    assert np.mean(crossed[True]) > 0.5 > 0.35 > np.mean(crossed[False]) > 0.05
    assert 0.15 < len(crossed[True]) / len(made) < 0.35
