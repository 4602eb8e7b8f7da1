"""Login: with the right user and password, and no other way."""

import base64

import pytest

from digitdraw.serving.middleware import basic_auth
from digitdraw.serving.middleware.basic_auth import BasicAuth
from tests.support.asgi import ask, hello

LOGIN = BasicAuth(hello, "class", "open: sesame", is_open=("/healthz",).__contains__)


def test_who_gives_neither_is_asked_for_them():
    response = ask(LOGIN, "GET", "/")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic ")


def test_who_gives_both_is_let_in():
    assert ask(LOGIN, "GET", "/", auth=("class", "open: sesame")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/live/answer", "/config", "/metrics", "/healthz/.."])
@pytest.mark.parametrize(
    "auth", [("class", ""), ("class", "open: sesam"), ("Class", "open: sesame")]
)
def test_what_is_wrong_is_refused_everywhere(path, auth):
    assert ask(LOGIN, "POST", path, auth=auth).status_code == 401


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
def test_what_is_no_login_is_refused(value):
    headers = {"authorization": value.encode("latin-1")}
    assert ask(LOGIN, "GET", "/", headers=headers).status_code == 401


def test_passwords_are_compared_in_constant_time(monkeypatch):
    class Wanted(bytes):
        def __eq__(self, other):
            raise AssertionError("== takes as long as the two are alike")

        __hash__ = None

    compared = []

    def compare(said, wanted):
        compared.append(said)
        return said == bytes(wanted)

    monkeypatch.setattr(basic_auth.secrets, "compare_digest", compare)
    monkeypatch.setattr(LOGIN, "_wanted", Wanted(LOGIN._wanted))
    assert ask(LOGIN, "GET", "/", auth=("class", "x")).status_code == 401
    assert ask(LOGIN, "GET", "/", auth=("class", "open: sesame")).status_code == 200
    assert compared == [b"class:x", b"class:open: sesame"]


def test_health_is_open():
    assert ask(LOGIN, "GET", "/healthz").status_code == 200
