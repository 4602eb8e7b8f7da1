"""The documents are short, plain and true: links, paths, commands, options and figures exist."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from PIL import Image, ImageDraw

import digitdraw
from benchmarks.tools.run_lessons import LESSONS
from digitdraw.serving import settings
from tests.support.drawings import DIGITS
from tests.support.lessons import markdown_cells

ROOT = Path(__file__).parents[2]
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
MARKER = re.compile(r"<!-- (?!end )([\w ]+) -->\n(?!```)(.*?)\n<!-- end -->", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`\[*-])|\n\n")
MOST_WORDS = 30
MOST_LINES = {"README.md": 150, "weights/MODEL_CARD.md": 150}
DOCS_LINES, LESSON_LINES, RELEASE_LINES, MOST_MAIN_FIGURES = 250, 300, 40, 12
TABLES = {
    "settings": "docs/hosting.md",
    "routes": "docs/hosting.md",
    "main figures": "README.md",
    "all models": "weights/MODEL_CARD.md",
    "default model": "weights/MODEL_CARD.md",
}
"""The document that holds each table that is generated or checked."""
EARLIER = {"benchmarks/read_photos.py", "deploy/ray_serve.py", "requirements-ray.txt"}
"""Paths of earlier versions, which the documents name as such."""
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for pattern in ("*.md", "docs/**/*.md", "weights/*.md")
    for path in sorted(ROOT.glob(pattern))
} | {
    str(path.relative_to(ROOT)): "\n\n".join(markdown_cells(nbformat.read(path, as_version=4)))
    for path in LESSONS
}
COMMANDS = ("serve", "predict", "read", "train", "evaluate", "calibrate")
README = DOCUMENTS["README.md"]

every_document = pytest.mark.parametrize("name", DOCUMENTS)


def example(text_before: str, name: str = "README.md", language: str = "python") -> str:
    """The first example of a document after `text_before`."""
    text = DOCUMENTS[name]
    return re.search(rf"```{language}\n(.*?)```", text[text.index(text_before) :], re.DOTALL)[1]


def picture_of_seven() -> Image.Image:
    """A drawn seven as a picture, dark ink on white."""
    picture = Image.new("L", (280, 280), 255)
    pen = ImageDraw.Draw(picture)
    low = np.concatenate(DIGITS[7]).min(axis=0)
    scale = 160 / np.ptp(np.concatenate(DIGITS[7]), axis=0).max()
    for stroke in DIGITS[7]:
        points = 60 + (np.array(stroke) - low) * scale
        pen.line(list(map(tuple, points)), fill=0, width=14, joint="curve")
    return picture


def code_lines(name: str) -> list[str]:
    """All lines of the shell examples of a document, joined where they go on after a backslash."""
    blocks = [block[2] for block in FENCE.findall(DOCUMENTS[name]) if block[1] == "sh"]
    text = "\n".join(blocks).replace("\\\n", " ")
    return [line.split("#")[0] for line in re.split(r"\n| && ", text)]


def quoted_code(name: str) -> list[str]:
    """What a document has in backticks, without its examples."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", DOCUMENTS[name]))


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, without front matter, examples, tables and headings."""
    text = FENCE.sub("", FRONT_MATTER.sub("", text))
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"^[|#].*$", "", text, flags=re.MULTILINE)
    return [" ".join(sentence.split()) for sentence in SENTENCE_END.split(text)]


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def help_of(command: str) -> str:
    """What `digitdraw COMMAND --help` prints."""
    run = [sys.executable, "-m", "digitdraw", command, "--help"]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_library_example_runs(tmp_path, monkeypatch, recognizer):
    monkeypatch.chdir(tmp_path)
    for name in ("seven.png", "photo.jpg"):
        picture_of_seven().save(name)
    names = {"glyphs": recognizer.predict_strokes([[(0, 0), (0, 9)]]).glyph[None]}
    exec(example("## As a library"), names)
    assert names["prediction"].digit == 1


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md",
             "docs/training.md", "docs/photo-reading.md", "docs/hosting.md", "docs/load.md",
             "docs/experiments.md", "docs/api.md", "weights/MODEL_CARD.md"],
)  # fmt: skip
def test_every_document_is_there(name):
    assert name in DOCUMENTS


@every_document
def test_a_document_is_not_too_long(name):
    most = LESSON_LINES if name.endswith(".ipynb") else MOST_LINES.get(name, DOCS_LINES)
    assert DOCUMENTS[name].count("\n") <= most


def test_a_release_is_described_in_a_few_lines():
    releases = re.split(r"^## ", DOCUMENTS["CHANGELOG.md"], flags=re.MULTILINE)[1:]
    newest = next(release for release in releases if not release.startswith("[Unreleased]"))
    assert newest.startswith(f"[{digitdraw.__version__}]")
    assert all(release.count("\n") <= RELEASE_LINES for release in releases)


@every_document
def test_sentences_are_short(name):
    long = [s for s in sentences(DOCUMENTS[name]) if len(s.split()) > MOST_WORDS]
    assert not long


@every_document
def test_links_lead_somewhere(name):
    text = FENCE.sub("", DOCUMENTS[name])
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(anchor_of, headings), link


@every_document
def test_repository_paths_in_backticks_exist(name):
    tops = {path.name for path in (*ROOT.iterdir(), *(ROOT / "digitdraw").iterdir())}
    for path in quoted_code(name):
        is_path = re.fullmatch(r"[\w.-]+/[\w./-]*", path) and path.split("/")[0] in tops
        is_file = re.fullmatch(r"[\w-]+\.(py|toml|txt|md)", path)
        if (is_path or is_file) and path not in EARLIER and "NAME" not in path:
            assert (ROOT / path).exists() or (ROOT / "digitdraw" / path).exists(), path


def test_files_in_diagrams_exist():
    diagrams = [b[2] for b in FENCE.findall(DOCUMENTS["docs/architecture.md"]) if b[1] == "mermaid"]
    paths = re.findall(r"[\w/]+\.(?:py|js)\b", "\n".join(diagrams))
    assert len(diagrams) == 3
    assert len(paths) > 40
    assert [path for path in paths if not (ROOT / "digitdraw" / path).is_file()] == []


@every_document
def test_scripts_exist_and_know_their_options(name):
    for line in [*code_lines(name), *quoted_code(name)]:
        found = re.match(r"(?:\.venv/bin/)?python (\S+\.py)(.*)", line.strip())
        if found and found[1] not in EARLIER and "NAME" not in found[1]:
            script = ROOT / found[1]
            assert script.is_file(), found[1]
            for option in re.findall(r" (--[a-z][\w-]*)", found[2]):
                assert f'"{option}"' in script.read_text(encoding="utf-8"), (found[1], option)


@every_document
def test_commands_exist_and_know_their_options(name):
    if name == "CHANGELOG.md":  # its tables list old names, too
        return
    for line in [*code_lines(name), *quoted_code(name)]:
        found = re.match(r"(?:\S*/|python -m |torchrun .* -m )?digitdraw (\w+)(.*)", line.strip())
        if found and found[1] not in ("COMMAND", "command"):
            assert found[1] in COMMANDS, line
            for option in re.findall(r" (--[a-z][\w-]*)", found[2]):
                assert option in help_of(found[1]), (line, option)


def test_each_generated_table_is_in_one_document():
    places = [(marker[0], name) for name in DOCUMENTS for marker in MARKER.findall(DOCUMENTS[name])]
    assert sorted(places) == sorted(TABLES.items())


def test_the_table_of_settings_is_that_of_the_server():
    expected = f"<!-- settings -->\n{settings.table()}\n<!-- end -->"
    assert expected in DOCUMENTS[TABLES["settings"]]


def test_the_main_figures_are_few_and_those_of_the_evaluation():
    table = dict(MARKER.findall(README))["main figures"]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]
    assert sum(cell != "\N{EN DASH}" for row in rows for cell in row[1:]) <= MOST_MAIN_FIGURES
    for test_set, correct, rejected in rows:
        for share, metric in ((correct, "correct"), (rejected, "rejected")):
            if share != "\N{EN DASH}":
                assert share == f"{mean(f'{test_set}: {metric}'):.2%}"


def test_the_model_card_has_front_matter_with_results_of_the_evaluation():
    fields = yaml.safe_load(FRONT_MATTER.match(DOCUMENTS["weights/MODEL_CARD.md"])[1])
    assert fields["license"] == "mit"
    assert fields["tags"] and fields["datasets"] and fields["metrics"]
    (model,) = fields["model-index"]
    for result in model["results"]:
        assert {"task", "dataset", "metrics"} <= set(result)
        assert {"type", "name"} <= set(result["dataset"])
        for metric in result["metrics"]:
            assert metric["value"] == round(mean(metric["name"]), 4)


def mean(metric: str) -> float:
    """The mean of a metric of the default model in `weights/evaluation.json`."""
    evaluation = json.loads((ROOT / "weights" / "evaluation.json").read_text(encoding="utf-8"))
    return evaluation["default"]["figures"][metric]["mean"]


def test_a_space_can_read_the_front_matter_of_the_readme():
    fields = yaml.safe_load(FRONT_MATTER.match(README)[1])
    assert {"title", "sdk", "sdk_version", "app_file", "license"} <= set(fields)


def test_the_test_command_is_one_line_after_its_marker():
    block = re.search(r"<!-- test command -->\n```sh\n(.*?)```", README, re.DOTALL)[1]
    assert block.count("\n") == 1
    assert "pytest" in block
