"""A server that is busy, or whose model fails: the page waits, keeps the drawing, and goes on."""

import json
import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Hand
from tests.browser.test_photo import picture
from tests.support.server import Server


@pytest.fixture(scope="module")
def strict():
    """A server of which one address may ask very little."""
    server = Server(options=["--rate", "4/second"]).start()
    yield server
    server.stop()


def test_past_its_rate_the_page_slows_down_and_still_answers(chromium, strict):
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    hand = Hand(context.new_page(), strict.url).open()
    statuses = []
    hand.page.on("response", lambda r: statuses.append(r.status) if "/live/" in r.url else None)
    hand.draw(8)
    hand.reads("8")
    hand.page.keyboard.press("Escape")
    hand.draw(3)
    hand.reads("3")
    assert 429 in statuses
    expect(hand.page.locator(".dd-sketch .dd-note")).to_be_empty()
    # The browser itself reports each refusal; nothing else may complain.
    assert [each for each in hand.complaints if "429" not in each] == []
    context.close()


def test_a_model_that_fails_is_told_quietly_and_asked_again(make_hand):
    hand = make_hand().open()
    failing = [True]

    def answer(route):
        if failing:
            body = json.dumps({"error": "Something went wrong in the server.", "id": "1a2b"})
            route.fulfill(status=500, body=body, content_type="application/json")
        else:
            route.continue_()

    hand.page.route("**/live/answer", answer)
    hand.draw(6)
    expect(hand.page.locator(".dd-sketch .dd-note")).to_contain_text("trying again")
    assert not hand.is_blank()
    failing.clear()
    hand.reads("6")
    expect(hand.page.locator(".dd-sketch .dd-note")).to_be_empty()


def test_a_worker_that_is_killed_while_it_reads_is_replaced_and_the_photo_read(chromium):
    server = Server(blot_detector=True).start()
    context = chromium.new_context()
    try:
        hand = Hand(context.new_page(), server.url).open()
        hand.page.get_by_role("tab", name="Photo").click()
        photo = {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
        field = hand.page.locator(".dd-photos .dd-file")
        numbers = hand.page.locator(".dd-number")
        field.set_input_files(photo)
        expect(numbers).to_have_count(2)
        (worker,) = workers_of(server.process.pid, "blots_worker")
        os.kill(worker, signal.SIGSTOP)  # so that it has the photo when it dies
        with hand.page.expect_request("**/live/photo"):
            field.set_input_files(photo)
        expect(hand.page.locator(".dd-busy")).to_have_count(1)
        expect(numbers).to_have_count(2)  # what was there stays
        os.kill(worker, signal.SIGKILL)
        expect(hand.page.locator(".dd-thumbnails button")).to_have_count(2)
        expect(hand.page.locator(".dd-photos .dd-state .dd-note")).to_be_empty()
        assert workers_of(server.process.pid, "blots_worker") != [worker]
        assert hand.complaints == []
    finally:
        context.close()
        server.stop()


def test_a_model_that_is_killed_is_replaced_and_the_drawing_answered(chromium):
    server = Server().start()
    context = chromium.new_context()
    try:
        hand = Hand(context.new_page(), server.url).open()
        hand.draw(3)
        hand.reads("3")
        (model,) = workers_of(server.process.pid, "model_worker")
        os.kill(model, signal.SIGKILL)
        hand.page.keyboard.press("Escape")
        assert hand.is_blank()
        hand.draw(6)
        hand.reads("6")  # without a reload
        assert workers_of(server.process.pid, "model_worker") != [model]
        assert hand.complaints == []
    finally:
        context.close()
        server.stop()


def workers_of(pid: int, name: str) -> list[int]:
    """Numbers of the processes of that name that a server has started and not yet ended."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    commands = {int(each): Path(f"/proc/{each}/cmdline").read_bytes() for each in children}
    return [each for each, command in commands.items() if name.encode() in command]


def test_a_photo_that_must_wait_tells_its_place_and_one_that_fails_its_number(make_hand):
    hand = make_hand().open()
    hand.page.get_by_role("tab", name="Photo").click()
    note = hand.page.locator(".dd-photos .dd-state .dd-note")
    lines = '{"place": 3}\n{"place": 2}\n'
    hand.page.route(
        "**/live/photo",
        lambda route: route.fulfill(body=lines, content_type="application/x-ndjson"),
    )
    told = hand.page.evaluate_handle(
        """selector => {
            const seen = [];
            const note = document.querySelector(selector);
            new MutationObserver(() => seen.push(note.textContent))
                .observe(note, { childList: true, characterData: true, subtree: true });
            return seen;
        }""",
        ".dd-photos .dd-state .dd-note",
    )
    photo = {"name": "a.png", "mimeType": "image/png", "buffer": b"x"}
    hand.page.locator(".dd-photos .dd-file").set_input_files(photo)
    expect(note).to_contain_text("Is the connection there?")
    assert "Waiting in line, at place 3" in told.json_value()
    hand.page.unroute("**/live/photo")
    error = json.dumps({"error": "Something went wrong in the server.", "id": "1a2b"})
    hand.page.route(
        "**/live/photo",
        lambda route: route.fulfill(status=500, body=error, content_type="application/json"),
    )
    hand.page.locator(".dd-photos .dd-file").set_input_files(photo)
    expect(note).to_contain_text("No. 1a2b")
