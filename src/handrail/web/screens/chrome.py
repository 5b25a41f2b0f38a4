"""The frame around every screen: where one is, who one is, what holds everywhere."""

from dataclasses import dataclass

from handrail.core.access.actor import Actor, ActorKind
from handrail.core.access.permission import Verb
from handrail.core.configuration.snapshot import Snapshot
from handrail.web.screens.next_level import person


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One way to go.

    Attributes:
        is_current: Where one is.
        is_main: Always in reach; on a phone the others are behind "More".
    """

    href: str
    label: str
    is_current: bool
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """The frame.

    Attributes:
        viewer: The reader's name; "" where nobody is signed in.
        role: What the reader may do, in one word.
        news: What the last press of a button did, or "".
        held: Why nothing is being sent, or "".
        can_release: Whether the reader may end that.
    """

    title: str
    nav: tuple[NavItem, ...]
    viewer: str
    role: str
    news: str = ""
    held: str = ""
    can_release: bool = False

    @property
    def is_behind_more(self) -> bool:
        """Return whether one is at a place that a phone has behind "More"."""
        return any(item.is_current and not item.is_main for item in self.nav)


_PLACES = (
    ("/", "Now", Verb.PAGE_READ),
    ("/incidents", "Incidents", Verb.INCIDENT_READ),
    ("/alerts", "Alerts", Verb.ALERT_READ),
    ("/oncall", "On call", Verb.ONCALL_READ),
    ("/postmortems", "Postmortems", Verb.INCIDENT_READ),
    ("/action-items", "Action items", Verb.INCIDENT_READ),
    ("/changes", "Changes", Verb.CHANGE_READ),
    ("/tickets", "Tickets", Verb.INCIDENT_READ),
    ("/configuration", "Setup", Verb.CONFIG_READ),
    ("/settings/tokens", "Tokens", Verb.TOKEN_READ),
)
_MAIN = frozenset({"/", "/incidents", "/alerts", "/oncall"})


def chrome(
    title: str,
    *,
    at: str,
    actor: Actor,
    snapshot: Snapshot,
    held: str | None,
    news: str = "",
) -> Chrome:
    """Return the frame of a screen for a reader who is signed in."""
    return Chrome(
        title=title,
        nav=tuple(
            NavItem(
                href=href, label=label, is_current=href == at, is_main=href in _MAIN
            )
            for href, label, verb in _PLACES
            if actor.may(verb)
        ),
        viewer=_viewer(actor, snapshot),
        role=str(actor.role),
        news=news,
        held=held or "",
        can_release=bool(held) and actor.may(Verb.OPERATOR_RELEASE),
    )


def bare(title: str) -> Chrome:
    """Return the frame for somebody who is not signed in."""
    return Chrome(title=title, nav=(), viewer="", role="")


def _viewer(actor: Actor, snapshot: Snapshot) -> str:
    if actor.kind is ActorKind.OPERATOR:
        return "Operator"
    return person(actor.user, snapshot, otherwise=actor.name)
