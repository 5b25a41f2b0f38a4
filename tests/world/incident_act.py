"""Everything that can be done to an incident, drawn at random, and how it went."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from tests.world.configuration import Configuration, payments

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.errors import NotFoundError
from handrail.core.ids import MitigationId, Slug, TaskId
from handrail.core.incident import event as e
from handrail.core.incident.incident import Incident
from handrail.core.incident.public_notice import Draft
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection
from handrail.core.mitigation.mitigation import MitigationKind, MitigationOutcome
from handrail.core.postmortem.contributing_factor import FactorKind
from handrail.core.postmortem.section import Section
from handrail.core.severity.severity import Severity
from handrail.core.status_page.notice import NoticeStage
from handrail.usecases import incident as use
from handrail.usecases import notice, paging, postmortem
from handrail.usecases.desk import Desk
from handrail.usecases.evidence import EvidenceFile, attach
from handrail.usecases.incident import Declaration
from handrail.usecases.incident_record import find

T = TypeVar("T")
PEOPLE = ("ana", "ben", "cleo", "mia", "operator")
"""Of whom Mia is an admin, and the operator acts without an account."""
USERS = tuple(Slug(name) for name in PEOPLE)
WORDS = ("because", "half of the carts fail", "ü", "  ")
KNOWN = Slug("checkout")
UNKNOWN = Slug("nothing-known")
WRITTEN = {
    Section.SUMMARY: "Nobody could pay for half an hour.",
    Section.IMPACT_USERS: "1200 people.",
    Section.WENT_WELL: "The rollback took two minutes.",
    Section.WENT_POORLY: "Customers told us first.",
}


def configured() -> Configuration:
    """Return the payments team, whose commander of SEV1 is paged as well."""
    return payments().user("cleo", "email").severity("SEV1", page=["user:cleo"])


def actor_of(name: str) -> Actor:
    """Return who acts under this name."""
    if name == "operator":
        return Actor(kind=ActorKind.OPERATOR, name="", role=Role.ADMIN)
    role = Role.ADMIN if name == "mia" else Role.RESPONDER
    return Actor(kind=ActorKind.USER, name=name, role=role, user=Slug(name))


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do; ``do`` may be run again in another transaction.

    Attributes:
        entries: The kinds its first entry may be of, where it changes anything.
    """

    verb: str
    entries: frozenset[str]
    do: Callable[[Desk], Incident]


Draw = Callable[[random.Random, str, str], Callable[[Desk], Incident]]
"""With chance, the incident's name and another's."""


def _seldom(rng: random.Random) -> bool:
    return rng.random() < 0.1


def _declare(rng: random.Random, _: str, __: str) -> Callable[[Desk], Incident]:
    severity = rng.choice((None, *Severity))
    service = UNKNOWN if _seldom(rng) else rng.choice((None, KNOWN))
    wrong = timedelta(seconds=rng.choice((-5, 40 * 86_400)))
    right = timedelta(seconds=rng.choice((0, 60, 86_400)))
    ago = wrong if _seldom(rng) else right
    detected_by = rng.choice((None, *Detection))
    title = " " if _seldom(rng) else "Checkout is down"
    is_private = rng.random() < 0.25
    return lambda desk: use.declare(
        desk,
        Declaration(
            title=title,
            service=service,
            severity=severity,
            detected_by=detected_by,
            detected_at=desk.tx.now - ago,
            is_private=is_private,
        ),
    )


def _amend(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    facts = e.FactsAmended(
        title=" " if _seldom(rng) else rng.choice((None, "It is the carts")),
        summary=rng.choice((None, "", "Carts fail in Europe.")),
        service=UNKNOWN if _seldom(rng) else rng.choice((None, KNOWN)),
        detected_by=rng.choice((None, Detection.CUSTOMER)),
    )
    return lambda desk: use.amend(desk, name, facts)


def _severity(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    severity, reason = rng.choice(tuple(Severity)), rng.choice(WORDS)
    return lambda desk: use.change_severity(desk, name, severity, reason=reason)


def _said(verb: Callable[..., Incident]) -> Draw:
    def draw(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
        reason = rng.choice(WORDS)
        return lambda desk: verb(desk, name, reason=reason)

    return draw


def _mitigated(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    reason, ago = rng.choice(WORDS), _ago(rng)
    return lambda desk: use.mitigated(
        desk, name, reason=reason, at=None if ago is None else desk.tx.now - ago
    )


def _ago(rng: random.Random) -> timedelta | None:
    wrong = rng.choice((-30, 31 * 86_400))
    seconds = wrong if _seldom(rng) else rng.choice((None, None, 0, 30, 900, 86_400))
    return None if seconds is None else timedelta(seconds=seconds)


def _resolve(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    despite, wants = rng.random() < 0.7, rng.random() < 0.3
    return lambda desk: use.resolve(
        desk, name, despite_obligations=despite, wants_postmortem=wants
    )


def _merge(rng: random.Random, name: str, other: str) -> Callable[[Desk], Incident]:
    reason = rng.choice(WORDS)
    return lambda desk: use.merge(desk, name, other, reason=reason)


def _hand_over(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    to = UNKNOWN if _seldom(rng) else rng.choice(USERS)
    return lambda desk: use.hand_over(desk, name, to)


def _take_role(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    role, user = rng.choice(tuple(IncidentRole)), rng.choice(USERS)
    return lambda desk: use.take_role(desk, name, role, user)


def _leave_role(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    role, chance = rng.choice(tuple(IncidentRole)), rng.random()

    def do(desk: Desk) -> Incident:
        held = find(desk.tx, name, viewer=desk.viewer).holders(role)
        return use.leave_role(desk, name, role, _one(held, chance) or USERS[0])

    return do


def _one(items: tuple[T, ...], chance: float) -> T | None:
    return items[int(chance * len(items))] if items else None


def _note(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    text, ago = rng.choice(WORDS), _ago(rng)
    return lambda desk: use.note(
        desk, name, text, at=None if ago is None else desk.tx.now - ago
    )


def _correct(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    entry, text = rng.randint(0, 12), rng.choice(WORDS)
    return lambda desk: use.correct(desk, name, entry, text)


def _pin(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    entry, on = rng.randint(0, 8), rng.random() < 0.7
    return lambda desk: use.pin(desk, name, entry, on=on)


def _update(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    audience, ahead = rng.choice(tuple(e.Audience)), _ahead(rng)
    return lambda desk: use.post_update(
        desk,
        name,
        text="We are on it.",
        audience=audience,
        next_update_at=None if ahead is None else desk.tx.now + ahead,
    )


def _ahead(rng: random.Random) -> timedelta | None:
    minutes = -1 if _seldom(rng) else rng.choice((None, None, 5, 20, 45, 600))
    return None if minutes is None else timedelta(minutes=minutes)


def _notice(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    stage, ahead = rng.choice((*NoticeStage, NoticeStage.RESOLVED)), _ahead(rng)
    is_correction = rng.random() < 0.3

    def do(desk: Desk) -> Incident:
        draft = Draft(
            stage=stage,
            text="We are on it.",
            title="Trouble with payments",
            next_update_at=None if ahead is None else desk.tx.now + ahead,
            is_correction=is_correction,
        )
        return notice.publish(desk, name, draft)[0]

    return do


def _try(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    kind, by, ago = rng.choice(tuple(MitigationKind)), rng.choice(USERS), _ago(rng)
    return lambda desk: use.try_mitigation(
        desk,
        name,
        title="Roll back",
        kind=kind,
        by=by,
        at=None if ago is None else desk.tx.now - ago,
    )


def _judge(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    outcome, chance = rng.choice(tuple(MitigationOutcome)), rng.random()

    def do(desk: Desk) -> Incident:
        tried = find(desk.tx, name, viewer=desk.viewer).mitigations
        one = _one(tuple(m.id for m in tried), chance) or MitigationId("none")
        return use.judge_mitigation(desk, name, one, outcome=outcome)

    return do


def _add_task(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    assignee = UNKNOWN if _seldom(rng) else rng.choice((None, *USERS))
    return lambda desk: use.add_task(desk, name, title="Drain it", assignee=assignee)


def _task(verb: Callable[..., Incident]) -> Draw:
    def draw(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
        chance, assignee, is_done = rng.random(), rng.choice((None, *USERS)), None
        is_done = rng.random() < 0.7

        def do(desk: Desk) -> Incident:
            tasks = find(desk.tx, name, viewer=desk.viewer).tasks
            task = _one(tuple(t.id for t in tasks), chance) or TaskId("none")
            if verb is use.assign_task:
                return use.assign_task(desk, name, task, assignee)
            return use.finish_task(desk, name, task, done=is_done)

        return do

    return draw


def _attach(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    content = rng.choice((b"", b"png", b"\x00\xff" * 50))
    file = EvidenceFile(name="graph.png", media_type="image/png", content=content)
    return lambda desk: attach(desk, name, file)


def _answer(rng: random.Random, name: str, _: str) -> Callable[[Desk], Incident]:
    chance = rng.random()

    def do(desk: Desk) -> Incident:
        page = _one(tuple(find(desk.tx, name).pages), chance)
        if page is None:
            msg = "nobody was paged"
            raise NotFoundError(msg)
        paging.acknowledge(
            desk.tx, page, by=desk.by, via="link", actor=str(desk.actor), ids=desk.ids
        )
        return find(desk.tx, name)

    return do


def _publish(_: random.Random, name: str, __: str) -> Callable[[Desk], Incident]:
    def version(desk: Desk) -> int:
        found = postmortem.show(desk.tx, name, viewer=desk.viewer)
        return found.postmortem.sequence

    def do(desk: Desk) -> Incident:
        postmortem.write(desk, name, WRITTEN, version=version(desk))
        postmortem.add_factor(desk, name, "One queue", kind=FactorKind.TECHNOLOGY)
        postmortem.submit(desk, name)
        postmortem.publish(desk, name, version=version(desk))
        return find(desk.tx, name)

    return do


VERBS: Mapping[str, tuple[Draw, str]] = {
    "declare": (_declare, "incident_declared"),
    "amend": (_amend, "facts_amended"),
    "change_severity": (_severity, "severity_changed"),
    "confirm": (_said(use.confirm), "stage_moved"),
    "mitigated": (_mitigated, "stage_moved"),
    "recurred": (_said(use.recurred), "stage_moved"),
    "resolve": (_resolve, "incident_resolved"),
    "decline": (_said(use.decline), "incident_declined"),
    "merge": (_merge, "incident_absorbed"),
    "reopen": (_said(use.reopen), "incident_reopened"),
    "hand_over": (_hand_over, "command_handed_over"),
    "take_role": (_take_role, "role_taken command_handed_over"),
    "leave_role": (_leave_role, "role_left"),
    "note": (_note, "note_added"),
    "correct": (_correct, "entry_corrected"),
    "pin": (_pin, "entry_pinned"),
    "post_update": (_update, "update_posted"),
    "notice": (_notice, "notice_published"),
    "try_mitigation": (_try, "mitigation_started stage_moved"),
    "judge_mitigation": (_judge, "mitigation_judged"),
    "add_task": (_add_task, "task_added"),
    "assign_task": (_task(use.assign_task), "task_assigned"),
    "finish_task": (_task(use.finish_task), "task_done"),
    "attach": (_attach, "evidence_attached"),
    "answer": (_answer, "responder_acknowledged command_offered"),
    "publish": (_publish, "postmortem_published"),
}


def act(verb: str, rng: random.Random, name: str, other: str) -> Act:
    """Draw everything that is open about the verb."""
    draw, entries = VERBS[verb]
    return Act(verb, frozenset(entries.split()), draw(rng, name, other))
