"""Uploads of programs: read once each, bounded, and never on disk."""

import asyncio

import pytest
from starlette.applications import Starlette

from digitdraw.serving import uploads
from digitdraw.serving.uploads import Uploads
from tests.support.asgi import ask, with_client
from tests.support.event_loops import until


@pytest.fixture
def store():
    return Uploads()


def send(store, content=b"picture", client="127.0.0.1"):
    app = Starlette(routes=[store.route()])
    return ask(app, "POST", "/gradio_api/upload", files={"files": content}, client=client)


def test_the_same_picture_at_the_same_time_is_read_by_everybody_who_sent_it(store):
    app = Starlette(routes=[store.route()])

    async def talk(http):
        sent = (http.post("/gradio_api/upload", files={"files": b"same"}) for _ in range(30))
        return [response.json()[0] for response in await asyncio.gather(*sent)]

    paths = with_client(app, talk)
    assert [store.take(path).content for path in paths] == [b"same"] * 30
    assert [store.take(path) for path in paths] == [None] * 30


def test_uploads_never_touch_the_disk(store, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile._TemporaryFileWrapper", pytest.fail)
    monkeypatch.setattr("tempfile.TemporaryFile", pytest.fail)
    (path,) = send(store, bytes(9 << 20)).json()
    assert len(store.take(path).content) == 9 << 20


# Starlette leaves a broken-off file to the garbage collector; it is in memory alone.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=a", b"--a\r\nbroken"),
        ("multipart/form-data; boundary=a", b""),
        ("multipart/form-data", b"x"),
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=a",
         b'--a\r\ncontent-disposition: form-data; name="files"\r\n\r\ntext\r\n--a--\r\n'),
        ("multipart/form-data; boundary=a",
         b'--a\r\ncontent-disposition: form-data; name="files"; filename="a"\r\n\r\nbroken'),
    ],
)  # fmt: skip
def test_broken_uploads_are_refused_and_nothing_stays(store, kind, body):
    app = Starlette(routes=[store.route()])
    headers = {"content-type": kind}
    response = ask(app, "POST", "/gradio_api/upload", content=body, headers=headers)
    assert response.status_code == 400
    assert set(response.json()) == {"error", "id"}
    assert len(store) == 0


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_BYTES_OF_ADDRESS"])
def test_uploads_beyond_the_limits_are_refused_until_others_were_read(store, monkeypatch, limit):
    monkeypatch.setattr(uploads, limit, 10)
    (path,) = send(store, b"123456").json()
    assert send(store, b"12345").status_code == 503
    other = send(store, b"12345", client="192.0.2.1").status_code
    assert other == (503 if limit == "MAX_BYTES" else 200)
    store.take(path)
    assert send(store, b"12345").status_code == 200


def test_a_form_without_room_is_refused_before_it_is_parsed(store, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    monkeypatch.setattr(uploads._InMemory, "parse", None)
    assert send(store, bytes(100_000)).status_code == 503


def test_uploads_that_nobody_reads_are_dropped_by_themselves(store, monkeypatch):
    monkeypatch.setattr(uploads, "SECONDS", 0.05)
    app = Starlette(routes=[store.route()])

    async def talk(http):
        await http.post("/gradio_api/upload", files={"files": b"forgotten"})
        waiting = len(store)
        await until(lambda: not len(store))
        return waiting

    assert with_client(app, talk) == 1
