"""Tokens, feeds, sessions and links in the database."""

from typing import Protocol

from handrail.core.access.grant import ApiToken, CalendarFeed, OneTimeLink, Session
from handrail.core.ids import Slug


class AccessStore(Protocol):
    """Tokens, sessions, links and calendar feeds; only digests are stored."""

    def add_token(self, token: ApiToken) -> None:
        """Insert a token."""
        ...

    def token(self, digest: str) -> ApiToken | None:
        """Return the token with this digest, or none."""
        ...

    def tokens(self) -> list[ApiToken]:
        """Return all tokens, newest first."""
        ...

    def save_token(self, token: ApiToken) -> None:
        """Write back a token (last used, revoked)."""
        ...

    def add_feed(self, feed: CalendarFeed) -> None:
        """Insert a calendar feed."""
        ...

    def feed(self, digest: str) -> CalendarFeed | None:
        """Return the calendar feed with this digest, or none."""
        ...

    def feeds(self) -> list[CalendarFeed]:
        """Return all calendar feeds, newest first."""
        ...

    def save_feed(self, feed: CalendarFeed) -> None:
        """Write back a calendar feed (last used, revoked)."""
        ...

    def add_session(self, session: Session) -> None:
        """Insert a session."""
        ...

    def session(self, digest: str) -> Session | None:
        """Return the session with this digest, or none."""
        ...

    def save_session(self, session: Session) -> None:
        """Write back a session (last used, ended)."""
        ...

    def end_sign_ins(self, owner: Slug) -> None:
        """End every session of a person, and use up their sign-in links."""
        ...

    def add_link(self, link: OneTimeLink) -> None:
        """Insert a one-time sign-in link."""
        ...

    def take_link(self, digest: str) -> OneTimeLink | None:
        """Use up and return the unused, unexpired link with this digest, or none."""
        ...

    def count_sessions(self) -> int:
        """Return how many sessions were ever opened."""
        ...
