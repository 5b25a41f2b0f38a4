"""A coverage proof as a tired person reads it: verdict, reasons, remedies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from handrail.cli.output import dated

Answer = Mapping[str, Any]
_REASONS_SHOWN = 3
"""More are told by their causes: every combination of them is a reason."""
_HOURS_PER_DAY = 24
_TIMES_SHOWN = 3
_SERVICES_SHOWN = 20
_REMEDIES_SHOWN = 5


def lines(answer: Answer) -> Iterator[str]:
    """Yield the answer as a tired person reads it: verdict, reasons, remedies."""
    missed = [one for one in answer["services"] if not one["is_proved"]]
    shown = sorted(missed, key=lambda one: str(one["proved_until"]))[:_SERVICES_SHOWN]
    is_long = len(answer["services"]) > _SERVICES_SHOWN
    for service in answer["services"]:
        verdict = click.style("proved", fg="green") + " until"
        if not service["is_proved"]:
            verdict = click.style("NOT COVERED", fg="red") + " from"
        yield f"{service['service']}: {verdict} {dated(service['proved_until'])}"
        if is_long and service not in shown:
            continue
        for intent in service["intents"]:
            yield from _intent(intent)
        yield ""
    if len(missed) > 1:
        yield from _all_missed(missed, len(answer["services"]), len(shown))
    yield from _foot(answer)


def _all_missed(missed: Sequence[Answer], services: int, shown: int) -> Iterator[str]:
    """Yield how many services are not covered, and what mends most of them."""
    helped: dict[str, set[str]] = {}
    for service in missed:
        for intent in service["intents"]:
            for cause in intent["missed"]["causes"]:
                remedy = cause["fault"]["remedy"]
                helped.setdefault(remedy, set()).add(service["service"])
    yield f"{len(missed)} of {services} services are not covered. What helps most:"
    ranked = sorted(helped.items(), key=lambda one: -len(one[1]))
    for remedy, names in ranked[:_REMEDIES_SHOWN]:
        yield f"  → {remedy} ({len(names)} service{'s' if len(names) > 1 else ''})"
    if len(missed) > shown:
        first = f"The first {shown} to be missed are told in full."
        yield f"{first} Of each: handrail oncall prove --service NAME"
    yield ""


def _intent(intent: Answer) -> Iterator[str]:
    yield f"  asked: {intent['asks']}; {intent['hours']}"
    severities = sorted({page["severity"] for page in intent["pages"]})
    if not severities:
        yield "  nothing pages about it at this urgency: nothing can go wrong"
        return
    ways = sorted({page["via"] for page in intent["pages"]})
    yield f"  pages: {', '.join(severities)}, by {', '.join(ways)}"
    gaps, excused = intent["counter_examples"], intent["excused"]
    yield from _findings(gaps, intent["missed"], "gap", colour="red")
    yield from _findings(excused, intent["meant"], "excused", colour="yellow")


def _findings(
    found: Sequence[Answer], summary: Answer, title: str, *, colour: str
) -> Iterator[str]:
    """Yield each reason once, with the times it holds; many of them by their causes."""
    by_reason: dict[str, list[Answer]] = {}
    for finding in found:
        by_reason.setdefault(finding["reason"], []).append(finding)
    heading = click.style(title, fg=colour)
    has_remedies = title == "gap"
    if len(found) < summary["total"] or len(by_reason) > _REASONS_SHOWN:
        yield f"  {heading}: {_length(summary)} of the time, for several reasons"
        more = summary["stretches_total"]
        yield from _times(summary["stretches"], more, summary["ends_at"])
        yield from _causes(summary, has_remedies=has_remedies)
        return
    for reason, several in by_reason.items():
        yield f"  {heading}: {reason}"
        yield from _times(several, len(several), several[-1]["ends_at"])
        if has_remedies:
            remedies = dict.fromkeys(f["remedy"] for f in several[0]["faults"])
            yield from (f"      → {remedy}" for remedy in remedies)


def _times(several: Sequence[Answer], total: int, last: str) -> Iterator[str]:
    shown = several[:_TIMES_SHOWN]
    for one in shown:
        yield f"      {dated(one['starts_at'])} to {dated(one['ends_at'])}"
    if total > len(shown):
        more = total - len(shown)
        times = "time" if more == 1 else "times"
        yield f"      and {more} more {times} until {dated(last)}"


def _causes(summary: Answer, *, has_remedies: bool) -> Iterator[str]:
    """Yield what has a part in it, what costs most first, and what mends each."""
    remedies: dict[str, list[str]] = {}
    for cause in summary["causes"]:
        fault = cause["fault"]
        says = f"{fault['says']} ({_length(cause)})"
        remedies.setdefault(fault["remedy"], []).append(says)
    for remedy, causes in remedies.items():
        yield from (f"    - {cause}" for cause in causes)
        if has_remedies:
            yield f"      → {remedy}"


def _length(lasting: Answer) -> str:
    hours = round(lasting["seconds"] / 3600)
    return f"{hours // 24}d {hours % 24}h" if hours >= _HOURS_PER_DAY else f"{hours}h"


def _foot(answer: Answer) -> Iterator[str]:
    for renewal in answer["renewals"]:
        ends = dated(renewal["ends_at"])
        yield f"renew: {renewal['user']}'s {renewal['method']} counts until {ends}"
    if answer["not_asked"]:
        yield f"nothing is asked of: {', '.join(answer['not_asked'])}"
    span = f"{dated(answer['starts_at'])} to {dated(answer['ends_at'])}"
    yield f"every instant from {span}; time-zone rules {answer['tzdata']}"
    if answer["evidence"] == "assumed":
        yield "assumed, not shown: every contact method reaches its person"
    elif answer["evidence"] == "unknown":
        yield (
            "NOT PROVED: files do not know whether any contact method reaches its "
            "person; --assume-verified takes that for granted"
        )
