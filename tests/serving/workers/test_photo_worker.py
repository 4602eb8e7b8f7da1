"""The worker process of photos: it answers every question, whatever the question holds."""

import io
import json
import subprocess
import sys

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
    def read_numbers(self, image, is_upright=False):
        raise BadWeightsError("/srv/weights/manifest.json lists no 'detector'.")


class Broken:
    def read_numbers(self, image, is_upright=False):
        raise RuntimeError("out of luck")


HUNGRY = """
import numpy as np
from digitdraw.serving.workers import photo_worker

class Answer:
    def as_dict(self):
        return {"resident": int(open("/proc/self/statm").read().split()[1]) >> 8}

class Hungry:
    kept = []

    def predict_image(self, picture):
        blocks = [b"x" * 100_000 for _ in picture]
        self.kept += blocks[::50]  # freed memory is in pieces
        return Answer()

    def read_numbers(self, picture, is_upright=False):
        return np.ones(1 << 28)

hungry = Hungry()
photo_worker.MEMORY, photo_worker._STACKS = 400 << 20, 0
photo_worker.limit_memory()
for kind, size in ((b"digit", 1), (b"numbers", 1), (b"digit", 2000), (b"digit", 1)):
    print(photo_worker.answer(hungry, kind, bytes(size))[1].decode())
"""


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
        BlotReader(), (b"photo", png([(40, 40), (54, 40)])), (b"numbers", png([(40, 40), (54, 40)]))
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
def test_a_picture_that_takes_too_much_memory_gets_an_error_and_freed_memory_is_returned():
    done = subprocess.run(
        [sys.executable, "-c", HUNGRY], capture_output=True, text=True, check=True
    )
    before, refused, filled, after = map(json.loads, done.stdout.splitlines())
    assert refused["error"] == phrases.TOO_MUCH_MEMORY
    assert filled["resident"] > before["resident"] + 150  # MB
    assert after["resident"] < before["resident"] + 50
