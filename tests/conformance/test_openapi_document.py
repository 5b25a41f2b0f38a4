"""The API against its own document, as each role: generated requests, right and wrong.

No request may make the server fail, every status and body must be as described, and
what is refused must be refused for its reason.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.site import Site, site

from handrail.api.openapi import PATH

Operation = APIOperation[Any, Any, Any, Any]
EXAMPLES = 8


def what_is_sent_wrongly_is_refused(
    ctx: CheckContext, response: Response, case: Case[Any]
) -> bool | None:
    """Judge a refusal, unless what was wrong never left the generator.

    A made-up parameter whose value is an empty list is in the case, and not in the
    query that it is sent as.
    """
    sent = parse_qs(urlsplit(response.request.url or "").query, keep_blank_values=True)
    if not case.query.keys() <= sent.keys():
        return None
    return negative_data_rejection(ctx, response, case)


OURS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    what_is_sent_wrongly_is_refused,
    response_schema_conformance,
]
RAW = [not_a_server_error, status_code_conformance]
"""Raw routes speak their senders' dialects; their own tests judge the bodies."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site")) as made:
        made.signal()
        yield made


def _ask(operation: Operation, mode: GenerationMode, headers: dict[str, str]) -> int:
    """Send generated requests to one operation; return how many."""
    checks = RAW if operation.definition.raw["x-verb"].startswith("signal.") else OURS
    asked = []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers, checks=checks)
        asked.append(case)

    send()
    return len(asked)


WHO = ["", "cleo", "ben", "ana"]


def _operations(home: Site) -> list[Operation]:
    schema = schemathesis.openapi.from_asgi(PATH, home.app.asgi)
    return [
        found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)
    ]


@pytest.mark.parametrize("who", WHO)
def test_every_answer_to_what_is_described_is_as_described(
    shared: Site, who: str
) -> None:
    headers = shared.as_(who)
    operations = _operations(shared)

    asked = sum(_ask(one, GenerationMode.POSITIVE, headers) for one in operations)

    print(f"{asked} requests of {len(operations)} operations as {who or 'nobody'}")
    assert asked >= len(operations)


@pytest.mark.parametrize("who", WHO)
def test_what_is_not_as_described_is_refused_as_described(
    shared: Site, who: str
) -> None:
    headers = shared.as_(who)
    # Where nothing is given, nothing can be given wrongly.
    operations = [one for one in _operations(shared) if one.body or one.query]

    asked = sum(_ask(one, GenerationMode.NEGATIVE, headers) for one in operations)

    print(f"{asked} requests of {len(operations)} operations as {who or 'nobody'}")
    assert len(operations) >= 11
    assert asked >= len(operations)
