"""A ticket over the wire: signed, once a key, and what the answer means."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from tests.system.http_server import PUBLIC, Answer, Call, saying, serving

from handrail.core.alert.alert import Alert, AlertState
from handrail.core.backlog.ticket import TrackerOutcome, TrackerTook, for_alert
from handrail.core.ids import AlertId, Slug, TicketId
from handrail.core.paging.outcome import Permanent, Retryable, Unknown
from handrail.core.severity.severity import Severity
from handrail.ports.http_client import HttpAnswer
from handrail.ports.tracker import TicketOrder
from handrail.system.http_client import AiohttpClient
from handrail.system.vault import KeyVault
from handrail.trackers.webhook.render import taken
from handrail.trackers.webhook.send import WebhookTracker, meaning

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
ENVIRONMENT = {"HOOK": SECRET, "SHORT": "whsec_" + base64.b64encode(b"no").decode()}
ALERT = Alert(
    id=AlertId("a"),
    integration=Slug("prom"),
    dedup_key="disk",
    state=AlertState.FIRING,
    title="Disk 70 % full\u202e",
    labels={},
    annotations={"description": "host a\nhost b"},
    starts_at=AT,
    opened_at=AT,
    last_seen_at=AT,
)
OPENED = saying(
    "HTTP/1.1 201 Created\ncontent-length: 62\n\n"
    '{"reference": "OPS-1", "link": "https://t.example.org/OPS-1" }'
)


def order(address: str, secret: str = "env:HOOK") -> TicketOrder:
    ticket = for_alert(ALERT, Severity.SEV4, ticket_id=TicketId("t"), now=AT)
    return TicketOrder(
        ticket=ticket,
        address=address,
        secret=secret,
        origin_url="https://handrail.test/alerts/a",
        sent_at=AT,
    )


def opened(
    answer: Answer, secret: str = "env:HOOK"
) -> tuple[TrackerOutcome, list[Call]]:
    async def run() -> tuple[TrackerOutcome, list[Call]]:
        http = AiohttpClient(guard=PUBLIC, user_agent="Handrail/0")
        vault = KeyVault("k" * 32, environment=ENVIRONMENT, folder=Path())
        async with serving(answer) as server:
            tracker = WebhookTracker(http=http, vault=vault)
            url = f"http://127.0.0.9:{server.port}/hook"
            outcome = await tracker.open(order(url, secret))
            await http.close()
        return outcome, server.calls

    return asyncio.run(run())


def test_the_ticket_arrives_signed_and_the_answer_says_where_it_is() -> None:
    outcome, (call,) = opened(OPENED)

    link = "https://t.example.org/OPS-1"
    assert outcome == TrackerTook(reference="OPS-1", link=link)
    assert call.headers["webhook-id"] == "backlog-t"
    stamp = str(int(AT.timestamp()))
    assert call.headers["webhook-timestamp"] == stamp
    expected = Webhook(SECRET).sign("backlog-t", AT, call.body.decode())
    assert call.headers["webhook-signature"] == expected
    told = json.loads(call.body)
    assert told["type"] == "ticket.requested"
    assert told["data"]["title"] == "Disk 70 % full"
    assert told["data"]["description"] == "host a\nhost b"
    assert told["data"]["url"] == "https://handrail.test/alerts/a"


@pytest.mark.parametrize("secret", ["env:NOWHERE", "env:SHORT"])
def test_without_its_secret_nothing_is_sent(secret: str) -> None:
    outcome, calls = opened(OPENED, secret)

    assert isinstance(outcome, Permanent)
    assert calls == []


def test_half_an_answer_leaves_unknown_whether_it_is_open() -> None:
    outcome, calls = opened(saying("HTTP/1.1 200 OK\ncontent-length: 99\n\nhalf"))

    assert isinstance(outcome, Unknown)
    assert len(calls) == 1


def test_a_tracker_that_is_not_there_is_tried_again() -> None:
    async def run() -> TrackerOutcome:
        http = AiohttpClient(guard=PUBLIC, user_agent="Handrail/0")
        vault = KeyVault("k" * 32, environment=ENVIRONMENT, folder=Path())
        async with serving(OPENED) as server:
            url = f"http://127.0.0.9:{server.port}/hook"
        outcome = await WebhookTracker(http=http, vault=vault).open(order(url))
        await http.close()
        return outcome

    assert isinstance(asyncio.run(run()), Retryable)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, TrackerTook),
        (204, TrackerTook),
        (301, Permanent),
        (400, Permanent),
        (408, Retryable),
        (410, Permanent),
        (425, Retryable),
        (429, Retryable),
        (500, Retryable),
        (503, Retryable),
    ],
)
def test_each_status_has_its_meaning(status: int, kind: type) -> None:
    assert isinstance(meaning(HttpAnswer(status=status, headers={}, body=b"")), kind)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("999999999", timedelta(days=1)),
        ("soon", None),
        ("", None),
    ],
)
def test_the_trackers_own_wish_is_heard(text: str, wait: timedelta | None) -> None:
    answer = HttpAnswer(status=503, headers={"retry-after": text}, body=b"")

    outcome = meaning(answer)

    assert isinstance(outcome, Retryable)
    assert outcome.after == wait


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"reference": 7, "link": "javascript:alert(1)"}',
        b'{"link": "https://a b"}',
    ],
)
def test_an_answer_that_says_nothing_useful_still_opened_it(body: bytes) -> None:
    assert taken(body) == TrackerTook()


@given(st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
def test_no_answer_whatever_breaks_the_reading(body: bytes) -> None:
    assert isinstance(taken(body), TrackerTook)
