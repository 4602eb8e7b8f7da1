"""Groups: which neighbouring strokes may be one character, and their shape and place."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.strokes import groups
from digitdraw.strokes.groups import is_digit_sized, list_groups, shape_features
from digitdraw.strokes.pieces import cut_strokes, whole_strokes
from tests.support.drawn_numbers import drawn


def line_of(strokes):
    return whole_strokes([np.array(stroke, float) for stroke in strokes])


def spans(line) -> set[tuple[int, int]]:
    return {(group.start, group.end) for group in list_groups(line)}


def test_both_strokes_of_a_4_are_one_group():
    assert spans(line_of(drawn("4"))) == {(0, 1), (1, 2), (0, 2)}


def test_strokes_with_a_wide_gap_are_no_group_but_as_the_whole_line():
    assert spans(line_of(drawn("111", gap=50))) == {(0, 1), (1, 2), (2, 3), (0, 3)}


def test_six_digits_make_few_groups():
    assert len(list_groups(line_of(drawn("312596", gap=25)))) <= 7


def test_points_and_dashes_are_too_small_for_digits():
    line = line_of(drawn("3.5-1"))
    sized = [is_digit_sized(group, line) for group in list_groups(line)]
    single = [s for s, g in zip(sized, list_groups(line), strict=True) if g.end - g.start == 1]
    assert single == [True, False, True, False, True]


def test_a_comma_is_lower_than_a_point_and_a_dash_between_them_and_the_top():
    line = line_of(drawn("1.1,1-1"))
    features = shape_features(line, list_groups(line))
    single = [i for i, group in enumerate(list_groups(line)) if group.end - group.start == 1]
    point, comma, dash = (features[single[i], 4] for i in (1, 3, 5))
    assert comma > point > dash > 0.3


def test_features_of_cut_strokes_say_so():
    stroke = np.concatenate([np.array(part, float) for part in drawn("33")])
    line = cut_strokes([stroke], [0])
    features = shape_features(line, list_groups(line))
    whole = next(i for i, g in enumerate(list_groups(line)) if g.end - g.start == len(line))
    assert features[whole, -5] == 1 and features[0, -6] == 1


def test_features_are_finite_for_points_alone():
    line = line_of([[(0, 0)], [(0, 0)], [(3, 4)]])
    features = shape_features(line, list_groups(line))
    assert features.shape[1] == groups.SHAPE_FEATURES and features.dtype == np.float32
    assert np.isfinite(features).all()


@given(st.floats(1e-3, 1e3), st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)))
def test_features_depend_on_neither_scale_nor_place(scale, place):
    line = line_of(drawn("4.7"))
    moved = line_of([np.array(stroke) * scale + place for stroke in drawn("4.7")])
    assert np.allclose(
        shape_features(line, list_groups(line)),
        shape_features(moved, list_groups(moved)),
        atol=1e-3,
    )
