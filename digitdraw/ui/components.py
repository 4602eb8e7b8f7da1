"""The page's own Gradio components, each put together from the .html and .js files beside it.

Knows how the page is made of parts, and nothing of models.
"""

import json
from functools import cache
from pathlib import Path

import gradio as gr

from digitdraw.serving.answers import data_urls, phrases

__all__ = [
    "compare_tab",
    "example_photos",
    "footer",
    "head",
    "header",
    "photo_tab",
    "sketch_tab",
    "upload_tab",
]

_FOLDER = Path(__file__).parent

_STYLES = (
    "page.css", "panel.css", "sketch.css", "intake.css", "upload.css", "photo.css", "boxes.css",
    "compare.css",
)  # fmt: skip

_PAD_SCRIPTS = (
    "server.js", "address.js", "asker.js", "drawing.js", "ink.js", "keyboard.js", "pointer.js",
    "examples.js", "pad.js",
)  # fmt: skip

_SHARE_SCRIPTS = ("clipboard.js", "link.js", "share.js")

_SKETCH_SCRIPTS = (*_PAD_SCRIPTS, *_SHARE_SCRIPTS, "panel.js", "why.js", "sketch.js")

_COMPARE_SCRIPTS = (*_PAD_SCRIPTS, "cards.js", "compare.js")

_INTAKE_SCRIPTS = ("server.js", "panel.js", "camera.js", "intake.js")

_UPLOAD_SCRIPTS = (*_INTAKE_SCRIPTS, "upload.js")

_PHOTO_SCRIPTS = (
    *_INTAKE_SCRIPTS, "album.js", "boxes.js", "clipboard.js", "downloads.js", "numbers.js",
    "queue.js", "thumbnails.js", "zoom.js", "photo.js",
)  # fmt: skip

_PHOTOS = {
    "phone-numbers.jpg": "phone numbers on ruled paper",
    "amounts.jpg": "a column of amounts, half in the shade",
    "date.jpg": "a date on a blackboard",
}


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


def footer() -> gr.HTML:
    """What everybody may know who draws or sends something here."""
    return _component(_read("footer.html"), (), elem_id="dd-footer-block")


def sketch_tab() -> gr.HTML:
    """The canvas with its answer panel; asks while the pen moves."""
    return _component(
        _with_parts("sketch.html"),
        _SKETCH_SCRIPTS,
        elem_id="dd-sketch-block",
        digits=list(range(10)),
        blank=phrases.invitation(phrases.INVITATION),
        examples=json.loads(_read("examples.json")),
        explains=True,
        shares=True,
    )


def upload_tab(max_megabytes: int) -> gr.HTML:
    """The drop zone with its answer panel and the row of preprocessing steps."""
    return _component(
        _with_parts("upload.html"),
        _UPLOAD_SCRIPTS,
        elem_id="dd-upload-block",
        digits=list(range(10)),
        blank=phrases.invitation(phrases.UPLOAD_INVITATION),
        invitation="Drop a picture of one digit here, or paste it",
        several=False,
        max_megabytes=max_megabytes,
    )


def photo_tab(max_megabytes: int) -> gr.HTML:
    """The drop zone that becomes the photo with its boxes, the numbers, and the answer panel."""
    return _component(
        _with_parts("photo.html"),
        _PHOTO_SCRIPTS,
        elem_id="dd-photo-block",
        digits=list(range(10)),
        blank=phrases.invitation(phrases.PHOTO_INVITATION),
        unchosen=phrases.invitation(phrases.CHOOSE_DIGIT),
        invitation="Drop photos of handwritten numbers here, or paste them",
        several=True,
        examples=[
            {"name": title, "src": data_urls.thumbnail(photo)}
            for title, photo in zip(_PHOTOS.values(), example_photos(), strict=True)
        ],
        max_megabytes=max_megabytes,
    )


def compare_tab(cards: list[dict[str, str]]) -> gr.HTML:
    """A canvas, and a card for each model that is compared, of the fields of `lineup.Card`; the
    models are asked while the pen moves."""
    return _component(
        _with_parts("compare.html"),
        _COMPARE_SCRIPTS,
        elem_id="dd-compare-block",
        digits=list(range(10)),
        invitation=phrases.COMPARE_INVITATION,
        models=cards,
        examples=json.loads(_read("tricky.json")),
        explains=False,
        shares=False,
    )


def example_photos() -> list[bytes]:
    """The photos that can be tried, as files."""
    return [(_FOLDER / "photos" / name).read_bytes() for name in _PHOTOS]


def _with_parts(name: str) -> str:
    """A tab's markup with what tabs share in its place: pad, intake and answer panel."""
    text = _read(name)
    for part in ("pad", "intake", "panel"):
        text = text.replace(f"<!-- {part} -->", _read(f"{part}.html"))
    return text


def _component(html: str, scripts: tuple[str, ...], **options) -> gr.HTML:
    """A bare gr.HTML whose scripts share one scope, the last of them starting the rest."""
    return gr.HTML(
        html_template=html,
        js_on_load="\n".join(_read(name) for name in scripts),
        apply_default_css=False,
        **options,
    )
