"""The page on Ray Serve: questions are repeated when a replica dies, and all get an answer."""

import asyncio
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from digitdraw.errors import BusyError
from tests.support.event_loops import finish

ROOT = Path(__file__).resolve().parents[2]
TRIAL_SECONDS = 300
"""Time limit of the trial, which takes one or two minutes, mostly for the start."""


@pytest.fixture(scope="module")
def ray_serve():
    pytest.importorskip("ray", reason="needs Ray: pip install -r deploy/ray/requirements.txt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of Ray itself
        from deploy.ray import ray_serve
    return ray_serve


class Handle:
    """A model deployment that follows `steps`, errors or seconds, and repeats the last one."""

    def __init__(self, *steps):
        self.steps, self.questions, self.answer = list(steps), [], self
        self.on_demand = self.facts = self

    async def remote(self, *question):
        self.questions.append(question[-1])
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        await asyncio.sleep(step)
        return b"answer"


def test_a_question_is_repeated_when_its_replica_dies(ray_serve):
    handle = Handle(ray_serve.RayActorError(), ray_serve.RayActorError(), 0)
    assert finish(ray_serve.ModelHandle(handle).drawing(b"drawing")) == b"answer"
    assert handle.questions == [b"drawing"] * 3


def test_a_question_is_repeated_after_a_timeout(ray_serve, monkeypatch):
    monkeypatch.setattr(ray_serve, "TIMEOUT", 0.01)
    handle = Handle(60, 0)
    assert finish(ray_serve.ModelHandle(handle).drawing(b"drawing")) == b"answer"
    assert len(handle.questions) == 2


@pytest.mark.parametrize("error", ["RayActorError", "ReplicaUnavailableError", "BackPressureError"])
def test_without_a_model_the_page_gets_a_busy_error(ray_serve, error):
    kind = getattr(ray_serve, error)
    handle = Handle(kind() if error == "RayActorError" else kind.__new__(kind))
    model = ray_serve.ModelHandle(handle)
    with pytest.raises(BusyError):
        finish(model.drawing(b"drawing"))
    assert len(handle.questions) <= ray_serve.TRIES
    assert len(model) == 0


def test_an_error_of_the_model_is_not_repeated(ray_serve):
    handle = Handle(ValueError("no drawing"))
    with pytest.raises(ValueError, match="no drawing"):
        finish(ray_serve.ModelHandle(handle).drawing(b"drawing"))
    assert len(handle.questions) == 1


@pytest.mark.parametrize(
    ("path", "has_state"),
    [
        ("/gradio_api/queue/join", True),
        ("/gradio_api/queue/data", True),
        ("/gradio_api/call/predict_strokes", True),
        ("/gradio_api/call/predict_strokes/0a1b", True),
        ("/gradio_api/upload", True),
        ("/gradio_api/info", False),
        ("/live/answer", False),
        ("/", False),
    ],
)
def test_only_paths_with_state_go_to_the_sessions(ray_serve, path, has_state):
    assert bool(ray_serve.SESSION_PATHS.fullmatch(path)) == has_state


def test_invalid_sizes_are_refused(ray_serve):
    for sizes in ({"pages": 0}, {"models": "many"}, {"replicas": 3}):
        with pytest.raises(ValueError):
            ray_serve.Sizes.model_validate(sizes)


@pytest.mark.usefixtures("ray_serve")
def test_all_drawings_get_the_same_answers_while_replicas_are_killed():
    trial = subprocess.run(
        [sys.executable, "benchmarks/speed/ray_trial.py", "--drawers", "4", "--seconds", "12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TRIAL_SECONDS,
    )
    assert trial.returncode == 0, trial.stdout + trial.stderr
    assert "0 drawings without one" in trial.stdout
    assert "0 with different answers" in trial.stdout
