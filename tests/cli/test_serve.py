"""The page as a whole: its tabs and endpoints, what it keeps private, how it starts and stops."""

import http.client
import json
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

import cv2
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from starlette.routing import Mount

import app
from digitdraw.cli import serve
from digitdraw.models.data_format import DIGITS as DATA_OF_DIGITS
from digitdraw.serving import settings
from digitdraw.serving.workers.batching import MAX_IN_FLIGHT
from digitdraw.ui import components
from digitdraw.ui.page import build
from tests.support import edges
from tests.support.drawings import DIGITS
from tests.support.event_loops import beside, closed_loops
from tests.support.own_models import LETTERS, save_untrained
from tests.support.painted import photo
from tests.support.pictures import digit_picture
from tests.support.server import WITH_BLOT_DETECTOR, Server

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("GRADIO_TEMP_DIR") or Path(tempfile.gettempdir()) / "gradio")


@pytest.fixture(scope="module", autouse=True)
def _closed_loops():
    with closed_loops():
        yield


@pytest.fixture(scope="module")
def demo(url):
    """Gradio's description of the page."""
    return httpx.get(f"{url}config").json()


@pytest.fixture(scope="module")
def url():
    """Address of a running page. Its photo reader takes blots for digits, and needs no weights."""
    server = Server(blot_detector=True).start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def client(url):
    gradio_client = Client(url, verbose=False)
    yield gradio_client
    gradio_client.close()


def post(url, path, data):
    """The response to a request as the script of the page sends it."""
    return httpx.post(f"{url}live/{path}", json=data, timeout=20)


def call(url, endpoint, file):
    """The events of a named endpoint for a file that nobody uploaded, as text."""
    data = {**file, "meta": {"_type": "gradio.FileData"}}
    endpoint_url = f"{url}gradio_api/call/{endpoint}"
    with httpx.Client(timeout=20) as session:
        event = session.post(endpoint_url, json={"data": [data]}).json()["event_id"]
        return session.get(f"{endpoint_url}/{event}").text


def run_python(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_importing_the_page_builds_nothing():
    program = "from digitdraw.ui import page; import gradio; print(len(gradio.Blocks.instances))"
    done = run_python("-c", program)
    assert done.stdout.strip() == "0"


def test_starting_imports_no_torch_before_the_model_process_runs():
    loaded = "{'torch', 'cv2', 'gradio'} & set(sys.modules)"
    program = f"import sys; from digitdraw.cli import serve; print(*{loaded})"
    assert run_python("-c", program).stdout.split() == []


def test_the_page_has_three_tabs(demo):
    items = (item for item in demo["components"] if item["type"] == "tabitem")
    tabs = [item["props"]["label"] for item in items]
    assert tabs == ["tab.draw", "tab.photo", "tab.compare"]  # keys of their texts
    assert demo["title"] == "digitdraw"


def test_usage_is_not_reported(demo):
    assert demo["analytics_enabled"] is False


def test_there_are_three_named_endpoints_and_no_others(client):
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
    assert [number["number"] for number in answer["numbers"]] == ["07", "0"]
    assert [digit["number"] for digit in answer["digits"]] == [0, 0, 1]
    assert len(answer["digits"][0]["box"]) == 4


@pytest.mark.parametrize("strokes", ["seven", [[1, 2]], {"a": []}])
def test_the_error_for_bad_strokes_names_the_problem(client, strokes):
    with pytest.raises(AppError, match=r"list of|two numbers"):
        client.predict(strokes, api_name="/predict_strokes")


@pytest.mark.parametrize("endpoint", ["/predict_image", "/read_numbers"])
def test_the_error_for_a_bad_picture_reveals_nothing_of_the_server(client, tmp_path, endpoint):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(AppError) as caught:
        client.predict(handle_file(tmp_path / "broken.png"), api_name=endpoint)
    assert "Traceback" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("endpoint", ["predict_image", "read_numbers", "predict_strokes"])
def test_a_file_of_the_server_cannot_be_requested(url, endpoint, tmp_path):
    # The server reads only uploaded files, whatever path a program sends.
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
            for options in ({}, {"is_stream": True}):
                text = call(url, endpoint, {"path": str(path), **options})
                assert "event: error" in text, path
                assert "blank" not in text, path
    finally:
        link.unlink()
    assert picture.exists()  # uploads are deleted after reading; this is not one


@pytest.mark.parametrize("endpoint", ["predict_image", "read_numbers"])
def test_the_server_fetches_no_file_from_another_server(url, endpoint):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        remote = f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"
        for path in (remote, "a.png"):
            assert "event: error" in call(url, endpoint, {"path": path, "url": remote})
        for path in (f"proxy={remote}", f"file={remote}", f"gradio_api/proxy={remote}"):
            assert httpx.get(url + path).status_code == 404
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has connected
            listener.accept()


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
    # http.client sends the path unchanged; httpx would normalize it.
    connection = http.client.HTTPConnection(httpx.URL(url).netloc.decode(), timeout=20)
    connection.request("GET", path.format(root=str(ROOT / "pyproject.toml").lstrip("/")))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status in (403, 404)
    assert b"build-system" not in body and b"localhost" not in body


def test_uploads_are_never_served(url):
    page = ("page.html", b"<script>alert(1)</script>", "text/html")
    (path,) = httpx.post(f"{url}gradio_api/upload", files={"files": page}).json()
    for route in (f"gradio_api/file={path}", f"file={path}", f"static/{path}", path.lstrip("/")):
        assert httpx.get(url + route).status_code in (403, 404)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_other_sites_may_not_read_answers(url, origin):
    for path in ("", "config", "healthz", "gradio_api/info"):
        response = httpx.get(url + path, headers={"origin": origin})
        assert "access-control-allow-origin" not in response.headers, path
    headers = {"origin": origin, "access-control-request-method": "POST"}
    assert httpx.options(f"{url}live/answer", headers=headers).status_code == 404


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain"])
def test_an_invalid_body_gets_an_error_in_the_words_of_the_page(url, kind):
    for path in ("gradio_api/queue/join", "gradio_api/call/predict_strokes"):
        response = httpx.post(url + path, content=b"\x91{", headers={"content-type": kind})
        assert response.status_code == 422
        assert response.json()["error"] == "This is not what is taken here."


def test_an_upload_is_read_once_and_leaves_no_file(client, url, tmp_path):
    picture = tmp_path / "white-sheet-of-paper.png"
    Image.new("L", (60, 60), 255).save(picture)
    client.predict(handle_file(picture), api_name="/predict_image")
    (path,) = httpx.post(f"{url}gradio_api/upload", files={"files": picture.read_bytes()}).json()
    assert "blank" in call(url, "predict_image", {"path": path})
    assert "only once" in call(url, "predict_image", {"path": path})
    assert not list(CACHE.rglob("white-sheet-of-paper.png"))


def test_programs_may_send_the_same_picture_at_the_same_time(url, tmp_path):
    picture = tmp_path / "paper.png"
    Image.new("L", (60, 60), 255).save(picture)

    def read(number):
        files = {"files": picture.read_bytes()}
        (path,) = httpx.post(f"{url}gradio_api/upload", files=files).json()
        return call(url, "predict_image", {"path": path})

    with ThreadPoolExecutor(6) as executor:
        assert all("event: complete" in text for text in executor.map(read, range(12)))


def test_gradio_keeps_one_state_for_all_sessions():
    chosen = settings.parse([], {})
    service = edges.make_service(chosen)
    build(service, chosen, {"note": "", "cards": [], "model_card": ""})
    (mounted,) = (route.app for route in service.app.routes if isinstance(route, Mount))
    assert len({id(mounted.state_holder[str(caller)]) for caller in range(9)}) == 1
    assert len(mounted.state_holder.session_data) == 1


def test_a_drawing_gets_an_answer(url):
    answer = post(url, "answer", DIGITS[2]).json()
    assert answer["big"] == "2"


def test_the_page_gets_an_explanation_and_the_answers_of_other_models(url):
    assert post(url, "why", DIGITS[7]).json()["legend"][0] == "Blue ink speaks for 7"
    assert post(url, "compare", DIGITS[7]).json()["models"]["default"]["big"] == "7"


def test_the_page_names_no_other_host(url):
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
        (["--weights", "tests"], "tests has no manifest.json"),
    ],
)
def test_a_start_that_cannot_work_says_why(arguments, words, capsys):
    assert beside(app.main, ["--port", "0", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_model_of_letters_is_refused_at_start(tmp_path, capsys):
    save_untrained(tmp_path, "cnn", LETTERS, "A")
    assert beside(app.main, ["--port", "0", "--weights", str(tmp_path)]) == 2
    assert "ten digits; 'cnn' was trained on emnist-letters" in capsys.readouterr().err


def test_all_processes_use_the_own_model(tmp_path):
    """A model that sees a 6 in everything answers drawings and pictures; Compare shows it too."""
    own = save_untrained(tmp_path / "mine", "cnn", DATA_OF_DIGITS, "6")
    server = Server(options=["--weights", str(own)]).start()
    try:
        assert post(server.url, "answer", DIGITS[2]).json()["big"] == "6"
        compared = post(server.url, "compare", DIGITS[2]).json()["models"]
        assert {compared["mine/cnn"]["big"], compared["default"]["big"]} == {"6", "2"}
        picture = cv2.imencode(".png", digit_picture(2))[1].tobytes()
        lines = httpx.post(f"{server.url}live/picture", content=picture, timeout=60).text
        assert json.loads(lines.splitlines()[-1])["big"] == "6"
        assert httpx.get(f"{server.url}readyz").json()["model"] == "cnn"
    finally:
        server.stop()


def test_the_unspecified_ipv6_address_serves_ipv4_too():
    if not socket.has_dualstack_ipv6():
        pytest.skip("needs sockets for both IPv4 and IPv6")
    with serve._listen("::", 0) as listener:
        port = listener.getsockname()[1]
        for address in ("127.0.0.1", "::1"):
            with socket.create_connection((address, port), timeout=20):
                listener.accept()[0].close()


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        done = run_python("app.py", "--device", "cpu", "--port", port)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


SLOW_STOP = """
from digitdraw.serving import server
server.SECONDS_TO_FINISH = 20
"""
"""Waits longer than usual for open requests: the tests check that they finish, not how soon."""

SLOW_WORKER = """
import pathlib, sys, time
from digitdraw.serving.answers.handlers import Answers
from digitdraw.serving.workers import model_worker
go, answer = pathlib.Path(sys.argv.pop(1)), Answers.drawings
def wait(self, requests):
    while not go.exists():
        time.sleep(0.01)
    return answer(self, requests)
Answers.drawings = wait
sys.exit(model_worker.main())
"""
"""A model process that answers only after a file exists."""

SLOW = f"""{SLOW_STOP}
import sys
from digitdraw.serving.workers import model_client
model_client.COMMAND = (sys.executable, "-c", {SLOW_WORKER!r}, sys.argv.pop(1))
import app
sys.exit(app.main(sys.argv[1:]))
"""


def test_a_stop_signal_lets_waiting_requests_finish(tmp_path):
    server = Server(program=SLOW)
    server.program.append(str(tmp_path / "go"))
    server.start()

    def metric(name):
        text = httpx.get(f"{server.url}metrics", timeout=60).text
        return float(text.split(f"\n{name} ")[1].split()[0])

    def wait_until(name, value):
        deadline = time.monotonic() + 60
        while metric(name) < value:
            assert time.monotonic() < deadline, name
            time.sleep(0.01)

    try:
        with ThreadPoolExecutor(9) as executor:
            responses = [executor.submit(post, server.url, "answer", DIGITS[1])]
            wait_until("digitdraw_batch_size_count", 1)  # the model has the first
            responses += [executor.submit(post, server.url, "answer", DIGITS[1]) for _ in range(8)]
            wait_until("digitdraw_drawings_waiting", 9 - MAX_IN_FLIGHT)
            server.process.send_signal(signal.SIGTERM)
            (tmp_path / "go").touch()
            assert [response.result().json()["big"] for response in responses] == ["1"] * 9
        assert server.process.wait(20) == 0
    finally:
        server.stop()


def test_a_stop_signal_lets_a_started_answer_finish():
    server = Server(program=SLOW_STOP + WITH_BLOT_DETECTOR).start()
    example = f"{server.url}live/example/0"
    started = threading.Event()

    def read_stream():
        with httpx.stream("POST", example, timeout=30) as response:
            started.set()
            return response.read()

    try:
        httpx.post(example, timeout=60)  # starts the worker; the next answer is quick
        with ThreadPoolExecutor(1) as executor:
            answer = executor.submit(read_stream)
            assert started.wait(20)
            server.process.send_signal(signal.SIGTERM)
            assert b'"numbers"' in answer.result(20)
        server.process.wait(10)
    finally:
        server.stop()


def test_gradio_leaves_no_folder_and_runs_no_clean_up(tmp_path, monkeypatch):
    monkeypatch.setattr("gradio.routes.DEFAULT_TEMP_DIR", str(tmp_path / "gradio"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    chosen = settings.parse([], {})
    service = edges.make_service(chosen)
    build(service, chosen, {"note": "", "cards": [], "model_card": ""})
    (mounted,) = (route.app for route in service.app.routes if isinstance(route, Mount))
    assert mounted.get_blocks().delete_cache is None
    assert list(tmp_path.iterdir()) == []
