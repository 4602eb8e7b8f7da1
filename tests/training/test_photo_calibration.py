"""Tests of the fit of the photo reader, on pages whose truth is known."""

import numpy as np
import pytest

from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import architecture
from digitdraw.photo import fusion
from digitdraw.photo.reader import GLYPH_CLASSIFIER
from digitdraw.training import photo_calibration
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.photo_calibration import (
    ScoredDigits,
    count_errors,
    fit_photo_reader,
    score_pages,
)
from digitdraw.training.synthesis.canvas import IGNORED
from tests.support.labels import labels_from
from tests.support.painted import painted_reader
from tests.support.painted_pages import BLOTS, EMPTY, page_with, painted_weights, weights_of
from tests.support.synthesis import STROKES_ONLY


def test_the_weights_that_made_the_labels_are_found():
    rng = np.random.default_rng(0)
    count = 60_000
    ctc_logits = rng.normal(0, 3, (count, 11))
    detector_logits, classifier_logits = rng.normal(0, 3, (2, count, 10))
    features = rng.normal(0, 1.5, (count, 4)) * (1, 1, 1, 0.1)
    fixed = photo_calibration.ONE_WEIGHT, photo_calibration.BELOW_WEIGHT
    digitness = 0.5 * ctc_logits[:, 10] + features @ (2, 1, *fixed) + 0.3
    is_digit = rng.random(count) < 1 / (1 + np.exp(-digitness))
    digit_logits = 0.8 * ctc_logits[:, :10] + 0.4 * detector_logits
    digit_logits += photo_calibration.CLASSIFIER_WEIGHT * classifier_logits
    labels = np.where(is_digit, labels_from(digit_logits, rng), -1)
    pages = np.arange(count)
    columns = ctc_logits, detector_logits, classifier_logits, features, labels
    numbers = pages // 50  # each has a confident digit
    fitted = fit_photo_reader(ScoredDigits(*columns, numbers, pages, empty_pages=10**7))
    assert fitted.temperature == pytest.approx(1 / 0.8, rel=0.06)
    assert fitted.detector_class_weight == pytest.approx(0.4, rel=0.06)
    assert fitted.digitness_temperature == pytest.approx(2, rel=0.06)
    assert fitted.detector_score_weight == pytest.approx(2, rel=0.06)
    assert fitted.agreement_weight == pytest.approx(1, rel=0.06)
    assert fitted.classifier_weight == photo_calibration.CLASSIFIER_WEIGHT
    assert (fitted.one_weight, fitted.below_weight) == fixed
    assert fitted.digitness_bias == pytest.approx(0.3, abs=0.06)
    assert 0.2 < fitted.min_digitness < 0.5
    alone = fit_photo_reader(ScoredDigits(*columns, pages, pages, empty_pages=10**7))
    assert alone.min_number == photo_calibration.MIN_NUMBER


def test_the_page_threshold_lets_few_empty_pages_through():
    scores = np.linspace(0, 1, 101)
    threshold = photo_calibration._page_threshold(scores, empty_pages=1_000)
    assert (scores >= threshold).sum() == 1_000 * photo_calibration.MAX_FALSE_PAGES
    strictest = photo_calibration._page_threshold(scores, empty_pages=10)
    assert strictest == pytest.approx(0.95)
    assert photo_calibration._page_threshold(scores, empty_pages=10**5) == pytest.approx(0.05)


def test_doubtful_digits_are_accepted_beside_confident_ones():
    # Numbers of three digits, two of them confident, and lone blots as doubtful as the third.
    digitness = np.concatenate([np.tile([0.9, 0.9, 0.3], 40), np.full(40, 0.3)])
    is_digit = np.arange(160) < 120
    numbers = np.concatenate([np.repeat(np.arange(40), 3), 40 + np.arange(40)])
    best, everywhere = photo_calibration._group_maximum(digitness, numbers), np.ones(160, bool)
    digit, number = photo_calibration._best_thresholds(digitness, best, is_digit, everywhere)
    assert np.array_equal((digitness >= digit) & (best >= number), is_digit)


def test_a_lone_doubtful_digit_makes_a_page_likelier_than_one_among_many_does():
    # As many pages with a lone digit as with six blots, the best of which look like one.
    rng = np.random.default_rng(0)
    lone = 0.8 + rng.normal(0, 0.03, 50)
    blots = np.concatenate([0.8 + rng.normal(0, 0.03, (50, 1)), np.full((50, 5), 0.1)], axis=1)
    pages = np.concatenate([np.arange(50), 50 + np.repeat(np.arange(50), 6)])
    is_digit = np.arange(350) < 50
    digitness = np.concatenate([lone, blots.ravel()])
    weight, scores, has_any = photo_calibration._fit_pages(digitness, pages, is_digit)
    assert weight > 0
    assert has_any.tolist() == [True] * 50 + [False] * 50
    assert scores[has_any].min() > scores[~has_any].max()
    fitted = PhotoCalibration(doubt_weight=weight)
    assert scores[[0, 50]] == pytest.approx(
        [fusion.page_probability(page, fitted) for page in (lone[:1], blots[0])]
    )


def test_hypotheses_are_labelled_and_ignored_boxes_left_out():
    scored = score_pages([page_with([0, 7, IGNORED], BLOTS[:3])], *painted_weights())
    assert sorted(scored.labels.tolist()) == [-1, 0, 7]
    assert scored.ctc_logits.shape == (3, 11)
    assert scored.detector_logits.shape == (3, 10)
    assert scored.classifier_logits.shape == (3, 10)
    assert scored.features.shape == (3, 4)


def test_scoring_leaves_the_networks_unchanged():
    names = "detector", "line-recognizer", GLYPH_CLASSIFIER
    weights = [weights_of(architecture(name).build().eval(), name) for name in names]
    before = [set(part.network.state_dict()) for part in weights]
    score_pages([page_with([0, 7, 4, 0])], *weights)
    assert [set(part.network.state_dict()) for part in weights] == before


def test_a_page_without_detections_has_no_hypotheses():
    scored = score_pages([EMPTY], *painted_weights())
    assert scored.ctc_logits.shape == (0, 11)
    assert scored.pages.shape == (0,)


def test_hypotheses_know_their_number_and_page():
    pages = [page_with([0, 7, 4, 0]), EMPTY, page_with([0, 7, 4], BLOTS[:3])]
    scored = score_pages(pages, *painted_weights())
    assert scored.pages.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]
    assert scored.numbers.tolist() == [0, 0, 0, 1, 2, 2, 2, 3]


def test_pages_with_ignored_boxes_only_count_as_empty():
    pages = [page_with([0, 7, IGNORED], BLOTS[:3]), EMPTY, page_with([IGNORED], BLOTS[:1])]
    assert score_pages(pages, *painted_weights()).empty_pages == 2


def test_validation_pages_include_some_with_one_number_and_with_none(monkeypatch):
    full = DetectorValidation([page_with([0, 7, 4, 0])], [])
    monkeypatch.setattr(DetectorValidation, "load", lambda root: full)
    monkeypatch.setattr(photo_calibration, "load_sources", lambda root, part: STROKES_ONLY)
    monkeypatch.setattr(photo_calibration, "PAGE_COUNTS", {"one number": 3, "no digits": 3})
    monkeypatch.setattr(photo_calibration, "CLEAR_PAGES", 2)
    kinds = photo_calibration.validation_pages(None)
    assert kinds["pages"] == full.pages and len(kinds["clear"]) == 2
    assert [(page.labels != IGNORED).sum() for page in kinds["no digits"]] == [0, 0, 0]
    assert all(page.labels.size for page in kinds["one number"])


def test_digits_are_counted_as_correct_misread_missed_and_extra():
    reader = painted_reader()
    assert count_errors([page_with([0, 7, 4, 0])], reader) == {
        "correct": 4, "misread": 0, "missed": 0, "extra": 0, "exact": 1,
    }  # fmt: skip
    assert count_errors([page_with([0, 1, IGNORED], BLOTS[:3])], reader) == {
        "correct": 1, "misread": 1, "missed": 0, "extra": 1, "exact": 0,
    }  # fmt: skip
    hidden = page_with([0, 7, 4, 0])
    hidden.picture[:60] = 230
    assert count_errors([hidden], reader)["missed"] == 3
