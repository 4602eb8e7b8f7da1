"""The page on Ray Serve, on one machine or many: `serve run deploy.ray_serve:app pages=2`.

Three deployments. `Page` is the same app that app.py serves, in several replicas, any of which
may be asked: the page's own questions, below /live/, carry all that their answers need. `Model`
answers what pages are asked about drawings, in batches, by as many replicas as are needed.

`Sessions` is one replica for those parts of Gradio that programs use and that live in the memory
or on the disk of one process: its queue (/gradio_api/queue/join, then .../data), its calls and
their events (/gradio_api/call/...), and uploads, which wait in a folder until they are read.
Pages carry these requests to it, so they find what they began, whichever page, proxy or machine
they come to; no proxy has to keep people apart. Where it dies, calls under way fail and must be
made anew; nothing that people see depends on it.

Where a model replica dies, its questions are asked again from here. Where a page dies, those
under way are answered with 500 by Ray's proxy, and the page's script asks them again.
"""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack

import orjson
from digitdraw.serving.relay import Relay, messages
from pydantic import BaseModel, ConfigDict, Field
from ray import serve
from ray.exceptions import RayActorError
from ray.serve.exceptions import BackPressureError, ReplicaUnavailableError
from ray.serve.handle import DeploymentHandle
from starlette.types import ASGIApp, Message, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import digitdraw
from digitdraw.errors import BusyError
from digitdraw.serving import settings
from digitdraw.serving.answers.handlers import Answers
from digitdraw.serving.app import Service
from digitdraw.serving.settings import Settings
from digitdraw.serving.workers.batching import MOST_TOGETHER, MOST_WAITING
from digitdraw.ui import components, page

__all__ = ["AskedModel", "Model", "Page", "Sessions", "Sizes", "app"]

log = logging.getLogger("digitdraw")

BUSY = "Too many are asking at once; please try again in a moment."
TRIES = 3
PATIENCE = 3.0
"""Seconds for one try, of which all together are less than the page's script waits."""
PAUSE = 0.1
"""Seconds between tries."""
OF_SESSIONS = re.compile(
    "/gradio_api/(queue/.+|call/.+|upload|upload_progress|cancel|reset/?|heartbeat/.+)"
)
"""Paths of what Gradio keeps in one process."""
QUIET = {"enable_access_log": False}  # there is a line a request already, where one is asked for
# Shares of a core, by which Ray finds places for replicas; it does not hold them to these.
# All three fit a machine of one core.
PAGE_CORES, SESSIONS_CORES, MODEL_CORES = 0.2, 0.1, 0.5


class Sizes(BaseModel):
    """How many replicas there are, as said after `serve run deploy.ray_serve:app`."""

    model_config = ConfigDict(extra="forbid")

    pages: int = Field(2, ge=1)
    models: int = Field(1, ge=1)
    """The least; under load there are more, up to `most_models`."""
    most_models: int = Field(4, ge=1)


class AskedModel:
    """The model deployment, to be asked as a `ModelProcess` is; a question that a replica took
    with it is asked again."""

    def __init__(self, model: DeploymentHandle) -> None:
        self._model, self._waiting = model, 0

    def __len__(self) -> int:
        """How many questions of this page wait for an answer."""
        return self._waiting

    def watch(self, told: Callable[[int], None]) -> None:
        """Batches form in the deployment: of their sizes nobody here is told."""

    async def drawing(self, body: bytes) -> bytes:
        """What a drawing looks like, JSON in and out; BusyError where nobody says so in time."""
        self._waiting += 1
        try:
            return await self._persist(self._model.answer, body)
        finally:
            self._waiting -= 1

    async def aside(self, kind: bytes, body: bytes) -> bytes:
        """What else there is to ask, as `Answers.aside` answers it."""
        return await self._persist(self._model.aside, kind, body)

    async def facts(self) -> dict:
        """What `Answers.facts` says."""
        return orjson.loads(await self._persist(self._model.facts))

    async def close(self) -> None:
        """Nothing is to be ended: the deployment is Ray's."""

    async def _persist(self, asked: DeploymentHandle, *parts: bytes) -> bytes:
        for _ in range(TRIES):
            try:
                return await asyncio.wait_for(asked.remote(*parts), PATIENCE)
            except BackPressureError:
                break
            except (RayActorError, ReplicaUnavailableError, TimeoutError) as error:
                log.warning("a model did not answer: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)  # for Ray to know that it is gone
        raise BusyError(BUSY)


@serve.deployment(
    max_ongoing_requests=2 * MOST_TOGETHER,  # as many wait as are being answered
    max_queued_requests=MOST_WAITING,
    ray_actor_options={"num_cpus": MODEL_CORES},
    logging_config=QUIET,
)
class Model:
    """Answers drawings; those that come while others are being answered, together."""

    def __init__(self, chosen: Settings) -> None:
        self._answers = Answers(digitdraw.load(chosen.model, device=chosen.device))

    @serve.batch(max_batch_size=MOST_TOGETHER, batch_wait_timeout_s=0)
    async def answer(self, bodies: list[bytes]) -> list[bytes]:
        """What each of several drawings looks like."""
        return await asyncio.to_thread(self._answers.drawings, bodies)

    async def aside(self, kind: bytes, body: bytes) -> bytes:
        """What else is asked of one drawing."""
        return await asyncio.to_thread(self._answers.aside, kind, body)

    async def facts(self) -> bytes:
        """Which model it is, and what it is compared with."""
        return self._answers.facts()


@serve.deployment(
    num_replicas=1,  # two would not know each other's sessions
    max_ongoing_requests=MOST_WAITING,
    ray_actor_options={"num_cpus": SESSIONS_CORES},
    logging_config=QUIET,
)
class Sessions:
    """Answers those requests of Gradio's that must all come to one process."""

    async def __init__(self, chosen: Settings, model: DeploymentHandle) -> None:
        asked = AskedModel(model)
        service = _service(chosen, asked)
        # What guards it is in the pages, which requests come through.
        page.build(service, chosen, await asked.facts())
        self._app, self._life = service.app, AsyncExitStack()
        await self._life.enter_async_context(self._app.router.lifespan_context(self._app))

    async def messages(self, scope: Scope, body: bytes) -> AsyncGenerator[Message, None]:
        """The answer to a request, as ASGI messages."""
        async for message in messages(self._app, scope, body):
            yield message

    async def __del__(self) -> None:
        await self._life.aclose()


@serve.deployment(
    max_ongoing_requests=MOST_WAITING,
    ray_actor_options={"num_cpus": PAGE_CORES},
    logging_config=QUIET,
)
@serve.ingress()
class Page:
    """The whole page, but that others answer drawings and keep Gradio's sessions."""

    async def __init__(
        self, chosen: Settings, model: DeploymentHandle, sessions: DeploymentHandle
    ) -> None:
        self._chosen, self._model = chosen, AskedModel(model)
        self._facts = await self._model.facts()
        self._sessions = sessions.options(stream=True)

    def __serve_build_asgi_app__(self) -> ASGIApp:
        service = _service(self._chosen, self._model)
        service.app.add_middleware(Relay, wanted=OF_SESSIONS.fullmatch, ask=self._ask_sessions)
        return ProxyHeadersMiddleware(
            page.build(service, self._chosen, self._facts), self._chosen.proxies
        )

    async def _ask_sessions(self, scope: Scope, body: bytes) -> AsyncGenerator[Message, None]:
        answer = self._sessions.messages.remote(scope, body)
        try:
            async for message in answer:
                yield message
        finally:
            answer.cancel()


def _service(chosen: Settings, model: AskedModel) -> Service:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(chosen.log_level.upper())
    return Service(model, components.example_photos(), chosen)


def app(sizes: Sizes) -> serve.Application:
    """The application, set up by the environment of who starts it, as `settings.SETTINGS` says
    (but where to listen, which is Ray's matter); raises SettingError."""
    chosen = settings.parse([])
    scaling = {
        "min_replicas": sizes.models,
        "max_replicas": max(sizes.models, sizes.most_models),
        "target_ongoing_requests": MOST_TOGETHER // 2,
    }
    model = Model.options(autoscaling_config=scaling).bind(chosen)
    return Page.options(num_replicas=sizes.pages).bind(chosen, model, Sessions.bind(chosen, model))
