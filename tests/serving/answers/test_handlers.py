"""Answers to questions about drawings: JSON in, JSON out."""

import json

import pytest

from digitdraw import load
from digitdraw.errors import SettingError
from digitdraw.serving.answers import payloads
from digitdraw.serving.answers.handlers import Answers
from tests.support.drawings import DIGITS
from tests.support.own_models import LETTERS, save_untrained


@pytest.fixture
def answers(recognizer):
    return Answers(recognizer)


def encode(drawing) -> bytes:
    return json.dumps(drawing).encode()


def test_facts_name_the_model_and_all_compared_models(answers, recognizer):
    facts = json.loads(answers.facts())
    cards = {card["name"]: card for card in facts.pop("cards")}
    assert "# Model card of digitdraw" in facts.pop("model_card")
    assert facts == {
        "model": "default", "device": "cpu", "note": recognizer.device_note,
        "note_message": recognizer.device_note.as_dict(), "sha256": recognizer.sha256,
        "has_features": True,
    }  # fmt: skip
    assert {"softmax", "default"} < set(cards)
    assert cards["softmax"]["parameters"] == "7,850"


def test_a_batch_gets_the_same_answers_as_single_drawings(answers):
    requests = [encode(DIGITS[i]) for i in range(10)]
    batch = [json.loads(answer) for answer in answers.drawings(requests)]
    single = [json.loads(answers.drawings([request])[0]) for request in requests]
    assert [answer["big"] for answer in batch] == [answer["big"] for answer in single]
    assert [answer["big"] for answer in batch] == [str(i) for i in range(10)]


def test_invalid_drawings_get_an_error_and_the_rest_of_the_batch_an_answer(answers):
    good, bad = (
        json.loads(answer) for answer in answers.drawings([encode(DIGITS[1]), b'{"a": 1}'])
    )
    assert good["big"] == "1"
    assert set(bad) == {"error"}


@pytest.mark.parametrize(
    ("kind", "named"),
    [(b"why", "legend"), (b"compare", "models"), (b"strokes", "verdict")],
)
def test_questions_on_demand_are_answered(answers, kind, named):
    assert named in json.loads(answers.on_demand(kind, encode(DIGITS[7])))
    assert set(json.loads(answers.on_demand(kind, b'"a"'))) == {"error"}


def test_programs_get_the_answers_of_the_package(answers):
    answer = json.loads(answers.on_demand(b"strokes", encode(DIGITS[4])))
    model = load(device="cpu")
    reading = json.loads(json.dumps(model.read_strokes(DIGITS[4]).as_dict()))
    prediction = json.loads(json.dumps(model.predict_strokes(DIGITS[4]).as_dict()))
    assert answer == {**prediction, "reading": reading}


def test_errors_of_the_model_pass(answers, monkeypatch):
    def failing(*arguments):
        raise RuntimeError("the model failed")

    monkeypatch.setattr(payloads, "answer_drawings", failing)
    with pytest.raises(RuntimeError):
        answers.drawings([b"[]"])


def test_a_model_of_letters_is_refused_with_its_data_and_classes(tmp_path):
    letters = load(save_untrained(tmp_path, "cnn", LETTERS, "A"), device="cpu")
    words = (
        "shows drawings of ten digits; 'cnn' was trained on emnist-letters, with 26 classes: A, "
    )
    with pytest.raises(SettingError, match=words):
        Answers(letters)
