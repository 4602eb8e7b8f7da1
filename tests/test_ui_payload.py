"""What the page's scripts are sent: answers to drawings and to uploaded files."""

import base64
import io
import json

import numpy as np
import pytest
from drawings import DIGITS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from digitdraw.ui import payload

ANSWER_KEYS = {"verdict", "big", "words", "marked", "probabilities", "glyph", "model_ms"}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=4), children, max_size=3)
    ),
    max_leaves=12,
)


def picture_of(digit: int, kind: str = "PNG") -> bytes:
    """A photo-like file: dark pen on light paper, larger than the glyph."""
    paper = Image.new("RGB", (240, 240), (236, 232, 224))
    pen = ImageDraw.Draw(paper)
    for stroke in DIGITS[digit]:
        pen.line([(40 + 1.6 * x, 40 + 1.6 * y) for x, y in stroke], (30, 34, 60), 12, "curve")
    buffer = io.BytesIO()
    paper.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_is_answered(recognizer, digit):
    answer = payload.answer_strokes(recognizer, json.loads(json.dumps(DIGITS[digit])))
    assert set(answer) == ANSWER_KEYS
    assert answer["big"] == str(digit)
    assert answer["marked"] == [digit]
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=0.01)


def test_the_glyph_that_is_sent_is_the_one_the_model_saw(recognizer):
    sent = base64.b64decode(payload.answer_strokes(recognizer, DIGITS[3])["glyph"])
    seen = recognizer.predict_strokes(DIGITS[3]).glyph
    assert np.allclose(np.frombuffer(sent, np.uint8).reshape(28, 28) / 255, seen, atol=1 / 255)


def test_no_strokes_give_an_invitation_and_no_error(recognizer):
    answer = payload.answer_strokes(recognizer, [])
    assert answer["verdict"] == "blank"
    assert answer["words"] == payload.invitation("Draw a digit")["words"]
    assert set(answer) == set(payload.invitation("Draw a digit"))


@pytest.mark.parametrize(
    "strokes", [None, "7", 7, {}, [[1, 2]], [[["a", "b"]]], [[[0, float("nan")]]], [[[0, 0]]] * 501]
)
def test_what_is_no_drawing_is_answered_in_words(recognizer, strokes):
    answer = payload.answer_strokes(recognizer, strokes)
    assert set(answer) == {"error"}
    assert answer["error"].endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(strokes=ANY_JSON)
def test_any_json_gives_an_answer_or_words(recognizer, strokes):
    answer = payload.answer_strokes(recognizer, strokes)
    json.dumps(answer, allow_nan=False)
    assert set(answer) in ({"error"}, ANSWER_KEYS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_picture_is_answered_with_its_steps(recognizer, kind):
    answer = payload.answer_picture(recognizer, picture_of(5, kind))
    assert answer["big"] == "5"
    assert len(answer["steps"]) >= 3
    for step in answer["steps"]:
        assert step["caption"]
        picture = Image.open(io.BytesIO(base64.b64decode(step["src"].split(",")[1])))
        assert max(picture.size) <= payload.STEP_EDGE


def test_an_empty_page_is_blank_in_words_that_fit_a_picture(recognizer):
    buffer = io.BytesIO()
    Image.new("L", (100, 100), 255).save(buffer, "PNG")
    answer = payload.answer_picture(recognizer, buffer.getvalue())
    assert answer["verdict"] == "blank"
    assert "picture" in answer["words"]


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", picture_of(3)[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_what_is_no_picture_is_answered_in_words(recognizer, data):
    answer = payload.answer_picture(recognizer, data)
    assert set(answer) == {"error"}
    assert "Traceback" not in answer["error"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_give_an_answer_or_words(recognizer, data):
    answer = payload.answer_picture(recognizer, data)
    assert set(answer) in ({"error"}, ANSWER_KEYS | {"steps"})


def test_an_answer_is_explained_along_the_strokes(recognizer):
    told = payload.explain_strokes(recognizer, DIGITS[7])
    assert told["legend"] == ["Blue ink speaks for 7", "orange ink for 1"]
    assert len(told["lines"]) == len(DIGITS[7])
    for line, stroke in zip(told["lines"], DIGITS[7], strict=True):
        assert line[0][:2] == list(stroke[0])
        assert line[-1][:2] == list(stroke[-1])
    values = [value for line in told["lines"] for _, _, value in line]
    assert max(values) == 100
    assert min(values) >= -100
    # The bar of a seven is what a one has not.
    assert told["described"].startswith("The ink that speaks most for 7 is at the top")
    assert len(json.dumps(told)) < 6_000


def test_what_is_no_digit_has_nothing_to_explain(recognizer):
    nothing = {"legend": [], "lines": [], "described": ""}
    assert payload.explain_strokes(recognizer, []) == nothing
    scribble = [[(x % 7 * 9.0, x * 37 % 101) for x in range(60)]]
    assert recognizer.predict_strokes(scribble).verdict == "not a digit"
    assert payload.explain_strokes(recognizer, scribble) == nothing


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    strokes=ANY_JSON
    | st.lists(st.lists(st.tuples(st.floats(), st.floats()), max_size=4), max_size=2)
)
def test_any_json_is_explained_or_refused_in_words(recognizer, strokes):
    told = payload.explain_strokes(recognizer, strokes)
    json.dumps(told, allow_nan=False)
    assert set(told) in ({"error"}, {"legend", "lines", "described"})
