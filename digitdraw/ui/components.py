"""The page's own Gradio components, each put together from the .html and .js files beside it.

Knows how the page is made of parts; what a drawing means is asked of the recognizer.
"""

import json
from functools import cache
from pathlib import Path

import gradio as gr

from digitdraw.pictures import MAX_BYTES
from digitdraw.ui import payload, words

__all__ = ["head", "header", "sketch_tab", "upload_tab"]

_FOLDER = Path(__file__).parent
_STYLES = ("page.css", "panel.css", "sketch.css", "upload.css")
_SKETCH_SCRIPTS = ("asker.js", "panel.js", "drawing.js", "ink.js", "keyboard.js", "sketch.js")
_UPLOAD_SCRIPTS = ("panel.js", "camera.js", "upload.js")


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def head() -> str:
    """Everything for the document's head: styles, the icon, and the theme chosen last time.

    The styles go here and not into `css=`, whose selectors Gradio rewrites so that none can
    name the page's body, where it keeps the class "dark".
    """
    styles = "\n".join(_read(name) for name in _STYLES)
    # Inside a rule for its container our rules are stronger than Gradio's reset of every
    # button, heading and picture in it.
    nested = f".gradio-container.gradio-container {{\n{styles}\n}}"
    return f"{_read('head.html')}\n<style>{_read('tokens.css')}\n{nested}</style>"


def header(model_note: str) -> gr.HTML:
    """The title, the light/dark switch and About; `model_note` says which model runs where."""
    return _component(
        _read("header.html"), ("header.js",), elem_id="dd-header-block", model_note=model_note
    )


def sketch_tab(recognizer) -> gr.HTML:
    """The canvas with its answer panel; asks `recognizer` while the pen moves."""

    def answer(strokes):
        return payload.answer_strokes(recognizer, strokes)

    return _component(
        _with_panel("sketch.html"),
        _SKETCH_SCRIPTS,
        server_functions=[answer],
        elem_id="dd-sketch-block",
        digits=list(range(10)),
        blank=payload.invitation(words.INVITATION),
        examples=json.loads(_read("examples.json")),
    )


def upload_tab(recognizer) -> gr.HTML:
    """The drop zone with its answer panel and the row of preprocessing steps."""

    def read(form):
        # Gradio hands over a form with files in it as (name, bytes) pairs; anything else
        # was not sent by this page.
        files = getattr(form, "files", None)
        if not files:
            return {"error": "No picture came with this request."}
        return payload.answer_picture(recognizer, files[0][1])

    return _component(
        _with_panel("upload.html"),
        _UPLOAD_SCRIPTS,
        server_functions=[read],
        elem_id="dd-upload-block",
        digits=list(range(10)),
        blank=payload.invitation(words.UPLOAD_INVITATION),
        max_bytes=MAX_BYTES,  # the page refuses larger files before it sends them
        max_megabytes=MAX_BYTES >> 20,
    )


def _with_panel(name: str) -> str:
    """A tab's markup with the answer panel, which all tabs share, in its place."""
    return _read(name).replace("<!-- panel -->", _read("panel.html"))


def _component(html: str, scripts: tuple[str, ...], **options) -> gr.HTML:
    """A bare gr.HTML whose scripts share one scope, the last of them starting the rest."""
    return gr.HTML(
        html_template=html,
        js_on_load="\n".join(_read(name) for name in scripts),
        apply_default_css=False,
        **options,
    )
