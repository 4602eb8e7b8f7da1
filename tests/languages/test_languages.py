"""Messages: English texts that the page can say in any language."""

import copy
import pickle

import pytest

from digitdraw.languages import Message, with_messages


def test_a_message_is_its_english_text():
    message = Message("answer.looks_like", digit=7)
    assert message == "That looks like a 7"
    assert f"{message}!" == "That looks like a 7!"
    assert message.as_dict() == {"key": "answer.looks_like", "values": {"digit": 7}}


def test_values_may_be_messages_and_lists():
    none = Message("answer.no_digit")
    message = Message("compare.they_say", models=["a", "b", "c"], answer=none)
    assert message == "a, b and c say no digit"
    assert message.as_dict()["values"] == {
        "models": ["a", "b", "c"],
        "answer": {"key": "answer.no_digit", "values": {}},
    }


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_a_copy_has_key_and_values(copied):
    message = copied(Message("number.whole", value=20_000))
    assert message == "20,000"
    assert message.as_dict() == {"key": "number.whole", "values": {"value": 20_000}}


def test_unknown_keys_and_missing_values_are_errors():
    with pytest.raises(KeyError):
        Message("none.such")
    with pytest.raises(KeyError):
        Message("answer.looks_like")


def test_key_and_values_stand_beside_each_message_of_a_json_value():
    seven = Message("why.for", digit=7)
    beside = seven.as_dict()
    content = {
        "words": seven,
        "legend": [seven, seven],
        "digits": [{"words": seven, "box": [1, 2]}],
        "name": "a.png",
        "empty": [],
    }
    assert with_messages(content) == {
        **content,
        "words_message": beside,
        "legend_message": [beside, beside],
        "digits": [{"words": seven, "words_message": beside, "box": [1, 2]}],
    }
    assert with_messages([1, 2]) == [1, 2]
