"""A busy or failing server: the page waits, keeps the drawing, and goes on."""

import json
import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.app_page import AppPage
from tests.support.pictures_to_send import BLOTS, photo_of_blots
from tests.support.server import Server


@pytest.fixture(scope="module")
def strict():
    """A server with a low rate limit."""
    server = Server(options=["--rate", "4/second"]).start()
    yield server
    server.stop()


def test_the_page_slows_down_at_the_rate_limit_and_still_answers(chromium, strict):
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    app = AppPage(context.new_page(), strict.url).open()
    statuses = []
    app.page.on("response", lambda r: statuses.append(r.status) if "/live/" in r.url else None)
    app.draw(8)
    app.expect_digit("8")
    app.page.keyboard.press("Escape")
    app.draw(3)
    app.expect_digit("3")
    assert 429 in statuses
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_be_empty()
    # The browser itself reports each refused request; nothing else may complain.
    assert [text for text in app.complaints if "429" not in text] == []
    context.close()


def test_a_failing_model_is_asked_again_and_a_note_says_so(make_app):
    app = make_app().open()
    failing = [True]

    def answer(route):
        if failing:
            body = json.dumps({"error": "Something went wrong in the server.", "id": "1a2b"})
            route.fulfill(status=500, body=body, content_type="application/json")
        else:
            route.continue_()

    app.page.route("**/live/answer", answer)
    app.draw(6)
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_contain_text("trying again")
    assert not app.is_blank()
    failing.clear()
    app.expect_digit("6")
    expect(app.page.locator(".dd-draw-tab .dd-note")).to_be_empty()


def test_a_worker_that_is_killed_while_it_reads_is_replaced_and_the_photo_is_read(chromium):
    server = Server(blot_detector=True).start()
    context = chromium.new_context()
    try:
        app = AppPage(context.new_page(), server.url).open()
        app.open_tab("Photo")
        photo, other = (
            {"name": "a.png", "mimeType": "image/png", "buffer": photo_of_blots(BLOTS[:count])}
            for count in (6, 5)
        )
        field = app.page.locator(".dd-photo-tab .dd-file")
        numbers = app.page.locator(".dd-number")
        field.set_input_files(photo)
        expect(numbers).to_have_count(2)
        (worker,) = workers_of(server.process.pid, "blots_worker")
        os.kill(worker, signal.SIGSTOP)  # so that it holds the photo when it dies
        with app.page.expect_request("**/live/photo"):
            field.set_input_files(other)
        expect(app.page.locator(".dd-busy")).to_have_count(1)
        expect(numbers).to_have_count(2)  # the old photo stays
        os.kill(worker, signal.SIGKILL)
        expect(app.page.locator(".dd-thumbnails button")).to_have_count(2)
        expect(app.page.locator(".dd-failure")).to_have_count(0)
        assert workers_of(server.process.pid, "blots_worker") != [worker]
        assert app.complaints == []
    finally:
        context.close()
        server.stop()


def test_a_model_process_that_is_killed_is_replaced_and_the_drawing_is_answered(chromium):
    server = Server().start()
    context = chromium.new_context()
    try:
        app = AppPage(context.new_page(), server.url).open()
        app.draw(3)
        app.expect_digit("3")
        (model,) = workers_of(server.process.pid, "model_worker")
        os.kill(model, signal.SIGKILL)
        app.page.keyboard.press("Escape")
        assert app.is_blank()
        app.draw(6)
        app.expect_digit("6")  # without a reload
        assert workers_of(server.process.pid, "model_worker") != [model]
        assert app.complaints == []
    finally:
        context.close()
        server.stop()


def workers_of(pid: int, name: str) -> list[int]:
    """The ids of a server's running child processes with `name` in their command."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    commands = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, command in commands.items() if name.encode() in command]


def test_a_waiting_photo_shows_its_position_and_a_failed_one_its_error_number(make_app):
    app = make_app().open()
    app.open_tab("Photo")
    failure = app.page.locator(".dd-failure p")
    lines = '{"place": 3}\n{"place": 2}\n'
    app.page.route(
        "**/live/photo",
        lambda route: route.fulfill(body=lines, content_type="application/x-ndjson"),
    )
    messages = app.page.evaluate_handle(
        """selector => {
            const messages = [];
            const note = document.querySelector(selector);
            new MutationObserver(() => messages.push(note.textContent))
                .observe(note, { childList: true, characterData: true, subtree: true });
            return messages;
        }""",
        ".dd-photo-tab .dd-status .dd-note",
    )
    photo = {"name": "a.png", "mimeType": "image/png", "buffer": b"x"}
    app.page.locator(".dd-photo-tab .dd-file").set_input_files(photo)
    expect(failure).to_contain_text("Is the connection there?")
    assert "Waiting in line, at place 3" in messages.json_value()
    app.page.unroute("**/live/photo")
    error = json.dumps({"error": "Something went wrong in the server.", "id": "1a2b"})
    app.page.route(
        "**/live/photo",
        lambda route: route.fulfill(status=500, body=error, content_type="application/json"),
    )
    app.page.get_by_role("button", name="Try again").click()
    expect(failure).to_contain_text("No. 1a2b")
