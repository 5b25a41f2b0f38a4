"""Every file of the status page, and their way into a folder: each whole or not at all.

A reader, or a program that copies the folder, never meets half a file; one that stops
half-way leaves the old files in place. The first page is the last to be replaced.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from handrail.core.errors import UnavailableError
from handrail.core.status_page.public_view import PublicView
from handrail.status import feed, page, wire

PATHS = re.compile(
    r"(?:index|history|incidents/[0-9]{1,9})\.html|feed\.(?:atom|rss)"
    r"|api/v2/(?:summary|status|components|incidents|incidents/unresolved)\.json"
)
"""Everything that is ever published; nothing else in a folder is served."""
_READABLE_FILE = 0o644
_READABLE_FOLDER = 0o755


def files(view: PublicView, *, link: str) -> dict[str, bytes]:
    """Return every file by its path, in the order in which they are to be replaced.

    Args:
        view: What the public sees.
        link: Where the page is read, without a trailing slash.
    """
    made = {
        f"incidents/{shown.number}.html": page.incident(view, shown)
        for shown in view.incidents
    }
    made |= {
        path: msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
        for path, document in wire.documents(view, link=link).items()
    }
    made[feed.ATOM_FILE] = feed.atom(view, link=link)
    made[feed.RSS_FILE] = feed.rss(view, link=link)
    made["history.html"] = page.history(view)
    made["index.html"] = page.index(view)
    return made


def publish(view: PublicView, folder: Path, *, base_url: str) -> int:
    """Write the page to a folder; return how many files were new or other than before.

    Args:
        view: What the public sees.
        folder: It is made where it is missing.
        base_url: Of this installation, whose ``/status`` is the page where the
            configuration names no other link.

    Raises:
        UnavailableError: The folder cannot be written.
    """
    link = view.page.link or f"{base_url}/status"
    return write(folder, files(view, link=link))


def write(folder: Path, made: Mapping[str, bytes]) -> int:
    """Bring the files into the folder; return how many were new or other than before.

    Raises:
        UnavailableError: The folder cannot be written.
    """
    try:
        return sum(_replace(folder / path, content) for path, content in made.items())
    except OSError as error:
        msg = f"the status page cannot be written to {folder}: {error.strerror}"
        raise UnavailableError(msg) from error


def _replace(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=_READABLE_FOLDER)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(draft, flags, _READABLE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return True
