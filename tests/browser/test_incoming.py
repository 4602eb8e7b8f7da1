"""Files that are dropped or pasted elsewhere go to the Photo tab, and never replace the page."""

import base64

import pytest
from playwright.sync_api import expect

from tests.support.app_page import TABS
from tests.support.pictures_to_send import digit_photo

# Sends an event with one file to the canvas; returns whether its default is prevented.
SEND = """([kind, name, content]) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    const options = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
    const Event = kind === "paste" ? ClipboardEvent : DragEvent;
    const event = new Event(kind, options);
    return !document.querySelector(".dd-canvas").dispatchEvent(event);
}"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_on_the_draw_tab_goes_to_photo(make_app, kind):
    app = make_app().open()
    photo = [base64.b64encode(digit_photo(4)).decode()]
    if kind == "drop":
        assert app.page.evaluate(SEND, ["dragover", "four.jpg", *photo])
        expect(app.page.locator("html.dd-dropping")).to_have_count(1)
    assert app.page.evaluate(SEND, [kind, "four.jpg", *photo])
    expect(app.page.locator("html.dd-dropping")).to_have_count(0)
    expect(app.page.get_by_role("tab", name="Photo")).to_have_attribute("aria-selected", "true")
    app.expect_digit("4", TABS["Photo"])
    app.open_tab("Draw")  # now the Photo tab is loaded
    app.page.evaluate(SEND, [kind, "other.jpg", base64.b64encode(b"no picture").decode()])
    expect(app.page.locator(".dd-failure p")).to_contain_text("other.jpg")
    assert app.page.url == app.url + "?tab=photo"
    assert app.complaints == []
