"""Which requests come in at all, and under which headers the page may run.

An ASGI middleware. Gradio has many routes that this page does not use, and most of its past
weaknesses were in those: what is not on the list below does not exist here.
"""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digitdraw.serving.responses import error_response

__all__ = ["Allowlist", "headers_for"]

_OPEN = {
    "GET": (
        "/", "/assets/.+", "/static/.+", "/svelte/.+", "/theme.css", "/gradio_api/theme.css",
        "/favicon.ico", "/robots.txt", "/manifest.json", "/pwa_icon(/.+)?", "/config/?",
        "/gradio_api/info/?", "/gradio_api/startup-events", "/gradio_api/heartbeat/[^/]+",
        "/gradio_api/queue/data", "/gradio_api/call/[a-z_]+/[^/]+", "/gradio_api/upload_progress",
        "/gradio_api/app_id/?", "/healthz", "/readyz", "/metrics",
    ),
    "POST": (
        "/gradio_api/queue/join", "/gradio_api/call/[a-z_]+", "/gradio_api/upload",
        "/gradio_api/cancel", "/gradio_api/reset/?", "/live/[a-z]+(/[0-9]+)?",
    ),
}  # fmt: skip

_OPEN["HEAD"] = _OPEN["GET"]

_PATHS = {method: re.compile("|".join(paths)) for method, paths in _OPEN.items()}


class Allowlist:
    """Lets in requests on the list, for one of `hosts` (none for any), from pages of the same
    origin; `headers` go with every answer."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self.app, self.hosts, self.headers = app, frozenset(hosts), headers or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in [each for each in headers if each.startswith("access-control-")]:
                    del headers[name]  # Gradio lets pages of this machine's other servers read
                for name, value in self.headers.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        return await (refusal or self.app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if scope["type"] != "http":
            return _close_websocket
        headers = Headers(scope=scope)
        if self.hosts and _name(headers.get("host", "")) not in self.hosts:
            return error_response(421, "This server is not asked for by this name.")
        listed = _PATHS.get(scope["method"])
        if listed is None or not listed.fullmatch(scope["path"]):
            return error_response(404, "There is nothing here.")
        if scope["method"] == "POST" and _is_foreign(headers):
            return error_response(403, "Another site's page may not ask here.")
        return None


def headers_for(on_space: bool) -> dict[str, str]:
    """Headers of every answer. Gradio's scripts are inline and made at run time, which a
    policy cannot forbid; but nothing comes from, or goes to, anywhere else."""
    frames = "https://huggingface.co https://*.hf.space" if on_space else "'none'"
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
    return headers if on_space else {**headers, "x-frame-options": "DENY"}


def _name(host: str) -> str:
    """A host without its port; an IPv6 address without its brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_foreign(headers: Headers) -> bool:
    """Whether a page of another site asks; programs, which are no pages, do not say."""
    if headers.get("sec-fetch-site", "same-origin") == "cross-site":
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    # "null", as a page in a sandbox says, has no host and is none of ours.
    host = origin.partition("://")[2]
    return not host or host not in (headers.get("host"), headers.get("x-forwarded-host"))


async def _close_websocket(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1000})
