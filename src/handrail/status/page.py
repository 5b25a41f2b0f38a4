"""The page as HTML: whole in itself, one file a page, nothing from elsewhere.

Style and script are inline under their hashes, so that a page looks and behaves the
same from any host, and from a disk.
"""

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from handrail.core.instants import format_rfc3339
from handrail.core.status_page.public_view import PublicIncident, PublicView
from handrail.status import wording

STALE_MINUTES = 5
"""From that age on the page warns of itself. It is made anew every minute."""


def index(view: PublicView) -> bytes:
    """Return the first page: how everything stands, and the last days."""
    return _page("index.html", view, root="")


def history(view: PublicView) -> bytes:
    """Return the page of every incident that is kept on the page."""
    return _page("history.html", view, root="")


def incident(view: PublicView, shown: PublicIncident) -> bytes:
    """Return the page of one incident with all its notices."""
    return _page("incident.html", view, root="../", incident=shown)


def policy() -> str:
    """Return the content security policy that every page carries."""
    return (
        f"default-src 'none'; style-src '{_hash(_asset('status.css'))}'; "
        f"script-src '{_hash(_asset('stale.js'))}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _page(template: str, view: PublicView, *, root: str, **values: Any) -> bytes:  # noqa: ANN401 - a template's values
    text = _templates().get_template(template)
    return text.render(
        view=view,
        root=root,
        policy=policy(),
        style=Markup(_asset("status.css")),  # noqa: S704 - our own file
        script=Markup(_asset("stale.js")),  # noqa: S704 - our own file
        stale_minutes=STALE_MINUTES,
        **values,
    ).encode()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("handrail.status"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "machine": format_rfc3339,
        "moment": wording.moment,
        "day": wording.day,
        "lasted": wording.lasted,
        "status": wording.STATUS.__getitem__,
        "stage": wording.STAGE.__getitem__,
        "reach": _reach,
    }
    return made


def _reach(support: str) -> str:
    """Return the address of a link to the support, or "" for words alone."""
    if support.startswith(("https://", "http://")):
        return support
    is_mail = "@" in support and not set(" <>\"'") & set(support)
    return f"mailto:{support}" if is_mail else ""


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    path = resources.files("handrail.status").joinpath("assets", name)
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
