"""Files from memory: compressed, known by their tags, and no others."""

import pytest

from digitdraw.serving.middleware.kept_files import File, KeptFiles
from tests.support.asgi import ask, echo

SCRIPT = b"export const answer = 42;\n" * 99


@pytest.fixture
def files(tmp_path):
    (tmp_path / "plain.js").write_bytes(SCRIPT)
    files = {
        "/files/a-1a2b3c4d.js": File(SCRIPT),
        "/files/plain.js": File(tmp_path / "plain.js", is_immutable=False),
        "/files/font.woff2": File(b"font" * 99),
    }
    return KeptFiles(echo, files, ("/files/",))


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_a_file_is_sent_as_small_as_the_client_takes_it(files, accepted, encoding):
    response = ask(files, "GET", "/files/plain.js", headers={"accept-encoding": accepted})
    assert response.content == SCRIPT
    assert response.headers.get("content-encoding") == encoding
    assert int(response.headers["content-length"]) <= (
        len(SCRIPT) / 10 if encoding else len(SCRIPT)
    )
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["vary"] == "accept-encoding"


def test_fonts_are_not_compressed_again(files):
    response = ask(files, "GET", "/files/font.woff2")
    assert response.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in response.headers


def test_a_name_with_a_hash_may_be_kept_forever_and_another_is_asked_for_again(files):
    of_hash, plain = (ask(files, "GET", f"/files/{name}") for name in ("a-1a2b3c4d.js", "plain.js"))
    assert of_hash.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "no-cache"
    again = ask(files, "GET", "/files/plain.js", headers={"if-none-match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_file_is_read_once(files, tmp_path):
    ask(files, "GET", "/files/plain.js")
    (tmp_path / "plain.js").unlink()
    assert ask(files, "GET", "/files/plain.js").content == SCRIPT
    head = ask(files, "HEAD", "/files/plain.js", headers={"accept-encoding": "identity"})
    assert (head.content, int(head.headers["content-length"])) == (b"", len(SCRIPT))


@pytest.mark.parametrize(
    "path", ["/files/", "/files/%2e%2e/plain.js", "/files//plain.js", "/files/x"]
)
def test_other_paths_of_the_folder_are_not_found(files, path):
    response = ask(files, "GET", path)
    assert (response.status_code, response.json()["error"]) == (404, "There is nothing here.")


def test_other_requests_go_to_the_app(files):
    assert ask(files, "GET", "/").text == "/ 0"
    assert ask(files, "POST", "/files/plain.js", content=b"ab").text == "/files/plain.js 2"
