"""The front end's files as the server sends them."""

import pytest

from digitdraw.serving import settings
from digitdraw.serving.app import guarded
from digitdraw.serving.middleware.kept_files import KeptFiles
from digitdraw.ui import assets, gradio_files
from digitdraw.ui.page import FILE_FOLDERS
from tests.support import edges
from tests.support.asgi import ask, echo

APP = KeptFiles(echo, assets.files() | gradio_files.files(), FILE_FOLDERS)
URL = "/" + assets.url("draw/draw.js")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("draw/draw.js", "text/javascript; charset=utf-8"),
        ("page/page.css", "text/css; charset=utf-8"),
        ("draw/examples.json", "application/json"),
        ("photo/examples/date.jpg", "image/jpeg"),
    ],
)
def test_files_are_served_with_their_type_and_may_be_kept_forever(path, media_type):
    response = ask(APP, "GET", "/" + assets.url(path))
    assert response.status_code == 200
    assert response.content == assets.read_bytes(path)
    assert response.headers["content-type"] == media_type
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_files_of_gradio_are_sent_from_its_folder():
    paths = [path for path in gradio_files.files() if path.startswith("/assets/index-")]
    for path in (*paths, "/static/js/iframeResizer.contentWindow.min.js"):
        response = ask(APP, "GET", path)
        assert response.status_code == 200
        assert response.headers["content-encoding"] == "br"


def test_head_requests_are_answered():
    response = ask(APP, "HEAD", URL)
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/" + assets.url(""),
        "/" + assets.url("draw"),
        "/" + assets.url("draw/none.js"),
        "/" + assets.url("../components.py"),
        "/" + assets.url("%2e%2e/components.py"),
        "/" + assets.url("draw/..%2f..%2fcomponents.py"),
        "/" + assets.url("//etc/passwd"),
        "/static/0123456789abcdef/draw/draw.js",
        "/static/draw/draw.js",
        "/static/img/logo.svg",
        "/assets/none.js",
        "/assets/%2e%2e/index.html",
    ],
)
def test_any_other_path_is_not_found(path):
    assert ask(APP, "GET", path).status_code == 404


def test_the_address_changes_with_the_content_and_the_name_of_any_file(monkeypatch, tmp_path):
    versions = set()
    for name, text in (("a.js", "1"), ("a.js", "2"), ("b.js", "2")):
        folder = tmp_path / (name + text)
        folder.mkdir()
        (folder / name).write_text(text)
        monkeypatch.setattr(assets, "_FOLDER", folder)
        versions.add(fresh_url())
    assert len(versions) == 3
    monkeypatch.undo()
    assert "/" + fresh_url("draw/draw.js") == URL


def fresh_url(path: str = "") -> str:
    assets._files.cache_clear()
    assets._version.cache_clear()
    return assets.url(path)


def test_modules_are_found_through_their_imports():
    modules = assets.modules("draw/draw.js")
    assert modules[-1] == "draw/draw.js"
    assert "share/codec.js" in modules  # imported by share/link.js, which share/share.js imports
    assert len(modules) == len(set(modules))


def test_files_need_the_login_if_there_is_one():
    app = served(["--auth", "class:open sesame"])
    assert ask(app, "GET", URL).status_code == 401
    assert ask(app, "GET", URL, auth=("class", "open sesame")).status_code == 200


def test_files_are_not_counted_as_answers():
    service = edges.make_service(settings.parse([], {}))
    app = served([], service)
    for path in ("answer/panel.js", "photo/photo.js", "compare/compare.js"):
        assert ask(app, "GET", "/" + assets.url(path)).status_code == 200
    requests = [line for line in service.metrics.text().splitlines() if b"requests_total{" in line]
    assert requests == [b'digitdraw_requests_total{kind="page",status="200"} 3.0']


def served(options: list[str], service=None):
    chosen = settings.parse(options, {})
    service = service or edges.make_service(chosen)
    return guarded(APP, service.metrics, chosen)
