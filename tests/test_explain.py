"""Attributions sum to the logit gap, lie on the ink, and are sampled along the strokes."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from digitdraw import explain
from digitdraw.preprocessing import glyph, strokes
from tests.support.drawings import DIGITS

MANY_STEPS = 400  # the sum is then nearly the integral


def logit_gap(recognizer, ink, digit, runner_up):
    logits = recognizer.classifier.logits(ink[None])[0]
    return float(logits[digit] - logits[runner_up])


def explained(recognizer, drawing, steps=explain.STEPS):
    """A drawing's prediction, its two most probable digits, and the attribution between them."""
    prediction = recognizer.predict_strokes(drawing)
    pair = prediction.ranking[:2]
    attribution = explain.attribute(recognizer.classifier, prediction.glyph, *pair, steps)
    return prediction, pair, attribution


@pytest.mark.parametrize("digit", [1, 4, 7])
def test_attributions_sum_to_the_effect_of_the_ink(recognizer, digit):
    prediction, pair, attribution = explained(recognizer, DIGITS[digit], MANY_STEPS)
    gap = logit_gap(recognizer, prediction.glyph, *pair)
    effect = gap - logit_gap(recognizer, glyph.blank(), *pair)
    assert attribution.sum() == pytest.approx(effect, abs=0.05 * abs(effect))


@pytest.mark.parametrize("digit", range(10))
def test_few_steps_give_the_map_of_many(recognizer, digit):
    prediction, _, few = explained(recognizer, DIGITS[digit])
    _, _, many = explained(recognizer, DIGITS[digit], MANY_STEPS)
    ink = prediction.glyph > 0.5
    maps = [explain.smooth(attribution, prediction.glyph)[ink] for attribution in (few, many)]
    assert np.corrcoef(*maps)[0, 1] > 0.9


def test_swapped_digits_change_the_sign(recognizer):
    ink = strokes.to_glyph(DIGITS[7])
    forward = explain.attribute(recognizer.classifier, ink, 7, 1)
    assert np.allclose(forward, -explain.attribute(recognizer.classifier, ink, 1, 7), atol=1e-4)


def test_removing_supporting_ink_lowers_the_gap_most(recognizer):
    lost = {"supporting": 0.0, "opposing": 0.0}
    for drawing in DIGITS.values():
        prediction, pair, attribution = explained(recognizer, drawing)
        smoothed = explain.smooth(attribution, prediction.glyph)
        pixels = [tuple(pixel) for pixel in np.argwhere(prediction.glyph > 0.05)]
        pixels.sort(key=lambda pixel: smoothed[pixel])
        quarter = len(pixels) // 4
        for name, removed in (("supporting", pixels[-quarter:]), ("opposing", pixels[:quarter])):
            rest = prediction.glyph.copy()
            rest[tuple(np.transpose(removed))] = 0
            gap = logit_gap(recognizer, prediction.glyph, *pair)
            lost[name] += gap - logit_gap(recognizer, rest, *pair)
    assert lost["supporting"] > 2 * lost["opposing"]


def test_a_blank_glyph_has_no_attribution(recognizer):
    attribution = explain.attribute(recognizer.classifier, glyph.blank(), 7, 1)
    assert attribution.shape == (28, 28)
    assert attribution.dtype == np.float32
    assert not attribution.any()
    assert not explain.smooth(attribution, glyph.blank()).any()


def test_paper_has_no_attribution(recognizer):
    prediction, _, attribution = explained(recognizer, DIGITS[8])
    paper = prediction.glyph == 0
    assert not attribution[paper].any()
    assert not explain.smooth(attribution, prediction.glyph)[paper].any()
    assert attribution[~paper].any()


def test_threads_get_the_same_attribution(recognizer):
    ink = strokes.to_glyph(DIGITS[3])
    expected = explain.attribute(recognizer.classifier, ink, 3, 5)
    with ThreadPoolExecutor(4) as executor:
        futures = [
            executor.submit(explain.attribute, recognizer.classifier, ink, 3, 5) for _ in range(8)
        ]
    for future in futures:
        assert np.allclose(future.result(), expected, atol=1e-5)


SHAPES = {
    **{str(digit): DIGITS[digit] for digit in (1, 2, 4, 7)},
    "far off": [[(x + 9000, y - 40) for x, y in stroke] for stroke in DIGITS[5]],
    "clipped": [[(0, 0), (0, 100)], [(0, 0), (20, 0)], [(0, 100), (100, 100)]],
    "flat": [[(0, 0), (50, 0)]],
    "dot": [[(3, 4)]],
}


@pytest.mark.parametrize("name", SHAPES)
def test_points_are_mapped_to_their_ink_on_the_glyph(name):
    parsed = strokes.parse(SHAPES[name])
    ink = strokes.to_glyph(SHAPES[name])
    scale = 16  # pixels of the canvas per glyph pixel
    canvas = np.zeros((28 * scale, 28 * scale), np.uint8)
    for points in explain.map_to_glyph(parsed, ink):
        line = np.rint(points * scale - 0.5).astype(np.int32)
        line = line if len(line) > 1 else np.repeat(line, 2, axis=0)
        cv2.polylines(canvas, [line], False, 255, round(glyph.PEN_WIDTH * scale))
    redrawn = cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA) / 255
    assert np.abs(redrawn - ink).mean() < 0.01
    assert np.corrcoef(redrawn.ravel(), ink.ravel())[0, 1] > 0.985


def test_a_map_is_sampled_along_the_strokes():
    drawing = [[(0, 0), (0, 100)], [(50, 0), (50, 100)]]
    ink = strokes.to_glyph(drawing)
    values = np.full((28, 28), -1, np.float32)
    values[:, 14:] = 1
    left, right = explain.sample_along_strokes(drawing, values, ink)
    assert len(left) > 20
    assert left[:, 2] == pytest.approx(-1)
    assert right[:, 2] == pytest.approx(1)
    assert tuple(left[0, :2]) == (0, 0)
    assert tuple(left[-1, :2]) == (0, 100)


def test_no_strokes_give_no_samples():
    assert explain.sample_along_strokes([], glyph.blank(), glyph.blank()) == []


def test_a_scribble_gives_a_limited_number_of_samples():
    rng = np.random.default_rng(0)
    scribble = [rng.uniform(0, 100, (400, 2)).tolist() for _ in range(50)]
    ink = strokes.to_glyph(scribble)
    samples = explain.sample_along_strokes(scribble, ink, ink)
    assert len(samples) == 50
    assert sum(map(len, samples)) <= explain.MAX_SAMPLES + 2 * 50
