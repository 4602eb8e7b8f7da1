"""The examples of docs/api.md run against a real server, and their answers fit the schemas."""

import importlib.util
import json
import shlex
import shutil
import subprocess
import sys

import jsonschema
import pytest

from digitdraw.serving.api import openapi
from tests.docs.test_documents import example, picture_of_seven
from tests.support.server import Server

DOCUMENT, ADDRESS = "docs/api.md", "http://127.0.0.1:7860"
HAS_MCP = importlib.util.find_spec("mcp") is not None


@pytest.fixture(scope="module")
def server():
    server = Server(options=["--mcp"] if HAS_MCP else []).start()
    yield server
    server.stop()


@pytest.fixture
def folder(tmp_path):
    """A folder with the pictures that the examples send."""
    picture_of_seven().save(tmp_path / "picture.png")
    picture_of_seven().save(tmp_path / "photo.jpg")
    return tmp_path


def commands(text_before: str, name: str) -> list[list[str]]:
    """The curl commands of an example, as arguments."""
    lines = map(shlex.split, example(text_before, name, "sh").splitlines())
    return [words for words in lines if words]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize(
    ("text_before", "name"),
    [("<!-- curl examples -->", DOCUMENT), ("## From another program", "README.md")],
)
def test_the_curl_examples_are_answered(server, folder, text_before, name):
    for words in commands(text_before, name):
        assert words[0] == "curl"
        address = next(word for word in words if word.startswith(ADDRESS))
        words = [word.replace(ADDRESS, server.url.rstrip("/")) for word in words]
        done = subprocess.run([*words, "-sS", "--fail-with-body"], cwd=folder, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr
        answer = json.loads(done.stdout)
        path = address.removeprefix(ADDRESS)
        if path.endswith("openapi.json"):
            assert answer["openapi"].startswith("3.1")
        elif path.endswith("numbers"):
            jsonschema.validate(answer, openapi.READING)
            assert [number["number"] for number in answer["numbers"]] == ["7"]
        else:
            is_drawing = path.endswith("strokes")
            jsonschema.validate(answer, openapi.DRAWING if is_drawing else openapi.PREDICTION)
            assert answer["digit"] == (1 if is_drawing else 7)


def run(code: str, server: Server, folder) -> str:
    """Run an example in a process of its own, and return what it prints."""
    code = code.replace(ADDRESS, server.url.rstrip("/"))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_client_example_runs_against_the_served_page(server, folder):
    printed = run(example("<!-- client example -->", DOCUMENT), server, folder)
    first, second, third = printed.splitlines()[-3:]
    assert first.startswith("1 0.9")
    assert second == "7 digit"
    assert third == "['7']"


@pytest.mark.skipif(not HAS_MCP, reason="needs the package mcp")
def test_the_example_of_a_tool_runs_against_the_served_page(server, folder):
    assert run(example("<!-- mcp example -->", DOCUMENT), server, folder) == "7\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_all_routes_of_the_document_have_an_example():
    lines = "\n".join(" ".join(words) for words in commands("<!-- curl examples -->", DOCUMENT))
    for name in ("strokes", "image", "numbers", "openapi.json"):
        assert f"{ADDRESS}/api/v1/{name}" in lines


def test_the_example_of_memory_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(example("<!-- memory example -->", DOCUMENT), names)
    assert names["answer"].prediction.digit == 7
    assert [example.label for example in names["memory"].examples] == [7]
    assert (tmp_path / "mine" / "labels.jsonl").is_file()
