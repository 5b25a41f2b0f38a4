"""The actor of a request: who asks, and with what standing."""

from dataclasses import dataclass
from enum import StrEnum, unique

from typing_extensions import override

from handrail.core.access.permission import Outsider, Standing, Verb, may
from handrail.core.errors import ForbiddenError, UnauthenticatedError
from handrail.core.ids import Slug


@unique
class ActorKind(StrEnum):
    """How the actor made itself known."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 - a kind of actor
    OPERATOR = "operator"
    INTEGRATION = "integration"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks.

    Attributes:
        kind: How it made itself known.
        name: The user's slug, the token's name or the integration's slug; "" for the
            operator and for nobody.
        role: What it may do, by the table of permissions.
        user: The person behind it, or none (operator, integration, nobody).
        token: Id of the API token it came with. None for the token of a machine's own
            command line, which is another one after each start.
    """

    kind: ActorKind
    name: str
    role: Standing
    user: Slug | None = None
    token: str | None = None

    @override
    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    @property
    def responder(self) -> Slug:
        """Return who acts on a page: the person, or the operator without one.

        Only a sender's acknowledgement has nobody's name on it.
        """
        return self.user or Slug(str(ActorKind.OPERATOR))

    def may(self, verb: Verb) -> bool:
        """Return whether this actor may do that."""
        return may(self.role, verb)

    def require(self, verb: Verb) -> None:
        """Return if this actor may do that.

        Raises:
            UnauthenticatedError: Nobody is signed in; signing in may help.
            ForbiddenError: The actor is known, and may not.
        """
        if self.may(verb):
            return
        if self.kind is ActorKind.ANONYMOUS:
            msg = "Nobody is signed in. Sign in, or send a token as a bearer."
            raise UnauthenticatedError(msg)
        msg = f"The role {self.role} may not do {verb}. Ask an admin."
        raise ForbiddenError(msg)


NOBODY = Actor(kind=ActorKind.ANONYMOUS, name="", role=Outsider.ANONYMOUS)
