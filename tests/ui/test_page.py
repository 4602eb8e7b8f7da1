"""The head of the page, which is added to Gradio's HTML."""

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from digitdraw.ui import page
from tests.support.asgi import ask

HEAD = "<style>p { color: red }</style>"
APP = page._with_head(
    Starlette(
        routes=[
            Route("/", lambda request: HTMLResponse("<head>ä</head><body></head></body>")),
            Route("/part", lambda request: HTMLResponse("<p>no head</p>")),
            Route("/text", lambda request: PlainTextResponse("</head>")),
        ]
    ),
    HEAD,
)


def test_the_head_is_added_once_at_the_end_of_the_page_s_own():
    response = ask(APP, "GET", "/")
    assert response.text == f"<head>ä{HEAD}</head><body></head></body>"
    assert int(response.headers["content-length"]) == len(response.content)


def test_other_answers_are_not_changed():
    assert ask(APP, "GET", "/part").text == "<p>no head</p>"
    assert ask(APP, "GET", "/text").text == "</head>"
    assert ask(APP, "HEAD", "/").content == b""
