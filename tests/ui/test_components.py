"""The page's parts as they are put together from files."""

import json
import re
from importlib import resources

import pytest
from PIL import Image

from digitdraw.ui import components, words

FOLDER = resources.files("digitdraw.ui")
TEMPLATES = [path.name for path in FOLDER.iterdir() if path.name.endswith(".html")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_hold_nothing_that_gradio_would_run(name):
    # Gradio makes a JavaScript template literal of them.
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert "`" not in text
    assert "${" not in text
    assert "\\" not in text


def test_nothing_in_the_page_comes_from_another_host():
    for path in FOLDER.iterdir():
        if path.name.endswith((".js", ".css", ".html")):
            text = path.read_text(encoding="utf-8")
            fetched = re.findall(r"""(?:src=|href=|url\(|@import)\s*["']?(https?:|//)""", text)
            assert not fetched, path.name


def test_styles_reach_the_head_once_each():
    head = components.head()
    assert head.count("<style>") == 1
    for mark in (
        "--dd-accent:",
        ".dd-canvas {",
        ".dd-bar {",
        ".dd-drop-zone {",
        ".dd-box {",
        ".dd-card {",
    ):
        assert head.count(mark) >= 1
    assert head.count("{") == head.count("}")


def test_examples_are_read_as_they_are_named(recognizer):
    examples = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))
    said = {e["name"]: words.sentence(recognizer.predict_strokes(e["strokes"])) for e in examples}
    assert said == {
        "a three": "That looks like a 3",
        "a seven with a bar": "That looks like a 7",
        "an eight": "That looks like an 8",
        "an open four": "That looks like a 4",
        "a five": "That looks like a 5",
        "a two": "That looks like a 2",
        "a letter A": "This does not look like a digit",
    }


def test_tricky_examples_are_read_by_the_default_model(recognizer):
    examples = json.loads((FOLDER / "tricky.json").read_text(encoding="utf-8"))
    said = {e["name"]: recognizer.predict_strokes(e["strokes"]).digit for e in examples}
    assert said == {
        "a one with a long upstroke": 1,
        "a nine with a hook": 9,
        "a tilted four": 4,
        "a two leaning back": 2,
        "a thin eight": 8,
        "a slashed zero": 0,
    }


@pytest.mark.parametrize("name", ["examples.json", "tricky.json"])
def test_examples_stay_on_the_canvas(name):
    examples = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    values = [v for e in examples for stroke in e["strokes"] for point in stroke for v in point]
    assert min(values) > 0.05
    assert max(values) < 0.95


def test_example_photos_are_small_and_hold_pixels_alone():
    photos = list((FOLDER / "photos").iterdir())
    assert len(photos) == 3
    for path in photos:
        assert path.stat().st_size <= 120_000
        with Image.open(path) as picture:
            assert picture.format == "JPEG"
            assert max(picture.size) == 1000
            assert not picture.getexif()
