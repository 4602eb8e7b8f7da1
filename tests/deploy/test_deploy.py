"""Hosting: as a Space, with systemd, behind nginx, and in a container."""

import contextlib
import re
import shutil
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from digitdraw.serving import settings
from tests.support.drawings import DIGITS
from tests.support.nginx_proxy import behind_nginx, nginx_before
from tests.support.server import free_port

ROOT = Path(__file__).resolve().parents[2]
MAX_EXPOSURE = 2.5
"""The scale of systemd-analyze goes from 0 to 10."""


def front_matter() -> dict[str, str]:
    """Return the fields at the top of the README, which configure a Space."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)[1]
    return dict(line.split(": ", 1) for line in block.splitlines())


def test_the_space_uses_the_gradio_of_the_requirements():
    fields = front_matter()
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert fields["sdk"] == "gradio"
    assert f"gradio=={fields['sdk_version']}\n" in requirements
    assert (ROOT / fields["app_file"]).is_file()
    assert len(fields["short_description"]) <= 60  # the limit of a Space


def test_the_systemd_unit_sets_known_variables():
    unit = (ROOT / "deploy" / "digitdraw.service").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE))
    assert set(variables) <= {setting.variable for setting in settings.SETTINGS}
    chosen = settings.parse([], variables)
    assert chosen.root_path == "/digits"
    assert "digits.example.org" in chosen.allowed_hosts


def test_the_systemd_unit_exposes_little_of_the_machine():
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs systemd-analyze")
    command = [analyze, "security", "--offline=true", "--no-pager", "deploy/digitdraw.service"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    level = re.search(r"Overall exposure level for digitdraw.service: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= MAX_EXPOSURE


def test_the_systemd_unit_limits_memory_tasks_and_open_files():
    unit = (ROOT / "deploy" / "digitdraw.service").read_text(encoding="utf-8")
    values = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
    assert {"MemoryMax", "TasksMax"} <= set(values)
    assert int(values["LimitNOFILE"]) >= 16384
    assert values["OOMPolicy"] == "continue"  # a photo worker that is too large ends alone


def test_the_container_copies_what_the_app_needs():
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    copied = " ".join(re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)).split()
    assert all((ROOT / name).exists() for name in copied)
    assert {"app.py", "digitdraw", "weights", "requirements.txt"} <= set(copied)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    with behind_nginx(tmp_path_factory.mktemp("nginx")) as url:
        yield url


def test_behind_nginx_everything_is_below_the_root_path(proxied):
    assert httpx.get(proxied.rstrip("/")).headers["location"].endswith("/digits/")
    assert '"root":"."' in httpx.get(proxied).text
    answer = httpx.post(f"{proxied}live/answer", json=DIGITS[5])
    assert answer.json()["big"] == "5"
    assert httpx.get(f"{proxied}metrics").status_code == 404
    assert httpx.post(f"{proxied}live/photo", content=bytes(12 << 20)).status_code == 413
    assert httpx.get(f"{proxied}gradio_api/file=/etc/passwd").status_code == 404


def test_behind_nginx_text_is_compressed(proxied):
    page = httpx.get(proxied)
    script = httpx.get(proxied + static_file(page.text))
    assert page.headers["content-encoding"] == script.headers["content-encoding"] == "br"
    assert page.num_bytes_downloaded < len(page.content) / 2


def test_behind_nginx_files_of_the_page_are_cached_but_not_with_a_password(proxied):
    url = proxied + static_file(httpx.get(proxied).text)
    responses = [httpx.get(url, headers={"accept-encoding": "identity"}) for _ in range(3)]
    assert [response.headers["x-cache"] for response in responses][1:] == ["HIT", "HIT"]
    assert responses[0].content == responses[2].content
    assert "immutable" in responses[2].headers["cache-control"]
    assert "x-request-id" not in responses[2].headers
    assert "default-src 'self'" in responses[2].headers["content-security-policy"]
    assert httpx.get(url, auth=("class", "sesame")).headers["x-cache"] == "BYPASS"
    assert "x-cache" not in httpx.get(proxied).headers


def test_behind_nginx_connections_that_send_nothing_leave_room_for_drawings(proxied):
    address = httpx.URL(proxied)
    with contextlib.ExitStack() as stack:
        for _ in range(420):
            pair = (address.host, address.port)
            silent = stack.enter_context(socket.create_connection(pair, timeout=20))
            silent.sendall(b"GET /digits/ HTTP/1.1\r\n")
        assert httpx.post(f"{proxied}live/answer", json=DIGITS[5]).json()["big"] == "5"


def test_nginx_limits_the_requests_of_one_address(tmp_path):
    slow = {"rate=300r/s": "rate=1r/m", "burst=300": "burst=3"}
    with nginx_before(free_port(), tmp_path, slow) as url, httpx.Client() as client:
        responses = [client.post(f"{url}live/answer", json=[]) for _ in range(6)]
        file = client.get(f"{url}static/0/page/page.js")
    # Nothing listens behind this nginx: what it passes gets 502.
    assert [response.status_code for response in responses] == [502] * 4 + [429] * 2
    assert "wait a moment" in responses[-1].json()["error"]
    assert responses[-1].headers["retry-after"] == "1"
    assert file.status_code == 502  # files have no limit


def static_file(page: str) -> str:
    """Return the path of a script that the page names, relative to the page."""
    return re.search(r"static/\w{16}/first_view\.js", page)[0]
