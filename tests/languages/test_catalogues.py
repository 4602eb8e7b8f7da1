"""The catalogues of texts, and the places that use them."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import digitdraw
from digitdraw import languages

PACKAGE = Path(digitdraw.__file__).parent
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".py", ".js", ".html") or path.name == "examples.json"
}
TEMPLATES = [path for path in SOURCES if path.suffix == ".html"]
MODULES = [path for path in SOURCES if path.suffix == ".js"]
ENGLISH = languages.catalogue("en")
KEY = re.compile(r"(?<![\w./-])[a-z]+\.[a-z_]+(?![\w./(-])")
QUOTED_KEY = re.compile(r'["\'>}]([a-z]+\.[a-z_]+)["\'<{]')
MESSAGE = re.compile(r'\b[mM]essage\(\s*"([^"]+)"')
PLACEHOLDER = re.compile(r"\{[^}]*\}")
LIBRARY_TEXT = "{detail}"
"""A placeholder for the English text of a library, which other languages leave out."""
READ_OUT = ("aria-label", "aria-description", "aria-valuetext", "title", "alt", "placeholder")
NO_WORDS = {"digitdraw", "V", "Z", "CSV", "JSON"}
"""What templates hold in no language."""
KEYBOARD = {
    "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Backspace", "Delete", "Enter", "Escape",
    "AbortError", "Files",
}  # fmt: skip
"""Capitalized words of modules that browsers define."""
VERDICTS = {"not a digit"}
"""Verdicts of the server's answers that have a space."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_every_language_has_a_catalogue():
    names = {path.stem for path in languages.FOLDER.glob("*.json")}
    assert names == set(languages.LANGUAGES)
    chosen = SOURCES[PACKAGE / "ui/frontend/language/language.js"]
    quoted = ", ".join(f'"{name}"' for name in languages.LANGUAGES)
    assert f"const LANGUAGES = [{quoted}];" in chosen


@pytest.mark.parametrize("language", languages.LANGUAGES[1:])
def test_catalogues_have_the_same_keys_and_placeholders(language):
    texts = languages.catalogue(language)
    assert list(texts) == list(ENGLISH)  # in the same order, so that they can be read side by side
    for key, english in ENGLISH.items():
        placeholders = set(PLACEHOLDER.findall(english)) - {LIBRARY_TEXT}
        assert set(PLACEHOLDER.findall(texts[key])) == placeholders, key
        assert texts[key].strip(), key


def test_every_key_is_used():
    used = {key for text in SOURCES.values() for key in KEY.findall(text)}
    assert set(ENGLISH) - used == set()


def test_every_key_that_is_used_exists():
    groups = {key.partition(".")[0] for key in ENGLISH}
    for path, text in SOURCES.items():
        quoted = {key for key in QUOTED_KEY.findall(text) if key.partition(".")[0] in groups}
        modules = {key for key in quoted if (PACKAGE / f"{key.replace('.', '/')}.py").exists()}
        keys = (quoted - modules) | set(MESSAGE.findall(text))
        assert keys - set(ENGLISH) == set(), path


def test_no_text_stands_a_second_time():
    sentences = [text for text in ENGLISH.values() if text.count(" ") > 2 and "{" not in text]
    for path, source in SOURCES.items():
        if not path.is_relative_to(PACKAGE / "training"):  # the page says nothing of it
            assert [text for text in sentences if text in source] == [], path


class Words(HTMLParser):
    """Collects the words of a template: texts, and attributes that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in READ_OUT and value]

    def handle_data(self, data):
        self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_hold_keys_in_place_of_words(path):
    parser = Words()
    parser.feed(re.sub(r"<script>.*?</script>|<!--.*?-->", "", SOURCES[path], flags=re.DOTALL))
    words = re.findall(r"[^\W\d_]+", re.sub(r"\{\{.*?\}\}", "", " ".join(parser.found)))
    assert set(words) - NO_WORDS == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_hold_keys_in_place_of_words(path):
    code = re.sub(r"^\s*//.*$|\s// .*$", "", SOURCES[path], flags=re.MULTILINE)
    strings = re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
    texts = [text for pair in strings for text in pair if not text.startswith((".", "[", "input"))]
    english = [text for text in texts if re.search(r"[a-z] [a-z]|^[A-Z][a-z]+", text)]
    assert set(english) - KEYBOARD - VERDICTS == set()


def test_styles_hold_no_words():
    for path in PACKAGE.rglob("*.css"):
        assert not re.search(r'content: "[^"]*[A-Za-z]', path.read_text(encoding="utf-8")), path
