"""Who responds, and as what."""

from enum import StrEnum, unique


@unique
class IncidentRole(StrEnum):
    """Roles of a response. The commander is exactly one; the others are any number."""

    COMMANDER = "incident_commander"
    OPERATIONS = "operations"
    COMMUNICATIONS_LEAD = "communications_lead"
    SCRIBE = "scribe"
    SUBJECT_EXPERT = "subject_expert"


MEANING: dict[IncidentRole, str] = {
    IncidentRole.COMMANDER: (
        "Coordinates and decides; does not fix. Keeps the severity, the roles and the "
        "next update true. Hands over explicitly."
    ),
    IncidentRole.OPERATIONS: (
        "Works on the systems. Mitigates first; says what is tried before trying it."
    ),
    IncidentRole.COMMUNICATIONS_LEAD: (
        "Owes executives, support and the public an honest word on time."
    ),
    IncidentRole.SCRIBE: (
        "Writes down what was seen, tried and decided; the log becomes the postmortem."
    ),
    IncidentRole.SUBJECT_EXPERT: "Knows a system well; answers, and acts when asked.",
}
"""What taking a role means, for the person who takes it. Source: mission.md rule 4."""
