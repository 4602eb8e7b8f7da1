"""Why an answer: credits of ink that add up, lie on the ink, and are read along the strokes."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from digitdraw import explain
from digitdraw.preprocessing import glyph, strokes
from tests.support.drawings import DIGITS

FINE = 400  # steps with which the sum is nearly an integral


def gap(recognizer, ink, digit, other):
    logits = recognizer.classifier.logits(ink[None])[0]
    return float(logits[digit] - logits[other])


def explained(recognizer, drawing, steps=explain.STEPS):
    """A drawing's prediction, its two likeliest digits, and the attribution between them."""
    prediction = recognizer.predict_strokes(drawing)
    pair = prediction.ranking[:2]
    return (
        prediction,
        pair,
        explain.attribute(recognizer.classifier, prediction.glyph, *pair, steps),
    )


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_credits_add_up_to_what_the_ink_did(recognizer, digit):
    prediction, pair, credits = explained(recognizer, DIGITS[digit], FINE)
    done = gap(recognizer, prediction.glyph, *pair) - gap(recognizer, glyph.blank(), *pair)
    assert credits.sum() == pytest.approx(done, abs=0.05 * abs(done))


@pytest.mark.parametrize("digit", range(10))
def test_few_steps_give_the_picture_of_many(recognizer, digit):
    prediction, _, few = explained(recognizer, DIGITS[digit])
    _, _, many = explained(recognizer, DIGITS[digit], FINE)
    seen = [explain.smooth(each, prediction.glyph)[prediction.glyph > 0.5] for each in (few, many)]
    assert np.corrcoef(*seen)[0, 1] > 0.9


def test_the_other_way_round_every_credit_changes_its_sign(recognizer):
    ink = strokes.to_glyph(DIGITS[7])
    one_way = explain.attribute(recognizer.classifier, ink, 7, 1)
    assert np.allclose(one_way, -explain.attribute(recognizer.classifier, ink, 1, 7), atol=1e-4)


def test_without_the_ink_that_speaks_for_it_an_answer_loses_most(recognizer):
    lost = {"for": 0.0, "against": 0.0}
    for drawing in DIGITS.values():
        prediction, pair, credits = explained(recognizer, drawing)
        seen = explain.smooth(credits, prediction.glyph)
        ranked = [tuple(at) for at in np.argwhere(prediction.glyph > 0.05)]
        ranked.sort(key=lambda at: seen[at])
        quarter = len(ranked) // 4
        for name, gone in (("for", ranked[-quarter:]), ("against", ranked[:quarter])):
            rest = prediction.glyph.copy()
            rest[tuple(np.transpose(gone))] = 0
            before = gap(recognizer, prediction.glyph, *pair)
            lost[name] += before - gap(recognizer, rest, *pair)
    assert lost["for"] > 2 * lost["against"]


def test_a_blank_glyph_has_nothing_to_explain(recognizer):
    credits = explain.attribute(recognizer.classifier, glyph.blank(), 7, 1)
    assert credits.shape == (28, 28)
    assert credits.dtype == np.float32
    assert not credits.any()
    assert not explain.smooth(credits, glyph.blank()).any()


def test_paper_gets_no_credit(recognizer):
    prediction, _, credits = explained(recognizer, DIGITS[8])
    paper = prediction.glyph == 0
    assert not credits[paper].any()
    assert not explain.smooth(credits, prediction.glyph)[paper].any()
    assert credits[~paper].any()


def test_many_threads_get_the_same_map(recognizer):
    ink = strokes.to_glyph(DIGITS[3])
    alone = explain.attribute(recognizer.classifier, ink, 3, 5)
    with ThreadPoolExecutor(4) as pool:
        maps = list(
            pool.map(lambda _: explain.attribute(recognizer.classifier, ink, 3, 5), range(8))
        )
    for each in maps:
        assert np.allclose(each, alone, atol=1e-5)


SHAPES = {
    **{str(digit): DIGITS[digit] for digit in (1, 2, 4, 7)},
    "far off": [[(x + 9000, y - 40) for x, y in stroke] for stroke in DIGITS[5]],
    "clipped": [[(0, 0), (0, 100)], [(0, 0), (20, 0)], [(0, 100), (100, 100)]],
    "flat": [[(0, 0), (50, 0)]],
    "dot": [[(3, 4)]],
}


@pytest.mark.parametrize("name", SHAPES)
def test_points_are_found_on_the_glyph_where_their_ink_is(name):
    parsed = strokes.parse(SHAPES[name])
    ink = strokes.to_glyph(SHAPES[name])
    fine = 16  # pixels of the redrawn glyph for one of the glyph
    sheet = np.zeros((28 * fine, 28 * fine), np.uint8)
    for points in explain.places(parsed, ink):
        line = np.rint(points * fine - 0.5).astype(np.int32)
        line = line if len(line) > 1 else np.repeat(line, 2, axis=0)
        cv2.polylines(sheet, [line], False, 255, round(glyph.PEN_WIDTH * fine))
    redrawn = cv2.resize(sheet, (28, 28), interpolation=cv2.INTER_AREA) / 255
    assert np.abs(redrawn - ink).mean() < 0.01
    assert np.corrcoef(redrawn.ravel(), ink.ravel())[0, 1] > 0.985


def test_a_map_is_read_along_the_strokes():
    drawing = [[(0, 0), (0, 100)], [(50, 0), (50, 100)]]
    ink = strokes.to_glyph(drawing)
    halves = np.where(np.arange(28) < 14, -1, 1).astype(np.float32) * np.ones((28, 1), np.float32)
    left, right = explain.trace(drawing, halves, ink)
    assert len(left) > 20
    assert left[:, 2] == pytest.approx(-1)
    assert right[:, 2] == pytest.approx(1)
    assert tuple(left[0, :2]) == (0, 0)
    assert tuple(left[-1, :2]) == (0, 100)


def test_no_strokes_have_no_trace():
    assert explain.trace([], glyph.blank(), glyph.blank()) == []


def test_a_scribble_is_read_at_few_points():
    rng = np.random.default_rng(0)
    scribble = [rng.uniform(0, 100, (400, 2)).tolist() for _ in range(50)]
    ink = strokes.to_glyph(scribble)
    traced = explain.trace(scribble, ink, ink)
    assert len(traced) == 50
    assert sum(len(each) for each in traced) <= explain.MAX_SAMPLES + 2 * 50
