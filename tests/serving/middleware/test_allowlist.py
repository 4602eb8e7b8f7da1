"""The allowlist: listed paths from the page's own origin pass, nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.serving.middleware.allowlist import Allowlist, security_headers
from tests.support.asgi import ask, echo

APP = Allowlist(
    echo, ("localhost", "::1"), security_headers(), public_url="https://Digits.example:8443/a"
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"), ("HEAD", "/"), ("GET", "/assets/index-1a2b.js"), ("GET", "/config"),
        ("POST", "/live/answer"), ("POST", "/live/example/2"), ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/call/predict_strokes"), ("GET", "/healthz"),
    ],
)  # fmt: skip
def test_paths_of_the_page_and_of_programs_pass(method, path):
    assert ask(APP, method, path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=C:/Windows/win.ini"),
        ("GET", "/gradio_api/file/../../etc/passwd"),
        ("GET", "/file=/etc/passwd"),
        ("GET", "/gradio_api/proxy=http://169.254.169.254/latest/meta-data"),
        ("HEAD", "/gradio_api/proxy=http://127.0.0.1:22"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/run/predict_image"),
        ("POST", "/gradio_api/api/predict_image"),
        ("POST", "/gradio_api/call/v2/predict_image"),
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/vibe-edit"),
        ("GET", "/gradio_api/vibe-code"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/heartbeat/0a1b"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/stream/a/b/c/playlist.m3u8"),
        ("GET", "/gradio_api/custom_component/1/client/component/index.js"),
        ("GET", "/gradio_api/token"),
        ("GET", "/monitoring"), ("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/redoc"),
        ("PUT", "/"), ("DELETE", "/live/answer"), ("GET", "/live/answer"), ("POST", "/"),
        ("GET", "/no-such-page"), ("TRACE", "/"),
        ("GET", "/gradio_api/login_check"), ("GET", "/logout"), ("POST", "/login"),
    ],
)  # fmt: skip
def test_the_rest_of_gradio_does_not_exist_here(method, path):
    response = ask(APP, method, path)
    assert response.status_code == 404
    assert method == "HEAD" or response.json()["error"] == "There is nothing here."


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=40))
def test_no_other_path_passes(rest):
    path = "/gradio_api/file=" + rest.replace("?", "").replace("#", "")
    try:
        response = ask(APP, "GET", path)
    except ValueError:  # httpx cannot send it
        return
    # httpx resolves "..", as browsers do, so a listed path may remain.
    assert response.status_code == 404 or response.request.url.path in ("/", "/config")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "169.254.169.254"])
def test_other_names_of_the_server_are_refused(host):
    assert ask(APP, "GET", "/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:7860", "LOCALHOST", "[::1]:7860"])
def test_the_servers_own_names_are_accepted(host):
    assert ask(APP, "GET", "/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://localhost:1234"},
        {"origin": "https://digits.example"},  # without the port of the public URL
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
        {"sec-fetch-site": "cross-site", "x-requested-with": "fetch"},
    ],
)
def test_pages_of_other_sites_may_not_ask(headers):
    assert ask(APP, "POST", "/live/answer", headers=headers).status_code == 403


def test_the_page_may_ask_behind_a_proxy_too():
    for headers in (
        {"origin": "http://localhost"},
        {"origin": "https://digits.example", "x-forwarded-host": "digits.example"},
        {"origin": "https://digits.example:8443"},
        # The proxy has replaced Host:
        {"origin": "https://class.example", "sec-fetch-site": "same-origin"},
        {"origin": "http://class.example", "x-requested-with": "fetch"},
    ):
        assert ask(APP, "POST", "/live/answer", headers=headers).status_code == 200


def test_answers_allow_no_other_origin():
    """Else pages of other sites could send X-Requested-With, too."""
    headers = {"origin": "https://evil.example"}
    preflight = {"access-control-request-headers": "x-requested-with"}
    for response in (
        ask(APP, "GET", "/", headers=headers),
        ask(APP, "OPTIONS", "/live/answer", headers=headers | preflight),
    ):
        assert not [name for name in response.headers if name.startswith("access-control")]


def test_headers_of_gradio_that_allow_other_origins_are_removed():
    async def allow_all(scope, receive, send):
        allowed = [(b"access-control-allow-origin", b"http://localhost:1")]
        await send({"type": "http.response.start", "status": 200, "headers": allowed})
        await send({"type": "http.response.body", "body": b""})

    headers = ask(Allowlist(allow_all), "GET", "/").headers
    assert not [name for name in headers if name.startswith("access-control")]


def test_every_answer_says_what_the_page_may_do():
    for path in ("/", "/no-such-page"):
        headers = ask(APP, "GET", path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
        assert "http:" not in policy and "*" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"


def test_named_sites_alone_may_embed_the_page():
    headers = security_headers(("https://moodle.example", "https://*.school.example"))
    policy = headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors https://moodle.example https://*.school.example")
    assert "x-frame-options" not in headers
