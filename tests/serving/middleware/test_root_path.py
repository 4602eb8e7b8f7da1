"""The path below which a proxy shows the page, which may be left in requests or taken off."""

import pytest

from digitdraw.errors import SettingError
from digitdraw.serving.middleware.root_path import RootPath
from tests.support.asgi import ask, echo

APP = RootPath(echo, "/class/digits")


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ("/class/digits/", "/"),
        ("/class/digits/live/answer", "/live/answer"),
        ("/", "/"),
        ("/live/answer", "/live/answer"),
        ("/class/digits-2/", "/class/digits-2/"),
        ("/class/digits/class/digits/", "/class/digits/"),
    ],
)
def test_the_path_is_taken_off_where_a_proxy_left_it(path, inner):
    assert ask(APP, "GET", path).text == f"{inner} 0"


def test_without_a_slash_browsers_are_sent_to_the_folder():
    response = ask(APP, "GET", "/class/digits?theme=dark")
    assert response.status_code == 307
    assert response.headers["location"] == "digits/"  # relative to /class/


@pytest.mark.parametrize("path", ["/static", "/live/digits", "/config", "/assets"])
def test_a_path_of_the_server_s_own_is_refused(path):
    with pytest.raises(SettingError, match=f"cannot be {path}: .* such as /digits"):
        RootPath(echo, path)
