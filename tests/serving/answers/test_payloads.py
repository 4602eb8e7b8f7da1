"""Payloads: the JSON for drawings, explanations, pictures and photos."""

import base64
import contextlib
import io
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from digitdraw.errors import BadImageError, BadStrokesError
from digitdraw.photo.reader import Reading
from digitdraw.prediction import Prediction
from digitdraw.preprocessing.image_io import load_grey
from digitdraw.recognizer import ImagePrediction
from digitdraw.serving.answers import payloads, phrases
from tests.support.drawings import DIGITS
from tests.support.painted import Doubting, painted_reader, photo
from tests.support.pictures import digit_picture
from tests.support.readings import FakeRecognizer, file_of, paper_for, reading_of

ANSWER_KEYS = {"verdict", "big", "words", "marked", "probabilities", "glyph", "model_ms"}
DIGIT_KEYS = (ANSWER_KEYS - {"model_ms"}) | {
    "box", "number", "item", "digit", "doubtful", "confidence", "digitness",
}  # fmt: skip
PHOTO_KEYS = {
    "src", "width", "height", "turned", "ms", "words", "text", "items", "numbers", "digits",
    "doubtful_digits", "steps",
}  # fmt: skip
TWO_NUMBERS = [(40, 40), (54, 40), (68, 40), (40, 110)]
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
    answer = payloads.answer_drawings(recognizer, [json.loads(json.dumps(DIGITS[digit]))])[0]
    assert set(answer) == ANSWER_KEYS
    assert answer["big"] == str(digit)
    assert answer["marked"] == [digit]
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=0.01)


def test_an_answer_holds_the_glyph_that_the_model_saw(recognizer):
    sent = base64.b64decode(payloads.answer_drawings(recognizer, [DIGITS[3]])[0]["glyph"])
    glyph = recognizer.predict_strokes(DIGITS[3]).glyph
    assert np.allclose(np.frombuffer(sent, np.uint8).reshape(28, 28) / 255, glyph, atol=1 / 255)


def test_an_empty_drawing_gets_an_invitation(recognizer):
    answer = payloads.answer_drawings(recognizer, [[]])[0]
    assert answer["verdict"] == "blank"
    assert answer["words"] == phrases.invitation("Draw a digit")["words"]
    assert set(answer) == set(phrases.invitation("Draw a digit"))


@pytest.mark.parametrize(
    "strokes", [None, "7", 7, {}, [[1, 2]], [[["a", "b"]]], [[[0, float("nan")]]], [[[0, 0]]] * 501]
)
def test_json_that_is_not_a_drawing_gets_an_error(recognizer, strokes):
    answer = payloads.answer_drawings(recognizer, [strokes])[0]
    assert set(answer) == {"error"}
    assert answer["error"].endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strokes=ANY_JSON)
def test_any_json_gets_an_answer_or_an_error(recognizer, strokes):
    answer = payloads.answer_drawings(recognizer, [strokes])[0]
    json.dumps(answer, allow_nan=False)
    assert set(answer) in ({"error"}, ANSWER_KEYS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_picture_is_answered_with_its_steps(recognizer, kind):
    answer = payloads.answer_picture(recognizer, picture_of(5, kind))
    assert answer["big"] == "5"
    assert len(answer["steps"]) >= 3
    for step in answer["steps"]:
        assert step["caption"]
        picture = Image.open(io.BytesIO(base64.b64decode(step["src"].split(",")[1])))
        assert max(picture.size) <= payloads.STEP_EDGE


def test_the_steps_of_a_framed_digit_show_where_it_was_found(recognizer):
    picture = Image.open(io.BytesIO(picture_of(5, "PNG"))).convert("L")
    picture = ImageOps.expand(ImageOps.expand(picture, 4, 60), 30, 255)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    answer = payloads.answer_picture(recognizer, buffer.getvalue())
    assert answer["big"] == "5"
    captions = [step["caption"] for step in answer["steps"]]
    assert captions[1] == "The one digit that was found in it"


def test_the_phrase_for_an_empty_picture_is_about_pictures(recognizer):
    buffer = io.BytesIO()
    Image.new("L", (100, 100), 255).save(buffer, "PNG")
    answer = payloads.answer_picture(recognizer, buffer.getvalue())
    assert answer["verdict"] == "blank"
    assert "picture" in answer["words"]


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", picture_of(3)[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_a_file_that_is_not_a_picture_gets_an_error(recognizer, data):
    with pytest.raises(BadImageError) as raised:
        payloads.answer_picture(recognizer, data)
    assert "Traceback" not in str(raised.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_bytes_get_an_answer_or_an_error(recognizer, data):
    with contextlib.suppress(BadImageError):
        answer = payloads.answer_picture(recognizer, data)
        assert set(answer) == ANSWER_KEYS | {"steps"}


def test_an_answer_is_explained_along_the_strokes(recognizer):
    explanation = payloads.explain_strokes(recognizer, DIGITS[7])
    assert explanation["legend"] == ["Blue ink speaks for 7", "orange ink for 1"]
    assert len(explanation["lines"]) == len(DIGITS[7])
    for line, stroke in zip(explanation["lines"], DIGITS[7], strict=True):
        assert line[0][:2] == list(stroke[0])
        assert line[-1][:2] == list(stroke[-1])
    values = [value for line in explanation["lines"] for _, _, value in line]
    assert max(values) == 100
    assert min(values) >= -100
    # A one has no bar at the top.
    assert explanation["described"].startswith("The ink that speaks most for 7 is at the top")
    assert len(json.dumps(explanation)) < 6_000


def test_a_drawing_without_a_digit_has_no_explanation(recognizer):
    empty = {"legend": [], "lines": [], "described": ""}
    assert payloads.explain_strokes(recognizer, []) == empty
    scribble = [[(x % 7 * 9.0, x * 37 % 101) for x in range(60)]]
    assert recognizer.predict_strokes(scribble).verdict == "not a digit"
    assert payloads.explain_strokes(recognizer, scribble) == empty


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    strokes=ANY_JSON
    | st.lists(st.lists(st.tuples(st.floats(), st.floats()), max_size=4), max_size=2)
)
def test_any_json_gets_an_explanation_or_an_error(recognizer, strokes):
    with contextlib.suppress(BadStrokesError):
        explanation = payloads.explain_strokes(recognizer, strokes)
        json.dumps(explanation, allow_nan=False)
        assert set(explanation) == {"legend", "lines", "described"}


class BlotReader:
    """Reads photos without trained weights: TWO_NUMBERS as 074 and 0, with a doubtful 4."""

    read_numbers = staticmethod(painted_reader(Doubting).read)

    def locate_and_predict(image, reading):
        return ImagePrediction(NO_DIGIT, load_grey(image), None)


NO_DIGIT = Prediction(None, (0.1,) * 10, 0.1, 0.0, "not a digit", np.zeros((28, 28), np.float32))


def sent_picture(src: str) -> Image.Image:
    assert src.startswith("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(src.split(",")[1])))


def test_the_numbers_of_a_photo_are_sent_with_their_digits():
    payload = payloads.read_photo(BlotReader, file_of(Image.fromarray(photo(TWO_NUMBERS))))
    json.dumps(payload, allow_nan=False)
    assert set(payload) == PHOTO_KEYS
    assert [number["number"] for number in payload["numbers"]] == ["074", "0"]
    assert payload["words"] == "2 numbers found: 074 and 0"
    assert (payload["width"], payload["height"]) == (240, 160) == sent_picture(payload["src"]).size
    assert all(set(digit) == DIGIT_KEYS for digit in payload["digits"])
    assert [digit["number"] for digit in payload["digits"]] == [0, 0, 0, 1]
    seven, four = payload["digits"][1:3]
    assert seven["words"] == "That looks like a 7"
    assert (four["digit"], four["big"], four["doubtful"]) == (4, "4", True)
    assert four["words"] == "4, or perhaps 9"
    x, y, width, height = four["box"]
    assert (x + width / 2, y + height / 2) == pytest.approx((68, 40), abs=4)
    assert len(base64.b64decode(four["glyph"])) == 784


def test_numbers_are_sent_as_written_with_their_places_in_the_table():
    reading = reading_of(["12.50", "-5"], ["", "24/3?"])
    payload = payloads.read_photo(FakeRecognizer(reading), file_of(paper_for(reading)))
    json.dumps(payload, allow_nan=False)
    assert payload["text"] == "12.50 -5\n24/3"
    assert payload["items"] == [
        {"text": "12.50", "confidence": 0.9, "status": "listed", "box": [10, 20, 62, 20],
         "line": 0, "column": 0},
        {"text": "-5", "confidence": 0.9, "status": "listed", "box": [123, 20, 10, 20],
         "line": 0, "column": 1},
        {"text": "24/3", "confidence": 0.3, "status": "doubtful", "box": [110, 60, 49, 20],
         "line": 1, "column": 1},
    ]  # fmt: skip
    assert [number["number"] for number in payload["numbers"]] == ["12.50", "-5"]
    assert [digit["item"] for digit in payload["digits"]] == [0, 0, 0, 0, 1]
    assert [digit["number"] for digit in payload["digits"]] == [0, 0, 0, 0, 1]
    doubtful = payload["doubtful_digits"]
    assert [(digit["digit"], digit["item"]) for digit in doubtful] == [(2, 2), (4, 2), (3, 2)]
    assert {digit["number"] for digit in doubtful} == {-1}
    assert payload["words"] == "2 numbers found: 12.50 and -5; perhaps 24/3"


def test_doubtful_numbers_alone_are_named_as_such():
    reading = reading_of(["58?"])
    payload = payloads.read_photo(FakeRecognizer(reading), file_of(paper_for(reading)))
    assert payload["words"] == "No number is certain; perhaps 58"
    assert payload["digits"] == payload["numbers"] == payload["steps"] == []


@pytest.mark.parametrize("turned", payloads.TURNS)
@pytest.mark.parametrize("turn", [0, 90])
def test_a_photo_is_sent_as_the_reader_turned_it(turn, turned):
    reading = reading_of(["12", "7"], turned=turned)
    lying = paper_for(reading).rotate(turn, expand=True)
    recognizer = FakeRecognizer(reading)
    payload = payloads.read_photo(recognizer, file_of(lying), turn)
    # The reader got it as people had turned it.
    assert recognizer.pictures[0].size == paper_for(reading).size
    upright = paper_for(reading_of(["12", "7"]))
    assert payload["turned"] == turned
    assert (payload["width"], payload["height"]) == upright.size
    shown = sent_picture(payload["src"]).convert("L")
    assert shown.size == upright.size
    for digit in payload["digits"]:
        x, y, width, height = digit["box"]
        assert shown.getpixel((x + width // 2, y + height // 2)) < 80


def test_a_photo_without_digits_gets_the_reason():
    payload = payloads.read_photo(BlotReader, file_of(Image.new("L", (120, 90), 220)))
    assert payload["words"] == "No digits were found in the picture."
    assert payload["digits"] == payload["numbers"] == payload["items"] == []
    payload = payloads.read_photo(BlotReader, file_of(Image.new("L", (120, 9), 220)))
    assert payload["words"].startswith("The picture is too small")


def test_a_picture_of_a_single_digit_gets_its_answer_and_the_steps(recognizer):
    payload = payloads.read_photo(recognizer, picture_of(5))
    assert payload["words"] == "That looks like a 5"
    assert len(payload["steps"]) >= 3
    (digit,), (number,) = payload["digits"], payload["numbers"]
    assert (digit["big"], digit["words"], digit["number"]) == ("5", payload["words"], 0)
    assert number["number"] == "5"
    assert number["confidence"] == pytest.approx(digit["confidence"] * digit["digitness"], abs=1e-3)


def test_the_classifier_reads_a_digit_that_the_photo_reader_does_not_find(recognizer):
    class Blind(type(recognizer)):
        def read_numbers(self, image, is_upright=False):
            return Reading((), reason="No digits were found in the picture.")

    blind = Blind(recognizer.classifier)
    payload = payloads.read_photo(blind, picture_of(5))
    assert payload["words"] == "That looks like a 5"
    x, y, width, height = payload["digits"][0]["box"]
    assert 0 < x < x + width < payload["width"] and 0 < y < y + height < payload["height"]
    letter = payloads.read_photo(blind, file_of(Image.fromarray(photo(TWO_NUMBERS))))
    assert (letter["words"], letter["steps"]) == ("No digits were found in the picture.", [])


@pytest.mark.parametrize(("first", "second"), [(4, 2), (1, 7)])
def test_a_picture_of_two_digits_is_a_number(recognizer, first, second):
    pair = np.hstack([digit_picture(digit, pen=0.06)[:, 60:-60] for digit in (first, second)])
    payload = payloads.read_photo(recognizer, file_of(Image.fromarray(pair)))
    assert payload["words"] == f"1 number found: {first}{second}"
    assert payload["steps"] == []


@pytest.mark.parametrize("turn", payloads.TURNS)
def test_a_photo_is_turned_clockwise_before_it_is_read(turn):
    upright = Image.fromarray(photo(TWO_NUMBERS))
    lying = upright.rotate(turn, expand=True)
    payload = payloads.read_photo(BlotReader, file_of(lying), turn)
    assert [number["number"] for number in payload["numbers"]] == ["074", "0"]
    assert (payload["width"], payload["height"]) == upright.size
    assert sent_picture(payload["src"]).size == upright.size


@pytest.mark.parametrize("size", [(6000, 320), (500, 5000)])
def test_a_long_or_tall_photo_is_sent_large_enough_to_read(size):
    payload = payloads.read_photo(BlotReader, file_of(Image.new("L", size, 220)))
    assert min(sent_picture(payload["src"]).size) >= min(payloads.NARROW_EDGE, *size) - 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_large_photo_is_sent_small_and_upright_with_boxes_in_its_own_pixels(orientation):
    large = Image.fromarray(photo(TWO_NUMBERS)).resize((3600, 2400), Image.Resampling.NEAREST)
    turned = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90,
              8: Image.Transpose.ROTATE_270}  # fmt: skip
    if orientation in turned:
        large = large.transpose(turned[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    payload = payloads.read_photo(BlotReader, file_of(large, "JPEG", exif=exif))
    assert (payload["width"], payload["height"]) == (3600, 2400)
    picture = sent_picture(payload["src"])
    assert max(picture.size) == payloads.PHOTO_EDGE
    assert picture.width > picture.height


def test_metadata_of_a_photo_is_not_sent_back():
    exif = Image.Exif()
    exif[0x010F] = "somebody's camera"
    paper = Image.fromarray(photo(TWO_NUMBERS)).convert("RGB")
    data = file_of(paper, "JPEG", exif=exif, comment=b"at home", xmp=b"<x:xmpmeta/>")
    assert b"somebody" in data
    src = payloads.read_photo(BlotReader, data)["src"]
    sent = base64.b64decode(src.split(",")[1])
    assert not any(words in sent for words in (b"somebody", b"at home", b"xmpmeta"))
    assert not sent_picture(src).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_metadata_of_a_picture_is_not_in_its_steps(recognizer, kind):
    exif = Image.Exif()
    exif[0x010F] = "somebody's camera"
    paper = Image.open(io.BytesIO(picture_of(7)))
    data = file_of(paper, kind, exif=exif)
    assert b"somebody" in data
    for step in payloads.answer_picture(recognizer, data)["steps"]:
        sent = base64.b64decode(step["src"].split(",")[1])
        assert b"somebody" not in sent
        picture = Image.open(io.BytesIO(sent))
        assert not picture.getexif() and not picture.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_a_photo_of_any_mode_is_shown_as_light_paper(mode):
    paper = Image.fromarray(photo(TWO_NUMBERS))
    if mode == "I;16":
        paper = Image.fromarray(np.asarray(paper).astype(np.uint16) * 256)
    else:
        paper = paper.convert(mode, dither=Image.Dither.NONE)
    payload = payloads.read_photo(BlotReader, file_of(paper, "TIFF"))
    picture = sent_picture(payload["src"])
    assert picture.mode == "RGB"
    assert min(picture.getpixel((5, 5))) > 200
    assert max(picture.getpixel((40, 40))) < 80


def test_a_photo_with_an_opaque_alpha_channel_keeps_its_colours():
    red = Image.new("RGBA", (60, 40), (200, 30, 30, 255))
    r, g, _ = sent_picture(payloads.read_photo(BlotReader, file_of(red))["src"]).getpixel((20, 20))
    assert r > 150 > 80 > g


@given(data=st.binary(max_size=400))
def test_any_bytes_get_a_reading_or_an_error(data):
    with pytest.raises(BadImageError):
        payloads.read_photo(BlotReader, data)
