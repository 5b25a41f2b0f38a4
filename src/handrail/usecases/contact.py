"""Whether contact methods reach their person: tests, and the evidence that they do."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handrail.core import limits
from handrail.core.access.actor import Actor
from handrail.core.access.role import Role
from handrail.core.audit.event import NewEvent
from handrail.core.configuration import former_names
from handrail.core.configuration.former_names import FormerNames
from handrail.core.coverage.evidence import Evidence, MethodKey, Verification, Via
from handrail.core.coverage.provider import Provider, provider
from handrail.core.errors import ForbiddenError, NotFoundError
from handrail.core.ids import BulletinId, DeliveryId, EntryId, Slug
from handrail.core.paging.bulletin import Bulletin, BulletinKind
from handrail.core.paging.debt import debt
from handrail.core.paging.event import PlannedDelivery
from handrail.core.paging.ladder import account_email
from handrail.core.people.contact_method import ContactMethod
from handrail.core.people.user import User
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction

STREAM = "contact:"
"""The beginning of the streams' names; a stream a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodStatus:
    """One way to reach a person, and what is known of it.

    Attributes:
        verified_at: When its person last showed that it reached them, or none.
        via: What they pressed then, or none.
        ends_at: When that is too old to count, or none.
    """

    method: ContactMethod
    provider: Provider
    verified_at: datetime | None
    via: Via | None
    ends_at: datetime | None


def evidence(tx: Transaction) -> Evidence:
    """Return what is known of all contact methods, by the rules in force."""
    rules = tx.configuration.snapshot().coverage
    return Evidence(
        verified_at={key: one.at for key, one in _verified(tx).items()},
        lasts=rules.evidence_lasts,
        renewable_from=tx.now + rules.tell_ahead,
    )


def _verified(tx: Transaction) -> dict[MethodKey, Verification]:
    """Return what was shown of contact methods, by their people's present names.

    What is shown goes with who is renamed, and not to who bears the name after them.
    """
    known = tx.contact.verifications()
    users = tx.configuration.snapshot().users
    if all(_is_theirs(one.key, users.get(one.key.user)) for one in known):
        return {one.key: one for one in known}
    names = FormerNames(tx.configuration.versions((former_names.KIND,)))
    found: dict[MethodKey, Verification] = {}
    for one in sorted(known, key=lambda one: one.at):
        found[one.key._replace(user=names.now(one.key.user, one.at))] = one
    return found


def _is_theirs(key: MethodKey, user: User | None) -> bool:
    """Return whether a person has such a contact method now."""
    return user is not None and any(
        (one.name, one.kind, one.address) == key[1:] for one in methods_of(user)
    )


def statuses(tx: Transaction, name: Slug, *, actor: Actor) -> tuple[MethodStatus, ...]:
    """Return a person's contact methods with what is known of them.

    Raises:
        NotFoundError: There is no such user.
        ForbiddenError: It is somebody else, and the asker is no admin.
    """
    user = _user(tx, name, actor)
    lasts = tx.configuration.snapshot().coverage.evidence_lasts
    known = _verified(tx)
    found: list[MethodStatus] = []
    for method in methods_of(user):
        one = known.get(MethodKey(name, method.name, method.kind, method.address))
        found.append(
            MethodStatus(
                method=method,
                provider=provider(method.kind, method.address),
                verified_at=None if one is None else one.at,
                via=None if one is None else one.via,
                ends_at=None if one is None else one.at + lasts,
            )
        )
    return tuple(found)


def send_test(
    tx: Transaction, name: Slug, method: Slug | None, *, actor: Actor, ids: IdSource
) -> tuple[ContactMethod, ...]:
    """Send a test over one of a person's contact methods, or over each of them.

    It travels as every message does. Its link, pressed, is the evidence.

    Raises:
        NotFoundError: There is no such user or contact method, or the person has none.
        ForbiddenError: It is somebody else, and the asker is no admin.
    """
    user = _user(tx, name, actor)
    chosen = [one for one in methods_of(user) if method in {None, one.name}]
    if not chosen:
        known = ", ".join(one.name for one in methods_of(user)) or "none"
        msg = f"{name} has no contact method {method or 'at all'}; there is: {known}."
        raise NotFoundError(msg)
    for one in chosen:
        _send(tx, user, one, actor=actor, ids=ids)
    return tuple(chosen)


def note_press(
    tx: Transaction,
    delivery_id: DeliveryId,
    *,
    user: Slug,
    via: Via,
    ids: IdSource,
) -> ContactMethod | None:
    """Keep that a person pressed the link that a delivery brought.

    Returns:
        The contact method that reached them; none where the delivery is not theirs or
        is gone.
    """
    delivery = tx.delivery.get(delivery_id)
    if delivery is None or delivery.recipient != f"user:{user}":
        return None
    key = MethodKey(user, delivery.method, delivery.kind, delivery.address)
    tx.contact.verify(Verification(key=key, at=tx.now, via=via))
    _record(
        tx,
        user,
        "contact_verified",
        f"user:{user}",
        {"method": delivery.method, "kind": str(delivery.kind), "via": str(via)},
        ids=ids,
    )
    return ContactMethod(
        name=delivery.method, kind=delivery.kind, address=delivery.address
    )


def methods_of(user: User) -> Sequence[ContactMethod]:
    """Return a person's contact methods; without any, the e-mail of the account."""
    return user.contact_methods or [method for method, _ in account_email(user)]


def _user(tx: Transaction, name: Slug, actor: Actor) -> User:
    if actor.user != name and actor.role is not Role.ADMIN:
        msg = "Contact methods are tested by their own person, or by an admin."
        raise ForbiddenError(msg)
    user = tx.configuration.snapshot().users.get(name)
    if user is None:
        msg = f"There is no user {name}."
        raise NotFoundError(msg)
    return user


def _send(
    tx: Transaction, user: User, method: ContactMethod, *, actor: Actor, ids: IdSource
) -> None:
    bulletin = Bulletin(
        id=BulletinId(ids.new_id()),
        incident_id=None,
        kind=BulletinKind.CONTACT_TEST,
        about=method.name,
        title=f"Does {method.name} reach you?",
        service=None,
        severity=None,
        text=(
            "This is a test; nothing is wrong. Open the link and press its button: "
            f"that shows that pages sent over {method.name} reach you."
        ),
        link="/settings/contact-methods",
        created_at=tx.now,
        deadline_at=tx.now + limits.BULLETIN_LIFE,
    )
    planned = PlannedDelivery(
        recipient=f"user:{user.name}",
        target=f"user:{user.name}",
        why="a test was asked for",
        method=method.name,
        kind=method.kind,
        address=method.address,
        secret=method.secret,
        after=timedelta(0),
    )
    owed = debt(
        planned,
        delivery_id=DeliveryId(ids.new_id()),
        entry_id=EntryId(bulletin.id),
        due_at=tx.now,
        deadline_at=bulletin.deadline_at,
        now=tx.now,
    )
    tx.bulletin.add(bulletin)
    tx.delivery.add([replace(owed, bulletin_id=bulletin.id)])
    tested = {"method": str(method.name), "kind": str(method.kind)}
    _record(tx, user.name, "contact_tested", str(actor), tested, ids=ids)


def _record(
    tx: Transaction,
    user: Slug,
    kind: str,
    actor: str,
    payload: dict[str, str],
    *,
    ids: IdSource,
) -> None:
    event = NewEvent(
        kind=kind,
        occurred_at=tx.now,
        actor=actor,
        payload=json.dumps(payload, sort_keys=True, separators=(",", ":")),
        salt=ids.new_secret(),
    )
    stream = f"{STREAM}{user}"
    tx.event.append(stream, [event], after=tx.event.last(stream))
