"""The model's process from within: a question in, an answer out, whatever the question holds."""

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


def test_drawings_asides_and_facts_are_answered(recognizer):
    answers = Answers(recognizer)
    status, *said = answer(answers, b"drawings", body(DIGITS[3]), body([]))
    assert status == b"ok"
    assert [json.loads(each)["big"] for each in said] == ["3", ""]
    status, said = answer(answers, b"compare", body(DIGITS[3]))
    assert (status, json.loads(said)["blank"]) == (b"ok", False)
    status, said = answer(answers, b"facts")
    assert (status, json.loads(said)["model"]) == (b"ok", "default")


@pytest.mark.parametrize(
    "question", [(b"other", b"[]"), (b"why",), (b"drawings", b"no JSON"), (b"strokes", b"")]
)
def test_what_cannot_be_answered_fails_and_does_not_end_it(recognizer, question, capsys):
    answers = Answers(recognizer)
    assert answer(answers, *question) == (b"failed",)
    assert "no JSON" not in capsys.readouterr().err  # nothing that was drawn is told in logs
    assert answer(answers, b"drawings", b"[]")[0] == b"ok"


def test_every_answer_has_the_number_of_its_question():
    out = BytesIO()
    asked = [(b"%d" % number, b"a", b"x" * number) for number in range(20)]
    questions = BytesIO(b"".join(pack(*each) for each in asked))
    with ThreadPoolExecutor(4) as pool:
        echo = lambda kind, *rest: (b"ok", kind, *rest)  # noqa: E731
        loop.serve((b"ready",), echo, lambda kind: pool, questions, out)
    out.seek(0)
    hello, *said = iter(lambda: unpack(out), None)
    assert hello == [b"ready"]
    assert sorted(said) == sorted([[each[0], b"ok", b"a", each[2]] for each in asked])


@pytest.mark.parametrize(
    ("model", "device", "words"),
    [("nobody", "cpu", "known are"), ("default", "tpu", "no device 'tpu'")],
)
def test_a_model_or_device_that_is_not_there_is_refused_in_words(model, device, words):
    done = subprocess.run(
        [sys.executable, "-m", "digitdraw.serving.workers.model_worker", model, device],
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    status, said = unpack(BytesIO(done.stdout))
    assert status == b"refused"
    assert words in said.decode()
    assert done.returncode == 2
