"""Serving the written files. Any web server does as well, without us."""

from pathlib import Path

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation

from handrail.core.access.permission import Verb
from handrail.core.errors import NotFoundError
from handrail.status.files import PATHS
from handrail.status.page import policy

_MEDIA_TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
}
_CACHE = "public, max-age=15"
GivenFolder = NamedDependency[SkipValidation[Path]]


@get("/", opt={"verb": Verb.PUBLIC}, sync_to_thread=False, include_in_schema=False)
def front() -> Response[None]:
    """Send a reader on to the first page, whose links are relative to it."""
    return Response(None, status_code=307, headers={"Location": "/status/index.html"})


@get(
    "/{path:path}",
    opt={"verb": Verb.PUBLIC},
    sync_to_thread=True,
    include_in_schema=False,
)
def file(path: FromPath[str], status_folder: GivenFolder) -> Response[bytes]:
    """Return a published file, and nothing else that may be in the folder.

    Raises:
        NotFoundError: There is none of that name.
    """
    name = path.removeprefix("/")
    msg = "There is no such page here. The status page itself is /status/index.html."
    if PATHS.fullmatch(name) is None:
        raise NotFoundError(msg)
    found = status_folder / name
    try:
        content = found.read_bytes()
    except OSError as error:
        raise NotFoundError(msg) from error
    headers = {"Cache-Control": _CACHE}
    if found.suffix == ".html":
        headers["Content-Security-Policy"] = f"{policy()}; frame-ancestors 'none'"
    else:
        # Other sites may read these, as they may on other status pages.
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return Response(content, media_type=_MEDIA_TYPES[found.suffix], headers=headers)


def routes(folder: Path) -> Router:
    """Return the routes that serve the files in the folder."""
    return Router(
        "/status",
        route_handlers=[front, file],
        dependencies={"status_folder": Provide(lambda: folder, sync_to_thread=False)},
    )
