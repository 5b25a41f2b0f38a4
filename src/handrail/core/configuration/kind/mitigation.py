"""What a file says of mitigations: the catalogue."""

import json
import re

from handrail.core.configuration import scalar
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    TextShape,
)
from handrail.core.configuration.spelling import quoted
from handrail.core.mitigation.catalogue import (
    PLACEHOLDERS,
    PRODUCTION,
    unknown_placeholders,
)
from handrail.core.mitigation.mitigation import MitigationKind

METHODS = ("POST", "PUT", "PATCH", "DELETE")
BODY_CHARS_MAX = 8_000
HEADER_PATTERN = r"^[A-Za-z][A-Za-z0-9-]{0,99}$"
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection"})


def _read_body(written: str) -> str:
    if len(written) > BODY_CHARS_MAX:
        msg = f"has {len(written)} characters, at most {BODY_CHARS_MAX}"
        raise ValueError(msg)
    unknown = unknown_placeholders(written)
    if unknown:
        known = ", ".join(f"${{{name}}}" for name in PLACEHOLDERS)
        msg = f"no placeholder {quoted('${' + unknown[0] + '}')}; there are {known}"
        raise ValueError(msg)
    try:
        body = json.loads(written)
    except ValueError as error:
        msg = f"is not JSON ({error}); placeholders stand inside of its texts"
        raise ValueError(msg) from error
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _read_header(written: str) -> str:
    if not re.fullmatch(HEADER_PATTERN, written) or written.lower() in _OURS:
        msg = f"{quoted(written)} is not the name of a header that can be set"
        raise ValueError(msg)
    return written


_HEADER = ObjectShape(
    fields=(
        Field(
            name="name",
            shape=TextShape(
                read=_read_header,
                example="X-Token",
                schema={"pattern": HEADER_PATTERN},
            ),
            description="The header's name.",
            is_required=True,
        ),
        Field(
            name="value",
            shape=scalar.text(2000, "handrail"),
            description="Its value, where that is no secret.",
        ),
        Field(
            name="secret",
            shape=scalar.SECRET,
            description="Where its value is, where that is one: env:NAME or file:PATH.",
        ),
    )
)


_HTTP = ObjectShape(
    fields=(
        Field(
            name="method",
            shape=ChoiceShape(words=METHODS),
            description="How it is asked.",
            default="POST",
        ),
        Field(
            name="url",
            shape=scalar.URL,
            description="What is asked; redirects are not followed.",
            is_required=True,
        ),
        Field(
            name="headers",
            shape=ListShape(item=_HEADER, minimum=0, maximum=20),
            description="Headers of the request.",
            default=[],
        ),
        Field(
            name="body",
            shape=TextShape(
                read=_read_body,
                example='\'{"reason": "${incident}"}\'',
                schema={"minLength": 1, "maxLength": BODY_CHARS_MAX},
            ),
            description=(
                "JSON; in its texts ${incident}, ${severity}, ${service} and ${by} "
                "are filled in."
            ),
        ),
        Field(
            name="secret",
            shape=scalar.SECRET,
            description="Where the bearer token is: env:NAME or file:PATH.",
        ),
    )
)


MITIGATION = KindDefinition(
    kind="mitigation",
    plural="mitigations",
    description="A known way to stop the bleeding, done by hand or by one HTTP call.",
    shape=ObjectShape(
        fields=(
            Field(
                name="title",
                shape=scalar.TITLE,
                description="What people see; the name by default.",
            ),
            Field(
                name="kind",
                shape=ChoiceShape(words=tuple(MitigationKind)),
                description="What sort of act it is.",
                default=str(MitigationKind.CUSTOM),
            ),
            Field(
                name="services",
                shape=ListShape(
                    item=scalar.reference("service"),
                    minimum=1,
                    maximum=200,
                    empty="no service; leave services out for any service",
                    is_set=True,
                ),
                description="What it is for. Default: any service.",
            ),
            Field(
                name="description",
                shape=scalar.text(1000, "Sends all traffic to the other region"),
                description="What it will do, for the person who decides.",
                is_required=True,
            ),
            Field(
                name="environment",
                shape=scalar.NAME,
                description="Where it acts; in production a call is confirmed.",
                default=PRODUCTION,
            ),
            Field(
                name="confirm",
                shape=scalar.text(100, "payments-eu"),
                description=(
                    "The target's name, which the person types to run it. Required "
                    "for a call in production."
                ),
            ),
            Field(
                name="manual",
                shape=scalar.text(2000, "https://example.org/runbook#roll-back"),
                description="How a person does it: instructions, or a link to them.",
            ),
            Field(
                name="http",
                shape=_HTTP,
                description="The one HTTP call that does it; instead of manual.",
            ),
        )
    ),
)
