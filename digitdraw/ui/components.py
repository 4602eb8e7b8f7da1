"""Builds the page's Gradio components from the files in `frontend/`.

Each component is a bare `gr.HTML`: a template, and an ES module that makes it work."""

import json
import re

import gradio as gr

from digitdraw.languages import LANGUAGES, Message, catalogue, with_messages
from digitdraw.preprocessing.image_io import open_image
from digitdraw.serving.answers import data_urls, phrases
from digitdraw.ui import assets

_STYLES = (
    "page/tokens.css",
    "page/page.css",
    "answer/panel.css",
    "pad/pad.css",
    "draw/draw.css",
    "share/share.css",
    "drop_zone/drop_zone.css",
    "photo/photo.css",
    "photo/viewer/boxes.css",
    "photo/numbers.css",
    "photo/viewer/steps.css",
    "compare/compare.css",
)
_INCLUDE = re.compile("<!-- include (.+?) -->")
_LANGUAGE = "language/language.js"
_FIRST_VIEW = ("page/header.js", "draw/draw.js", "page/footer.js")
_EXAMPLE_PHOTOS = {
    "photo/examples/phone-numbers.jpg": "example.phone_numbers",
    "photo/examples/amounts.jpg": "example.amounts",
    "photo/examples/date.jpg": "example.date",
}
_THUMBNAIL_EDGE = 240
"""Longest side of the picture on the button of an example photo, in pixels."""
# Gradio runs this text in a function whose parameters include `element` and `props`.
_LOADER = """
const load = (url) => import(new URL(url, document.baseURI));
const failures = {failures};
Promise.all([load("{language}").then(({{ ready }}) => ready), load("{module}")]).then(
  ([translate, module]) => {{
    translate(element);
    module.start(element, props);
    element.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }},
  () => (element.textContent = failures[document.documentElement.lang] ?? failures.en),
);
"""


def head() -> str:
    """The markup for the document's head: icon, language, preloads and styles.

    The styles are inline because the first paint needs all of them: links would take ten requests
    before it. The preloads have a low priority, so that Gradio's own modules come first. The
    language does not wait for those: without it, the page has no text."""
    paths = dict.fromkeys(path for entry in _FIRST_VIEW for path in assets.modules(entry))
    preloads = [
        f'<link rel="modulepreload" fetchpriority="low" href="{assets.url(path)}">'
        for path in paths
    ]
    styles = [f"<style>{assets.read_text(path)}</style>" for path in _STYLES]
    language = f'<script type="module" async src="{assets.url(_LANGUAGE)}"></script>'
    return "\n".join([assets.read_text("page/head.html"), language, *preloads, *styles])


def header(facts: dict) -> gr.HTML:
    """The title, the switches of language and theme, and About.

    `facts` are those of `Answers.facts`, as JSON holds them."""
    notes = {name: facts[name] for name in ("note", "note_message") if name in facts}
    return _component("header", "page/header", **notes)


def footer() -> gr.HTML:
    """The line about privacy."""
    return _component("footer", "page/footer")


def draw_tab() -> gr.HTML:
    """The canvas with the answer panel; asks the server while the pen moves."""
    return _component(
        "draw",
        "draw/draw",
        blank=phrases.invitation(phrases.INVITATION),
        examples=_drawings("draw/examples.json"),
        explains=True,
        shares=True,
    )


def compare_tab(cards: list[dict[str, str]]) -> gr.HTML:
    """The canvas with a card for each model; asks the server while the pen moves.

    `cards` are those of `Comparison.cards`."""
    return _component(
        "compare",
        "compare/compare",
        invitation=phrases.COMPARE_INVITATION,
        models=cards,
        examples=_drawings("compare/examples.json"),
        explains=False,
        shares=False,
    )


def photo_tab(max_megabytes: int) -> gr.HTML:
    """The drop zone that shows a photo with its boxes, the numbers, and the answer panel.

    For a picture of a single digit it also shows the preprocessing steps."""
    return _component(
        "photo",
        "photo/photo",
        blank=phrases.invitation(phrases.PHOTO_INVITATION),
        unchosen=phrases.invitation(phrases.CHOOSE_DIGIT),
        max_megabytes=max_megabytes,
        examples=[
            {"name": Message(key), "src": data_urls.jpeg(open_image(photo), _THUMBNAIL_EDGE)}
            for photo, key in zip(example_photos(), _EXAMPLE_PHOTOS.values(), strict=True)
        ],
    )


def example_photos() -> list[bytes]:
    """The files of the example photos, in the order of their buttons."""
    return [assets.read_bytes(path) for path in _EXAMPLE_PHOTOS]


def _drawings(path: str) -> list[dict]:
    return [
        {"name": Message(example["key"]), "strokes": example["strokes"]}
        for example in json.loads(assets.read_text(path))
    ]


def _component(name: str, path: str, **props) -> gr.HTML:
    """A component of the template `path`.html, with those it includes, and the module `path`.js."""
    template = assets.read_text(f"{path}.html")
    return gr.HTML(
        html_template=_INCLUDE.sub(lambda match: assets.read_text(match[1]), template),
        js_on_load=_LOADER.format(
            language=assets.url(_LANGUAGE),
            module=assets.url(f"{path}.js"),
            failures=json.dumps({name: catalogue(name)["page.not_loaded"] for name in LANGUAGES}),
        ),
        apply_default_css=False,
        elem_id=f"dd-{name}-block",
        digits=list(range(10)),
        **with_messages(props),
    )
