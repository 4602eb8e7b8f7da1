"""JSON from strangers: the largest drawing is read, and more is refused before it is parsed."""

import orjson
import pytest

from digitdraw.errors import BadStrokesError
from digitdraw.preprocessing.strokes import MAX_POINTS, MAX_STROKES, parse
from digitdraw.serving import json_bodies


def test_the_largest_drawing_is_read():
    points = MAX_POINTS // MAX_STROKES
    drawing = [[[x, y] for y in range(points)] for x in range(MAX_STROKES)]
    assert len(parse(json_bodies.loads(orjson.dumps(drawing)))) == MAX_STROKES


@pytest.mark.parametrize("part", [b"[],", b'{"a":[]},', b"0,", b"[[1,2]],"])
def test_many_values_are_refused_before_they_are_parsed(part, monkeypatch):
    monkeypatch.setattr(orjson, "loads", pytest.fail)
    with pytest.raises(BadStrokesError, match="at most 500 strokes"):
        json_bodies.loads(b"[" + part * json_bodies.MAX_VALUES + b"0]")


@pytest.mark.parametrize("body", [b"", b"{", b"[NaN]", b"\xff", b"[1,]"])
def test_invalid_json_is_refused(body):
    with pytest.raises(BadStrokesError, match="not valid JSON"):
        json_bodies.loads(body)


def test_what_is_nested_too_deeply_to_be_written_again_is_refused():
    assert json_bodies.dumps([[[1, 2]]]) == b"[[[1,2]]]"
    with pytest.raises(BadStrokesError, match="deeply"):
        json_bodies.dumps(json_bodies.loads(b"[" * 500 + b"]" * 500))
