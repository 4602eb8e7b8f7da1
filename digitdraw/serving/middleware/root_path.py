"""Takes the path below which a proxy shows the page off the requests, as ASGI middleware.

Some proxies leave that path in every request, others take it off. Both kinds work."""

from collections.abc import Mapping

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from digitdraw.errors import SettingError
from digitdraw.serving.middleware.allowlist import OWN


class RootPath:
    """Serves `app` below `path`, such as "/digits", and at "/" too. Its own answers get `headers`.

    Raises SettingError for a path that begins as one of the server's own."""

    def __init__(self, app: ASGIApp, path: str, headers: Mapping[str, str] | None = None) -> None:
        if path.split("/")[1] in OWN:
            raise SettingError(
                f"The root path cannot be {path}: the server has paths of its own "
                "there. Take another one, such as /digits."
            )
        self.app, self.path, self.headers = app, path, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == self.path:
            # Relative, because a proxy may show even this path below another one.
            folder = self.path.rpartition("/")[2] + "/"
            redirect = RedirectResponse(folder, headers=self.headers)
            return await redirect(scope, receive, send)
        if path.startswith(f"{self.path}/"):
            scope = {**scope, "path": path.removeprefix(self.path)}
        return await self.app(scope, receive, send)
