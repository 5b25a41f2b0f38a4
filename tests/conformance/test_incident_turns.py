"""Two who want the same of an incident at once: one gets it, or one after the other."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tests.conformance.examples import IDS
from tests.conformance.test_concurrency import all_at_once
from tests.conformance.test_incident_concurrency import (
    Site,
    declare,
    desk,
    faults,
    site,
)
from tests.conformance.test_lock_order import paged
from tests.world.incident_act import PEOPLE, configured

from handrail.core.audit.event import StoredEvent
from handrail.core.errors import ConflictError, DomainError
from handrail.core.ids import NodeId, Slug
from handrail.core.incident.incident import Incident
from handrail.core.incident.public_notice import Draft
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Ending
from handrail.core.mitigation.mitigation import MitigationOutcome
from handrail.core.mitigation.run import Answered
from handrail.core.severity.severity import Severity
from handrail.core.status_page.notice import NoticeStage
from handrail.ports.incident import EVERYBODY
from handrail.ports.store import Transaction
from handrail.usecases import incident as use
from handrail.usecases import mitigation, notice
from handrail.usecases.desk import Desk
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import find, stream_of

__all__ = ["site"]

WRITERS = 6
TURNS = 8
Verb = Callable[[Desk, int], Any]


def at_once(
    site: Site, verb: Verb, *, turns: int = 1
) -> tuple[list[Any], list[DomainError]]:
    """Let all do it together; return what came back, and how the others were refused.

    Anything but a refusal fails the test.
    """
    results: list[Any] = []
    refusals: list[DomainError] = []

    def act(place: int) -> None:
        for turn in range(turns):
            try:
                results.append(
                    site.run(place, lambda tx: verb(desk(tx), place * turns + turn))  # noqa: B023
                )
            except DomainError as error:
                refusals.append(error)

    all_at_once(act, times=WRITERS)
    assert site.read(faults) == []
    return results, refusals


def entries_of(site: Site, name: str) -> list[StoredEvent]:
    found = site.read(lambda tx: tx.event.read(stream_of(find(tx, name).id)))
    assert isinstance(found, list)
    return found


def said(entries: list[StoredEvent], kind: str) -> list[dict[str, Any]]:
    return [json.loads(one.payload) for one in entries if one.kind == kind]


def count(site: Site) -> int:
    return len(
        site.read(
            lambda tx: tx.incident.search(
                viewer=EVERYBODY, responding_only=False, limit=99
            )
        )
    )


def test_a_retry_key_sent_by_all_at_once_declares_once(site: Site) -> None:
    told = Declaration(title="It is down", retry_key="k")

    declared, refused = at_once(site, lambda desk, _: use.declare(desk, told))

    assert {one.name for one in declared} == {"INC-1"}
    assert (len(declared), refused, count(site)) == (WRITERS, [], 1)


def test_a_page_that_all_declare_from_is_one_incident(site: Site) -> None:
    (page,) = paged(site.stores[0], "disk")

    declared, refused = at_once(
        site, lambda desk, _: use.declare(desk, Declaration(page_id=page.id))
    )

    assert [one.name for one in declared] == ["INC-1"]
    assert [type(one) for one in refused] == [ConflictError] * (WRITERS - 1)
    assert count(site) == 1


def test_while_an_incident_is_merged_its_page_begins_no_second_one(site: Site) -> None:
    (page,) = paged(site.stores[0], "disk")
    kept = declare(site)
    gone = site.run(0, lambda tx: use.declare(desk(tx), Declaration(page_id=page.id)))

    def merge_or_declare(desk: Desk, place: int) -> Incident:
        if place == 0:
            return use.merge(desk, gone.name, kept.name)
        return use.declare(desk, Declaration(page_id=page.id))

    at_once(site, merge_or_declare)

    about = site.read(lambda tx: tx.incident.for_alert(page.alert_id))
    merged = site.read(lambda tx: find(tx, gone.name))
    assert (merged.ending, merged.merged_into) == (Ending.MERGED, kept.id)
    assert sum(one.is_responding for one in about) <= 1
    assert count(site) <= 3


def test_notes_beside_the_resolution_are_kept_and_tasks_end_with_it(site: Site) -> None:
    name = declare(site).name
    site.run(0, lambda tx: use.mitigated(desk(tx), name, reason="it recovered"))

    def act(desk: Desk, n: int) -> Incident:
        if n == TURNS // 2:
            return use.resolve(desk, name, despite_obligations=True)
        if n % 2:
            return use.note(desk, name, f"note {n}")
        return use.add_task(desk, name, title=f"task {n}")

    _, refused = at_once(site, act, turns=TURNS)

    entries = entries_of(site, name)
    kinds = [one.kind for one in entries]
    wanted = {f"note {n}" for n in range(1, WRITERS * TURNS, 2)}
    assert {one["text"] for one in said(entries, "note_added")} == wanted
    assert kinds.count("note_added") == len(wanted)
    assert kinds.count("incident_resolved") == 1
    assert "task_added" not in kinds[kinds.index("incident_resolved") :]
    tasks = WRITERS * TURNS // 2 - 1
    assert kinds.count("task_added") == tasks - len(refused)


def test_severities_said_at_once_follow_each_other(site: Site) -> None:
    name = declare(site, severity=Severity.SEV3).name

    def change(desk: Desk, n: int) -> Incident:
        severity = tuple(Severity)[n % len(Severity)]
        return use.change_severity(desk, name, severity, reason=f"as {n} sees it")

    _, refused = at_once(site, change, turns=TURNS)

    changes = said(entries_of(site, name), "severity_changed")
    after = site.read(lambda tx: find(tx, name))
    assert refused == []
    assert changes[0]["previous"] == "SEV3"
    assert all(a["severity"] == b["previous"] for a, b in pairwise(changes))
    assert all(one["severity"] != one["previous"] for one in changes)
    assert after.severity == changes[-1]["severity"]
    assert [one.severity for one in after.severity_history] == [
        "SEV3",
        *(one["severity"] for one in changes),
    ]


def test_a_role_that_all_give_the_same_person_is_taken_once(site: Site) -> None:
    name = declare(site, severity=Severity.SEV1).name

    def take(desk: Desk, n: int) -> Incident:
        user = Slug(PEOPLE[n % 2])
        return use.take_role(desk, name, IncidentRole.SCRIBE, user)

    _, refused = at_once(site, take, turns=2)

    taken = said(entries_of(site, name), "role_taken")
    met = said(entries_of(site, name), "obligation_met")
    assert refused == []
    assert Counter(one["user"] for one in taken) == {"ana": 1, "ben": 1}
    assert Counter(one["obligation"] for one in met) == {"scribe_named.1": 1}


def test_notices_published_at_once_have_a_number_each_and_one_all_clear(
    site: Site,
) -> None:
    name = declare(site, severity=Severity.SEV1).name

    def publish(desk: Desk, n: int) -> Incident:
        stage = NoticeStage.RESOLVED if n > WRITERS else NoticeStage.INVESTIGATING
        draft = Draft(stage=stage, text=f"word {n}", title="Trouble with payments")
        return notice.publish(desk, name, draft)[0]

    told, refused = at_once(site, publish, turns=2)

    entries = entries_of(site, name)
    stages = [one["stage"] for one in said(entries, "notice_published")]
    incident = site.read(lambda tx: find(tx, name))
    notices = site.read(lambda tx: tx.notice.for_incident(incident.id))
    met = Counter(one["obligation"] for one in said(entries, "obligation_met"))
    assert [one.number for one in notices] == [*range(1, len(told) + 1)]
    assert [one.id for one in notices] == [*incident.notices]
    assert (stages.count("resolved"), stages[-1]) == (1, "resolved")
    assert len(told) + len(refused) == 2 * WRITERS
    assert met["public_notice.1"] == 1
    assert set(met.values()) == {1}


def test_a_mitigation_started_by_all_is_under_way_once_and_called_once(
    site: Site,
) -> None:
    call = {"url": "http://127.0.0.1:9/", "method": "POST"}
    entry = {"description": "Back", "confirm": "payments", "http": call}
    site.run(0, configured().put("mitigation", "roll-back", entry).apply)
    name = declare(site).name

    started, refused = at_once(
        site,
        lambda desk, _: mitigation.start(desk, name, "roll-back", confirm="payments"),
    )
    taken, _ = at_once(site, lambda desk, n: take(desk.tx, f"n{n}"), turns=2)
    (run,) = [one for some in taken for one in some]
    at_once(site, lambda desk, _: answer(desk.tx, run.id))

    kinds = Counter(one.kind for one in entries_of(site, name))
    assert (len(started), len(refused)) == (1, WRITERS - 1)
    assert kinds["mitigation_started"] == 1
    assert kinds["mitigation_carried_out"] == 1


def take(tx: Transaction, node: str) -> Any:
    return mitigation.take_due(tx, node=NodeId(node), ids=IDS, limit=9)


def answer(tx: Transaction, run: Any) -> None:
    told = Answered(answer="200 OK", outcome=MitigationOutcome.WORKED)
    mitigation.record_answer(tx, run, told, ids=IDS)
