"""The catalogue of mitigations: what is known to stop the bleeding, and how it is done.

A call's body is a template whose placeholders stand inside of JSON strings and are
filled in there, so that nothing that is filled in can change the shape of the body.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handrail.core.ids import Slug
from handrail.core.mitigation.mitigation import MitigationKind

PLACEHOLDERS = ("incident", "severity", "service", "by")
PRODUCTION = "production"
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_MASK = "•••"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeader:
    """One header of a call: its value, or where the secret is that is its value."""

    name: str
    value: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request.

    Attributes:
        body: JSON text, or "" for none.
        secret: Where the bearer token is (``env:NAME`` or ``file:PATH``), or "".
    """

    method: str
    url: str
    headers: tuple[CallHeader, ...] = ()
    body: str = ""
    secret: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every reference to a secret."""
        named = tuple(header.secret for header in self.headers if header.secret)
        return (*named, self.secret) if self.secret else named


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One mitigation of the catalogue.

    Attributes:
        services: What it is for; none means any service.
        confirm: What must be typed to run it, or "" for nothing.
        manual: How a person does it, in words or as a link, or "".
        call: How Handrail does it; none where it is done by hand.
    """

    name: Slug
    title: str
    kind: MitigationKind
    description: str
    services: tuple[Slug, ...] = ()
    environment: str = PRODUCTION
    confirm: str = ""
    manual: str = ""
    call: Call | None = None

    def suits(self, service: Slug | None) -> bool:
        """Return whether it is for this service."""
        return not self.services or service in self.services


def unknown_placeholders(template: str) -> list[str]:
    """Return the placeholders of a body that nothing is known to fill in."""
    return sorted(set(_PLACEHOLDER.findall(template)) - set(PLACEHOLDERS))


def filled(call: Call, values: Mapping[str, str]) -> Call:
    """Return the call with every placeholder of its body filled in."""
    if not call.body:
        return call
    body = _filled(json.loads(call.body), values)
    return Call(
        method=call.method,
        url=call.url,
        headers=call.headers,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        secret=call.secret,
    )


def masked_headers(call: Call) -> tuple[tuple[str, str], ...]:
    """Return the headers as people may see them: where a secret is, not what it is."""
    shown = [
        (h.name, f"{_MASK} ({h.secret})" if h.secret else h.value) for h in call.headers
    ]
    if call.secret:
        shown.append(("Authorization", f"Bearer {_MASK} ({call.secret})"))
    if call.body:
        shown.append(("Content-Type", "application/json"))
    return tuple(shown)


def without_secrets(text: str, secrets: Mapping[str, str]) -> str:
    """Return the text with every secret in it masked."""
    for secret in secrets.values():
        if secret:
            text = text.replace(secret, _MASK)
    return text


def _filled(value: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case str():
            return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), value)
        case list():
            return [_filled(item, values) for item in value]
        case dict():
            return {key: _filled(item, values) for key, item in value.items()}
        case _:
            return value
