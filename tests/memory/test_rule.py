"""The rule: the results that the page gets, too, and what holds for any answer."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tools import make_memory_cases
from digitdraw.memory import rule
from tests.conftest import SAMPLE

SHARED = json.loads((SAMPLE / "memory_cases.json").read_text(encoding="utf-8"))
shares = st.lists(st.floats(0, 1), min_size=10, max_size=10).filter(lambda found: sum(found) > 0.1)
taught = st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=5)


@pytest.mark.parametrize("case", SHARED["answers"])
def test_the_file_of_cases_has_the_results_of_the_rule(case):
    result = make_memory_cases.result(case, case["examples"])
    assert result["probabilities"] == pytest.approx(case["result"]["probabilities"], abs=1e-12)
    names = ("verdict", "digit", "changed")
    assert [result[name] for name in names] == [case["result"][name] for name in names]


def test_the_cases_are_the_answers_of_the_shipped_model(recognizer):
    features = [base64.b64decode(case["memory"]["features"]) for case in SHARED["answers"]]
    assert {case["memory"]["model"] for case in SHARED["answers"]} == {recognizer.sha256}
    assert {len(found) for found in features} == {64}


@given(shares, st.floats(0, 1), taught)
def test_results_are_probabilities(found, digitness, examples):
    labels = np.array([label for label, _ in examples], int)
    nearness = np.array([near for _, near in examples])
    own = np.array(found) / sum(found)
    probabilities, adapted = rule.adapt(own, digitness, nearness, labels)
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities.min() >= 0
    assert -1e-9 <= adapted <= 1 + 1e-9


@given(shares, st.floats(0, 1), st.integers(0, 9), st.floats(0, 1), st.floats(0, 1))
def test_a_nearer_example_raises_its_digit_more(found, digitness, label, first, second):
    own = np.array(found) / sum(found)
    near, far = max(first, second), min(first, second)
    nearer, farther = (
        rule.adapt(own, digitness, np.array([distance]), np.array([label]))[0][label]
        for distance in (near, far)
    )
    assert nearer >= farther - 1e-12


def test_the_order_of_examples_does_not_matter():
    own = np.full(10, 0.1)
    nearness, labels = np.array([0.9, 0.8, 0.95]), np.array([1, 2, 1])
    first = rule.adapt(own, 0.7, nearness, labels)
    second = rule.adapt(own, 0.7, nearness[::-1], labels[::-1])
    assert np.array_equal(first[0], second[0]) and first[1] == second[1]


def test_features_without_a_direction_are_near_to_nothing():
    blank, directed = np.zeros(4, np.uint8), np.array([[1, 2, 3, 4]], np.uint8)
    assert rule.similarities(blank, directed).tolist() == [0]
    assert rule.similarities(directed[0], directed).tolist() == [1]
