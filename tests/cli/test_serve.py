"""The page as a whole: what it is made of, what it lets programs ask, how it starts."""

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from starlette.routing import Mount

import app
from digitdraw.serving import settings
from digitdraw.serving.workers.batching import MAX_IN_FLIGHT
from digitdraw.ui import components
from digitdraw.ui.page import SESSIONS, build
from tests.support import edges
from tests.support.drawings import DIGITS
from tests.support.event_loops import beside
from tests.support.painted import photo
from tests.support.server import WITH_BLOT_DETECTOR, Server

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")


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
def demo(url):
    """What Gradio says that the page is made of."""
    return httpx.get(f"{url}config").json()


@pytest.fixture(scope="module")
def url():
    """The page, served as a person would serve it, but for a reader that finds blots."""
    server = Server(blot_detector=True).start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def client(url):
    with_client = Client(url, verbose=False)
    yield with_client
    with_client.close()


def ask_page(url, path, data):
    """Ask as the page's script does; returns the response."""
    return httpx.post(f"{url}live/{path}", json=data, timeout=20)


def call(url, endpoint, file):
    """What a named endpoint says of a file that was never uploaded."""
    sent = {**file, "meta": {"_type": "gradio.FileData"}}
    place = f"{url}gradio_api/call/{endpoint}"
    with httpx.Client(timeout=20) as asking:
        event = asking.post(place, json={"data": [sent]}).json()["event_id"]
        return asking.get(f"{place}/{event}").text


def run_python(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_importing_the_page_builds_nothing():
    done = run_python("-c", "import app, gradio; print(len(gradio.Blocks.instances))")
    assert done.stdout.strip() == "0"


def test_the_page_has_a_tab_for_each_way_to_come_by_digits(demo):
    tabs = [each["props"]["label"] for each in demo["components"] if each["type"] == "tabitem"]
    assert tabs == ["Draw", "Photo", "Upload", "Compare"]
    assert demo["title"] == "digitdraw"


def test_nothing_is_reported_to_anyone(demo):
    assert demo["analytics_enabled"] is False


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


@pytest.mark.parametrize(("strokes", "words"), [
    ("seven", "list of"),
    ([[[10**30, 0], [0, 9]]], "a number is too large"),
])  # fmt: skip
def test_programs_are_told_what_is_wrong_with_strokes(client, strokes, words):
    with pytest.raises(AppError, match=words):
        client.predict(strokes, api_name="/predict_strokes")


@pytest.mark.parametrize("endpoint", ["/predict_image", "/read_numbers"])
def test_programs_are_told_what_is_wrong_with_a_picture(client, tmp_path, endpoint):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(tmp_path / "broken.png"), api_name=endpoint)
    assert "Traceback" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("endpoint", ["predict_image", "read_numbers", "predict_strokes"])
def test_a_file_of_the_server_cannot_be_asked_for(url, endpoint, tmp_path):
    # Only what was uploaded may be read, whatever path a program sends.
    picture = tmp_path / "private.png"
    Image.new("L", (60, 60), 255).save(picture)
    (tmp_path / "link.png").symlink_to(picture)
    (CACHE / "0").mkdir(parents=True, exist_ok=True)
    link = CACHE / "0" / f"{tmp_path.name}.png"
    link.symlink_to(picture)
    try:
        for path in (
            picture, tmp_path / "link.png", link, f"{CACHE}/{'../' * len(CACHE.parts)}{picture}",
            f"file://{picture}", f"{tmp_path}/%70rivate.png", "weights/default.pt", "app.py",
            "C:/Windows/win.ini", "\\\\host\\share", "/dev/zero", "/proc/self/environ",
        ):  # fmt: skip
            for more in ({}, {"is_stream": True}):
                text = call(url, endpoint, {"path": str(path), **more})
                assert "event: error" in text, path
                assert "blank" not in text, path
    finally:
        link.unlink()
    assert picture.exists()  # it was not taken for an upload, which goes once it is read


@pytest.mark.parametrize("endpoint", ["predict_image", "read_numbers"])
def test_the_server_asks_no_other_for_a_file(url, endpoint):
    with socket.create_server(("127.0.0.1", 0)) as other:
        there = f"http://127.0.0.1:{other.getsockname()[1]}/a.png"
        for path in (there, "a.png"):
            sent = {"path": path, "url": there}
            assert "event: error" in call(url, endpoint, sent)
        for path in (f"proxy={there}", f"file={there}", f"gradio_api/proxy={there}"):
            assert httpx.get(url + path).status_code == 404
        other.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has come
            other.accept()


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/%66ile=/etc/hosts", "/gradio_api/file%3D/etc/hosts", "/file=/etc/hosts",
        "/static/../../../{root}", "/static/..%2f..%2f..%2f{root}", "/assets/..%2f..%2f..%2f{root}",
        "/static/%2e%2e/%2e%2e/{root}", "/static/..%5c..%5c{root}", "/svelte//{root}",
        "/assets//{root}", "/static/%2fetc/hosts", "/static/..%00/{root}", "//{root}",
        "/pwa_icon/..%2f{root}", "/theme.css/../{root}",
    ],
)  # fmt: skip
def test_no_spelling_of_a_path_leads_to_a_file_of_the_server(url, path):
    # http.client sends a path as it is, where others make it shorter first.
    asked = http.client.HTTPConnection(httpx.URL(url).netloc.decode(), timeout=20)
    asked.request("GET", path.format(root=str(ROOT / "pyproject.toml").lstrip("/")))
    answer = asked.getresponse()
    told = answer.read()
    asked.close()
    assert answer.status in (403, 404)
    assert b"build-system" not in told and b"localhost" not in told


def test_what_was_uploaded_is_never_served(url):
    page = ("page.html", b"<script>alert(1)</script>", "text/html")
    (path,) = httpx.post(f"{url}gradio_api/upload", files={"files": page}).json()
    for place in (f"gradio_api/file={path}", f"file={path}", f"static/{path}", path.lstrip("/")):
        assert httpx.get(url + place).status_code in (403, 404)
    Path(path).unlink()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_no_other_site_may_read_what_is_answered(url, origin):
    for path in ("", "config", "healthz", "gradio_api/info"):
        answer = httpx.get(url + path, headers={"origin": origin})
        assert "access-control-allow-origin" not in answer.headers, path
    asked = {"origin": origin, "access-control-request-method": "POST"}
    assert httpx.options(f"{url}live/answer", headers=asked).status_code == 404


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain"])
def test_a_body_that_is_no_question_is_refused_in_our_own_words(url, kind):
    for path in ("gradio_api/queue/join", "gradio_api/call/predict_strokes"):
        answer = httpx.post(url + path, content=b"\x91{", headers={"content-type": kind})
        assert answer.status_code == 422
        assert answer.json()["error"] == "This is not what is taken here."


def test_what_programs_send_is_gone_once_it_is_read(client, tmp_path):
    Image.new("L", (60, 60), 255).save(tmp_path / "white-sheet-of-paper.png")
    client.predict(handle_file(tmp_path / "white-sheet-of-paper.png"), api_name="/predict_image")
    assert not list(CACHE.rglob("white-sheet-of-paper.png"))


def test_what_programs_ask_for_leaves_little_behind():
    chosen = settings.parse([], {})
    service = edges.make_service(chosen)
    build(service, chosen, {"note": "", "cards": []})
    (mounted,) = (each.app for each in service.app.routes if isinstance(each, Mount))
    for caller in range(3 * SESSIONS):
        assert mounted.state_holder[str(caller)]
    assert len(mounted.state_holder.session_data) == SESSIONS


def test_the_page_is_answered(url):
    answer = ask_page(url, "answer", DIGITS[2]).json()
    assert answer["big"] == "2"


def test_the_page_is_told_why_and_what_other_models_say(url):
    assert ask_page(url, "why", DIGITS[7]).json()["legend"][0] == "Blue ink speaks for 7"
    assert ask_page(url, "compare", DIGITS[7]).json()["models"]["default"]["big"] == "7"


def test_the_page_itself_names_no_other_host(url):
    text = httpx.get(url).text
    head = components.head()
    assert "fonts.googleapis" not in text
    assert "http://" not in head.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in head


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "no-such-model"], "no-such-model"),
        (["--device", "abacus"], "abacus"),
        (["--port", "http"], "--port: 'http' is not allowed"),
    ],
)
def test_a_start_that_cannot_work_says_why(arguments, words, capsys):
    assert beside(app.main, arguments) == 2
    assert words in capsys.readouterr().err


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_python("app.py", "--device", "cpu", "--port", port)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


PATIENT = """
from digitdraw.serving import server
server.SECONDS_TO_FINISH = 20
"""
"""So that a busy machine may take its time: whether all is finished is asked, not how soon."""
# A model that waits for a file before its first answers.
SLOW_WORKER = """
import pathlib, sys, time
from digitdraw.recognizer import Recognizer
from digitdraw.serving.workers import model_worker
go, predict = pathlib.Path(sys.argv.pop(1)), Recognizer.predict_batch
def wait(self, batch):
    while not go.exists():
        time.sleep(0.01)
    return predict(self, batch)
Recognizer.predict_batch = wait
sys.exit(model_worker.main())
"""
SLOW = f"""{PATIENT}
import sys
from digitdraw.serving.workers import model_client
model_client.COMMAND = (sys.executable, "-c", {SLOW_WORKER!r}, sys.argv.pop(1))
import app
sys.exit(app.main(sys.argv[1:]))
"""


def test_a_signal_to_stop_lets_all_finish_who_wait_for_answers(tmp_path):
    server = Server(program=SLOW)
    server.program.append(str(tmp_path / "go"))
    server.start()

    def number(name):
        text = httpx.get(f"{server.url}metrics", timeout=60).text
        return float(text.split(f"\n{name} ")[1].split()[0])

    def wait_until(name, value):
        until = time.monotonic() + 60
        while number(name) < value:
            assert time.monotonic() < until, name
            time.sleep(0.01)

    try:
        with ThreadPoolExecutor(9) as pool:
            asked = [pool.submit(ask_page, server.url, "answer", DIGITS[1])]
            wait_until("digitdraw_batch_size_count", 1)  # the first is with the model
            asked += [pool.submit(ask_page, server.url, "answer", DIGITS[1]) for _ in range(8)]
            wait_until("digitdraw_drawings_waiting", 9 - MAX_IN_FLIGHT)
            server.process.send_signal(signal.SIGTERM)
            (tmp_path / "go").touch()
            assert [each.result().json()["big"] for each in asked] == ["1"] * 9
        assert server.process.wait(20) == 0
    finally:
        server.stop()


def test_a_signal_to_stop_lets_what_is_under_way_finish():
    server = Server(program=PATIENT + WITH_BLOT_DETECTOR).start()
    example = f"{server.url}live/example/0"
    started = threading.Event()

    def ask():
        with httpx.stream("POST", example, timeout=30) as response:
            started.set()
            return response.read()

    try:
        httpx.post(example, timeout=60)  # once the worker is there, an answer is soon done
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask)
            assert started.wait(20)
            server.process.send_signal(signal.SIGTERM)
            assert b'"numbers"' in answer.result(20)
        server.process.wait(10)
    finally:
        server.stop()
