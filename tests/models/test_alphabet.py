"""The alphabet: digits are their own classes, and words are one class."""

import pytest

from digitdraw.models import alphabet


def test_the_digits_are_classes_0_to_9_and_the_blank_is_last():
    assert alphabet.encode("0123456789").tolist() == list(range(10))
    assert len(set(alphabet.CLASSES)) == len(alphabet.CLASSES) == alphabet.BLANK
    assert alphabet.OUTPUTS == alphabet.BLANK + 1


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("12.50", "12.50"),
        ("$1,250.00", "$1,250.00"),
        ("25 + 6", "25 + 6"),
        ("508R", "508?"),
        ("#12 kg", "?12 ?"),
        ("a   7", "? 7"),
        ("", ""),
    ],
)
def test_a_text_is_spelled_as_it_is_encoded(text, spelled):
    assert alphabet.spell(alphabet.encode(text)) == spelled


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("25 + 6 = 31", "25+6=31"),
        ("5 - 3", "5 - 3"),
        (" 7 8 ", "7 8"),
        ("? ? ? 12 ?", "? 12 ?"),
        ("3 \N{MULTIPLICATION SIGN} 4", "3\N{MULTIPLICATION SIGN}4"),
    ],
)
def test_a_canonical_text_lacks_what_changes_no_number(text, canonical):
    assert alphabet.canonical(text) == canonical
