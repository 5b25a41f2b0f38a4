"""What is wrong where an intent is not met, and who can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from handrail.core.ids import Slug
from handrail.core.paging.page import LAST_RESORT_LEVEL


@unique
class FaultKind(StrEnum):
    """One cause each; a finding has all that apply."""

    GAP = "gap"
    INTENDED_GAP = "intended_gap"
    LEADS_NOWHERE = "leads_nowhere"
    ONLY_SHADOWS = "only_shadows"
    ONLY_CHANNELS = "only_channels"
    NO_METHOD = "no_method"
    NOT_VERIFIED = "not_verified"
    ONE_PROVIDER = "one_provider"
    METHOD_TOO_LATE = "method_too_late"
    NO_POLICY = "no_policy"
    LAST_RESORT = "last_resort"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        level: Index from 0, ``LAST_RESORT_LEVEL``, or none where no level is meant.
        target: What the policy names, such as ``schedule:primary``; else "".
        person: Who it is about, or none.
        methods: Contact methods it is about, by name.
        detail: What else there is to say, in words; else "".
    """

    kind: FaultKind
    level: int | None = None
    target: str = ""
    person: Slug | None = None
    methods: tuple[str, ...] = ()
    detail: str = ""

    def in_words(self) -> str:
        """Return it as a sentence without a full stop."""
        words = _WORDS[self.kind].format(
            target=self.target,
            person=self.person or "",
            methods=" and ".join(self.methods) or "nothing",
            detail=self.detail,
        )
        return f"{self._place()}{words}"

    def remedy(self) -> str:
        """Return what mends it."""
        return _REMEDIES[self.kind].format(
            target=self.target,
            person=self.person or "somebody",
            method=self.methods[0] if self.methods else "METHOD",
        )

    def _place(self) -> str:
        if self.level is None or self.kind is FaultKind.LAST_RESORT:
            return ""
        if self.level == LAST_RESORT_LEVEL:
            return "last resort: "
        return f"level {self.level + 1}: "


_WORDS: Mapping[FaultKind, str] = {
    FaultKind.GAP: "{target} has a gap",
    FaultKind.INTENDED_GAP: "{target} has a turn of nobody, as intended",
    FaultKind.LEADS_NOWHERE: "{target} leads to nobody",
    FaultKind.ONLY_SHADOWS: "only shadows are told ({detail}); nobody is responsible",
    FaultKind.ONLY_CHANNELS: "only a channel is told ({detail}), no person",
    FaultKind.NO_METHOD: "{person} has nothing to be told over",
    FaultKind.NOT_VERIFIED: (
        "{person} was not shown to be reached over {methods} ({detail})"
    ),
    FaultKind.ONE_PROVIDER: "{person} is told over {methods} only, carried by {detail}",
    FaultKind.METHOD_TOO_LATE: "{person} is told over {methods} only {detail}",
    FaultKind.NO_POLICY: "there is no escalation policy",
    FaultKind.LAST_RESORT: "the page goes to the last resort {detail}",
    FaultKind.TOO_FEW: "that is {detail}",
}
_REMEDIES: Mapping[FaultKind, str] = {
    FaultKind.GAP: "put somebody on {target} then, or name a person beside it",
    FaultKind.INTENDED_GAP: "put somebody on {target} then, or excuse intended gaps",
    FaultKind.LEADS_NOWHERE: "mend {target}, or name a person beside it",
    FaultKind.ONLY_SHADOWS: "put somebody on duty who is responsible",
    FaultKind.ONLY_CHANNELS: "name a person or schedule beside the channel",
    FaultKind.NO_METHOD: "give {person} a contact method",
    FaultKind.NOT_VERIFIED: (
        "{person} presses the link of a test: "
        "handrail user test-contact {method} --user {person}"
    ),
    FaultKind.ONE_PROVIDER: (
        "give {person} a contact method that fails for other reasons"
    ),
    FaultKind.METHOD_TOO_LATE: "let a notification rule of {person} come sooner",
    FaultKind.NO_POLICY: "give the service an escalation policy",
    FaultKind.LAST_RESORT: "let a level before it lead to somebody",
    FaultKind.TOO_FEW: "name more people in the first levels, or let them come sooner",
}
