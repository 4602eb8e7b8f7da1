"""The worker process of photos: it answers every question, whatever the question holds."""

import io
import json

import pytest
from PIL import Image

from digitdraw.errors import BadWeightsError
from digitdraw.languages import with_messages
from digitdraw.serving.answers import phrases
from digitdraw.serving.workers.framing import pack, unpack
from digitdraw.serving.workers.photo_worker import KINDS, serve
from tests.support.painted import painted_reader, photo


class BlotReader:
    """A recognizer that reads photos of blots only."""

    def __init__(self):
        self.read_numbers = painted_reader().read


class WithoutWeights:
    def read_numbers(self, image):
        raise BadWeightsError("/srv/weights/manifest.json lists no 'detector'.")


class Broken:
    def read_numbers(self, image):
        raise RuntimeError("out of luck")


def answers(recognizer, *questions):
    out = io.BytesIO()
    serve(recognizer, io.BytesIO(b"".join(pack(b"7", *question) for question in questions)), out)
    out.seek(0)
    ready, *rest = iter(lambda: unpack(out), None)
    assert ready == [b"ready", b""]
    assert all(number == b"7" for number, *_ in rest)
    return [tuple(answer) for _, *answer in rest]


def png(places):
    buffer = io.BytesIO()
    Image.fromarray(photo(places)).save(buffer, "PNG")
    return buffer.getvalue()


def test_photos_are_read_for_the_page_and_for_programs():
    for_page, for_programs = answers(
        BlotReader(), (b"photo", png([(40, 40)])), (b"numbers", png([(40, 40), (54, 40)]))
    )
    assert for_page[0] == for_programs[0] == b"ok"
    assert json.loads(for_page[1])["words"].startswith("1 number found")
    assert [item["number"] for item in json.loads(for_programs[1])["numbers"]] == ["07"]


def test_a_picture_of_one_digit_is_read(recognizer):
    page, programs = answers(recognizer, (b"picture", png([])), (b"digit", png([])))
    assert json.loads(page[1])["verdict"] == json.loads(programs[1])["verdict"] == "blank"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_file_that_is_not_a_picture_is_refused_with_a_text(recognizer, kind):
    ((status, answer),) = answers(recognizer, (kind, b"no picture"))
    assert status == b"ok"
    assert set(json.loads(answer)) == {"error", "error_message"}


def test_the_answer_to_missing_weights_names_no_path():
    ((_, answer),) = answers(WithoutWeights(), (b"numbers", png([])))
    assert json.loads(answer) == with_messages({"error": phrases.NO_PHOTO_READER})


def test_the_worker_survives_a_failure():
    first, second = answers(Broken(), (b"numbers", png([])), (b"numbers", png([])))
    assert first == second == (b"failed", b"")


def test_an_unknown_kind_of_question_fails():
    assert answers(BlotReader(), (b"other", b"")) == [(b"failed", b"")]
