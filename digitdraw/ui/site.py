"""What browsers, phones and other sites learn about the page: title, icons, manifest, preview."""

import json
import re
from html import escape

from digitdraw.languages import Message
from digitdraw.serving.middleware.kept_files import File
from digitdraw.ui import assets

TITLE = "digitdraw"
_DESCRIPTION = Message("page.description")
_THEME_COLOR = "#3b5bdb"
_OTHER_META = re.compile(
    r'\s*<meta\s+(?:property="og:|name="twitter:|name="viewport"[^>]*shrink)[^>]*>'
)
"""Gradio's own names and pictures, and its viewport; ours is in `page/head.html`."""


def files() -> dict[str, File]:
    """Return what browsers look for beside the page: the manifest and an icon."""
    icon = File(assets.read_bytes("icons/favicon.ico"), is_immutable=False)
    manifest = File(json.dumps(_manifest()).encode(), is_immutable=False)
    return {"/favicon.ico": icon, "/manifest.json": manifest}


def with_meta(html: str, public_url: str) -> str:
    """Return Gradio's HTML with our title, description and icons in place of Gradio's.

    The preview picture needs an absolute address, so without a public URL there is none."""
    html = _OTHER_META.sub("", html)
    html = html.replace(
        '<link rel="manifest" href="/manifest.json" />',
        # With --auth, a manifest needs the password as well.
        '<link rel="manifest" href="./manifest.json" crossorigin="use-credentials">',
    )
    return html.replace("<head>", "<head>\n" + "\n".join(_meta(public_url)), 1)


def _meta(public_url: str) -> list[str]:
    """Return the elements for the head. The first one must come early: it tells the encoding."""
    lines = [
        '<meta charset="utf-8">',
        f"<title>{TITLE}</title>",
        f'<meta name="description" content="{escape(_DESCRIPTION)}">',
        f'<meta name="theme-color" content="{_THEME_COLOR}">',
        f'<link rel="icon" href="{assets.url("icons/icon.svg")}" type="image/svg+xml">',
        f'<link rel="apple-touch-icon" href="{assets.url("icons/touch-icon.png")}">',
    ]
    named = {"og:type": "website", "og:title": TITLE, "og:description": _DESCRIPTION}
    if public_url:
        picture = f"{public_url}/{assets.url('icons/preview.png')}"
        named |= {"og:url": f"{public_url}/", "og:image": picture}
        lines.append('<meta name="twitter:card" content="summary_large_image">')
    return lines + [
        f'<meta property="{name}" content="{escape(value)}">' for name, value in named.items()
    ]


def _manifest() -> dict:
    """Return the manifest, with which phones put the page among their apps."""
    icons = [
        {
            "src": assets.url(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    return {
        "name": TITLE,
        "short_name": TITLE,
        "description": _DESCRIPTION,
        "start_url": "./",
        "display": "standalone",
        "background_color": "#f6f7fb",
        "theme_color": _THEME_COLOR,
        "icons": icons,
    }
