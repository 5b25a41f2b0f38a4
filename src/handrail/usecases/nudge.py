"""Asking who works on something grave undeclared to declare an incident, once."""

from dataclasses import replace

from handrail.core import limits
from handrail.core.ids import BulletinId, Slug
from handrail.core.incident import bulletin_words
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.paging.page import Page
from handrail.ports.id_source import IdSource
from handrail.ports.setback import Setback
from handrail.ports.store import Transaction
from handrail.usecases import paging, setback
from handrail.usecases.bulletin import people, tell


def nudge_due(tx: Transaction, *, ids: IdSource, limit: int) -> int:
    """Ask those whose time has come; return how many pages were looked at.

    None while held: nobody would be told.
    """
    if tx.meta.get(paging.HELD):
        return 0
    pages = tx.page.due_for_nudge(limit=limit)
    setback.each(
        tx,
        pages,
        lambda page: _nudge(tx, page, ids=ids),
        otherwise=lambda page, why: _later(tx, page, why),
    )
    return len(pages)


def _nudge(tx: Transaction, page: Page, *, ids: IdSource) -> None:
    declared = tx.incident.for_alert(page.alert_id) if page.alert_id else []
    name = declared[0].name if declared else None
    told = paging.nudge(tx, page.id, declared=name, ids=ids)
    if told is not None:
        _tell(tx, page, told, ids=ids)


def _tell(tx: Transaction, page: Page, user: Slug, *, ids: IdSource) -> None:
    words = bulletin_words.nudge(page)
    bulletin = Bulletin(
        id=BulletinId(ids.new_id()),
        incident_id=None,
        kind=BulletinKind.NUDGE,
        about=page.id,
        title=words.title,
        service=page.service,
        severity=page.severity,
        text=words.text,
        link=f"/pages/{page.id}",
        created_at=tx.now,
        deadline_at=tx.now + limits.BULLETIN_LIFE,
    )
    tell(tx, bulletin, people([user]), ids=ids)


def _later(tx: Transaction, page: Page, why: Setback) -> None:
    """Ask after a while, so that this page blocks no other; only its row says so."""
    later = replace(page, nudge_due_at=setback.again_at(tx, why))
    tx.attempt(lambda: tx.page.save(later, expected_sequence=page.sequence))
