"""Features in answers: only when asked, equal to those of Python, and small."""

import base64
import json

import numpy as np
import pytest

import digitdraw
from digitdraw.serving.answers import features
from digitdraw.serving.answers.handlers import Answers
from tests.support.drawings import DIGITS


@pytest.fixture
def answers(recognizer) -> Answers:
    return Answers(recognizer)


def ask(answers: Answers, *questions) -> list[dict]:
    return [
        json.loads(answer)
        for answer in answers.drawings([json.dumps(q).encode() for q in questions])
    ]


def with_features(drawing) -> dict:
    return {"strokes": drawing, "features": True}


def test_features_are_sent_only_when_asked_for(answers):
    plain, wanted, declined = ask(
        answers, DIGITS[3], with_features(DIGITS[3]), {"strokes": DIGITS[3], "features": "yes"}
    )
    memory = wanted.pop("memory")
    for answer in (plain, wanted, declined):
        answer.pop("model_ms")
    assert plain == wanted == declined
    assert len(json.dumps(memory)) < 300


def test_features_are_those_of_the_package(answers, recognizer):
    for digit, answer in enumerate(ask(answers, *map(with_features, DIGITS.values()))):
        memory = answer["memory"]
        found = np.frombuffer(base64.b64decode(memory["features"]), np.uint8)
        assert np.abs(found - recognizer.features(DIGITS[digit]).astype(int)).max() <= 1
        prediction = recognizer.predict_strokes(DIGITS[digit])
        assert memory["digitness"] == pytest.approx(prediction.digitness, abs=1e-3)
        assert memory["model"] == recognizer.sha256
        assert memory["min_confidence"] == recognizer.classifier.calibration.min_confidence


def test_each_digit_of_an_answer_gets_its_features(recognizer):
    glyph = recognizer.predict_strokes(DIGITS[7]).glyph
    ink = np.rint(glyph * 255).astype(np.uint8)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = [int(columns[0]), int(rows[0]), part.shape[1], part.shape[0]]
    digit = {"glyph": base64.b64encode(part.tobytes()).decode(), "glyph_box": box}
    number = {"verdict": "number", "digits": [digit, dict(digit)]}
    features.add(recognizer, [number])
    assert "memory" not in number
    for digit in number["digits"]:
        found = np.frombuffer(base64.b64decode(digit["memory"]["features"]), np.uint8)
        assert np.abs(found - recognizer.features(DIGITS[7]).astype(int)).max() <= 1


def test_a_number_that_a_person_says_is_one_digit_gets_its_features(answers, recognizer):
    drawing = [[(0, 0), (0, 90)], [(60, 0), (60, 90)]]
    number, digit = ask(answers, with_features(drawing), {"strokes": drawing, "features": "digit"})
    assert number["big"] == "11" and "memory" not in number
    found = np.frombuffer(base64.b64decode(digit["memory"]["features"]), np.uint8)
    assert np.abs(found - recognizer.features(drawing).astype(int)).max() <= 1
    assert "digits" not in digit and digit["probabilities"]


def test_damaged_questions_get_an_error_as_damaged_drawings_do(answers):
    for damaged in (
        {"strokes": 7, "features": True},
        {"strokes": 7, "features": "digit"},
        {"features": True},
        {"strokes": None},
    ):
        (answer,) = ask(answers, damaged)
        assert set(answer) == {"error"}


def test_a_model_without_features_answers_without_them():
    (answer,) = ask(Answers(digitdraw.load("softmax", device="cpu")), with_features(DIGITS[1]))
    assert answer["big"] == "1" and "memory" not in answer


def test_rounding_to_bytes_changes_cosines_by_less_than_a_thousandth(recognizer):
    glyphs = np.stack([recognizer.predict_strokes(drawing).glyph for drawing in DIGITS.values()])
    exact = recognizer.classifier._forward(
        glyphs, lambda network, batch: network.with_features(batch)[1]
    )
    assert np.abs(cosines(exact) - cosines(recognizer.classifier.features(glyphs))).max() < 1e-3


def cosines(found: np.ndarray) -> np.ndarray:
    unit = found / np.linalg.norm(found.astype(float), axis=1, keepdims=True)
    return unit @ unit.T
