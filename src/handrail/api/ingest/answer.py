"""An answer to a sender, and sending it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec
from litestar.types import Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, body and headers; names in lower case."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(
    status: int, body: object, *, media_type: str = "application/json"
) -> Answer:
    """Return an answer whose body is the value as JSON."""
    return Answer(
        status=status,
        body=msgspec.json.encode(body),
        headers={"content-type": media_type},
    )


def with_headers(answer: Answer, **headers: str) -> Answer:
    """Return the answer with more headers; ``_`` in a name stands for ``-``."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(answer, headers={**answer.headers, **more})


async def send_answer(send: Send, answer: Answer) -> None:
    """Send the whole answer."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers.items()
    ]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": headers,
        }
    )
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
