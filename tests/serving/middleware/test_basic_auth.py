"""Basic authentication: only the right user and password pass."""

import base64

import pytest

from digitdraw.serving.middleware import basic_auth
from digitdraw.serving.middleware.basic_auth import BasicAuth
from tests.support.asgi import ask, echo

APP = BasicAuth(echo, "class", "open: sesame", is_open=("/healthz",).__contains__)


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
