import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given, settings
from standardwebhooks import Webhook, WebhookVerificationError
from tests.channels.messages import AT, BULLETIN, ITEM, MESSAGE, message
from tests.channels.strategies import MESSAGES
from tests.system.http_server import PUBLIC

from handrail.channels.webhook import WebhookChannel, WebhookSettings
from handrail.channels.webhook.render import render
from handrail.channels.webhook.send import meaning, retry_after
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.ports.channel import Message
from handrail.ports.http_client import HttpAnswer
from handrail.system.http_client import AiohttpClient
from handrail.system.vault import KeyVault

RIGHT = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
OTHER = base64.b64encode(b"another key of 24 bytes!").decode()
ENVIRONMENT = {
    "HOOK": RIGHT,
    "BOTH": f"{OTHER} {RIGHT}",
    "SHORT": "whsec_" + base64.b64encode(b"short").decode(),
    "WORDS": "correct horse battery staple",
}


class Receiver:
    """A real aiohttp server that keeps what it is sent."""

    def __init__(self, status: int = 204, **headers: str) -> None:
        self.status = status
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}
        self.bodies: list[bytes] = []
        self.got: list[dict[str, str]] = []
        self.is_silent = False
        self.is_over = asyncio.Event()

    async def _answer(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.got.append({name.lower(): text for name, text in request.headers.items()})
        if self.is_silent:
            await self.is_over.wait()
        return web.Response(status=self.status, headers=self.headers)

    async def called(
        self, sent: Message, *, timeout_seconds: float = 2.0, times: int = 1
    ) -> list[Outcome]:
        application = web.Application()
        application.router.add_post("/hook", self._answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.9", 0)
        await site.start()
        port = runner.addresses[0][1]
        http = AiohttpClient(guard=PUBLIC, user_agent="Handrail/0")
        channel = WebhookChannel(
            WebhookSettings(timeout_seconds=timeout_seconds),
            http=http,
            vault=KeyVault("k" * 32, environment=ENVIRONMENT, folder=Path()),
        )
        there = replace(sent, address=f"http://127.0.0.9:{port}/hook")
        outcomes = [await channel.send(there) for _ in range(times)]
        self.is_over.set()
        await http.close()
        await runner.cleanup()
        return outcomes


def signed(reference: str = "env:HOOK", *, at: datetime | None = None) -> Message:
    return replace(
        MESSAGE,
        secret=reference,
        sent_at=at or datetime.now(UTC).replace(microsecond=0),
    )


def verified(receiver: Receiver, *, body: bytes | None = None) -> object:
    return Webhook(RIGHT).verify(body or receiver.bodies[0], receiver.got[0])


def test_a_call_is_verified_by_a_receiver_and_says_what_to_do() -> None:
    receiver = Receiver()

    outcomes = asyncio.run(receiver.called(signed()))

    assert outcomes == [Accepted(reference="204")]
    content = verified(receiver)
    assert isinstance(content, dict)
    assert content["type"] == "page.notified"
    assert content["data"]["items"][0]["ack_url"] == ITEM.ack_url
    assert receiver.got[0]["webhook-id"] == "delivery-1"
    assert receiver.got[0]["handrail-hops"] == "1"
    assert receiver.got[0]["content-type"] == "application/json"


def test_a_tampered_call_is_refused() -> None:
    receiver = Receiver()
    asyncio.run(receiver.called(signed()))
    body = receiver.bodies[0].replace(b"SEV1", b"SEV4")

    with pytest.raises(WebhookVerificationError):
        verified(receiver, body=body)

    receiver.got[0]["webhook-id"] = "delivery-2"
    with pytest.raises(WebhookVerificationError):
        verified(receiver)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_call_outside_the_window_is_refused(minutes: int) -> None:
    receiver = Receiver()
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    asyncio.run(receiver.called(signed(at=at)))

    with pytest.raises(WebhookVerificationError, match="too"):
        verified(receiver)


def test_two_live_secrets_are_both_good() -> None:
    receiver = Receiver()

    asyncio.run(receiver.called(signed("env:BOTH")))

    assert verified(receiver)
    assert Webhook(OTHER).verify(receiver.bodies[0], receiver.got[0])


def test_repeated_attempts_carry_the_same_id() -> None:
    receiver = Receiver()

    asyncio.run(receiver.called(signed(), times=2))

    assert [got["webhook-id"] for got in receiver.got] == ["delivery-1"] * 2


@pytest.mark.parametrize("reference", ["env:NONE", "env:SHORT", "env:WORDS", "file:no"])
def test_without_its_secret_nothing_is_sent(reference: str) -> None:
    receiver = Receiver()

    [outcome] = asyncio.run(receiver.called(signed(reference)))

    assert isinstance(outcome, Permanent)
    assert outcome.scope is Scope.METHOD
    assert reference in outcome.reason
    assert "horse" not in outcome.reason
    assert receiver.bodies == []


def test_a_method_without_a_secret_is_called_unsigned() -> None:
    receiver = Receiver()

    [outcome] = asyncio.run(receiver.called(MESSAGE))

    assert isinstance(outcome, Accepted)
    assert "webhook-signature" not in receiver.got[0]


def test_a_receiver_that_never_answers_leaves_it_unknown() -> None:
    receiver = Receiver()
    receiver.is_silent = True

    [outcome] = asyncio.run(receiver.called(MESSAGE, timeout_seconds=0.4))

    assert isinstance(outcome, Unknown)
    assert len(receiver.bodies) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Accepted),
        (202, Accepted),
        (301, Permanent),
        (307, Permanent),
        (400, Permanent),
        (401, Permanent),
        (403, Permanent),
        (404, Permanent),
        (408, Retryable),
        (410, Permanent),
        (422, Permanent),
        (425, Retryable),
        (429, Retryable),
        (500, Retryable),
        (503, Retryable),
    ],
)
def test_each_status_means_what_the_table_says(
    status: int, kind: type[Outcome]
) -> None:
    answer = HttpAnswer(status=status, headers={}, body=b"a secret of the receiver")

    outcome = meaning(answer, now=AT)

    assert type(outcome) is kind
    assert "secret" not in repr(outcome)
    assert str(status) in repr(outcome)


def test_a_wish_to_wait_is_passed_on() -> None:
    receiver = Receiver(status=429, retry_after="17")

    [outcome] = asyncio.run(receiver.called(MESSAGE))

    assert outcome == Retryable(
        reason="the receiver answered 429", after=timedelta(seconds=17)
    )


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(seconds=120)),
        ("9" * 50, timedelta(days=1)),
        ("Sat, 31 Jan 2026 08:01:05 GMT", timedelta(seconds=60)),
        ("Sat, 31 Jan 2026 07:00:00 GMT", timedelta(0)),
        ("Sat, 31 Jan 2027 07:00:00 GMT", timedelta(days=1)),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    text: str, wait: timedelta | None
) -> None:
    assert retry_after(text, now=AT) == wait


@pytest.mark.parametrize(
    ("address", "is_permanent"),
    [("http://127.0.0.1/", True), ("not a URL", True), ("http://127.0.0.9:9/", False)],
)
def test_what_could_not_be_sent_is_told_apart(
    address: str, is_permanent: object
) -> None:
    async def scenario() -> Outcome:
        http = AiohttpClient(guard=PUBLIC, user_agent="test")
        channel = WebhookChannel(
            WebhookSettings(),
            http=http,
            vault=KeyVault("k" * 32, environment={}, folder=Path()),
        )
        outcome = await channel.send(message(address=address))
        await http.close()
        return outcome

    outcome = asyncio.run(scenario())

    assert type(outcome) is (Permanent if is_permanent else Retryable)


def test_the_body_is_as_documented() -> None:
    assert json.loads(render(MESSAGE)) == {
        "type": "page.notified",
        "timestamp": "2026-01-31T08:00:05.000Z",
        "data": {
            "recipient": "user:ana",
            "is_repeat": False,
            "items": [
                {
                    "page_id": ITEM.page_id,
                    "delivery_id": ITEM.delivery_id,
                    "title": "Checkout error rate",
                    "service": "checkout",
                    "severity": "SEV1",
                    "opened_at": "2026-01-31T08:00:05.000Z",
                    "summary": "5.2 % of checkouts fail.\nThreshold 1 %.",
                    "details": {"alertname": "CheckoutErrors", "region": "eu-west"},
                    "alert_url": "https://handrail.example/alerts/1",
                    "ack_url": "https://handrail.example/a/token",
                    "incident": "",
                    "open_url": "",
                    "what_next": "ben is paged at 08:05 UTC",
                    "notes": ["The sender has fallen silent; this page goes on."],
                }
            ],
        },
    }


def test_a_bulletin_is_of_another_type_and_asks_for_no_answer() -> None:
    (item,) = BULLETIN.items

    assert json.loads(render(BULLETIN)) == {
        "type": "bulletin.notified",
        "timestamp": "2026-01-31T08:00:05.000Z",
        "data": {
            "recipient": "user:ana",
            "is_repeat": False,
            "items": [
                {
                    "bulletin_id": item.bulletin_id,
                    "delivery_id": item.delivery_id,
                    "kind": "reminder",
                    "incident": "INC-7",
                    "title": "INC-7: public notice due now, at 09:15 UTC",
                    "service": "checkout",
                    "severity": "SEV1",
                    "told_at": "2026-01-31T08:00:05.000Z",
                    "text": "Checkout is down\nPublish a notice.",
                    "open_url": "https://handrail.example/incidents/INC-7",
                    "notes": [],
                }
            ],
        },
    }


def test_a_fault_in_rendering_a_bulletin_still_sends_where_to_go() -> None:
    broken = replace(BULLETIN.items[0], notes=None)  # type: ignore[arg-type]  # a defect elsewhere

    content = json.loads(render(replace(BULLETIN, items=(broken,))))

    [item] = content["data"]["items"]
    assert item["open_url"] == "https://handrail.example/incidents/INC-7"
    assert "ack_url" not in item


def test_a_fault_in_rendering_still_sends_the_link() -> None:
    broken = replace(ITEM, notes=None)  # type: ignore[arg-type]  # a defect elsewhere

    content = json.loads(render(replace(MESSAGE, items=(broken,))))

    [item] = content["data"]["items"]
    assert item["ack_url"] == ITEM.ack_url
    assert "could not be shown in full" in item["notes"][0]


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_any_text_in_any_field_gives_a_body_within_limits(wanted: Message) -> None:
    body = render(wanted)

    content: Mapping[str, object] = json.loads(body)
    is_bulletin = wanted.items[0].is_bulletin
    assert content["type"] == ("bulletin" if is_bulletin else "page") + ".notified"
    assert len(body) < 2_000_000
    assert b'"title":""' not in body
