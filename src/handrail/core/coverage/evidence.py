"""Evidence: which contact methods were shown to reach their person, and for how long.

A person who pressed a link that came over a method has shown that the method works.
That ages: phones are replaced, addresses are dropped, filters learn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import NamedTuple

from handrail.core.ids import Slug
from handrail.core.people.contact_method import ChannelKind

ALWAYS = datetime.max.replace(tzinfo=UTC)
"""Counts at every instant that is looked at."""


class MethodKey(NamedTuple):
    """A contact method as it was used: another address is another method."""

    user: Slug
    method: Slug
    kind: ChannelKind
    address: str


@unique
class Via(StrEnum):
    """What the person pressed."""

    PAGE = "page"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A person pressed a link that came over a method.

    Attributes:
        at: When it was pressed last, UTC.
        via: The acknowledge link of a page, or the link of a test message.
    """

    key: MethodKey
    at: datetime
    via: Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known when a proof is made.

    Attributes:
        verified_at: When each method was last shown to work.
        lasts: How long that counts.
        renewable_from: Evidence that ends after this instant counts on: its person
            has time to renew it, and is asked to.
        is_assumed: Nothing is known and every method is taken as verified.
    """

    verified_at: Mapping[MethodKey, datetime]
    lasts: timedelta
    renewable_from: datetime
    is_assumed: bool = False

    def counts_until(self, key: MethodKey) -> datetime | None:
        """Return from when on the method no longer counts; none: it never does."""
        if self.is_assumed:
            return ALWAYS
        ends_at = self.ends_at(key)
        if ends_at is None:
            return None
        return ALWAYS if ends_at > self.renewable_from else ends_at

    def lapses(self) -> dict[MethodKey, datetime]:
        """Return when methods stop to count that count at some instant, not at all."""
        if self.is_assumed:
            return {}
        ends = ((key, self.counts_until(key)) for key in self.verified_at)
        return {key: at for key, at in ends if at is not None and at < ALWAYS}

    def ends_at(self, key: MethodKey) -> datetime | None:
        """Return when the evidence is too old; none where there never was any."""
        verified_at = self.verified_at.get(key)
        return None if verified_at is None else verified_at + self.lasts


def assumed() -> Evidence:
    """Return the assumption that every method reaches its person."""
    return Evidence(
        verified_at={}, lasts=timedelta(0), renewable_from=ALWAYS, is_assumed=True
    )
