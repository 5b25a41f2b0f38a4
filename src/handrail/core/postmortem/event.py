"""What happens to a postmortem: the events of its stream."""

from collections.abc import Mapping
from dataclasses import dataclass

from handrail.core.ids import IncidentId, Slug
from handrail.core.postmortem.contributing_factor import ContributingFactor
from handrail.core.postmortem.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemBegun:
    """The draft was made from the incident's record."""

    incident_id: IncidentId
    incident_number: int
    title: str
    sections: Mapping[Section, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionsWritten:
    """Somebody wrote these sections anew, each as a whole."""

    sections: Mapping[Section, str]
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAdded:
    """A contributing factor was named."""

    factor: ContributingFactor
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanged:
    """A contributing factor reads otherwise."""

    factor: ContributingFactor
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRemoved:
    """It did not contribute after all."""

    factor_id: str
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """It is written; others are asked to read it."""

    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """It is there for everybody to read.

    Attributes:
        record_until: The incident's last entry that it tells of; what is recorded
            later does not change what was published.
    """

    record_until: int
    by: Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUpAgain:
    """It is a draft again."""

    reason: str
    by: Slug


PostmortemEvent = (
    PostmortemBegun
    | SectionsWritten
    | FactorAdded
    | FactorChanged
    | FactorRemoved
    | ReviewAsked
    | Published
    | TakenUpAgain
)
