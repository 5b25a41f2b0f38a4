"""Signing in: by a one-time link, from the terminal or by e-mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInScreen:
    """Asks for an address.

    Attributes:
        can_mail: Whether links can be sent by e-mail here.
        was_asked: A link was just asked for; the words are the same for everybody.
        error: What was wrong with the last try, or "".
    """

    can_mail: bool
    was_asked: bool
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeLinkScreen:
    """Asks for the one press that uses up the link; looking does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalScreen:
    """What could not be done, why, and where to go from here."""

    status: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldScreen:
    """What would be sent if the installation were released.

    Attributes:
        since: What put it on hold, or "" where it is not held.
        recipients: Each with how many deliveries wait for them.
    """

    since: str
    total: int
    recipients: tuple[tuple[str, int], ...]


def sign_in_letter(full_name: str, url: str) -> tuple[str, ...]:
    """Return the lines of the mail that carries a sign-in link."""
    return (
        f"Hello {full_name},",
        "",
        "open this to sign in to Handrail. It works once, within 15 minutes:",
        "",
        url,
        "",
        "If it was not you who asked, do nothing: without the link nobody gets in.",
    )
