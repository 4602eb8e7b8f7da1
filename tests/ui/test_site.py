"""What browsers, phones and other sites learn about the page from its HTML and its manifest."""

import io
import re

import pytest
from PIL import Image

from digitdraw.serving import settings
from tests.support.asgi import ask
from tests.support.edges import make_page
from tests.support.event_loops import closed_loops

WITHOUT_STYLES = re.compile(r"<style>.*?</style>|<link[^>]*assets[^>]*>", re.DOTALL)
PUBLIC = "https://example.org/digits"


@pytest.fixture(scope="module")
def public():
    with closed_loops():
        yield make_page(settings.parse(["--public-url", PUBLIC, "--hosts", "*"], {}))


@pytest.fixture(scope="module")
def private():
    with closed_loops():
        yield make_page(settings.parse([], {}))


def head_of(app) -> str:
    """The head of the page without its scripts, whose settings of Gradio nobody is shown."""
    head = ask(app, "GET", "/").text.partition("</head>")[0]
    return re.sub(r"<script.*?</script>", "", head, flags=re.DOTALL)


def meta(head: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head))


def test_a_link_to_the_page_shows_its_own_name_and_picture(public):
    named = meta(head_of(public))
    assert named["og:title"] == "digitdraw"
    assert named["description"] == named["og:description"]
    assert named["og:url"] == f"{PUBLIC}/"
    path = named["og:image"].removeprefix(PUBLIC)
    with Image.open(io.BytesIO(ask(public, "GET", path).content)) as picture:
        assert picture.size == (1200, 630)
    assert len(ask(public, "GET", path).content) < 60_000


def test_without_a_public_url_there_is_no_picture(private):
    assert not {"og:url", "og:image", "twitter:card"} & set(meta(head_of(private)))


def test_nothing_of_gradio_is_named(public, private):
    for app in (public, private):
        head = head_of(app)
        assert not re.search(r"gradio|\{url\}", WITHOUT_STYLES.sub("", head), re.I)
        assert head.count("<title>digitdraw</title>") == head.count('name="viewport"') == 1


def test_phones_get_icons_and_a_manifest(private):
    response = ask(private, "GET", "/manifest.json")
    manifest = response.json()
    assert (manifest["name"], manifest["start_url"]) == ("digitdraw", "./")
    for icon in manifest["icons"]:
        with Image.open(io.BytesIO(ask(private, "GET", f"/{icon['src']}").content)) as picture:
            assert "{}x{}".format(*picture.size) == icon["sizes"]
    for rel in ("icon", "apple-touch-icon"):
        path = re.search(rf'<link rel="{rel}" href="([^"]+)"', head_of(private))[1]
        assert ask(private, "GET", f"/{path}").headers["content-type"].startswith("image/")
    assert ask(private, "GET", "/favicon.ico").headers["content-type"] == "image/x-icon"
