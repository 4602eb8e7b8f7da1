"""The data format goes through JSON unchanged, and only digits on the page's glyphs are digits."""

import dataclasses
import json

import pytest

from digitdraw.models.data_format import DIGITS, DataFormat
from tests.support.own_models import CLOTHES, LETTERS


@pytest.mark.parametrize("data", [DIGITS, LETTERS, CLOTHES], ids=lambda data: data.dataset)
def test_a_format_goes_through_json_unchanged(data):
    assert DataFormat.from_json(json.loads(json.dumps(dataclasses.asdict(data)))) == data


def test_ten_digits_in_other_pictures_are_not_those_of_the_page():
    assert DIGITS.is_digits
    assert dataclasses.replace(DIGITS, dataset="my-digits").is_digits
    assert not dataclasses.replace(DIGITS, preparation="none").is_digits
    assert not LETTERS.is_digits
