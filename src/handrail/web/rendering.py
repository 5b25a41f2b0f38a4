"""Templates: a screen in, HTML out; and the style sheets as shipped."""

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType
from markupsafe import Markup

from handrail.web.screens.chrome import Chrome


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("handrail.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@lru_cache(maxsize=8)
def sheet(name: str) -> str:
    """Return the text of a shipped style sheet."""
    path = resources.files("handrail.web").joinpath("static", name)
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def sheet_hash(name: str) -> str:
    """Return the hash by which a content security policy allows the sheet inline."""
    digest = hashlib.sha256(_inline(name).encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@lru_cache(maxsize=8)
def _inline(name: str) -> str:
    return sheet(name).replace("\n", "")


@lru_cache(maxsize=1)
def _mark() -> str:
    """Return what changes when a shipped file does, for addresses kept for ever."""
    shipped = sheet_hash("console.css") + sheet_hash("live.js")
    digest = hashlib.sha256(shipped.encode()).hexdigest()
    return digest[:12]


def text(template: str, **values: Any) -> str:  # noqa: ANN401 - a template's values
    """Return the rendered template."""
    return _templates().get_template(template).render(**values)


def inline_styled(
    template: str, *, screen: object, style: str, status: int
) -> Response[str]:
    """Return a page that needs nothing else: its style is inline, under its hash."""
    style_text = Markup(_inline(style))  # noqa: S704 - our own file
    policy = (
        f"default-src 'none'; style-src '{sheet_hash(style)}'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return Response(
        text(template, screen=screen, style=style_text),
        status_code=status,
        media_type=MediaType.HTML,
        # The address is a secret: it is told to no other site, not even as an origin.
        headers={"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"},
    )


def in_chrome(
    template: str,
    *,
    screen: object,
    chrome: Chrome,
    status: int = 200,
    tzdata: str = "",
) -> Response[str]:
    """Return a page of the console inside its frame."""
    values = {"screen": screen, "chrome": chrome, "tzdata": tzdata}
    return Response(
        text(template, style_mark=_mark(), **values),
        status_code=status,
        media_type=MediaType.HTML,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A screen and its frame, read in one transaction and rendered after it.

    Attributes:
        tzdata: Version of the time-zone rules it rests on, told at its foot; or "".
    """

    screen: object
    chrome: Chrome
    tzdata: str = ""

    def response(self, template: str, *, status: int = 200) -> Response[str]:
        """Return the rendered page."""
        return in_chrome(
            template,
            screen=self.screen,
            chrome=self.chrome,
            status=status,
            tzdata=self.tzdata,
        )


def to(path: str) -> Response[None]:
    """Return the answer to a press that sends the browser on to a path of ours."""
    return Response(None, status_code=303, headers={"Location": path})
