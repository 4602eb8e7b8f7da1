"""Phrases: verdicts, photos, agreements and places in plain words."""

from types import SimpleNamespace

import pytest

from digitdraw.serving.answers import phrases


def prediction(
    verdict, first=7, second=1, probability=0.8, runner_up_probability=0.02, digitness=0.98
):
    """Make a stand-in for a Prediction whose likeliest digits are `first` and `second`."""
    probabilities = [0.0] * 10
    probabilities[first] = probability
    if second is not None:
        probabilities[second] = runner_up_probability
    return SimpleNamespace(
        verdict=verdict,
        digit=first if verdict == "digit" else None,
        probabilities=tuple(probabilities),
        digitness=digitness,
        ranking=tuple(sorted(range(10), key=lambda digit: -probabilities[digit])),
    )


def test_a_blank_drawing_invites():
    blank = prediction("blank", second=None)
    assert phrases.sentence(blank) == "Draw a digit"
    assert phrases.big(blank) == ""
    assert phrases.marked(blank) == []


def test_a_clear_digit_is_named():
    sure = prediction("digit")
    assert phrases.sentence(sure) == "That looks like a 7"
    assert phrases.big(sure) == "7"
    assert phrases.marked(sure) == [7]


def test_eight_takes_the_article_an():
    assert phrases.sentence(prediction("digit", first=8)) == "That looks like an 8"


def test_a_likely_runner_up_is_named_too():
    assert phrases.sentence(prediction("digit", runner_up_probability=0.15)) == "7, or perhaps 1"


def test_an_unsure_answer_names_and_marks_both_digits():
    doubt = prediction("unsure", first=4, second=9, probability=0.5, runner_up_probability=0.45)
    assert phrases.sentence(doubt) == "I can't tell: 4 or 9"
    assert phrases.big(doubt) == "?"
    assert phrases.marked(doubt) == [4, 9]


def test_a_drawing_that_is_not_a_digit_is_named_as_such():
    letter = prediction("not a digit")
    assert phrases.sentence(letter) == "This does not look like a digit"
    assert phrases.marked(letter) == []
    assert not phrases.big(letter).isdigit()


@pytest.mark.parametrize("verdict", ["digit", "unsure", "not a digit", "blank"])
def test_the_large_answer_is_at_most_one_character(verdict):
    assert len(phrases.big(prediction(verdict))) <= 1


def test_a_verdict_has_a_short_label():
    assert phrases.label(prediction("digit")) == "7"
    assert phrases.label(prediction("unsure", first=4, second=9)) == "4 or 9"
    assert phrases.label(prediction("not a digit")) == "no digit"
    assert phrases.label(prediction("blank")) == ""


def test_verdicts_differ_where_they_cannot_both_be_correct():
    seven, digit_one = prediction("digit"), prediction("digit", first=1, second=7)
    doubt = prediction("unsure")
    letter = prediction("not a digit")
    assert phrases.differ(seven, digit_one)
    assert phrases.differ(seven, letter)
    assert not phrases.differ(seven, seven)
    assert not phrases.differ(seven, doubt)
    assert not phrases.differ(letter, letter)


def test_the_agreement_starts_with_the_most_common_answer():
    seven, digit_one = prediction("digit"), prediction("digit", first=1, second=7)
    letter = prediction("not a digit")
    assert phrases.agreement([("default", seven)]) == "default says 7"
    assert phrases.agreement([("a", seven), ("b", seven)]) == "All 2 say 7"
    assert (
        phrases.agreement([("a", digit_one), ("b", seven), ("c", seven)])
        == "2 of 3 say 7; a says 1"
    )
    many = [("a", seven), ("b", seven), ("c", seven), ("d", seven), ("e", letter), ("f", letter)]
    assert phrases.agreement([*many, ("g", letter)]) == "4 of 7 say 7; e, f and g say “not a digit”"


def test_of_equally_common_verdicts_the_agreement_starts_with_not_a_digit():
    guesses = [("a", prediction("digit", first=1)), ("b", prediction("digit", first=1, second=7))]
    refusals = [("c", prediction("not a digit")), ("d", prediction("not a digit", first=4))]
    text = phrases.agreement([*guesses, ("e", prediction("unsure")), *refusals])
    assert text == "2 of 5 say “not a digit”; a and b say 1; e says 7 or 1"


def test_a_digit_of_a_photo_is_named_even_if_it_is_doubtful():
    assert phrases.photo_digit(prediction("digit", first=8)) == "That looks like an 8"
    doubt = prediction("unsure", first=4, second=9, probability=0.5, runner_up_probability=0.45)
    for doubtful in (doubt, prediction("digit", first=4, second=9, runner_up_probability=0.15)):
        assert phrases.doubtful(doubtful)
        assert phrases.photo_digit(doubtful) == "4, or perhaps 9"
    assert not phrases.doubtful(prediction("digit"))


def test_a_digit_of_a_photo_with_low_digitness_is_doubtful():
    clear = prediction("digit", first=1, second=7, probability=0.97, digitness=0.53)
    assert phrases.doubtful(clear)
    assert phrases.photo_digit(clear) == "1, or perhaps no digit"
    assert phrases.photo_digit(clear).values["other"].key == "answer.no_digit"  # in any language
    assert not phrases.doubtful(prediction("digit", digitness=phrases.PERHAPS_NONE_BELOW))
    neither = prediction("unsure", first=4, second=9, runner_up_probability=0.45, digitness=0.4)
    assert phrases.photo_digit(neither) == "4, or perhaps 9 or no digit"


def test_the_numbers_of_a_photo_make_a_sentence():
    assert phrases.numbers_found(["12.50"], [], "") == "1 number found: 12.50"
    assert phrases.numbers_found(["12", "345", "6"], [], "") == "3 numbers found: 12, 345 and 6"
    assert phrases.numbers_found(["12"], ["3", "4"], "") == "1 number found: 12; perhaps 3 and 4"
    assert phrases.numbers_found([], ["58"], "None.") == "No number is certain; perhaps 58"
    assert phrases.numbers_found([], [], "It is too blurred.") == "It is too blurred."


def test_the_legend_names_both_digits_or_is_empty():
    assert phrases.legend(prediction("digit")) == ["Blue ink speaks for 7", "orange ink for 1"]
    assert phrases.legend(prediction("unsure", first=4, second=9, probability=0.5)) == [
        "Blue ink speaks for 4",
        "orange ink for 9",
    ]
    assert phrases.legend(prediction("not a digit")) == []
    assert phrases.legend(prediction("blank")) == []


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (0.5, 0.5, "in the middle"),
        (0.5, 0.1, "at the top"),
        (0.9, 0.5, "on the right"),
        (0.1, 0.9, "at the bottom left"),
    ],
)
def test_places_have_names(x, y, name):
    assert phrases.place(x, y) == name
