"""The page that people get for an address with nothing behind it. Programs get JSON."""

import re
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import Scope

from digitdraw.languages import ENGLISH, LANGUAGES, catalogue

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}, digitdraw</title>
<style>
:root {{ color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }}
body {{
  display: grid; place-content: center; min-height: 90svh; margin: 1rem; text-align: center;
  background: light-dark(#f6f7fb, #141722); color: light-dark(#1b2036, #eceef6);
}}
h1 {{ font-size: 1.6rem; }}
a {{ color: light-dark(#3b5bdb, #91a7ff); }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p><a href="{home}">{link}</a></p>
</main>
</body>
</html>
"""


def is_for_people(scope: Scope) -> bool:
    """True for a browser that wants to show a page."""
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")


def response(scope: Scope) -> HTMLResponse:
    """Return the page, in the language that the browser names first and that we have."""
    language = _language(Headers(scope=scope).get("accept-language", ""))
    texts = catalogue(language)
    content = _PAGE.format(
        language=language,
        title=escape(texts["missing.title"]),
        link=escape(texts["missing.link"]),
        # Relative, because a proxy may show the page below a path.
        home="../" * (scope["path"].count("/") - 1) or "./",
    )
    headers = {"cache-control": "no-store", "vary": "accept, accept-language"}
    return HTMLResponse(content, 404, headers)


def _language(accepted: str) -> str:
    names = re.findall(r"(?:^|,)\s*([a-z]{2})\b", accepted.lower())
    return next((name for name in names if name in LANGUAGES), ENGLISH)
