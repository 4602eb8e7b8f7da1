"""Services whose models answer in this process, and photo queues without workers."""

import orjson

from digitdraw import Recognizer
from digitdraw.serving import settings
from digitdraw.serving.app import Service, guarded
from digitdraw.serving.workers import photo_worker
from tests.support.in_process_model import InProcess


class ReadingQueue:
    """A photo queue that reads at once, here. It keeps the kinds, pictures and addresses that
    it got."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer, self.questions, self.addresses = recognizer, [], []

    def __len__(self) -> int:
        return 0

    async def ask(self, kind, content, on_place=None, *, address="") -> bytes:
        self.questions.append((kind, content))
        self.addresses.append(address)
        return photo_worker.answer(self.recognizer, kind, content)[1]

    async def start(self) -> None:
        """Do nothing: there are no workers."""

    async def close(self) -> None:
        """Do nothing."""


class FailingQueue(ReadingQueue):
    """A photo queue that raises an error, or answers with a text as the error of a worker."""

    def __init__(self, error: Exception | str) -> None:
        super().__init__(None)
        self.error = error

    async def ask(self, kind, content, on_place=None, *, address="") -> bytes:
        if isinstance(self.error, Exception):
            raise self.error
        return orjson.dumps({"error": self.error})


def make_service(recognizer: Recognizer, *arguments: str, queue=None) -> Service:
    """Return a service; its attribute `guarded` is the app with all middleware."""
    chosen = settings.parse(list(arguments), {})
    service = Service(InProcess(recognizer), [], chosen)
    queue = ReadingQueue(recognizer) if queue is None else queue
    service.photo_queue = service.live.photo_queue = service.endpoints.photo_queue = queue
    service.guarded = guarded(service.app, service.metrics, chosen)
    return service
