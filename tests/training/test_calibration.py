"""Temperatures and thresholds are found where they are known to be."""

import numpy as np
import pytest

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.photo import fusion
from digitdraw.training import calibration, photo_calibration


def drawn_from(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Labels that follow the probabilities of `logits` (N, 10)."""
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return np.array([rng.choice(10, p=row) for row in probabilities])


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_of_too_sure_or_too_modest_logits_is_found(factor):
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, (6000, 10))
    labels = drawn_from(honest, rng)
    assert calibration.fit_temperature(honest * factor, labels) == pytest.approx(factor, rel=0.1)


def test_no_more_digits_are_refused_than_was_set():
    rng = np.random.default_rng(1)
    digits = np.concatenate([rng.normal(0, 3, (4000, 10)), rng.normal(4, 2, (4000, 1))], axis=1)
    others = np.concatenate([rng.normal(0, 1, (900, 10)), rng.normal(-4, 2, (900, 1))], axis=1)
    found = calibration.fit_classifier(digits, drawn_from(digits[:, :10], rng), others)
    digitness = 1 / (1 + np.exp(-digits[:, 10] / found.digitness_temperature))
    scaled = np.exp(digits[:, :10] / found.temperature)
    confidence = (scaled / scaled.sum(1, keepdims=True)).max(1)
    refused = (digitness < found.min_digitness) | (confidence < found.min_confidence)
    allowed = calibration.REFUSED_AS_NO_DIGIT + calibration.REFUSED_AS_UNSURE
    assert refused.mean() <= allowed + 0.001
    assert found.min_digitness <= 0.5 and found.min_confidence <= 0.5


def test_digits_that_count_for_nothing_change_nothing():
    rng = np.random.default_rng(3)
    digits, others = rng.normal(0, 3, (900, 11)), rng.normal(-2, 3, (300, 11))
    labels = drawn_from(digits[:, :10], rng)
    too_sure = np.concatenate([digits, 5 * rng.normal(0, 3, (4000, 11))])
    counts = np.append(np.full(900, 0.5), np.zeros(4000))
    more_labels = np.append(labels, rng.integers(0, 10, 4000))
    assert calibration.fit_classifier(
        too_sure, more_labels, others, counts
    ) == calibration.fit_classifier(digits, labels, others)


def test_a_network_without_digitness_is_calibrated_too():
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 2, (500, 10))
    found = calibration.fit_classifier(logits, drawn_from(logits, rng), logits)
    assert found.min_digitness == 0


def test_all_networks_are_weighed_by_what_they_know():
    rng = np.random.default_rng(0)
    # The chances of a digit are those of a logit of 0.5 of the one, 2 of the other's score, its
    # agreement, what its being a one counts for, and 0.3; which one it is, those of 0.8 and 0.4 of
    # theirs, and of its glyph's.
    logits, classes = rng.normal(0, 3, (60_000, 11)), rng.normal(0, 3, (60_000, 10))
    told = rng.normal(0, 3, (60_000, 10))
    evidence = rng.normal(0, 1.5, (60_000, 4)) * (1, 1, 1, 0.1)
    of_ones = photo_calibration.ONE_WEIGHT, photo_calibration.BELOW_WEIGHT
    chances = 0.5 * logits[:, 10] + evidence @ (2, 1, *of_ones) + 0.3
    truth = rng.random(60_000) < 1 / (1 + np.exp(-chances))
    glyphs = photo_calibration.GLYPH_WEIGHT * told
    which = drawn_from(0.8 * logits[:, :10] + 0.4 * classes + glyphs, rng)
    places = np.arange(60_000)
    numbers = places // 50  # each with a digit that is sure
    said = logits, classes, told, evidence
    labels = np.where(truth, which, -1)
    fitted = photo_calibration.fit_photo_reader(*said, labels, numbers, places, without=10**7)
    assert fitted.temperature == pytest.approx(1 / 0.8, rel=0.06)
    assert fitted.detector_class_weight == pytest.approx(0.4, rel=0.06)
    assert fitted.digitness_temperature == pytest.approx(2, rel=0.06)
    assert fitted.detector_score_weight == pytest.approx(2, rel=0.06)
    assert fitted.agreement_weight == pytest.approx(1, rel=0.06)
    assert fitted.classifier_weight == photo_calibration.GLYPH_WEIGHT
    assert (fitted.one_weight, fitted.below_weight) == of_ones
    assert fitted.digitness_bias == pytest.approx(0.3, abs=0.06)
    assert 0.2 < fitted.min_digitness < 0.5
    alone = photo_calibration.fit_photo_reader(*said, labels, places, places, without=10**7)
    assert alone.min_number == photo_calibration.LEAST_OF_NUMBER


def test_of_pages_without_digits_few_enough_are_believed_to_have_some():
    of_page = np.linspace(0, 1, 101)
    threshold = photo_calibration._page_threshold(of_page, without=1_000)
    assert (of_page >= threshold).sum() == 1_000 * photo_calibration.INVENTED
    assert photo_calibration._page_threshold(of_page, without=10) == pytest.approx(
        0.95
    )  # the strictest
    assert photo_calibration._page_threshold(of_page, without=10**5) == pytest.approx(0.05)


def test_what_is_doubtful_is_kept_where_others_beside_it_are_sure():
    # Numbers of three digits, of which two are sure, and lone blots as doubtful as the third.
    digitness = np.concatenate([np.tile([0.9, 0.9, 0.3], 40), np.full(40, 0.3)])
    is_digit = np.arange(160) < 120
    numbers = np.concatenate([np.repeat(np.arange(40), 3), 40 + np.arange(40)])
    of_number, any_page = photo_calibration._largest_of(digitness, numbers), np.ones(160, bool)
    least, number = photo_calibration._best_thresholds(digitness, of_number, is_digit, any_page)
    assert np.array_equal((digitness >= least) & (of_number >= number), is_digit)


def test_a_doubtful_digit_that_stands_alone_is_kept_and_among_others_like_it_is_not():
    # As many pages with a lone digit as with six blots, the surest of which look like one.
    rng = np.random.default_rng(0)
    lone = 0.8 + rng.normal(0, 0.03, 50)
    blots = np.concatenate([0.8 + rng.normal(0, 0.03, (50, 1)), np.full((50, 5), 0.1)], axis=1)
    pages = np.concatenate([np.arange(50), 50 + np.repeat(np.arange(50), 6)])
    is_digit = np.arange(350) < 50
    digitness = np.concatenate([lone, blots.ravel()])
    weight, of_page, has_any = photo_calibration._fit_pages(digitness, pages, is_digit)
    assert weight > 0
    assert has_any.tolist() == [True] * 50 + [False] * 50
    assert of_page[has_any].min() > of_page[~has_any].max()
    used = PhotoCalibration(doubt_weight=weight)
    assert of_page[[0, 50]] == pytest.approx(
        [fusion.page_probability(each, used) for each in (lone[:1], blots[0])]
    )
