"""The page's components, as they are built from the files of the front end."""

import io
import json
import re

import pytest
from PIL import Image

from digitdraw.languages import Message
from digitdraw.serving.answers import phrases
from digitdraw.ui import assets, components

FILES = sorted(assets._files())
TEMPLATES = [path for path in FILES if path.endswith(".html")]
EXAMPLES = ("draw/examples.json", "compare/examples.json")


def examples(path: str) -> list[dict]:
    return json.loads(assets.read_text(path))


@pytest.mark.parametrize("path", TEMPLATES)
def test_templates_hold_nothing_that_gradio_would_run(path):
    # Gradio turns a template into a JavaScript template literal.
    text = assets.read_text(path)
    assert "`" not in text
    assert "${" not in text
    assert "\\" not in text


def test_nothing_on_the_page_comes_from_another_host():
    for path in FILES:
        if path.endswith((".js", ".css", ".html")):
            text = assets.read_text(path)
            fetched = re.findall(r"""(?:src=|href=|url\(|@import|from)\s*["']?(https?:|//)""", text)
            assert not fetched, path


def test_the_head_has_every_style_sheet_once():
    head = components.head()
    paths = [path for path in FILES if path.endswith(".css")]
    assert len(paths) == 15
    for path in paths:
        assert head.count(f"<style>{assets.read_style(path)}</style>") == 1, path


def test_templates_include_their_parts():
    for tab in (components.draw_tab(), components.photo_tab(10)):
        assert "<!-- include" not in tab.html_template
        assert "dd-panel" in tab.html_template


def test_only_a_model_with_features_can_be_taught():
    assert [components.draw_tab(model).props["teaches"] for model in ("", "0" * 64)] == [
        False,
        True,
    ]


def test_each_component_starts_the_module_of_its_folder():
    tabs = {
        "page/footer.js": components.footer(),
        "page/header.js": components.header({"note": "the note", "cards": []}),
        "draw/draw.js": components.draw_tab(),
        "photo/photo.js": components.photo_tab(10),
        "compare/compare.js": components.compare_tab([]),
    }
    for path, tab in tabs.items():
        assert f'modules["{path}"].start(' in tab.js_on_load
        assert f'load("{assets.url(assets.file_of(path))}")' in tab.js_on_load
        assert "export function start(" in assets.read_text(path)


def test_examples_are_read_as_they_are_named(recognizer):
    sentences = {
        Message(example["key"]): phrases.sentence(recognizer.predict_strokes(example["strokes"]))
        for example in examples("draw/examples.json")
    }
    assert sentences == {
        "a three": "That looks like a 3",
        "a seven with a bar": "That looks like a 7",
        "an eight": "That looks like an 8",
        "an open four": "That looks like a 4",
        "a five": "That looks like a 5",
        "a two": "That looks like a 2",
        "a letter A": "This does not look like a digit",
    }


def test_tricky_examples_are_read_by_the_default_model(recognizer):
    digits = {
        Message(example["key"]): recognizer.predict_strokes(example["strokes"]).digit
        for example in examples("compare/examples.json")
    }
    assert digits == {
        "a one with a long upstroke": 1,
        "a nine with a hook": 9,
        "a tilted four": 4,
        "a two leaning back": 2,
        "a thin eight": 8,
        "a slashed zero": 0,
    }


@pytest.mark.parametrize("path", EXAMPLES)
def test_examples_stay_on_the_canvas(path):
    strokes = [stroke for example in examples(path) for stroke in example["strokes"]]
    values = [value for stroke in strokes for point in stroke for value in point]
    assert min(values) > 0.05
    assert max(values) < 0.95


def test_example_photos_are_small_and_hold_only_pixels():
    photos = components.example_photos()
    assert len(photos) == 3
    for photo in photos:
        assert len(photo) <= 120_000
        with Image.open(io.BytesIO(photo)) as picture:
            assert picture.format == "JPEG"
            assert max(picture.size) == 1000
            assert not picture.getexif()
