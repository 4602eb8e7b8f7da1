"""Answers to drawings of several characters, in the form that the page reads."""

import base64
import json

import numpy as np
import pytest

from digitdraw import load
from digitdraw.serving.answers import payloads
from digitdraw.serving.responses import to_json
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import bounds, drawn

NUMBER_KEYS = {"verdict", "big", "words", "items", "digits", "model_ms"}
DIGIT_KEYS = {
    "item", "digit", "doubtful", "box", "parts", "marked", "probabilities", "glyph", "glyph_box",
}  # fmt: skip


def answer_to(recognizer, drawing) -> dict:
    return json.loads(to_json(payloads.answer_drawings(recognizer, [drawing])[0]))


@pytest.mark.parametrize("text", ["42", "3.14", "10", "1-0", "-5", "123456"])
def test_a_number_is_answered_with_its_text_and_the_bars_of_each_digit(recognizer, text):
    answer = answer_to(recognizer, drawn(text))
    assert {key for key in answer if not key.endswith("_message")} == NUMBER_KEYS
    assert (answer["verdict"], answer["big"]) == ("number", text)
    assert answer["words"] == f"That looks like {text}"
    (item,) = answer["items"]
    assert (item["text"], item["status"], item["line"]) == (text, "listed", 0)
    assert 0.2 < item["confidence"] <= 1
    digits = [int(character) for character in text if character.isdigit()]
    assert [digit["digit"] for digit in answer["digits"]] == digits
    for digit in answer["digits"]:
        assert set(digit) == DIGIT_KEYS
        assert int(np.argmax(digit["probabilities"])) == digit["digit"]
        assert sum(digit["probabilities"]) == pytest.approx(1, abs=0.01)


def test_boxes_and_parts_are_those_of_the_strokes_that_were_sent(recognizer):
    drawing = [[(round(3 * x), round(3 * y)) for x, y in stroke] for stroke in drawn("17.4")]
    digits = answer_to(recognizer, drawing)["digits"]
    assert [[part[0] for part in digit["parts"]] for digit in digits] == [[0], [1], [3, 4]]
    for digit in digits:
        ink = [drawing[stroke][start:end] for stroke, start, end in digit["parts"]]
        left, top, right, bottom = bounds(ink)
        assert digit["box"] == pytest.approx([left, top, right - left, bottom - top], abs=0.1)


def test_the_glyph_of_a_digit_is_sent_without_the_paper_around_it(recognizer):
    digit = answer_to(recognizer, drawn("42"))["digits"][1]
    left, top, width, height = digit["glyph_box"]
    glyph = np.zeros((28, 28))
    ink = np.frombuffer(base64.b64decode(digit["glyph"]), np.uint8).reshape(height, width)
    glyph[top : top + height, left : left + width] = ink / 255
    assert np.allclose(glyph, recognizer.predict_strokes(DIGITS[2]).glyph, atol=0.02)


def test_several_numbers_and_lines_are_said_one_after_the_other(recognizer):
    answer = answer_to(recognizer, [*drawn("42"), *drawn("17", x=320), *drawn("300", y=170)])
    assert answer["big"] == "42 17\n300"
    assert answer["words"] == "3 numbers found: 42, 17 and 300"
    assert [digit["item"] for digit in answer["digits"]] == [0, 0, 1, 1, 2, 2, 2]
    assert [item["line"] for item in answer["items"]] == [0, 0, 1]


def test_a_batch_of_digits_numbers_blanks_and_errors_keeps_its_order(recognizer):
    drawings = [DIGITS[4], drawn("42"), [], None, DIGITS[0], drawn("7.5")]
    answers = payloads.answer_drawings(recognizer, drawings)
    assert [answer.get("big") for answer in answers] == ["4", "42", "", None, "0", "7.5"]


def test_a_digit_with_a_point_after_it_is_answered_as_the_digit(recognizer):
    answer = answer_to(recognizer, drawn("3."))
    assert (answer["verdict"], answer["big"]) == ("digit", "3")


def test_another_model_answers_single_digits_itself(recognizer):
    softmax = load("softmax", device="cpu")
    (single, number) = payloads.answer_drawings(softmax, [DIGITS[7], drawn("42")])
    expected = softmax.predict_strokes(DIGITS[7])
    assert single["probabilities"] == pytest.approx(expected.probabilities, abs=1e-3)
    assert number["big"] == "42"


def test_a_number_of_six_digits_takes_few_bytes(recognizer):
    assert len(to_json(payloads.answer_drawings(recognizer, [drawn("123456")])[0])) < 5_000
