"""Evidence that a contact method reaches its person goes with the person."""

from tests.configured import Desk

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.coverage.evidence import MethodKey, Verification, Via
from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind
from handrail.usecases import contact

PEOPLE = """\
user:
  name: %s
  contact_methods: [{name: mail, kind: email, address: ana@example.org}]
last_resort: {notify: user:%s}
"""
ANA = MethodKey(Slug("ana"), Slug("mail"), ChannelKind.EMAIL, "ana@example.org")
ANNA = ANA._replace(user=Slug("anna"))
ANNAS = Actor(kind=ActorKind.USER, name="anna", role=Role.RESPONDER, user=Slug("anna"))


def renamed() -> Desk:
    """Return a desk at which ana pressed a link and is called anna since."""
    desk = Desk()
    desk.apply(PEOPLE % ("ana", "ana"))
    desk.store.run(
        lambda tx: tx.contact.verify(Verification(key=ANA, at=tx.now, via=Via.TEST))
    )
    desk.apply(PEOPLE % ("anna\n  renamed_from: ana", "anna"))
    return desk


def test_a_new_name_makes_no_contact_method_doubtful() -> None:
    desk = renamed()

    known = desk.store.read(contact.evidence)

    assert list(known.verified_at) == [ANNA]


def test_who_is_renamed_sees_what_is_known_of_their_contact_methods() -> None:
    desk = renamed()

    (mail,) = desk.store.read(
        lambda tx: contact.statuses(tx, Slug("anna"), actor=ANNAS)
    )

    assert mail.verified_at is not None


def test_somebody_else_under_a_former_name_has_shown_nothing() -> None:
    desk = renamed()
    other = "---\nuser: {name: ana, email: other@example.org}\n"
    desk.apply(PEOPLE % ("anna", "anna") + other)

    known = desk.store.read(contact.evidence)

    assert list(known.verified_at) == [ANNA]
