"""Builds the page's Gradio components from the files in `frontend/`.

Each component is a bare `gr.HTML`: a template, and an ES module that makes it work."""

import json
import re

import gradio as gr

from digitdraw import __version__
from digitdraw.languages import LANGUAGES, Message, catalogue, with_messages
from digitdraw.serving.answers import phrases
from digitdraw.ui import assets

_STYLES = (
    "page/tokens.css",
    "page/page.css",
    "present/present.css",
    "answer/panel.css",
    "pad/pad.css",
    "marks/marks.css",
    "draw/draw.css",
    "share/share.css",
    "memory/memory.css",
    "drop_zone/drop_zone.css",
    "photo/photo.css",
    "photo/viewer/boxes.css",
    "photo/numbers.css",
    "photo/viewer/steps.css",
    "compare/compare.css",
)
_INCLUDE = re.compile("<!-- include (.+?) -->")
_EXAMPLE_PHOTOS = {
    "photo/examples/phone-numbers.jpg": "example.phone_numbers",
    "photo/examples/amounts.jpg": "example.amounts",
    "photo/examples/date.jpg": "example.date",
}
# Gradio runs this text in a function whose parameters include `element` and `props`.
_LOADER = """
const load = (url) => import(new URL(url, document.baseURI)).then(({{ modules }}) => modules);
const failures = {failures};
load("{file}")
  .then(async (modules) => [modules, await modules["language/language.js"].ready])
  .then(([modules, translate]) => {{
    translate(element);
    modules["{module}"].start(element, props);
    element.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }}, () => (element.textContent = failures[document.documentElement.lang] ?? failures.en));
"""


def head() -> str:
    """The markup for the document's head: icon, the modules of the first view, and styles.

    The styles are inline because the first paint needs all of them: links would take ten requests
    before it. The modules come first: without their texts, the page is empty."""
    script = f'<script type="module" async src="{assets.url(assets.FIRST_VIEW_FILE)}"></script>'
    styles = [f"<style>{assets.read_style(path)}</style>" for path in _STYLES]
    return "\n".join([assets.read_text("page/head.html"), script, *styles])


def first_paint() -> str:
    """The markup of the title, for the document's body: it is there before Gradio has started."""
    title = f'<div class="dd-title">{assets.read_text("page/title.html")}</div>'
    return f'<div class="gradio-container dd-first-paint"><div class="main app">{title}</div></div>'


def header(facts: dict, source: str = "") -> gr.HTML:
    """The title, the switches of language and theme, and About.

    `facts` are those of `Answers.facts`, as JSON holds them. `source` is the URL of the source."""
    notes = {name: facts[name] for name in ("note", "note_message") if name in facts}
    names = ("name", "summary", "summary_message")
    models = [{name: card[name] for name in names if name in card} for card in facts["cards"]]
    return _component(
        "header", "page/header", models=models, version=__version__, source=source, **notes
    )


def footer() -> gr.HTML:
    """The line about privacy."""
    return _component("footer", "page/footer")


def draw_tab(model: str = "") -> gr.HTML:
    """The canvas with the answer panel; asks the server while the pen moves.

    `model` is the SHA-256 of a model with features; people can correct its answers."""
    return _component(
        "draw",
        "draw/draw",
        blank=phrases.invitation(phrases.INVITATION),
        examples=_drawings("draw/examples.json"),
        explains=True,
        shares=True,
        teaches=bool(model),
        model=model,
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
        teaches=False,
        max_megabytes=max_megabytes,
        examples=[
            {"name": Message(key), "src": assets.url(photo.replace(".jpg", ".small.jpg"))}
            for photo, key in _EXAMPLE_PHOTOS.items()
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
            file=assets.url(assets.file_of(f"{path}.js")),
            module=f"{path}.js",
            failures=json.dumps({name: catalogue(name)["page.not_loaded"] for name in LANGUAGES}),
        ),
        apply_default_css=False,
        elem_id=f"dd-{name}-block",
        digits=list(range(10)),
        **with_messages(props),
    )
