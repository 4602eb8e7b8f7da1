"""Tests of fusion: features of digits, and of pages that may have none."""

from dataclasses import replace

import numpy as np
import pytest

from digitdraw.photo import fusion
from tests.support.hypotheses import number_at


def test_a_one_that_reaches_below_its_neighbours_has_a_feature_for_it():
    three = number_at((0, 0, 20, 30), (25, 0, 20, 30), (50, 0, 20, 30))
    three.ctc_logits[2, 1] = 40
    lower = replace(three, ink_rows=np.array([[4, 28], [4, 28], [2, 34]]))
    assert lower.features[:, 2] == pytest.approx([0.1, 0.1, 1])
    assert lower.features[:, 3] == pytest.approx([0, 0, 6 / 24])
    higher = replace(three, ink_rows=np.array([[4, 28], [4, 28], [0, 20]]))
    assert higher.features[2, 3] == 0


def test_the_feature_is_0_without_ink_and_without_likely_digits_beside_it():
    two = number_at((0, 0, 20, 30), (25, 0, 20, 30), ink_rows=np.array([[0, 0], [4, 34]]))
    assert not two.features[:, 3].any()
    two = replace(two, ink_rows=np.array([[4, 28], [4, 34]]))
    assert two.features[1, 3] > 0
    two.ctc_logits[0, 10] = -5
    assert not two.features[:, 3].any()
    assert number_at().features.shape == (0, 4)


def test_unlikely_digits_speak_against_a_page_and_likely_ones_do_not():
    alone, among_likely, among_unlikely = (
        fusion.page_features(np.array(digitness))
        for digitness in ([0.9], [0.9, 0.89, 0.88], [0.9, 0.2, 0.1, 0.3])
    )
    assert alone[0] == among_likely[0] == among_unlikely[0] == pytest.approx(np.log(9))
    assert among_likely[1] < alone[1] < among_unlikely[1]
    assert np.isfinite(fusion.page_features(np.array([0.0, 1.0]))).all()
