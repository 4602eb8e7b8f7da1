"""Kept pages: built once, compressed, and not sent twice."""

import pytest
from starlette.responses import PlainTextResponse

from digitdraw.serving.middleware.page_cache import PageCache
from tests.support.asgi import ask


class Pages:
    """An app that counts what it builds, and names the host and the cookie that it sees."""

    def __init__(self):
        self.built = []
        self.cache = PageCache(self, ("/", "/missing"))

    async def __call__(self, scope, receive, send):
        self.built.append(scope["path"])
        headers = dict(scope["headers"])
        text = f"{headers.get(b'host')} {headers.get(b'cookie')} {scope['query_string']} " * 99
        response = PlainTextResponse(text, 404 if scope["path"] == "/missing" else 200)
        await response(scope, receive, send)


@pytest.fixture
def pages():
    return Pages()


def test_a_page_is_built_once_and_sent_compressed(pages):
    plain = ask(pages.cache, "GET", "/", headers={"accept-encoding": "identity"})
    compressed = ask(pages.cache, "GET", "/", headers={"accept-encoding": "br, gzip"})
    assert pages.built == ["/"]
    assert compressed.text == plain.text
    assert compressed.headers["content-encoding"] == "br"
    assert int(compressed.headers["content-length"]) < len(plain.content) / 10
    assert ask(pages.cache, "HEAD", "/").content == b""


def test_a_browser_that_has_the_page_does_not_get_it_again(pages):
    tag = ask(pages.cache, "GET", "/").headers["etag"]
    response = ask(pages.cache, "GET", "/", headers={"if-none-match": tag})
    assert (response.status_code, response.content) == (304, b"")
    other = ask(pages.cache, "GET", "/", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


def test_a_page_is_the_same_for_everybody_and_has_nothing_of_a_visitor(pages):
    headers = {"host": "a.example", "cookie": "secret"}
    first = ask(pages.cache, "GET", "/?secret", headers=headers).text
    assert "secret" not in first and "a.example" not in first
    assert ask(pages.cache, "GET", "/", headers={"host": "b.example"}).text == first
    assert pages.built == ["/"]


def test_a_page_is_edited_once(pages):
    pages.cache.edit = lambda body: body.replace(b"None", b"nothing")
    response = ask(pages.cache, "GET", "/", headers={"accept-encoding": "identity"})
    assert response.text.startswith("nothing nothing")
    assert int(response.headers["content-length"]) == len(response.text)


def test_errors_and_other_requests_are_not_kept(pages):
    for _ in range(2):
        assert ask(pages.cache, "GET", "/missing").status_code == 404
        assert ask(pages.cache, "GET", "/other").status_code == 200
        assert ask(pages.cache, "POST", "/").status_code == 200
    assert len(pages.built) == 6
