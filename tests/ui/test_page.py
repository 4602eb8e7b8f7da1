"""Gradio's page as the server sends it: with relative addresses, and with our own head."""

import re

import pytest

from digitdraw.serving import settings
from digitdraw.serving.app import PAGES
from digitdraw.ui import components, gradio_files, page
from tests.support.asgi import ask
from tests.support.edges import make_page
from tests.support.event_loops import closed_loops

FOREIGN = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
PUBLIC = "https://example.org/digits"


@pytest.fixture(scope="module", autouse=True)
def _closed_loops():
    with closed_loops():
        yield


@pytest.fixture(scope="module")
def app(_closed_loops):
    return make_page(settings.parse(["--hosts", "*"], {}))


def test_the_head_is_added_once_at_the_end_of_the_page_s_own():
    html = "<head>ä</head><body></head></body>"
    edited = page._edited(html.encode(), root="").decode()
    assert "<head>\n<meta charset=" in edited
    assert f"{components.head()}</head><body></head></body>" in edited
    assert edited.count(components.head()) == 1


def test_the_title_stands_before_gradio_s_element(app):
    html = ask(app, "GET", "/").text
    assert html.count(components.first_paint()) == 1
    body = html[html.index("<body") : html.index("<gradio-app")]
    assert re.sub("<[^>]*>", "", body).split() == ["digitdraw"]


def test_the_page_names_its_own_files_by_relative_addresses_alone(app):
    text = ask(app, "GET", "/").text
    assert text.count('"root":"."') == text.count('const root = "."') == 1
    assert re.findall(r"""(?:src|href)=["'](/[^"']*|http[^"']*)["']""", text) == []


def test_programs_learn_no_other_address_than_the_one_they_were_given(app):
    assert ask(app, "GET", "/config").json()["root"] == ""


@pytest.mark.parametrize("path", PAGES)
def test_no_page_depends_on_what_a_visitor_calls_the_server(app, path):
    assert "evil.example" not in ask(app, "GET", path, headers=FOREIGN).text


def test_examples_of_calls_name_the_public_url():
    app = make_page(settings.parse(["--public-url", PUBLIC], {}))
    assert f'Client(\\"{PUBLIC}\\")' in ask(app, "GET", "/gradio_api/info").text
    assert ask(app, "GET", "/config").json()["root"] == ""
    assert '"root":"."' in ask(app, "GET", "/").text


def test_the_page_names_each_of_gradio_s_styles_without_loading_it(app):
    html = ask(app, "GET", "/").text
    for name in gradio_files.first_view():
        rel = "stylesheet" if name.endswith(".css") else "modulepreload"
        (attributes,) = re.findall(rf'<link rel="{rel}" href="./assets/{name}"([^>]*)>', html)
        assert ("disabled" in attributes) == name.endswith(".css")
    assert not re.search(r'crossorigin href="\./assets/[^"]*\.css"', html)
    assert html.count(f"<style>{gradio_files.styles()}</style>") == 1


def test_gradio_s_styles_need_no_other_file():
    addresses = re.findall(r"url\(([^)]{5})", gradio_files.styles())
    assert {address.strip("\"'")[:4] for address in addresses} <= {"data"}
    assert "@import" not in gradio_files.styles() and "</" not in gradio_files.styles()
