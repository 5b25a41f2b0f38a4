"""A team: who owns services and can be sought as one target."""

from dataclasses import dataclass

from handrail.core.ids import Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Some users; a ``team:`` target seeks all of them at once.

    Attributes:
        name: The slug.
        title: What people see.
        members: Names of users.
        lead: Name of the user told of defects in what the team owns, or none.
    """

    name: Slug
    title: str
    members: tuple[Slug, ...]
    lead: Slug | None = None
