"""One HTTP request and its answer, as a browser, a sender or a script makes it."""

import http.client
import json
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from tools.demo.waiting import MissedError
from typing_extensions import override

_TIMEOUT_SECONDS = 15.0
_CLIENT_ERROR = 400
_SHOWN_CHARS_MAX = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and how long that took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:  # noqa: ANN401  (JSON)
        """Return what the body says."""
        return json.loads(self.body)


def ask(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request to a loopback server.

    Raises:
        MissedError: There was no answer, or it was a refusal.
    """
    place = urllib.parse.urlsplit(url)
    target = place.path + (f"?{place.query}" if place.query else "")
    began = time.monotonic()
    connection = http.client.HTTPConnection(place.netloc, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(
            method, target or "/", body=body, headers=dict(headers or {})
        )
        reply = connection.getresponse()
        answer = Answer(
            status=reply.status,
            headers={name.lower(): value for name, value in reply.getheaders()},
            body=reply.read(),
            seconds=time.monotonic() - began,
        )
    except (OSError, http.client.HTTPException) as error:
        awaited = f"an answer to {method} {place.path}"
        raise MissedError(awaited, detail=f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    if answer.status >= _CLIENT_ERROR:
        awaited = f"{method} {place.path} to be taken"
        told = f"It was answered {answer.status}: {answer.text[:_SHOWN_CHARS_MAX]}"
        raise MissedError(awaited, detail=told)
    return answer


def post_form(
    url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> Answer:
    """Post a plain form, as a browser without JavaScript does."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask(
        "POST",
        url,
        body=urllib.parse.urlencode(fields).encode(),
        headers={**kind, **(headers or {})},
    )


def post_json(
    url: str, said: object, headers: Mapping[str, str] | None = None
) -> Answer:
    """Post JSON, as a script does."""
    kind = {"Content-Type": "application/json"}
    return ask(
        "POST", url, body=json.dumps(said).encode(), headers={**kind, **(headers or {})}
    )


class Form(HTMLParser):
    """The form of a page, as its reader has it: hidden fields and buttons.

    Attributes:
        hidden: Value by field name.
        buttons: Field name by value.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.buttons: dict[str, str] = {}
        self.feed(page)

    def pressed(self, button: str) -> dict[str, str]:
        """Return what the browser sends when the button of this value is pressed.

        Raises:
            MissedError: There is no such button.
        """
        if button not in self.buttons:
            there = ", ".join(self.buttons) or "none"
            awaited = f"a button {button!r}"
            raise MissedError(awaited, detail=f"Buttons: {there}.")
        return {**self.hidden, self.buttons[button]: button}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        elif tag == "button" and "name" in given:
            self.buttons[given.get("value", "")] = given["name"]
