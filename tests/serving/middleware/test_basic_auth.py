"""Basic authentication: only the right user and password pass."""

import asyncio
import base64
import logging

import pytest

from digitdraw.serving.middleware import basic_auth
from digitdraw.serving.middleware.basic_auth import BasicAuth
from tests.support.asgi import ask, echo, with_client
from tests.support.event_loops import until

RIGHT = ("class", "open: sesame")


def protected():
    return BasicAuth(echo, *RIGHT, is_open=("/healthz",).__contains__)


APP = protected()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(basic_auth, "REFUSAL_SECONDS", 0)


def test_a_request_without_credentials_is_challenged():
    response = ask(APP, "GET", "/")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic ")


def test_the_right_user_and_password_pass():
    assert ask(APP, "GET", "/", auth=("class", "open: sesame")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/live/answer", "/config", "/metrics", "/healthz/.."])
@pytest.mark.parametrize(
    "auth", [("class", ""), ("class", "open: sesam"), ("Class", "open: sesame")]
)
def test_wrong_credentials_are_refused_everywhere(path, auth):
    assert ask(APP, "POST", path, auth=auth).status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer x",
        "Basic " + base64.b64encode(b"class").decode(),
        "Basic é",
    ],
)
def test_invalid_headers_are_refused(value):
    headers = {"authorization": value.encode("latin-1")}
    assert ask(APP, "GET", "/", headers=headers).status_code == 401


def test_passwords_are_compared_in_constant_time(monkeypatch):
    class Expected(bytes):
        def __eq__(self, other):
            raise AssertionError("== takes longer the more bytes are equal")

        __hash__ = None

    compared = []

    def compare(credentials, expected):
        compared.append(credentials)
        return credentials == bytes(expected)

    monkeypatch.setattr(basic_auth.secrets, "compare_digest", compare)
    monkeypatch.setattr(APP, "_expected", Expected(APP._expected))
    assert ask(APP, "GET", "/", auth=("class", "x")).status_code == 401
    assert ask(APP, "GET", "/", auth=("class", "open: sesame")).status_code == 200
    assert compared == [b"class:x", b"class:open: sesame"]


def test_health_checks_need_no_credentials():
    assert ask(APP, "GET", "/healthz").status_code == 200


def statuses(app, passwords, client="10.6.6.6", at_once=False):
    """Return the status of a request with each of the passwords."""

    async def talk(http):
        requests = [http.get("/", auth=("class", password)) for password in passwords]
        responses = (
            await asyncio.gather(*requests) if at_once else [await request for request in requests]
        )
        return [response.status_code for response in responses]

    return with_client(app, talk, client)


@pytest.mark.parametrize("at_once", [False, True])
def test_an_address_that_guesses_is_refused_even_with_the_right_password(at_once):
    app = protected()
    guesses = [str(number) for number in range(50)] + [RIGHT[1]]
    assert statuses(app, guesses, at_once=at_once) == [401] * 30 + [429] * 21
    assert ask(app, "GET", "/", auth=RIGHT, client="10.1.1.1").status_code == 200
    assert ask(app, "GET", "/healthz", client="10.6.6.6").status_code == 200


def test_the_same_wrong_password_counts_once():
    # Pages that are open keep on sending the old password after a change.
    app = protected()
    assert set(statuses(app, ["old"] * 100)) == {401}
    assert ask(app, "GET", "/", auth=RIGHT, client="10.6.6.6").status_code == 200


def test_a_request_without_a_password_is_no_guess():
    app = protected()
    for _ in range(40):
        assert ask(app, "GET", "/", client="10.6.6.6").status_code == 401
    assert ask(app, "GET", "/", auth=RIGHT, client="10.6.6.6").status_code == 200


def test_wrong_passwords_have_one_line_in_the_log_without_their_content(monkeypatch, caplog):
    monkeypatch.setattr(basic_auth, "LOG_SECONDS", 0.2)
    app = protected()

    async def talk(http):
        for number in range(40):
            await http.get("/", auth=("pupil", f"secret-{number}"))
        await until(lambda: caplog.records)

    with caplog.at_level(logging.WARNING):
        with_client(app, talk, "10.6.6.6")
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["30 wrong passwords, 10 requests refused after them"]
