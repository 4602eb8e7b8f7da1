"""The page on Ray Serve, on one machine or many: `serve run deploy.ray.ray_serve:app pages=2`.

There are three deployments.

`Page` is the app that `app.py` serves, in several replicas. Any replica can answer the page's own
questions below /live/, because they carry all that their answers need.

`Model` answers drawings in batches, with as many replicas as the load needs.

`Sessions` is a single replica for the parts of Gradio that programs use and that keep state in
the memory or on the disk of one process: its queue (/gradio_api/queue/join, then .../data), its
calls and their events (/gradio_api/call/...), and uploads. Pages relay these requests to it, so
no proxy needs sticky sessions. If it dies, running calls fail and programs must repeat them. The
page as people see it does not depend on it.

If a model replica dies, this module asks another one. If a page replica dies, Ray's proxy answers
its running requests with status 500, and the page's script asks again.
"""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack

import orjson
from pydantic import BaseModel, ConfigDict, Field
from ray import serve
from ray.exceptions import RayActorError
from ray.serve.exceptions import BackPressureError, ReplicaUnavailableError
from ray.serve.handle import DeploymentHandle
from starlette.types import ASGIApp, Message, Scope

import digitdraw
from deploy.ray.ray_relay import Relay, messages
from digitdraw.errors import BusyError
from digitdraw.serving import settings
from digitdraw.serving.answers.handlers import Answers
from digitdraw.serving.app import Service
from digitdraw.serving.settings import Settings
from digitdraw.serving.workers.batching import MAX_BATCH, MAX_WAITING
from digitdraw.ui import components, page

__all__ = ["Model", "ModelHandle", "Page", "Sessions", "Sizes", "app"]

log = logging.getLogger("digitdraw")

BUSY = "Too many are asking at once; please try again in a moment."
TRIES = 3
TIMEOUT = 3.0
"""Seconds for one try. All tries together take less time than the page's script waits."""
PAUSE = 0.1
"""Seconds between tries."""
SESSION_PATHS = re.compile("/gradio_api/(queue/.+|call/.+|upload|cancel|reset/?)")
"""Paths of the parts of Gradio that keep state in one process."""
QUIET = {"enable_access_log": False}  # `Telemetry` logs requests where the operator wants it
# Shares of a core. Ray uses them to place replicas and does not enforce them. All three
# deployments fit a machine with one core.
PAGE_CORES, SESSIONS_CORES, MODEL_CORES = 0.2, 0.1, 0.5


class Sizes(BaseModel):
    """Numbers of replicas: the arguments after `serve run deploy.ray.ray_serve:app`."""

    model_config = ConfigDict(extra="forbid")

    pages: int = Field(2, ge=1)
    models: int = Field(1, ge=1)
    """The least; under load there are up to `most_models`."""
    most_models: int = Field(4, ge=1)


class ModelHandle:
    """The model deployment with the methods of a `ModelClient`. It repeats a question whose
    replica died."""

    def __init__(self, model: DeploymentHandle) -> None:
        self._model, self._waiting = model, 0

    def __len__(self) -> int:
        """The number of drawings of this page replica that wait for an answer."""
        return self._waiting

    def watch(self, observe: Callable[[int], None]) -> None:
        """Do nothing: batches form in the deployment, and their sizes are not known here."""

    async def drawing(self, body: bytes) -> bytes:
        """Recognize a drawing, JSON in and out; BusyError where no answer comes in time."""
        self._waiting += 1
        try:
            return await self._ask(self._model.answer, body)
        finally:
            self._waiting -= 1

    async def on_demand(self, kind: bytes, body: bytes) -> bytes:
        """Answer what `Answers.on_demand` answers."""
        return await self._ask(self._model.on_demand, kind, body)

    async def facts(self) -> dict:
        """Return `Answers.facts`."""
        return orjson.loads(await self._ask(self._model.facts))

    async def close(self) -> None:
        """Do nothing: Ray ends the deployment."""

    async def _ask(self, method: DeploymentHandle, *parts: bytes) -> bytes:
        for _ in range(TRIES):
            try:
                return await asyncio.wait_for(method.remote(*parts), TIMEOUT)
            except BackPressureError:
                break
            except (RayActorError, ReplicaUnavailableError, TimeoutError) as error:
                log.warning("a model did not answer: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)  # Ray needs a moment to notice a dead replica
        raise BusyError(BUSY)


@serve.deployment(
    max_ongoing_requests=2 * MAX_BATCH,  # one batch waits while one runs
    max_queued_requests=MAX_WAITING,
    ray_actor_options={"num_cpus": MODEL_CORES},
    logging_config=QUIET,
)
class Model:
    """Answers drawings in batches: those that arrive while others run share the next batch."""

    def __init__(self, chosen: Settings) -> None:
        self._answers = Answers(digitdraw.load(chosen.model, chosen.device, chosen.weights or None))

    @serve.batch(max_batch_size=MAX_BATCH, batch_wait_timeout_s=0)
    async def answer(self, requests: list[bytes]) -> list[bytes]:
        """Recognize a batch of drawings."""
        return await asyncio.to_thread(self._answers.drawings, requests)

    async def on_demand(self, kind: bytes, body: bytes) -> bytes:
        """Answer another question about one drawing."""
        return await asyncio.to_thread(self._answers.on_demand, kind, body)

    async def facts(self) -> bytes:
        """Return `Answers.facts`."""
        return self._answers.facts()


@serve.deployment(
    num_replicas=1,  # replicas do not share sessions
    max_ongoing_requests=MAX_WAITING,
    ray_actor_options={"num_cpus": SESSIONS_CORES},
    logging_config=QUIET,
)
class Sessions:
    """Answers the requests of Gradio that must all reach the same process."""

    async def __init__(self, chosen: Settings, model: DeploymentHandle) -> None:
        handle = ModelHandle(model)
        service = _service(chosen, handle)
        # Requests come through the pages, which have the middleware.
        page.build(service, chosen, await handle.facts())
        self._app, self._lifespan = service.app, AsyncExitStack()
        await self._lifespan.enter_async_context(self._app.router.lifespan_context(self._app))

    async def messages(self, scope: Scope, body: bytes) -> AsyncGenerator[Message, None]:
        """Yield the answer to a request as ASGI messages."""
        async for message in messages(self._app, scope, body):
            yield message

    async def __del__(self) -> None:
        await self._lifespan.aclose()


@serve.deployment(
    max_ongoing_requests=MAX_WAITING,
    ray_actor_options={"num_cpus": PAGE_CORES},
    logging_config=QUIET,
)
@serve.ingress()
class Page:
    """The whole page, without the model and without the sessions of Gradio."""

    async def __init__(
        self, chosen: Settings, model: DeploymentHandle, sessions: DeploymentHandle
    ) -> None:
        self._chosen, self._model = chosen, ModelHandle(model)
        self._facts = await self._model.facts()
        self._sessions = sessions.options(stream=True)

    def __serve_build_asgi_app__(self) -> ASGIApp:
        service = _service(self._chosen, self._model)
        service.app.add_middleware(Relay, matches=SESSION_PATHS.fullmatch, ask=self._ask_sessions)
        return page.build(service, self._chosen, self._facts)

    async def _ask_sessions(self, scope: Scope, body: bytes) -> AsyncGenerator[Message, None]:
        answer = self._sessions.messages.remote(scope, body)
        try:
            async for message in answer:
                yield message
        finally:
            answer.cancel()


def _service(chosen: Settings, model: ModelHandle) -> Service:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(chosen.log_level.upper())
    return Service(model, components.example_photos(), chosen)


def app(sizes: Sizes) -> serve.Application:
    """Return the application, with settings from the environment; raises SettingError.

    Ray decides the address to serve on, so DIGITDRAW_HOST and DIGITDRAW_PORT have no effect.
    """
    chosen = settings.parse([])
    scaling = {
        "min_replicas": sizes.models,
        "max_replicas": max(sizes.models, sizes.most_models),
        "target_ongoing_requests": MAX_BATCH // 2,
    }
    model = Model.options(autoscaling_config=scaling).bind(chosen)
    return Page.options(num_replicas=sizes.pages).bind(chosen, model, Sessions.bind(chosen, model))
