"""What every screen needs of the database: the reader, and the frame around it."""

from dataclasses import dataclass
from datetime import datetime

from handrail.core.access.actor import Actor
from handrail.ports.store import Transaction
from handrail.usecases.delivery import HELD
from handrail.web.screens.ack import zone_of
from handrail.web.screens.chrome import Chrome, chrome
from handrail.web.screens.page import Reader

NEWS = {
    "cover-accept": "You are on call then. Who asked is told.",
    "cover-decline": "Declined.",
    "cover-withdraw": "Withdrawn. You are on call as before.",
    "swap-accept": "You have agreed.",
    "swap-decline": "Declined. Everybody keeps their shifts.",
    "swap-withdraw": "Withdrawn. Everybody keeps their shifts.",
    "acknowledged": "You have it. Nobody else is told.",
    "escalated": "Passed on. The next people are told now.",
    "resolved": "Resolved, and its alert with it.",
    "moved": "The page had moved on already. Below is how it stands now.",
    "tested": "On its way. Open the link in the message and press its button.",
    "revoked": "The token is revoked.",
    "feed-revoked": "The calendar's address is closed.",
    "released": "Released. Sending goes on.",
    "declared": "Declared. You command it until you hand over.",
    "note": "Written down.",
    "correct": "Corrected; the earlier entry stays.",
    "severity": "The severity is changed.",
    "confirm": "Triage is over.",
    "mitigated": "Mitigated. Watch it, then resolve.",
    "recurred": "Noted: the impact is back.",
    "resolve": "Resolved.",
    "decline": "Declined. Declaring it cost nothing.",
    "merge": "Merged. This is the one that goes on.",
    "reopen": "Reopened. You command it.",
    "hand-over": "Command is handed over.",
    "take-role": "The role is taken.",
    "leave-role": "The role is given back.",
    "update": "The update is recorded.",
    "mitigation-tried": "Recorded. Say below whether it helped.",
    "mitigation-judged": "Noted.",
    "task-add": "The task is added.",
    "evidence": "The file is kept.",
    "amend": "The facts are put right.",
    "pin": "Noted.",
    "task-assign": "Noted.",
    "task-done": "Noted.",
    "notice": "Published. The status page shows it within seconds.",
    "mitigation-run": "It is being carried out, once. Its answer comes below.",
    "ticket-retry": "It is tried now.",
    "ticket-moved": "It had moved on already. Below is how it stands now.",
    "reported": "The change is recorded.",
    "drafted": "The postmortem is begun. What the record knows is there already.",
    "postmortem-sections": "Saved.",
    "postmortem-factor-add": "The factor is named.",
    "postmortem-factor-change": "Saved.",
    "postmortem-factor-remove": "The factor is gone.",
    "postmortem-item-add": "The action item is added.",
    "postmortem-submit": "In review. Let somebody else read it, then publish it.",
    "postmortem-publish": "Published.",
    "postmortem-write-on": "It is a draft again.",
    "item-change": "The plan is saved.",
    "item-done": "Done, with what its check gave.",
    "item-waive": "Waived.",
    "item-move": "It lives on in the tracker.",
    "item-reopen": "It is open again.",
}
"""What may stand in ``?news=``; anything else there is shown to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, at which place of the navigation, and what just happened."""

    actor: Actor
    place: str
    news: str | None = None


def reader_of(tx: Transaction, actor: Actor, *, now: datetime | None = None) -> Reader:
    """Return for whom a screen is made."""
    snapshot = tx.configuration.snapshot()
    return Reader(
        actor=actor,
        zone=zone_of(actor.user, snapshot),
        now=now or tx.now,
        snapshot=snapshot,
    )


def frame(tx: Transaction, title: str, asked: Asked) -> Chrome:
    """Return the frame for one who is signed in."""
    return chrome(
        title,
        at=asked.place,
        actor=asked.actor,
        snapshot=tx.configuration.snapshot(),
        held=tx.meta.get(HELD),
        news=NEWS.get(asked.news or "", ""),
    )
