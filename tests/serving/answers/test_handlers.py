"""What a model answers about drawings: JSON in, JSON out."""

import json

import pytest

from digitdraw import load
from digitdraw.serving.answers import payloads
from digitdraw.serving.answers.handlers import Answers
from tests.support.drawings import DIGITS


@pytest.fixture
def answers(recognizer):
    return Answers(recognizer)


def body(drawing) -> bytes:
    return json.dumps(drawing).encode()


def test_facts_say_which_model_it_is_and_what_it_is_compared_with(answers, recognizer):
    facts = json.loads(answers.facts())
    cards = {card["name"]: card for card in facts.pop("cards")}
    assert facts == {
        "model": "default", "device": "cpu", "note": recognizer.device_note,
        "sha256": recognizer.sha256,
    }  # fmt: skip
    assert {"softmax", "default"} < set(cards)
    assert cards["softmax"]["parameters"] == "7,850"


def test_drawings_are_answered_together_as_alone(answers):
    bodies = [body(DIGITS[i]) for i in range(10)]
    together = [json.loads(each) for each in answers.drawings(bodies)]
    alone = [json.loads(answers.drawings([each])[0]) for each in bodies]
    assert [each["big"] for each in together] == [each["big"] for each in alone]
    assert [each["big"] for each in together] == [str(i) for i in range(10)]


def test_what_is_no_drawing_is_told_so_and_leaves_the_others_answered(answers):
    good, bad = (json.loads(each) for each in answers.drawings([body(DIGITS[1]), b'{"a": 1}']))
    assert good["big"] == "1"
    assert set(bad) == {"error"}


@pytest.mark.parametrize(
    ("kind", "named"),
    [(b"why", "legend"), (b"compare", "models"), (b"strokes", "verdict")],
)
def test_asides_are_answered(answers, kind, named):
    assert named in json.loads(answers.aside(kind, body(DIGITS[7])))
    assert set(json.loads(answers.aside(kind, b'"a"'))) == {"error"}


def test_programs_are_answered_as_the_package_answers(answers):
    said = json.loads(answers.aside(b"strokes", body(DIGITS[4])))
    assert said == json.loads(json.dumps(load(device="cpu").predict_strokes(DIGITS[4]).as_dict()))


def test_a_model_that_fails_is_not_hidden(answers, monkeypatch):
    def failing(*given):
        raise RuntimeError("the model failed")

    monkeypatch.setattr(payloads, "answer_drawings", failing)
    with pytest.raises(RuntimeError):
        answers.drawings([b"[]"])
