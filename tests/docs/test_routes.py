"""The table of routes in docs/hosting.md has every route that is open, with the limits of the code.

Words in capitals stand for parts of a path that vary."""

import re
from pathlib import Path

import pytest

from digitdraw.serving import app, health, settings
from digitdraw.serving.app import MAX_JSON, Service
from digitdraw.serving.middleware import allowlist
from digitdraw.serving.uploads import Uploads
from tests.support.in_process_model import InProcess

TEXT = (Path(__file__).parents[2] / "docs" / "hosting.md").read_text(encoding="utf-8")
TABLE = re.search(r"<!-- routes -->\n(.*?)\n<!-- end -->", TEXT, re.DOTALL)[1]
EXAMPLES = {"ENDPOINT": "predict_strokes", "N": "0"}
NOT_OURS = re.compile(
    "/(gradio_api/(?!upload)|assets|static|theme|manifest|config|pwa|robots|fav|mcp|model)"
)
"""Routes of Gradio and of the MCP library, which are not in our own list. Neither is the page."""
LARGEST_PICTURE = 10 << 20


def rows() -> dict[tuple[str, str], list[str]]:
    """The other cells of the table, by method and path."""
    routes = {}
    for line in TABLE.splitlines()[2:]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for method, path in re.findall(r"`([A-Z]+) (/[^`]*)`", cells[0]):
            assert (method, path) not in routes
            routes[method, path] = cells[1:]
    return routes


def example(path: str) -> str:
    """A path that a route of the table has."""
    return re.sub(r"[A-Z]{2,}|\bN\b", lambda part: EXAMPLES.get(part[0], "x"), path)


def general(path: str) -> str:
    """A path with the same mark for every part that varies."""
    return re.sub(r"\{[^}]*\}|[A-Z]{2,}|\bN\b", "*", path)


@pytest.mark.parametrize("route", rows(), ids=" ".join)
def test_a_route_has_the_limits_of_the_code(route):
    method, path = route[0], example(route[1])
    rate, body, password = rows()[route][:3]
    name = app._rate_limit({"method": method, "path": path, "headers": [(b"content-length", b"9")]})
    assert rate.split(",")[0] == name
    most = app._max_bytes(LARGEST_PICTURE, path)
    sizes = {MAX_JSON: "1 MB", LARGEST_PICTURE + (64 << 10): "`--max-upload`"}
    sizes[LARGEST_PICTURE * 4 // 3 + (64 << 10)] = "`--max-upload` in base64"
    assert body == ("none" if method == "GET" else sizes[most])
    assert password == ("no" if path in health.PATHS else "yes")


@pytest.mark.parametrize("route", rows(), ids=" ".join)
def test_a_route_of_the_table_is_open(route):
    assert allowlist._PATHS[route[0]].fullmatch(example(route[1]))


@pytest.mark.parametrize(
    ("method", "pattern"),
    [(method, pattern) for method in ("GET", "POST") for pattern in allowlist._OPEN[method]],
)
def test_every_open_path_is_in_the_table(method, pattern):
    assert any(method == of_row and re.fullmatch(pattern, example(path)) for of_row, path in rows())


def test_other_methods_open_nothing_else():
    assert set(allowlist._OPEN) == {"GET", "POST", "HEAD"}
    assert allowlist._OPEN["HEAD"] == allowlist._OPEN["GET"]


def test_the_table_has_the_server_s_own_routes_and_no_others(recognizer):
    service = Service(InProcess(recognizer), [], settings.parse([], {}))
    routes = [*service.app.routes, Uploads().route()]
    served = {
        (method, general(route.path)) for route in routes for method in route.methods - {"HEAD"}
    }
    listed = {(method, general(path)) for method, path in rows() if not NOT_OURS.match(path)}
    assert listed == served | {("GET", "/")}
