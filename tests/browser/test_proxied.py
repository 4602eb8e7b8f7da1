"""The page behind proxies of many kinds, below paths, and inside pages of other sites."""

import subprocess
from collections.abc import Iterator

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import expect

from tests.support.app_page import AppPage, expect_no_complaints
from tests.support.drawings import DIGITS
from tests.support.nginx_proxy import nginx_before, nginx_with, wait_for_port
from tests.support.server import Server, free_port

NGINX = """
server {{  # sends on nothing about the client, as a bare proxy_pass does
    listen 127.0.0.1:{http};
    location / {{ proxy_pass http://127.0.0.1:{plain}; }}
    location /stripped/ {{ proxy_pass http://127.0.0.1:{plain}/; }}
    location /digits {{ proxy_pass http://127.0.0.1:{below}; }}
    location /outer/ {{ proxy_pass http://127.0.0.1:{below}/; }}
}}
server {{  # TLS, without X-Forwarded-Proto
    listen 127.0.0.1:{tls} ssl;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass http://127.0.0.1:{plain}; }}
    location /digits/ {{
        proxy_set_header Host $http_host;
        proxy_pass http://127.0.0.1:{below};
    }}
}}
server {{  # another site
    listen 127.0.0.1:{other};
    default_type text/html;
    location / {{ return 200 '<iframe src="{digits}" width="1100" height="800"></iframe>'; }}
}}
"""
"""`plain` is a server without options, `below` one with a root path."""
CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
    "-subj /CN=digits.test -out certificate.pem -keyout key.pem"
)
ADDRESSES = {
    "bare": "http://digits.test:{http}/",  # where browsers send no Sec-Fetch-Site
    "prefix stripped": "http://127.0.0.1:{http}/stripped/",
    "prefix kept": "http://127.0.0.1:{http}/digits",
    "prefix kept, inside another": "http://127.0.0.1:{http}/outer/digits/",
    "TLS": "https://digits.test:{tls}/",
    "TLS, prefix kept": "https://digits.test:{tls}/digits/",
    "direct, with a root path": "http://127.0.0.1:{below}/",
}


@pytest.fixture(scope="module")
def ports(server, tmp_path_factory) -> Iterator[dict[str, int]]:
    """The ports of nginx, and of the two servers behind it."""
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(CERTIFICATE.split(), cwd=folder, check=True, capture_output=True)
    ports = {name: free_port() for name in ("http", "tls", "other")} | {"plain": server.port}
    public, embedder = f"https://digits.test:{ports['tls']}", f"http://moodle.test:{ports['other']}"
    options = ["--root-path", "/digits", "--public-url", f"{public}/digits"]
    below = Server(options=[*options, "--frame-ancestors", embedder]).start()
    ports["below"] = below.port
    digits = ADDRESSES["TLS, prefix kept"].format(**ports)
    try:
        with nginx_with(NGINX.format(**ports, folder=folder, digits=digits), folder):
            for name in ("http", "tls", "other"):
                wait_for_port(ports[name])
            yield ports
    finally:
        below.stop()


@pytest.fixture(scope="module")
def visitor(chromium) -> Iterator:
    """One profile for all pages, which takes the test's own certificate."""
    context = chromium.new_context(
        viewport={"width": 1100, "height": 800}, ignore_https_errors=True
    )
    yield context
    context.close()


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_page_answers_behind_any_proxy(visitor, ports, address):
    app = AppPage(visitor.new_page(), address.format(**ports)).open()
    app.draw(7)
    app.expect_digit("7")
    app.page.close()
    expect_no_complaints(app)


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_programs_get_answers_behind_any_proxy(ports, address):
    url = address.format(**ports).replace("digits.test", "127.0.0.1")
    client = Client(url, ssl_verify=False, verbose=False)
    assert client.predict(DIGITS[7], api_name="/predict_strokes")["digit"] == 7


def test_the_page_works_below_a_path_behind_the_shipped_nginx(visitor, ports, tmp_path):
    with nginx_before(ports["below"], tmp_path) as url:
        app = AppPage(visitor.new_page(), url).open()
        app.draw(7)
        app.expect_digit("7")
        app.open_tab("Compare")  # its modules load now
        app.page.close()
    expect_no_complaints(app)


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_metrics_are_closed_behind_any_proxy(server, ports, address):
    url = address.format(**ports).replace("digits.test", "127.0.0.1").rstrip("/")
    is_direct = url == f"http://127.0.0.1:{ports['below']}"
    response = httpx.get(f"{url}/metrics", verify=False)
    assert response.status_code == (200 if is_direct else 404)


def test_a_named_site_may_embed_the_page(visitor, ports):
    app = AppPage(visitor.new_page(), f"http://moodle.test:{ports['other']}/")
    app.page.goto(app.url)
    frame = app.page.frame_locator("iframe")
    frame.locator(".dd-example").first.click()
    expect(frame.locator(".dd-draw-tab .dd-big")).to_have_text("3")
    app.page.close()
    assert app.complaints == []
    assert visitor.cookies() == []
