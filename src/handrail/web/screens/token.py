"""API tokens: made once, shown once."""

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.core.access.grant import ApiToken
from handrail.core.access.permission import lesser
from handrail.core.access.role import Role
from handrail.web.screens.moment import Moment, moment
from handrail.web.screens.next_level import person
from handrail.web.screens.page import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One token, without its secret; ``state`` says whether it still works."""

    id: str
    name: str
    role: str
    owner: str
    state: str
    made: Moment
    used: Moment | None
    can_revoke: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScreen:
    """The tokens, and the form for a new one.

    Attributes:
        roles: What a new token may be given: the reader's role or less.
        secret: The text of a token just made, shown this once; or "".
        name: What was typed as its name, kept when it was refused.
        name_error: What is wrong with the name, or "".
    """

    rows: tuple[TokenRow, ...]
    roles: tuple[str, ...]
    secret: str
    name: str
    name_error: str


def token_screen(
    tokens: Sequence[ApiToken],
    *,
    reader: Reader,
    secret: str = "",
    name: str = "",
    name_error: str = "",
) -> TokenScreen:
    """Return the screen, tokens newest first."""
    role = reader.actor.role
    within = [r for r in Role if isinstance(role, Role) and lesser(r, role) is r]
    return TokenScreen(
        rows=tuple(_row(token, reader) for token in tokens),
        roles=tuple(str(r) for r in within),
        secret=secret,
        name=name,
        name_error=name_error,
    )


def _row(token: ApiToken, reader: Reader) -> TokenRow:
    zone, now = reader.zone, reader.now
    used = token.last_used_at
    state = "works"
    if token.expires_at is not None:
        expiry = moment(token.expires_at, zone=zone, now=now)
        state = f"expired {expiry.shown}"
        if token.expires_at > now:
            state = f"works until {expiry.shown}"
    if token.revoked_at is not None:
        state = f"revoked {moment(token.revoked_at, zone=zone, now=now).shown}"
    return TokenRow(
        id=token.id,
        name=token.name,
        role=token.role,
        owner=person(token.owner, reader.snapshot, otherwise="Operator"),
        state=state,
        made=moment(token.created_at, zone=zone, now=now),
        used=moment(used, zone=zone, now=now) if used else None,
        can_revoke=token.revoked_at is None,
    )
