import asyncio
import base64
import gzip
import json
import zlib
from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake import (
    KEYS,
    Intake,
    ManualClock,
    Reply,
    configure,
    exchange,
    get,
    post,
)
from typing_extensions import override

from handrail.api.ingest.deps import IngestDeps
from handrail.api.ingest.routes import ingest_app, ingest_routes
from handrail.core import limits
from handrail.core.alert.receipt import EntryKind, Receipt
from handrail.core.errors import OverloadedError, UnavailableError
from handrail.core.ids import AlertId, ReceiptId
from handrail.ports.store import Transaction
from handrail.sources import found_sources
from handrail.storage.sqlite import SqliteStore

T = TypeVar("T")
API = f"/i/{KEYS['prom']}/api/v2/alerts"
WEBHOOK = f"/i/{KEYS['am']}/alertmanager"
ENQUEUE = f"/i/{KEYS['pd']}/v2/enqueue"
GENERIC = f"/i/{KEYS['json']}/generic"
PATHS = {"prom": API, "am": WEBHOOK, "pd": ENQUEUE, "json": GENERIC}
TRIGGER = {
    "routing_key": KEYS["pd"],
    "event_action": "trigger",
    "dedup_key": "k",
    "payload": {"summary": "It broke", "source": "web-1", "severity": "critical"},
}
GOOD = {
    "prom": [{"labels": {"alertname": "A"}}],
    "am": {"status": "firing", "alerts": [{"labels": {"alertname": "A"}}]},
    "pd": TRIGGER,
    "json": {"title": "It broke", "dedup_key": "k"},
}
ACCEPTED = {"prom": 200, "am": 200, "pd": 202, "json": 202}
NAMES = tuple(PATHS)


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEYS[name]}"}


@pytest.mark.parametrize("name", NAMES)
def test_a_good_post_is_accepted_with_a_receipt_and_stored(name: str) -> None:
    intake = Intake()

    reply = post(intake.app(), PATHS[name], GOOD[name])

    assert reply.status == ACCEPTED[name]
    assert reply.headers["handrail-receipt"]
    (alert,) = intake.alerts()
    assert alert.integration == name


def test_answers_are_those_of_each_protocol() -> None:
    app = Intake().app()

    api = post(app, API, GOOD["prom"])
    pagerduty = post(app, "/v2/enqueue", TRIGGER)
    webhook = post(app, WEBHOOK, GOOD["am"])
    generic = post(app, GENERIC, GOOD["json"])

    assert api.body == b""
    assert pagerduty.json() == {
        "status": "success",
        "message": "Event processed",
        "dedup_key": "k",
    }
    assert webhook.json() == {"receipt": webhook.headers["handrail-receipt"]}
    assert generic.json() == {
        "receipt": generic.headers["handrail-receipt"],
        "dedup_keys": ["k"],
        "errors": [],
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v2/alerts", "prom"),
        ("/api/v1/signals/alertmanager", "am"),
        ("/api/v1/signals", "json"),
        ("/v2/enqueue", "pd"),
    ],
)
def test_the_key_may_come_in_the_authorization_header(path: str, name: str) -> None:
    app = Intake().app()
    basic = base64.b64encode(f"handrail:{KEYS[name]}".encode()).decode()
    body = {k: v for k, v in TRIGGER.items() if k != "routing_key"}
    sent = body if name == "pd" else GOOD[name]

    by_bearer = post(app, path, sent, headers=bearer(name))
    by_basic = post(app, path, sent, headers={"authorization": f"Basic {basic}"})

    assert by_bearer.status == by_basic.status == ACCEPTED[name]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v2/alerts", 401),
        ("/i/0000/api/v2/alerts", 401),
        ("/i/0000/alertmanager", 401),
        ("/i/0000/generic", 401),
        ("/api/v1/signals", 401),
        ("/v2/enqueue", 400),
        ("/i/0000/v2/enqueue", 400),
    ],
)
def test_without_a_known_key_nothing_is_accepted_or_kept(
    path: str, status: int
) -> None:
    intake = Intake()
    body = {**TRIGGER, "routing_key": "0" * 32, "title": "t", "alerts": []}

    reply = post(intake.app(), path, body)

    assert reply.status == status
    assert "handrail-receipt" not in reply.headers
    assert intake.alerts() == []
    if status == 401:
        assert reply.headers["www-authenticate"] == "Bearer"


def test_refusals_are_in_the_dialect() -> None:
    app = Intake().app()

    api = post(app, "/i/0/api/v2/alerts", []).json()
    pagerduty = post(app, "/v2/enqueue", {"routing_key": "0"}).json()
    generic = post(app, "/i/0/generic", {})

    assert isinstance(api, str)
    assert isinstance(pagerduty, dict)
    assert pagerduty["status"] == "invalid event"
    assert isinstance(pagerduty["errors"], list)
    assert generic.headers["content-type"] == "application/problem+json"


def test_a_malformed_authorization_is_no_key() -> None:
    app = Intake().app()

    for value in ("Basic %%%", "Bearer ", "Digest x", "Basic Og=="):
        headers = {"authorization": value}
        assert post(app, "/api/v2/alerts", [], headers=headers).status == 401


def test_the_valid_alerts_of_a_bad_batch_are_kept_and_the_body_with_them() -> None:
    intake = Intake()

    reply = post(intake.app(), API, [{"labels": {"alertname": "A"}}, {"labels": {}}])

    assert reply.status == 400
    assert reply.json() == "alert 2: has no label with a value"
    assert [alert.title for alert in intake.alerts()] == ["A"]
    assert intake.raw(reply.headers["handrail-receipt"]) is not None


@pytest.mark.parametrize("name", ["am", "json"])
def test_what_cannot_be_read_is_accepted_as_an_unparsed_payload(name: str) -> None:
    intake = Intake()

    reply = post(intake.app(), PATHS[name], b"\x00 not json \xff")

    assert reply.status == ACCEPTED[name]
    (alert,) = intake.alerts()
    assert alert.title == f"Unparsed payload from {name}"
    raw = intake.raw(reply.headers["handrail-receipt"])
    assert raw is not None
    assert raw.body == b"\x00 not json \xff"


def test_a_broken_event_whose_key_can_still_be_told_is_kept() -> None:
    intake = Intake()
    broken = b'{"routing_key": "' + KEYS["pd"].encode() + b'", "payload": {'

    reply = post(intake.app(), "/v2/enqueue", broken)

    assert reply.status == 400
    assert isinstance(said := reply.json(), dict)
    assert said["status"] == "Unrecognized object"
    raw = intake.raw(reply.headers["handrail-receipt"])
    assert raw is not None
    assert raw.body == broken


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress])
def test_compressed_bodies_are_read(encode: Callable[[bytes], bytes]) -> None:
    intake = Intake()
    headers = {
        "content-encoding": "gzip" if encode is gzip.compress else "deflate",
        "content-type": "application/json; charset=utf-8",
    }
    body = encode(json.dumps(GOOD["am"]).encode())

    assert post(intake.app(), WEBHOOK, body, headers=headers).status == 200
    assert [alert.title for alert in intake.alerts()] == ["A"]


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"not gzip", "gzip"),
        (gzip.compress(b'{"alerts": []}')[:-9], "gzip"),
        (b"anything", "br"),
    ],
)
def test_a_body_that_cannot_be_decompressed_is_an_unparsed_payload(
    body: bytes, encoding: str
) -> None:
    intake = Intake()

    reply = post(intake.app(), WEBHOOK, body, headers={"content-encoding": encoding})

    assert reply.status == 200
    raw = intake.raw(reply.headers["handrail-receipt"])
    assert raw is not None
    assert raw.body == body


def test_gzip_that_was_not_announced_is_seen() -> None:
    intake = Intake()

    post(intake.app(), WEBHOOK, gzip.compress(json.dumps(GOOD["am"]).encode()))

    assert [alert.title for alert in intake.alerts()] == ["A"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_bomb", [False, True])
def test_a_body_over_the_limit_is_refused_and_made_a_visible_alert(
    name: str, *, is_bomb: bool
) -> None:
    intake = Intake()
    big = b" " * (limits.SIGNAL_BODY_BYTES_MAX + 1)
    headers = {"content-encoding": "gzip"} if is_bomb else {}
    body = gzip.compress(big) if is_bomb else big

    replies = [post(intake.app(), PATHS[name], body, headers=headers) for _ in "12"]

    assert {reply.status for reply in replies} == {413}
    (alert,) = intake.alerts()
    assert alert.title == f"Oversized payload from {name}"
    raw = intake.raw(replies[0].headers["handrail-receipt"])
    assert raw is not None
    assert len(raw.body) == limits.RAW_BODY_BYTES_KEPT_MAX


def test_pagerduty_events_have_their_own_limit() -> None:
    big = {**TRIGGER, "more": "x" * limits.PAGERDUTY_BODY_BYTES_MAX}

    assert post(Intake().app(), ENQUEUE, big).status == 413


def test_a_body_in_chunks_is_one_body() -> None:
    intake = Intake()
    data = json.dumps(GOOD["prom"]).encode()
    chunks = [data[:5], b"", data[5:9], data[9:]]

    reply = asyncio.run(exchange(intake.app(), API, chunks=chunks))

    assert reply is not None
    assert reply.status == 200
    assert len(intake.alerts()) == 1


def test_a_sender_that_goes_away_in_mid_body_gets_no_answer_and_leaves_nothing() -> (
    None
):
    intake = Intake()

    reply = asyncio.run(
        exchange(intake.app(), GENERIC, chunks=[b'{"title": "t"}'], is_cut_off=True)
    )

    assert reply is None
    assert intake.alerts() == []


@pytest.mark.parametrize("path", [*PATHS.values(), "/api/v2/status"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_a_wrong_method_is_told_the_right_ones(path: str, method: str) -> None:
    reply = asyncio.run(exchange(Intake().app(), path, method=method))

    assert reply is not None
    assert reply.status == 405
    assert set(reply.headers["allow"].split(", ")) <= {"GET", "POST"}


def test_nothing_lives_elsewhere() -> None:
    assert post(Intake().app(), "/nowhere", {}).status == 404


def test_a_loop_is_refused_and_fewer_hops_are_kept_as_a_label() -> None:
    intake = Intake()

    looped = post(intake.app(), GENERIC, GOOD["json"], headers={"Handrail-Hops": "4"})
    passed = post(intake.app(), GENERIC, GOOD["json"], headers={"Handrail-Hops": "3"})
    odd = post(intake.app(), GENERIC, {"title": "b"}, headers={"Handrail-Hops": "x"})

    assert [looped.status, passed.status, odd.status] == [508, 202, 202]
    assert {alert.labels.get("handrail_hops") for alert in intake.alerts()} == {
        "3",
        None,
    }


class Refusing(SqliteStore):
    """The real store with a full queue, or with a database that cannot be written."""

    refusal: Exception = OverloadedError("full", retry_after_seconds=7)

    @override
    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        del work, is_debt, alerts
        raise self.refusal


class Failing(SqliteStore):
    """The real store, whose commits of a given number fail."""

    failures: int = 0

    @override
    def submit(
        self,
        work: Callable[[Transaction], T],
        *,
        is_debt: bool = False,
        alerts: Collection[AlertId] = (),
    ) -> "Future[T]":
        if self.failures:
            self.failures -= 1
            future: Future[T] = Future()
            future.set_exception(RuntimeError("planted"))
            return future
        return super().submit(work, is_debt=is_debt, alerts=alerts)


def refusing(intake: Intake, refusal: Exception) -> Refusing:
    store = Refusing.in_memory(now=intake.clock.now)
    store.refusal = refusal
    configure(store)
    return store


@pytest.mark.parametrize(
    ("name", "status"), [("prom", 503), ("am", 503), ("pd", 429), ("json", 503)]
)
def test_overload_is_told_so_that_the_sender_tries_again(
    name: str, status: int
) -> None:
    intake = Intake()
    store = refusing(intake, OverloadedError("full", retry_after_seconds=7))

    reply = post(intake.app(store), PATHS[name], GOOD[name])

    assert reply.status == status
    assert reply.headers["retry-after"] == "7"
    assert "handrail-receipt" not in reply.headers


def test_what_is_put_off_is_counted_and_the_queue_can_be_asked() -> None:
    intake = Intake()
    told: list[str] = []
    depths: list[Callable[[], float]] = []
    deps = IngestDeps(
        store=refusing(intake, OverloadedError("full", retry_after_seconds=7)),
        clock=intake.clock,
        ids=intake.ids,
        sources=found_sources(),
        version="0",
        on_refused=lambda: told.append("refused"),
        on_queue=depths.append,
    )
    app = ingest_app(ingest_routes(deps))

    post(app, GENERIC, GOOD["json"])
    post(app, "/i/0/generic", GOOD["json"])

    assert told == ["refused"], "an unknown key is no overload"
    assert [depth() for depth in depths] == [0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("error", [UnavailableError("disk full"), RuntimeError("bug")])
def test_what_was_not_committed_is_never_answered_as_accepted(
    name: str, error: Exception
) -> None:
    intake = Intake()

    reply = post(intake.app(refusing(intake, error)), PATHS[name], GOOD[name])

    assert reply.status == 503
    assert reply.headers["retry-after"]


def test_signals_that_cannot_be_stored_are_kept_as_their_body() -> None:
    intake = Intake()
    store = Failing.in_memory(now=intake.clock.now)
    configure(store)
    store.failures = 1

    reply = post(intake.app(store), API, GOOD["prom"])

    (alert,) = store.read(lambda tx: tx.alert.firing(None))
    assert reply.status == 200
    assert alert.title == "Unparsed payload from prom"


def test_a_defect_in_a_reader_costs_no_page() -> None:
    intake = Intake()

    def broken(body: bytes, *, received_at: object) -> object:
        msg = f"planted: {len(body)} {received_at}"
        raise KeyError(msg)

    deps = IngestDeps(
        store=intake.store,
        clock=intake.clock,
        ids=intake.ids,
        sources={**found_sources(), "generic": broken},  # type: ignore[dict-item] # a defect
        version="0",
    )
    route = next(r for r in ingest_routes(deps) if r.path == "/i/{key}/generic")

    reply = post(route.app, GENERIC, GOOD["json"])

    assert reply.status == 202
    assert [alert.title for alert in intake.alerts()] == ["Unparsed payload from json"]


def test_a_key_that_was_issued_a_moment_ago_works_and_one_taken_back_stops() -> None:
    intake = Intake()
    app = intake.app()
    store = intake.store

    before = post(app, API, GOOD["prom"]).status
    documents = store.read(lambda tx: tx.configuration.documents())
    removed = [d for d in documents if d.name == "prom"]
    store.run(lambda tx: tx.configuration.apply([], removed, by="operator"))
    intake.clock.turn(timedelta(seconds=2))
    gone = post(app, API, GOOD["prom"]).status
    configure(store, ["prom"])
    again = post(app, API, GOOD["prom"]).status

    assert [before, gone, again] == [200, 401, 200]


def test_alertmanagers_reads_answer_with_the_alerts_of_the_key() -> None:
    intake = Intake()
    app = intake.app()
    post(app, API, [{"labels": {"alertname": "A", "job": "web"}}])
    post(app, API, [{"labels": {"alertname": "B", "job": "db"}}])
    post(app, GENERIC, GOOD["json"])

    listed = get(app, API).json()
    filtered = get(app, API, query=b"filter=job%3D%22web%22&active=true").json()
    inactive = get(app, API, query=b"active=false").json()
    groups = get(app, API + "/groups").json()

    assert isinstance(listed, list)
    assert isinstance(filtered, list)
    assert isinstance(groups, list)
    assert [a["labels"]["alertname"] for a in listed] == ["A", "B"]
    assert [a["labels"]["alertname"] for a in filtered] == ["A"]
    assert inactive == []
    assert len(groups[0]["alerts"]) == 2
    assert set(listed[0]) == {
        "annotations",
        "endsAt",
        "fingerprint",
        "generatorURL",
        "labels",
        "receivers",
        "startsAt",
        "status",
        "updatedAt",
    }


def test_alertmanagers_other_reads_answer() -> None:
    app = Intake().app()
    base = API.removesuffix("/alerts")

    status = get(app, base + "/status").json()

    assert isinstance(status, dict)
    assert get(app, base + "/silences").json() == []
    assert "versionInfo" not in status, "amtool would compare it with its own"
    assert get(app, base + "/receivers").json() == [{"name": "handrail"}]
    assert get(app, base + "/alerts/groups").json() == []
    assert get(app, "/api/v2/alerts").status == 401
    assert get(app, API, query=b"filter=%3D%3D").status == 400


def test_a_silence_is_refused_in_alertmanagers_words() -> None:
    intake = Intake()
    app = intake.app()

    refused = post(app, f"/i/{KEYS['prom']}/api/v2/silences", {"comment": "x"})
    unknown = post(app, "/i/0/api/v2/silences", {"comment": "x"})

    assert refused.status == 400
    assert refused.headers["content-type"] == "application/json"
    assert "keeps no silences yet" in str(refused.json())
    assert unknown.status == 401
    assert intake.alerts() == []


def test_every_route_declares_its_permission_and_its_operations() -> None:
    intake = Intake()
    deps = IngestDeps(
        store=intake.store,
        clock=ManualClock(),
        ids=intake.ids,
        sources=found_sources(),
        version="0",
    )

    routes = ingest_routes(deps)

    assert len({route.path for route in routes}) == len(routes)
    for route in routes:
        assert route.permission in {"signal.send", "signal.read"}
        assert route.operations
        assert set(route.operations) <= {"GET", "POST"}


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes_with_a_valid_key_are_visible_or_told_and_kept(name: str) -> None:
    intake = Intake()
    app = intake.app()

    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=200) | MANGLED[name])
    def check(body: bytes) -> None:
        before = {alert.id: alert.repeats for alert in intake.alerts()}

        reply = post(app, PATHS[name], body)

        after = {alert.id: alert.repeats for alert in intake.alerts()}
        _must_be_visible_or_told(intake, name, reply, is_seen=before != after)

    check()


def _must_be_visible_or_told(
    intake: Intake, name: str, reply: Reply, *, is_seen: bool
) -> None:
    receipt = reply.headers["handrail-receipt"]
    if reply.status == 400:
        assert name in {"prom", "pd"}
        assert intake.raw(receipt) is not None
        return
    assert reply.status == ACCEPTED[name]
    story = intake.store.read(lambda tx: tx.receipt.get(ReceiptId(receipt)))
    assert story is not None
    is_nothing_to_see = all(entry.alert_id is None for entry in story.entries)
    assert is_seen or (is_nothing_to_see and name != "am") or _only_ends(story)


def _only_ends(story: Receipt) -> bool:
    ends = {EntryKind.RESOLVED, EntryKind.ACKNOWLEDGED}
    return all(entry.kind in ends for entry in story.entries)


def _mangle(value: object) -> st.SearchStrategy[bytes]:
    whole = json.dumps(value).encode()
    places = st.integers(min_value=0, max_value=len(whole) - 1)
    changed = st.tuples(places, st.integers(min_value=0, max_value=255)).map(
        lambda drawn: whole[: drawn[0]] + bytes([drawn[1]]) + whole[drawn[0] + 1 :]
    )
    return changed | places.map(lambda place: whole[:place])


MANGLED = {name: _mangle(good) for name, good in GOOD.items()}
