"""What the README shows is true: its examples run, its tree is complete, its commands exist."""

import re
from pathlib import Path

import pytest
from PIL import Image

from digitdraw.serving import settings
from tests.preprocessing.test_binarize import page
from tests.support.server import Server

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def example(before: str) -> str:
    """The first Python example after the words `before`."""
    return re.search(r"```python\n(.*?)```", README[README.index(before) :], re.DOTALL)[1]


def test_the_library_example_runs(tmp_path, monkeypatch, recognizer):
    monkeypatch.chdir(tmp_path)
    for name in ("seven.png", "photo.jpg"):
        Image.fromarray(page(7)).save(name)
    names = {"glyphs": recognizer.predict_strokes([[(0, 0), (0, 9)]]).glyph[None]}
    exec(example("## As a library"), names)
    assert names["prediction"].digit == 1


def test_the_client_example_runs_against_the_served_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(page(7)).save("picture.png")
    server = Server().start()
    try:
        code = example("<!-- client example -->").replace("http://127.0.0.1:7860", server.url)
        names: dict = {}
        exec(code.replace("Client(", "Client(verbose=False, src=", 1), names)
        names["client"].close()
    finally:
        server.stop()
    assert names["answer"]["digit"] == 7
    assert "1 0.9" in capsys.readouterr().out


def test_the_tree_names_every_module():
    tree = README[README.index("app.py     ") :]
    for path in (ROOT / "digitdraw").glob("*.py"):
        if path.name != "__init__.py":
            assert path.name in tree, path.name


@pytest.mark.parametrize("path", re.findall(r"\]\(([\w./]+)\)", README))
def test_what_is_linked_is_there(path):
    assert (ROOT / path).is_file()


def test_every_script_it_names_is_there():
    for module in set(re.findall(r"-m (digitdraw[\w.]*)", README)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
    for script in set(re.findall(r"python (\w+/\w+\.py|app\.py)", README)):
        assert (ROOT / script).is_file()


def test_the_table_of_settings_is_that_of_the_server():
    assert f"<!-- settings -->\n{settings.table()}\n<!-- end -->" in README
