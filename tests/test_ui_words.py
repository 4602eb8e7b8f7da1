"""Verdicts in plain words."""

from types import SimpleNamespace

import pytest

from digitdraw.ui import words


def prediction(verdict, first=7, second=1, share=0.8, runner_up_share=0.02):
    """Something shaped like a Prediction whose two likeliest digits are `first` and `second`."""
    probabilities = [0.0] * 10
    probabilities[first] = share
    if second is not None:
        probabilities[second] = runner_up_share
    return SimpleNamespace(
        verdict=verdict,
        digit=first if verdict == "digit" else None,
        runner_up=second,
        probabilities=tuple(probabilities),
    )


def test_a_blank_drawing_invites():
    blank = prediction("blank", second=None)
    assert words.sentence(blank) == "Draw a digit"
    assert words.big(blank) == ""
    assert words.marked(blank) == []


def test_a_sure_digit_is_named():
    sure = prediction("digit")
    assert words.sentence(sure) == "That looks like a 7"
    assert words.big(sure) == "7"
    assert words.marked(sure) == [7]


def test_eight_has_its_own_article():
    assert words.sentence(prediction("digit", first=8)) == "That looks like an 8"


def test_a_close_runner_up_is_named_too():
    assert words.sentence(prediction("digit", runner_up_share=0.15)) == "7, or perhaps 1"


def test_a_digit_without_a_runner_up_is_named_alone():
    assert words.sentence(prediction("digit", second=None)) == "That looks like a 7"


def test_a_doubt_names_both_candidates_and_marks_both():
    doubt = prediction("unsure", first=4, second=9, share=0.5, runner_up_share=0.45)
    assert words.sentence(doubt) == "I can't tell: 4 or 9"
    assert words.big(doubt) == "?"
    assert words.marked(doubt) == [4, 9]


def test_a_doubt_with_one_candidate_still_makes_a_sentence():
    assert words.sentence(prediction("unsure", second=None)) == "I can't tell: perhaps a 7"


def test_what_is_no_digit_is_not_given_one():
    letter = prediction("not a digit")
    assert words.sentence(letter) == "This does not look like a digit"
    assert words.marked(letter) == []
    assert not words.big(letter).isdigit()


@pytest.mark.parametrize("verdict", ["digit", "unsure", "not a digit", "blank"])
def test_the_large_slot_never_needs_more_room_than_one_character(verdict):
    assert len(words.big(prediction(verdict))) <= 1
