"""The file of remembered drawings: good ones, damaged ones, and any JSON."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.errors import BadMemoryError
from digitdraw.memory import file
from digitdraw.memory.file import Example
from tests.conftest import SAMPLE
from tests.support.drawings import DIGITS

SHARED = json.loads((SAMPLE / "memory_cases.json").read_text(encoding="utf-8"))
MODEL = "a" * 64
sides = st.integers(-file.MAX_COORDINATE, file.MAX_COORDINATE)
strokes = st.lists(
    st.lists(st.tuples(sides, sides), min_size=1, max_size=9).map(tuple), min_size=1, max_size=4
).map(tuple)
examples = st.builds(Example, st.integers(0, 9), strokes, st.binary(min_size=1, max_size=80))
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["label", "strokes", "features", "x"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("case", SHARED["files"], ids=lambda case: case["text"][:40])
def test_files_are_read_or_refused_with_their_error(case):
    if case["error"] is None:
        assert file.read(case["text"])[1]
        return
    with pytest.raises(BadMemoryError) as caught:
        file.read(case["text"])
    assert caught.value.message.key == case["error"]


@given(st.lists(examples, max_size=4))
def test_what_is_written_is_read(remembered):
    assert file.read(file.write(remembered, MODEL)) == (remembered, MODEL)
    assert file.read(file.write(remembered, MODEL).encode()) == (remembered, MODEL)


@given(any_json)
def test_any_json_as_examples_is_read_or_refused(content):
    text = json.dumps(
        {"format": file.FORMAT, "version": file.VERSION, "model": MODEL, "examples": content}
    )
    check_read_or_refused(text)


@given(st.lists(examples, min_size=1, max_size=2), st.data())
def test_damaged_files_are_read_or_refused(remembered, data):
    text = file.write(remembered, MODEL)
    place = data.draw(st.integers(0, len(text) - 1))
    check_read_or_refused(text[:place] + data.draw(st.text(max_size=3)) + text[place + 1 :])


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(content):
    check_read_or_refused(content)


def check_read_or_refused(content) -> None:
    try:
        found, model = file.read(content)
    except BadMemoryError as error:
        assert len(str(error)) < 300
        return
    assert file.read(file.write(found, model)) == (found, model)


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, " " * (file.MAX_BYTES + 1)])
def test_hostile_files_are_refused(text):
    with pytest.raises(BadMemoryError):
        file.read(text)


@pytest.mark.parametrize("digit", DIGITS)
def test_compact_strokes_are_whole_numbers_on_the_same_path(digit):
    drawing = file.compact(DIGITS[digit])
    points = np.array([point for stroke in drawing for point in stroke])
    assert points.min() == 0 and points.max() == file.SIZE
    assert len(drawing) == len(DIGITS[digit])
    assert file.compact(drawing) == drawing


def test_the_largest_memory_can_be_read_again():
    most = file.MAX_COORDINATE
    point = (-most, -most)
    long = Example(9, ((point,) * file.MAX_POINTS,), bytes(file.MAX_FEATURES))
    size = len(file.write([long], MODEL)) * file.MAX_EXAMPLES
    assert size < file.MAX_BYTES
