"""The page as a whole: what it is made of, what it lets programs ask, how it starts."""

import asyncio
import json
import socket
import subprocess
import sys
from pathlib import Path

import gradio as gr
import httpx
import pytest
from drawings import DIGITS
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from painted import photo
from PIL import Image
from serving import Server

import app as page
import digitdraw

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module", autouse=True)
def closed_loops():
    """Close the event loops that Gradio makes for its locks and leaves open (ResourceWarning)."""
    made = []
    make = asyncio.new_event_loop

    def remember():
        made.append(make())
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", remember)
        patch.setattr(asyncio.events, "new_event_loop", remember)
        yield
    for loop in made:
        if not loop.is_running():
            loop.close()


@pytest.fixture(scope="module")
def demo(recognizer):
    return page.build(recognizer)


@pytest.fixture(scope="module")
def url():
    """The page, served as a person would serve it, but for a reader that finds blots."""
    server = Server(finds_blots=True).start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def client(url):
    with_client = Client(url, verbose=False)
    yield with_client
    with_client.close()


def ask_page(url, function, data):
    """Call a server function as the page's script does; returns the response."""
    config = httpx.get(f"{url}config").json()
    owner = next(
        each["id"]
        for each in config["components"]
        if function in (each["props"].get("server_fns") or [])
    )
    body = {"data": data, "component_id": owner, "fn_name": function, "session_hash": "test"}
    return httpx.post(f"{url}gradio_api/component_server/", content=json.dumps(body), timeout=20)


def run_python(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_importing_the_page_builds_nothing():
    done = run_python("-c", "import app, gradio; print(len(gradio.Blocks.instances))")
    assert done.stdout.strip() == "0"


def test_the_page_has_a_tab_for_each_way_to_come_by_digits(demo):
    tabs = [block.label for block in demo.blocks.values() if isinstance(block, gr.Tab)]
    assert tabs == ["Draw", "Photo", "Upload", "Compare"]
    assert demo.title == "digitdraw"


def test_nothing_is_reported_to_anyone(demo):
    assert demo.analytics_enabled is False


def test_two_pages_in_one_process_get_the_same_answers(recognizer):
    # Ids of components are counted, and a page left open over a restart keeps the old ones.
    ids = []
    for _ in range(2):
        config = page.build(recognizer).get_config_file()
        ids.append([each["type"] for each in config["components"]])
    assert ids[0] == ids[1]


def test_programs_find_the_named_endpoints_and_no_others(client):
    named = client.view_api(return_format="dict", print_info=False)
    assert set(named["named_endpoints"]) == {
        "/predict_strokes",
        "/predict_image",
        "/read_numbers",
    }
    assert named["unnamed_endpoints"] == {}


def test_programs_can_send_strokes(client):
    answer = client.predict(DIGITS[4], api_name="/predict_strokes")
    assert answer["digit"] == 4
    assert answer["verdict"] == "digit"
    assert len(answer["probabilities"]) == 10


def test_programs_can_send_a_picture(client, recognizer, tmp_path):
    glyph = recognizer.predict_strokes(DIGITS[6]).glyph
    picture = Image.fromarray((255 - glyph * 255).astype("uint8")).resize((140, 140))
    picture.save(tmp_path / "six.png")
    answer = client.predict(handle_file(tmp_path / "six.png"), api_name="/predict_image")
    assert answer["digit"] == 6


def test_programs_can_send_a_photo(client, tmp_path):
    Image.fromarray(photo([(40, 40), (54, 40), (40, 110)])).save(tmp_path / "photo.png")
    answer = client.predict(handle_file(tmp_path / "photo.png"), api_name="/read_numbers")
    assert [each["number"] for each in answer["numbers"]] == ["07", "0"]
    assert [each["number"] for each in answer["digits"]] == [0, 0, 1]
    assert len(answer["digits"][0]["box"]) == 4


def test_programs_are_told_what_is_wrong_with_strokes(client):
    with pytest.raises(AppError, match="list of"):
        client.predict("seven", api_name="/predict_strokes")


@pytest.mark.parametrize("endpoint", ["/predict_image", "/read_numbers"])
def test_programs_are_told_what_is_wrong_with_a_picture(client, tmp_path, endpoint):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(tmp_path / "broken.png"), api_name=endpoint)
    assert "Traceback" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_programs_are_not_told_where_weights_are_missing(monkeypatch, recognizer):
    def read_numbers(image):
        raise digitdraw.BadWeightsError("/srv/weights/manifest.json lists no 'reader'.")

    monkeypatch.setattr(recognizer, "read_numbers", read_numbers)
    endpoint = next(f.fn for f in page.build(recognizer).fns.values() if f.name == "read_numbers")
    with pytest.raises(gr.Error, match="missing or damaged") as caught:
        endpoint("photo.png")
    assert "/srv" not in str(caught.value)


@pytest.mark.parametrize("endpoint", ["predict_image", "read_numbers"])
def test_a_file_of_the_server_cannot_be_asked_for(url, endpoint):
    # Only what was uploaded may be read, whatever path a program sends.
    sent = {"path": str(ROOT / "pyproject.toml"), "meta": {"_type": "gradio.FileData"}}
    response = httpx.post(f"{url}gradio_api/run/{endpoint}", json={"data": [sent]}, timeout=20)
    assert response.status_code >= 400
    assert "build-system" not in response.text


def test_the_page_is_answered(url):
    answer = ask_page(url, "answer", DIGITS[2]).json()
    assert answer["big"] == "2"


def test_the_page_is_told_why_and_what_other_models_say(url):
    assert ask_page(url, "why", DIGITS[7]).json()["legend"][0] == "Blue ink speaks for 7"
    assert ask_page(url, "compare", DIGITS[7]).json()["models"]["default"]["big"] == "7"


@pytest.mark.parametrize("function", ["answer", "why", "compare"])
def test_the_page_is_told_of_bad_strokes_in_words(url, function):
    response = ask_page(url, function, [[["a", "b"]]])
    assert response.status_code == 200
    assert set(response.json()) == {"error"}


def test_numbers_that_are_none_are_refused_in_words(url):
    response = ask_page(url, "answer", [[[float("nan"), 1.0]]])
    assert response.status_code == 200
    assert set(response.json()) == {"error"}


@pytest.mark.parametrize("function", ["read", "read_photo"])
def test_an_upload_without_a_file_is_refused_in_words(url, function):
    assert set(ask_page(url, function, {"file": "no"}).json()) == {"error"}


def test_examples_are_read_by_number_and_nothing_else(url):
    told = ask_page(url, "read_example", 2).json()
    assert (told["width"], told["height"]) == (1000, 750)
    for index in (3, -1, "0", "../upload.html", None, 1.5):
        assert ask_page(url, "read_example", index).json() == {"error": "There is no such example."}


def test_the_page_itself_names_no_other_host(url):
    text = httpx.get(url).text
    head = page.launch_options()["head"]
    assert "fonts.googleapis" not in text
    assert "http://" not in head.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in head


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--model", "no-such-model"], "no-such-model"), (["--device", "abacus"], "abacus")],
)
def test_a_start_that_cannot_work_says_why(arguments, words, capsys):
    assert page.main(arguments) == 2
    assert words in capsys.readouterr().err


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        # In a process of its own: Gradio leaves the sockets open with which it tried.
        done = run_python("app.py", "--device", "cpu", "--port", port)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_option(capsys):
    with pytest.raises(SystemExit):
        page.main(["--help"])
    help_text = capsys.readouterr().out
    for option in ("--host", "--port", "--model", "--device", "--share"):
        assert option in help_text
