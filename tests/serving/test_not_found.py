"""Where nothing is, people get a page in their language, and programs JSON."""

import pytest

from digitdraw.serving.responses import ErrorResponse
from tests.support.asgi import ask

APP = ErrorResponse(404, "There is nothing here.")
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_browser_gets_a_page():
    response = ask(APP, "GET", "/none", headers=BROWSER)
    assert (response.status_code, response.headers["content-type"][:9]) == (404, "text/html")
    assert "<h1>There is no page at this address</h1>" in response.text
    assert "accept" in response.headers["vary"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_program_gets_json(method):
    assert ask(APP, method, "/none").json()["error"] == "There is nothing here."
    assert ask(APP, "POST", "/none", headers=BROWSER).json()["error"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("de-AT,de;q=0.9,en;q=0.8", "de"), ("en,de", "en"), ("fr, de;q=0.5", "de"), ("fr", "en")],
)
def test_the_page_has_a_language_of_the_browser(accepted, language):
    response = ask(APP, "GET", "/none", headers={**BROWSER, "accept-language": accepted})
    assert f'<html lang="{language}">' in response.text


@pytest.mark.parametrize(
    ("path", "home"), [("/none", "./"), ("/none/", "../"), ("/a/b/c", "../../"), ("/<b>", "./")]
)
def test_the_page_leads_home_below_any_path_of_a_proxy(path, home):
    response = ask(APP, "GET", path, headers=BROWSER)
    assert f'<a href="{home}">' in response.text
    assert "<b>" not in response.text
