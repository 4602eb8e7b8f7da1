"""The REST routes: their answers, their errors, and the limits around them."""

import asyncio
import functools
import json

import pytest

from digitdraw.errors import BusyError, WorkerError
from digitdraw.serving.app import MAX_JSON
from tests.support.asgi import ask
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn
from tests.support.event_loops import finish
from tests.support.pictures_to_send import digit_photo
from tests.support.services import FailingQueue, ReadingQueue, make_service

STROKES, IMAGE, NUMBERS = "/api/v1/strokes", "/api/v1/image", "/api/v1/numbers"


@pytest.fixture
def make(recognizer):
    return functools.partial(make_service, recognizer)


@pytest.fixture(scope="module")
def service(recognizer):
    return make_service(recognizer)


def is_error(response) -> bool:
    answer = response.json()
    return set(answer) == {"error", "id"} and answer["id"] == response.headers["x-request-id"]


def test_a_drawing_gets_the_answer_of_the_library(service, recognizer):
    response = ask(service.guarded, "POST", STROKES, json=DIGITS[3])
    reading = json.loads(json.dumps(recognizer.read_strokes(DIGITS[3]).as_dict()))
    expected = {**recognizer.predict_strokes(DIGITS[3]).as_dict(), "reading": reading}
    assert response.status_code == 200
    assert response.json() == expected
    assert response.headers["cache-control"] == "no-store"
    assert "content-security-policy" in response.headers


def test_the_numbers_of_a_drawing_are_read_with_boxes_in_its_unit(service):
    reading = ask(service.guarded, "POST", STROKES, json=drawn("3.14")).json()["reading"]
    assert [number["number"] for number in reading["numbers"]] == ["3.14"]
    assert [digit["digit"] for digit in reading["digits"]] == [3, 1, 4]
    assert reading["items"][0]["box"][3] == pytest.approx(94, abs=4)


def test_a_blank_drawing_is_no_error(service):
    response = ask(service.guarded, "POST", STROKES, json=[])
    assert (response.status_code, response.json()["verdict"]) == (200, "blank")


def test_a_picture_takes_a_place_of_its_sender(make, recognizer):
    queue = ReadingQueue(recognizer)
    app = make(queue=queue).guarded
    for path in (IMAGE, NUMBERS):
        ask(app, "POST", path, content=b"no picture", client="192.0.2.7")
    assert queue.addresses == ["192.0.2.7"] * 2


@pytest.mark.parametrize("path", [IMAGE, NUMBERS])
def test_a_picture_as_the_body_and_in_a_form_get_the_same_answer(service, path):
    picture = digit_photo(7)
    headers = {"content-type": "image/jpeg"}
    plain = ask(service.guarded, "POST", path, content=picture, headers=headers)
    form = ask(service.guarded, "POST", path, files={"file": ("a.jpg", picture)})
    assert plain.status_code == form.status_code == 200
    assert plain.json() == form.json()
    digits = [plain.json(), *plain.json().get("digits", ())]
    assert digits[-1]["digit"] == 7


@pytest.mark.parametrize("body", [b"", b"{", b"[NaN]", b"[" * 100_000, b"\xff", b"[0," * 70_000])
def test_a_body_that_is_no_json_is_a_bad_request(service, body):
    response = ask(service.guarded, "POST", STROKES, content=body)
    assert response.status_code == 400
    assert is_error(response)


@pytest.mark.parametrize(
    "drawing",
    [None, 7, "a", {}, [[["a", "b"]]], [[[1, 2, 3]]], [[[1, 2]] * 20_001], [[]] * 501],
    ids=["null", "number", "text", "object", "words", "triple", "points", "strokes"],
)
def test_json_that_is_no_drawing_is_refused_with_the_reason(service, drawing):
    response = ask(service.guarded, "POST", STROKES, content=json.dumps(drawing))
    assert response.status_code == 422
    assert is_error(response)


@pytest.mark.parametrize("path", [IMAGE, NUMBERS])
def test_a_file_that_is_no_picture_is_refused_with_the_reason(service, path):
    response = ask(service.guarded, "POST", path, content=b"http://127.0.0.1:9/a.png")
    assert response.status_code == 422
    assert is_error(response)
    assert "PNG" in response.json()["error"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "image/png"),
        (b"", "multipart/form-data"),
        (b"abc", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n/etc/hosts\r\n--x--\r\n',
         "multipart/form-data; boundary=x; charset=base64"),
        (b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nb\r\n--x--\r\n',
         "multipart/form-data; boundary=x"),
    ],
)  # fmt: skip
def test_a_request_without_a_picture_is_a_bad_request(service, content, kind):
    response = ask(service.guarded, "POST", IMAGE, content=content, headers={"content-type": kind})
    assert response.status_code == 400
    assert is_error(response)


def test_a_form_with_two_files_is_a_bad_request(make):
    queue = FailingQueue("never asked")
    files = [("file", ("a", b"a")), ("file", ("b", b"b"))]
    assert ask(make(queue=queue).guarded, "POST", IMAGE, files=files).status_code == 400


@pytest.mark.parametrize(
    ("error", "status", "after"),
    [
        (BusyError("Many photos."), 503, "1"),
        (WorkerError("No luck."), 500, None),
        ("Photos cannot be read here: the network that finds digits is missing or damaged.",
         500, None),
        ("This is not a picture.", 422, None),
    ],
)  # fmt: skip
def test_a_picture_that_is_not_read_gets_the_reason(make, error, status, after):
    response = ask(make(queue=FailingQueue(error)).guarded, "POST", NUMBERS, content=b"x")
    assert (response.status_code, response.json()["error"]) == (status, str(error))
    assert response.headers.get("retry-after") == after
    assert is_error(response)


def test_a_failure_of_the_server_reveals_only_its_number(make):
    queue = FailingQueue(RuntimeError("secret"))
    response = ask(make(queue=queue).guarded, "POST", IMAGE, content=b"x")
    assert response.status_code == 500
    assert is_error(response)
    assert "secret" not in response.text


def test_a_body_beyond_its_limit_is_refused(make, recognizer):
    queue = ReadingQueue(recognizer)
    app = make("--max-upload", "1", queue=queue).guarded
    for path in (IMAGE, NUMBERS):
        response = ask(app, "POST", path, content=bytes((1 << 20) + (70 << 10)))
        assert (response.status_code, is_error(response)) == (413, True)
    assert ask(app, "POST", STROKES, content=b"[" * (MAX_JSON + 1)).status_code == 413
    assert queue.questions == []


def test_drawings_and_pictures_count_for_the_limits_of_the_page(make):
    app = make("--rate", "2/hour", "--photo-rate", "2/hour", queue=FailingQueue("no")).guarded
    for paths, answered in (((STROKES, "/live/answer"), 200), ((IMAGE, NUMBERS), 422)):
        statuses = [ask(app, "POST", path, json=[]).status_code for path in 2 * paths]
        assert statuses == [answered, answered, 429, 429]
    assert "retry-after" in ask(app, "POST", IMAGE, content=b"x").headers


def test_other_sites_other_hosts_and_strangers_are_refused(make):
    for headers, options, status in (
        ({"origin": "https://evil.example"}, (), 403),
        ({"sec-fetch-site": "cross-site"}, (), 403),
        ({"host": "evil.example"}, (), 421),
        ({}, ("--auth", "class:sesame"), 401),
    ):
        app = make(*options).guarded
        for path in (STROKES, IMAGE, NUMBERS):
            response = ask(app, "POST", path, json=[], headers=headers)
            assert (response.status_code, is_error(response)) == (status, True)
            assert "access-control-allow-origin" not in response.headers
    assert ask(app, "POST", STROKES, json=[], auth=("class", "sesame")).status_code == 200


def test_a_picture_whose_client_left_is_not_waited_for(make):
    dropped = asyncio.Event()

    class NeverReading(ReadingQueue):
        async def ask(self, kind, content, on_place=None, **options):
            try:
                await asyncio.Event().wait()
            finally:
                dropped.set()

    service = make(queue=NeverReading(None))
    messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"picture"}]
    scope = {
        "type": "http", "method": "POST", "path": NUMBERS, "query_string": b"",
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive():
        return messages.pop()

    async def send(message):
        pass

    finish(asyncio.wait_for(service.guarded(scope, receive, send), 20))
    assert dropped.is_set()
    assert 'kind="numbers",status="499"' in service.metrics.text().decode()


def test_pictures_are_counted_in_the_metrics(make):
    service = make()
    ask(service.guarded, "POST", IMAGE, content=b"abcd")
    text = service.metrics.text().decode()
    assert "digitdraw_upload_bytes_total 4.0" in text
    assert 'kind="image",status="422"' in text
