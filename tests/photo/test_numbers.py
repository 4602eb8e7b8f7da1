"""Tests of the numbers in a row's text: what belongs together, and what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.models import alphabet
from digitdraw.photo.numbers import clean, number_spans, row_spans, unusual_slashes

TIMES = "\N{MULTIPLICATION SIGN}"
TEXTS = st.text(alphabet.CLASSES, max_size=30).map(lambda t: alphabet.spell(alphabet.encode(t)))
"""Any texts that the line recognizer may give."""


def numbers_in(text: str) -> list[str]:
    return [text[start:end] for start, end in number_spans(text)]


@pytest.mark.parametrize(
    "number",
    ["7", "404-1000", "12.50", "1,250.00", "1'000", "24.03.2026", "25/11/25", "1/2", "9:30",
     "555-0142", "12-5", "-5", "-1.5"],
)  # fmt: skip
def test_a_number_with_its_symbols_is_found_as_written(number):
    assert numbers_in(number) == [number]
    assert numbers_in(f"? {number} ?") == [number]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("43 53 24", ["43", "53", "24"]),
        ("5 - 3", ["5", "3"]),
        ("1. 45", ["1", "45"]),
        ("(12)", ["12"]),
        ("$12.50", ["12.50"]),
        ("80%", ["80"]),
        ("508?", ["508"]),
        ("?-7", ["7"]),
        ("-7 -8", ["-7", "-8"]),
        ("$-7", ["-7"]),
        ("12..5", ["12", "5"]),
        ("?", []),
        ("", []),
    ],
)
def test_spaces_letters_and_other_symbols_separate_numbers(text, numbers):
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("25+6=31", ["25", "6", "31"]),
        ("12-5=7", ["12", "5", "7"]),
        ("12 -5 = 7", ["12", "5", "7"]),
        (f"3{TIMES}-4=-12", ["3", "-4", "-12"]),
        ("-3+5=2", ["-3", "5", "2"]),
        ("6÷1.5=4", ["6", "1.5", "4"]),
        ("1/2+3/4", ["1", "2", "3", "4"]),
        ("1,000+5", ["1,000", "5"]),
    ],
)
def test_in_a_sum_dashes_slashes_and_colons_are_operators(text, numbers):
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["450", "-82", "=368"], [["450"], ["82"], ["368"]]),
        (["450", "-82"], [["450"], ["-82"]]),
        (["1/2", "3/4+1"], [["1", "2"], ["3", "4", "1"]]),
        (["12", "", "7"], [["12"], [], ["7"]]),
        ([], []),
    ],
)
def test_an_operator_makes_a_sum_of_all_rows_of_its_line(texts, numbers):
    spans = row_spans(texts)
    read = [[text[a:b] for a, b in own] for text, own in zip(texts, spans, strict=True)]
    assert read == numbers


@given(st.lists(TEXTS.filter(lambda text: not set(text) & set(f"+={TIMES}÷-")), max_size=4))
def test_without_operators_and_dashes_rows_do_not_depend_on_each_other(texts):
    assert row_spans(texts) == [number_spans(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "unusual"),
    [
        ("1/2 14/100 25/11/25 3/4/2026", []),
        ("48088/292/22", ["48088/292/22"]),
        ("7/3/100 8/1", ["7/3/100"]),
        ("100/7", ["100/7"]),
        ("1//03 /7", ["1//03", "/7"]),
        ("1.5/2", []),
        ("? / 7", []),
    ],
)
def test_slashes_are_usual_in_fractions_and_dates(text, unusual):
    assert [text[a:b] for a, b in unusual_slashes(text)] == unusual


@given(TEXTS)
def test_every_digit_of_any_text_is_in_one_number(text):
    spans = number_spans(text)
    assert sorted(spans) == spans
    places = [place for start, end in spans for place in range(start, end)]
    assert len(set(places)) == len(places)
    assert {place for place, character in enumerate(text) if character.isdigit()} <= set(places)


@given(TEXTS)
def test_a_number_ends_with_digits_and_begins_with_one_or_a_sign(text):
    for number in numbers_in(text):
        assert number[-1].isdigit()
        assert number.removeprefix("-")[0].isdigit()
        assert not set(number) & set(f"{alphabet.SPACE}{alphabet.OTHER}+=÷()%$€£{TIMES}")


def test_a_clean_text_has_no_words_and_single_spaces():
    assert clean("? 3 kg? = 12.50 ?") == "3 kg = 12.50"
    assert clean("??") == clean("") == ""


@given(TEXTS)
def test_cleaning_keeps_the_digits_and_cleaning_again_changes_nothing(text):
    assert [c for c in clean(text) if c.isdigit()] == [c for c in text if c.isdigit()]
    assert clean(clean(text)) == clean(text)
