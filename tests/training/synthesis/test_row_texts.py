"""Texts of rows are what people write, and every kind comes up."""

import re

import numpy as np
import pytest

from digitdraw.training.synthesis import row_texts

KINDS = {
    row_texts.integer: r"\d+",
    row_texts.decimal: r"\d+[.,]\d+",
    row_texts.thousands: r"\d+(.\d{3})+([.,]\d\d)?",
    row_texts.price: r"[$€£]?[\d,.'\N{THIN SPACE}]+-? ?[$€£]?",
    row_texts.date: r"\d+[./-]\d+([./-]\d*)?",
    row_texts.time: r"\d+[:.]\d\d([:.]\d\d)?.*",
    row_texts.percentage: r"[\d.,]+ ?%",
    row_texts.negative: r"[+-][\d.,]+",
    row_texts.grade: r"[A-F][+-]?",
    row_texts.word: r"[A-Za-z]{2,}",
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_text_has_the_form_of_its_kind(kind):
    rng = np.random.default_rng(0)
    texts = [kind(rng) for _ in range(200)]
    assert [text for text in texts if not re.fullmatch(KINDS[kind], text)] == []
    assert len(set(texts)) > 15


def test_every_entry_has_a_digit_and_most_symbols_come_up():
    rng = np.random.default_rng(0)
    texts = [row_texts.entry(rng) for _ in range(3_000)]
    digits = set("0123456789" + row_texts.SUPERSCRIPTS)
    assert all(digits & set(text) for text in texts)
    assert set(".,'-/:+=()%$€£ ") <= set("".join(texts))


def test_sums_have_operators_and_whole_telephone_numbers_have_digits():
    rng = np.random.default_rng(0)
    assert all(re.search(r"[-+÷/:\N{MULTIPLICATION SIGN}]", row_texts.sum_in_a_row(rng))
               for _ in range(100))  # fmt: skip
    assert all(sum(map(str.isdigit, row_texts.telephone(rng))) >= 7 for _ in range(100))
