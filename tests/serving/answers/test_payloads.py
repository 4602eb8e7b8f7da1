"""What the page's scripts are sent: answers to drawings and to uploaded files."""

import base64
import io
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from digitdraw.errors import BadWeightsError
from digitdraw.serving.answers import payloads, phrases
from tests.support.drawings import DIGITS
from tests.support.painted import Doubting, painted_reader, photo

ANSWER_KEYS = {"verdict", "big", "words", "marked", "probabilities", "glyph", "model_ms"}
FIND_KEYS = (ANSWER_KEYS - {"model_ms"}) | {
    "box", "number", "digit", "doubtful", "confidence", "digitness",
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


def test_the_glyph_that_is_sent_is_the_one_the_model_saw(recognizer):
    sent = base64.b64decode(payloads.answer_drawings(recognizer, [DIGITS[3]])[0]["glyph"])
    seen = recognizer.predict_strokes(DIGITS[3]).glyph
    assert np.allclose(np.frombuffer(sent, np.uint8).reshape(28, 28) / 255, seen, atol=1 / 255)


def test_no_strokes_give_an_invitation_and_no_error(recognizer):
    answer = payloads.answer_drawings(recognizer, [[]])[0]
    assert answer["verdict"] == "blank"
    assert answer["words"] == phrases.invitation("Draw a digit")["words"]
    assert set(answer) == set(phrases.invitation("Draw a digit"))


@pytest.mark.parametrize(
    "strokes", [None, "7", 7, {}, [[1, 2]], [[["a", "b"]]], [[[0, float("nan")]]], [[[0, 0]]] * 501]
)
def test_what_is_no_drawing_is_answered_in_words(recognizer, strokes):
    answer = payloads.answer_drawings(recognizer, [strokes])[0]
    assert set(answer) == {"error"}
    assert answer["error"].endswith(".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strokes=ANY_JSON)
def test_any_json_gives_an_answer_or_words(recognizer, strokes):
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


def test_of_a_digit_in_a_frame_it_is_shown_where_it_was_found(recognizer):
    picture = Image.open(io.BytesIO(picture_of(5, "PNG"))).convert("L")
    picture = ImageOps.expand(ImageOps.expand(picture, 4, 60), 30, 255)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    answer = payloads.answer_picture(recognizer, buffer.getvalue())
    assert answer["big"] == "5"
    captions = [step["caption"] for step in answer["steps"]]
    assert captions[1] == "The one digit that was found in it"


def test_an_empty_page_is_blank_in_words_that_fit_a_picture(recognizer):
    buffer = io.BytesIO()
    Image.new("L", (100, 100), 255).save(buffer, "PNG")
    answer = payloads.answer_picture(recognizer, buffer.getvalue())
    assert answer["verdict"] == "blank"
    assert "picture" in answer["words"]


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", picture_of(3)[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_what_is_no_picture_is_answered_in_words(recognizer, data):
    answer = payloads.answer_picture(recognizer, data)
    assert set(answer) == {"error"}
    assert "Traceback" not in answer["error"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_bytes_give_an_answer_or_words(recognizer, data):
    answer = payloads.answer_picture(recognizer, data)
    assert set(answer) in ({"error"}, ANSWER_KEYS | {"steps"})


def test_an_answer_is_explained_along_the_strokes(recognizer):
    told = payloads.explain_strokes(recognizer, DIGITS[7])
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
    assert payloads.explain_strokes(recognizer, []) == nothing
    scribble = [[(x % 7 * 9.0, x * 37 % 101) for x in range(60)]]
    assert recognizer.predict_strokes(scribble).verdict == "not a digit"
    assert payloads.explain_strokes(recognizer, scribble) == nothing


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    strokes=ANY_JSON
    | st.lists(st.lists(st.tuples(st.floats(), st.floats()), max_size=4), max_size=2)
)
def test_any_json_is_explained_or_refused_in_words(recognizer, strokes):
    told = payloads.explain_strokes(recognizer, strokes)
    json.dumps(told, allow_nan=False)
    assert set(told) in ({"error"}, {"legend", "lines", "described"})


class Blots:
    """Reads photos without trained weights; of TWO_NUMBERS it says 074 and 0, the 4 in doubt."""

    read_numbers = staticmethod(painted_reader(Doubting).read)


def file_of(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def sent_picture(src: str) -> Image.Image:
    assert src.startswith("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(src.split(",")[1])))


def test_the_numbers_of_a_photo_are_sent_with_their_digits():
    told = payloads.read_photo(Blots, file_of(Image.fromarray(photo(TWO_NUMBERS))))
    json.dumps(told, allow_nan=False)
    assert set(told) == {"src", "width", "height", "ms", "words", "digits", "numbers"}
    assert [each["number"] for each in told["numbers"]] == ["074", "0"]
    assert told["words"] == "2 numbers found: 074 and 0"
    assert (told["width"], told["height"]) == (240, 160) == sent_picture(told["src"]).size
    assert all(set(each) == FIND_KEYS for each in told["digits"])
    assert [each["number"] for each in told["digits"]] == [0, 0, 0, 1]
    seven, four = told["digits"][1:3]
    assert seven["words"] == "That looks like a 7"
    assert (four["digit"], four["big"], four["doubtful"]) == (4, "4", True)
    assert four["words"] == "4, or perhaps 9"
    x, y, width, height = four["box"]
    assert (x + width / 2, y + height / 2) == pytest.approx((68, 40), abs=4)
    assert len(base64.b64decode(four["glyph"])) == 784


def test_a_photo_without_digits_is_told_in_words():
    told = payloads.read_photo(Blots, file_of(Image.new("L", (120, 90), 220)))
    assert told["words"] == "No digits were found in the picture."
    assert told["digits"] == told["numbers"] == []
    told = payloads.read_photo(Blots, file_of(Image.new("L", (120, 9), 220)))
    assert told["words"].startswith("The picture is too small")


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_large_photo_is_sent_upright_and_smaller_while_boxes_keep_its_pixels(orientation):
    large = Image.fromarray(photo(TWO_NUMBERS)).resize((3600, 2400), Image.Resampling.NEAREST)
    turned = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90,
              8: Image.Transpose.ROTATE_270}  # fmt: skip
    if orientation in turned:
        large = large.transpose(turned[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    told = payloads.read_photo(Blots, file_of(large, "JPEG", exif=exif))
    assert (told["width"], told["height"]) == (3600, 2400)
    picture = sent_picture(told["src"])
    assert max(picture.size) == payloads.PHOTO_EDGE
    assert picture.width > picture.height


def test_what_a_camera_adds_to_a_photo_is_not_sent_back():
    exif = Image.Exif()
    exif[0x010F] = "somebody's camera"
    paper = Image.fromarray(photo(TWO_NUMBERS)).convert("RGB")
    data = file_of(paper, "JPEG", exif=exif, comment=b"at home", xmp=b"<x:xmpmeta/>")
    assert b"somebody" in data
    src = payloads.read_photo(Blots, data)["src"]
    sent = base64.b64decode(src.split(",")[1])
    assert not any(words in sent for words in (b"somebody", b"at home", b"xmpmeta"))
    assert not sent_picture(src).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_nor_is_it_in_the_steps_of_a_picture(recognizer, kind):
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
def test_a_photo_of_any_kind_is_shown_as_light_paper(mode):
    paper = Image.fromarray(photo(TWO_NUMBERS))
    if mode == "I;16":
        paper = Image.fromarray(np.asarray(paper).astype(np.uint16) * 256)
    else:
        paper = paper.convert(mode, dither=Image.Dither.NONE)
    told = payloads.read_photo(Blots, file_of(paper, "TIFF"))
    picture = sent_picture(told["src"])
    assert picture.mode == "RGB"
    assert min(picture.getpixel((5, 5))) > 200
    assert max(picture.getpixel((40, 40))) < 80


def test_colours_of_a_photo_with_an_opaque_layer_are_kept():
    red = Image.new("RGBA", (60, 40), (200, 30, 30, 255))
    r, g, _ = sent_picture(payloads.read_photo(Blots, file_of(red))["src"]).getpixel((20, 20))
    assert r > 150 > 80 > g


def test_missing_weights_are_told_without_a_path_of_the_server():
    class Bare:
        def read_numbers(self, photo):
            raise BadWeightsError("/srv/weights/manifest.json lists no 'reader'.")

    told = payloads.read_photo(Bare(), file_of(Image.new("L", (20, 20))))
    assert told == {"error": phrases.NO_READER}


@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data):
    assert set(payloads.read_photo(Blots, data)) == {"error"}
