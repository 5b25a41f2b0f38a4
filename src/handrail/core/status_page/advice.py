"""Advice on the words of a notice: what a reader will miss, and what helps nobody.

A small set of checks that are right more often than not. They advise and never refuse:
an honest word in time is worth more than a perfect one. Source: domain.md §5.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, unique

from handrail.core.status_page.notice import NoticeStage


@unique
class Concern(StrEnum):
    """What a piece of advice is about."""

    NO_IMPACT = "no_impact"
    NO_NEXT_UPDATE = "no_next_update"
    BLAMES_SUPPLIER = "blames_supplier"
    BLAMES_PERSON = "blames_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to consider, in words for the writer."""

    concern: Concern
    words: str


_IMPACT = re.compile(
    r"(?i)\b(?:can ?not|can.t|unable|fail\w*|errors?|slow\w*|unavailable|down"
    r"|offline|degraded|delay\w*|interrupt\w*|affect\w*|impact\w*|missing|time ?outs?"
    r"|lost|outage|disrupt\w*|intermittent\w*|work(?:s|ing)? (?:again|normally|as)"
    r"|operational|restored|recovered|available)\b"
)
_PROMISE = re.compile(
    r"(?i)\b(?:next (?:update|word|news)|(?:update|say more|report|back) "
    r"(?:by|in|at|within|every)|within (?:the next )?\d+ ?(?:m|h))"
)
_SUPPLIERS = (
    "AWS",
    "Akamai",
    "Amazon",
    "Auth0",
    "Azure",
    "Cloudflare",
    "DigitalOcean",
    "Fastly",
    "GCP",
    "GitHub",
    "Google Cloud",
    "Hetzner",
    "Microsoft",
    "OVH",
    "Okta",
    "PayPal",
    "SendGrid",
    "Stripe",
    "Twilio",
    "Vercel",
)
_SUPPLIER = re.compile(
    r"(?i:\b(?:(?:third|3rd)[- ]part(?:y|ies)|upstream|vendor|supplier|subcontractor"
    r"|(?:hosting|cloud|network|payment|infrastructure) (?:provider|partner|company)"
    r")\b)"
    rf"|\b(?:{'|'.join(map(re.escape, _SUPPLIERS))})\b"
)
_ROLE = "(?:engineer|employee|developer|operator|admin|administrator|colleague)"
_PERSON = re.compile(
    r"(?i)\b(?:(?:human|operator|user) error|(?:his|her|their) (?:mistake|fault)"
    rf"|(?:an?|one of our|our) {_ROLE}s? (?:\w+ )?(?:accidentally|mistakenly|wrongly"
    r"|inadvertently|forgot|failed|deleted|deployed|broke|caused|made)"
    rf"|(?:mistake|fault|negligence) (?:by|of) (?:an?|one of|our) (?:\w+ )?{_ROLE})"
)


def advise(
    text: str,
    *,
    stage: NoticeStage,
    says_components: bool,
    promises: bool,
    people: Collection[str] = (),
) -> tuple[Advice, ...]:
    """Return what to consider about a notice before, or after, it is out.

    Args:
        text: What it says.
        stage: Which word it is.
        says_components: It says how components stand.
        promises: It names when the next word comes.
        people: Full names that have no place on a public page.
    """
    found = []
    if not says_components and not _IMPACT.search(text):
        words = "Say what customers notice: what fails for them, or works again."
        found.append(Advice(concern=Concern.NO_IMPACT, words=words))
    is_over = stage is NoticeStage.RESOLVED
    if not (is_over or promises or _PROMISE.search(text)):
        words = "Promise when the next word comes, and keep to it."
        found.append(Advice(concern=Concern.NO_NEXT_UPDATE, words=words))
    if said := _SUPPLIER.search(text):
        words = f"{said.group()!r}: customers chose you; say what you do about it."
        found.append(Advice(concern=Concern.BLAMES_SUPPLIER, words=words))
    if blamed := _blamed(text, people):
        words = f"{blamed!r}: say what happened to the system, not who did it."
        found.append(Advice(concern=Concern.BLAMES_PERSON, words=words))
    return tuple(found)


def _blamed(text: str, people: Collection[str]) -> str:
    if said := _PERSON.search(text):
        return said.group()
    named = (name for name in people if " " in name)
    spelled = text.casefold()
    return next((name for name in named if name.casefold() in spelled), "")
