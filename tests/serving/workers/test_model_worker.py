"""The worker process of the model: it answers every question, whatever the question holds."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from digitdraw.serving.answers.handlers import Answers
from digitdraw.serving.workers import loop
from digitdraw.serving.workers.framing import pack, unpack
from digitdraw.serving.workers.model_worker import answer
from tests.support.drawings import DIGITS


def body(drawing) -> bytes:
    return json.dumps(drawing).encode()


def test_drawings_comparisons_and_facts_are_answered(recognizer):
    answers = Answers(recognizer)
    status, *contents = answer(answers, b"drawings", body(DIGITS[3]), body([]))
    assert status == b"ok"
    assert [json.loads(content)["big"] for content in contents] == ["3", ""]
    status, content = answer(answers, b"compare", body(DIGITS[3]))
    assert (status, json.loads(content)["blank"]) == (b"ok", False)
    status, content = answer(answers, b"facts")
    assert (status, json.loads(content)["model"]) == (b"ok", "default")


@pytest.mark.parametrize(
    "question", [(b"other", b"[]"), (b"why",), (b"drawings", b"no JSON"), (b"strokes", b"")]
)
def test_a_question_without_an_answer_fails_and_the_next_is_answered(recognizer, question, capsys):
    answers = Answers(recognizer)
    assert answer(answers, *question) == (b"failed",)
    assert "no JSON" not in capsys.readouterr().err  # logs hold no contents
    assert answer(answers, b"drawings", b"[]")[0] == b"ok"


def test_every_answer_has_the_number_of_its_question():
    out = BytesIO()
    questions = [(b"%d" % number, b"a", b"x" * number) for number in range(20)]
    stream = BytesIO(b"".join(pack(*question) for question in questions))
    with ThreadPoolExecutor(4) as pool:
        echo = lambda kind, *rest: (b"ok", kind, *rest)  # noqa: E731
        loop.serve((b"ready",), echo, lambda kind: pool, stream, out)
    out.seek(0)
    greeting, *answers = iter(lambda: unpack(out), None)
    assert greeting == [b"ready"]
    assert sorted(answers) == sorted(
        [number, b"ok", kind, part] for number, kind, part in questions
    )


@pytest.mark.parametrize(
    ("model", "device", "folder", "words"),
    [
        ("nobody", "cpu", "", "known are"),
        ("default", "tpu", "", "no device 'tpu'"),
        ("default", "cpu", "/nonesuch", "/nonesuch does not exist"),
    ],
)
def test_an_unknown_model_device_or_folder_is_refused_with_a_text(model, device, folder, words):
    done = subprocess.run(
        [sys.executable, "-m", "digitdraw.serving.workers.model_worker", model, device, folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    status, text = unpack(BytesIO(done.stdout))
    assert status == b"refused"
    assert words in text.decode()
    assert done.returncode == 2
