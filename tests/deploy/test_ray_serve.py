"""The page on Ray Serve: who is asked again when a replica dies, and that all are answered."""

import asyncio
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from digitdraw.errors import BusyError
from tests.support.event_loops import finish

ROOT = Path(__file__).resolve().parents[2]
TRIAL_SECONDS = 300  # it takes one or two minutes, most of them to start


@pytest.fixture(scope="module")
def ray_serve():
    pytest.importorskip("ray", reason="needs Ray: pip install -r requirements-ray.txt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Ray itself
        from deploy import ray_serve
    return ray_serve


class Handle:
    """A model deployment that does the next of `steps`, and the last of them for ever."""

    def __init__(self, *steps):
        self.steps, self.asked, self.answer = list(steps), [], self
        self.aside = self.facts = self

    async def remote(self, *question):
        self.asked.append(question[-1])
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        await asyncio.sleep(step)
        return b"answer"


def test_a_question_that_died_with_a_model_is_asked_again(ray_serve):
    handle = Handle(ray_serve.RayActorError(), ray_serve.RayActorError(), 0)
    assert finish(ray_serve.AskedModel(handle).drawing(b"drawing")) == b"answer"
    assert handle.asked == [b"drawing"] * 3


def test_a_model_that_does_not_answer_is_not_waited_for(ray_serve, monkeypatch):
    monkeypatch.setattr(ray_serve, "PATIENCE", 0.01)
    handle = Handle(60, 0)
    assert finish(ray_serve.AskedModel(handle).drawing(b"drawing")) == b"answer"
    assert len(handle.asked) == 2


@pytest.mark.parametrize("error", ["RayActorError", "ReplicaUnavailableError", "BackPressureError"])
def test_without_any_model_the_page_is_told_to_wait(ray_serve, error):
    kind = getattr(ray_serve, error)
    handle = Handle(kind() if error == "RayActorError" else kind.__new__(kind))
    asked = ray_serve.AskedModel(handle)
    with pytest.raises(BusyError):
        finish(asked.drawing(b"drawing"))
    assert len(handle.asked) <= ray_serve.TRIES
    assert len(asked) == 0


def test_what_a_model_cannot_answer_is_not_asked_again(ray_serve):
    handle = Handle(ValueError("no drawing"))
    with pytest.raises(ValueError, match="no drawing"):
        finish(ray_serve.AskedModel(handle).drawing(b"drawing"))
    assert len(handle.asked) == 1


@pytest.mark.parametrize(
    ("path", "is_of_sessions"),
    [
        ("/gradio_api/queue/join", True),
        ("/gradio_api/queue/data", True),
        ("/gradio_api/call/predict_strokes", True),
        ("/gradio_api/call/predict_strokes/0a1b", True),
        ("/gradio_api/upload", True),
        ("/gradio_api/heartbeat/0a1b", True),
        ("/gradio_api/info", False),
        ("/live/answer", False),
        ("/", False),
    ],
)
def test_only_what_gradio_keeps_in_one_process_goes_there(ray_serve, path, is_of_sessions):
    assert bool(ray_serve.OF_SESSIONS.fullmatch(path)) == is_of_sessions


def test_sizes_that_are_none_are_refused(ray_serve):
    for wrong in ({"pages": 0}, {"models": "many"}, {"replicas": 3}):
        with pytest.raises(ValueError):
            ray_serve.Sizes.model_validate(wrong)


@pytest.mark.usefixtures("ray_serve")
def test_all_drawings_are_answered_alike_while_replicas_are_killed():
    trial = subprocess.run(
        [sys.executable, "benchmarks/ray_trial.py", "--drawers", "4", "--seconds", "12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TRIAL_SECONDS,
    )
    assert trial.returncode == 0, trial.stdout + trial.stderr
    assert "0 drawings without one" in trial.stdout
    assert "0 with different answers" in trial.stdout
