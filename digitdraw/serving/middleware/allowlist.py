"""An allowlist of routes, checks of host and origin, and security headers, as ASGI middleware.

Gradio has many routes that this page does not use, and most of its past weaknesses were in those.
A path that the list does not name gets status 404."""

import re
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from digitdraw import languages
from digitdraw.serving.responses import ErrorResponse

_OPEN = {
    "GET": (
        "/", "/assets/.+", "/static/.+", "/theme.css", "/gradio_api/theme.css",
        "/favicon.ico", "/robots.txt", "/manifest.json", "/config/?",
        "/gradio_api/info/?", "/gradio_api/startup-events", "/gradio_api/queue/data",
        "/gradio_api/call/[a-z_]+/[^/]+",
        "/gradio_api/app_id/?", "/healthz", "/readyz", "/metrics",
        "/api/v1/openapi.json", "/mcp", "/model-card.md",
    ),
    "POST": (
        "/gradio_api/queue/join", "/gradio_api/call/[a-z_]+", "/gradio_api/upload",
        "/gradio_api/cancel", "/gradio_api/reset/?", "/live/[a-z]+(/[0-9]+)?",
        "/api/v1/strokes", "/api/v1/image", "/api/v1/numbers", "/mcp",
    ),
}  # fmt: skip
_OPEN["HEAD"] = _OPEN["GET"]
OWN = frozenset(path.split("/")[1].split("(")[0] for paths in _OPEN.values() for path in paths)
"""First parts of all listed paths."""
_PATHS = {method: re.compile("|".join(paths)) for method, paths in _OPEN.items()}


class Allowlist:
    """Passes requests for listed paths and for one of `hosts`, from pages of the same origin.

    Empty `hosts` allow any host. Every answer gets `headers`. Listed paths in `closed` do not
    pass. Pages of the origin of `public_url` may ask too."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        closed: Collection[str] = (),
        public_url: str = "",
    ) -> None:
        self.app, self.hosts, self.headers = app, frozenset(hosts), headers or {}
        self.closed = frozenset(closed)
        self.origin = "/".join(public_url.lower().split("/")[:3])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # Gradio would let pages of this machine's other servers read the answer.
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]
                headers.update(self.headers)
            await send(message)

        error = self._error(scope)
        return await (error or self.app)(scope, receive, with_headers)

    def _error(self, scope: Scope) -> ASGIApp | None:
        if scope["type"] != "http":
            return WebSocketClose()
        headers = Headers(scope=scope)
        if self.hosts and _host_name(headers.get("host", "")) not in self.hosts:
            return ErrorResponse(421, "This server does not answer to this host name.")
        listed = _PATHS.get(scope["method"])
        path = scope["path"]
        if listed is None or not listed.fullmatch(path) or path in self.closed:
            return ErrorResponse(404, "There is nothing here.")
        if scope["method"] == "POST" and _is_cross_site(headers, self.origin):
            return ErrorResponse(403, languages.Message("error.other_site"))
        return None


def security_headers(frame_ancestors: Sequence[str] = ()) -> dict[str, str]:
    """Return the headers of every answer.

    The policy must allow inline scripts and `eval`, because Gradio uses them. It allows nothing
    to come from, or go to, another host. Sites of `frame_ancestors` may embed the page."""
    frames = " ".join(frame_ancestors) or "'none'"
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; "
        f"base-uri 'self'; form-action 'self'; frame-ancestors {frames}"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(self), microphone=(), geolocation=()",
        "cross-origin-resource-policy": "same-origin",
    }
    # X-Frame-Options has no way to name several sites.
    return headers if frame_ancestors else {**headers, "x-frame-options": "DENY"}


def _host_name(host: str) -> str:
    """Return a Host header without the port, and an IPv6 address without its brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_cross_site(headers: Headers, own: str) -> bool:
    """True for requests of another origin's page. Programs send none of these headers.

    A proxy may replace Host, so the browser's own word comes first, which no script can set. Old
    browsers do not give it, nor does any for plain HTTP. There, X-Requested-With says the same:
    browsers send it to another origin only if that allows it, and this server never does."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    if origin is None or "x-requested-with" in headers:
        return False
    # A page in a sandbox sends "null", which has no host.
    host = origin.partition("://")[2]
    is_own = origin == own or host in (headers.get("host"), headers.get("x-forwarded-host"))
    return not (host and is_own)
