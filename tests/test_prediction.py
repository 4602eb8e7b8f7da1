"""Predictions rank the digits and can be sent as JSON."""

import json

import numpy as np

from digitdraw import Prediction

GLYPH = np.ones((28, 28), np.float32)


def test_the_ranking_is_by_probability_and_ties_keep_the_order_of_digits():
    probabilities = (0.05, 0.05, 0.05, 0.3, 0.05, 0.05, 0.05, 0.3, 0.05, 0.05)
    prediction = Prediction(3, probabilities, 0.3, 0.9, "digit", GLYPH)
    assert prediction.ranking == (3, 7, 0, 1, 2, 4, 5, 6, 8, 9)
    assert prediction.runner_up == 7


def test_a_blank_has_no_runner_up():
    assert Prediction(None, (0.1,) * 10, 0.1, 0.0, "blank", GLYPH).runner_up is None


def test_predictions_can_be_sent_as_json(recognizer):
    prediction = recognizer.predict_batch(np.zeros((1, 28, 28), np.float32))[0]
    sent = json.loads(json.dumps(prediction.as_dict()))
    assert sent == {
        "digit": None,
        "verdict": "blank",
        "confidence": 0.1,
        "digitness": 0.0,
        "probabilities": [0.1] * 10,
    }


def test_the_label_of_a_digit_is_its_name():
    probabilities = (0.1, 0.7, 0.2, 0, 0, 0, 0, 0, 0, 0)
    assert Prediction(1, probabilities, 0.7, 1.0, "digit", GLYPH).label == "1"
    assert Prediction(None, probabilities, 0.7, 1.0, "unsure", GLYPH).label is None


def test_other_classes_have_names():
    answer = Prediction(None, (0.2, 0.5, 0.3), 0.5, 1.0, "label", GLYPH, ("bag", "boot", "coat"))
    assert (answer.label, answer.ranking, answer.runner_up) == ("boot", (1, 2, 0), 2)
    assert answer.as_dict() == {
        "digit": None,
        "verdict": "label",
        "confidence": 0.5,
        "digitness": 1.0,
        "probabilities": [0.2, 0.5, 0.3],
        "label": "boot",
        "classes": ["bag", "boot", "coat"],
    }
