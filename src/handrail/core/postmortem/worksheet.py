"""The sections as one text for a person's editor, and back.

Headings are the sections' own; what stands in comments (questions, facts of the record)
is for reading and is dropped on the way back.
"""

import re
from collections.abc import Mapping, Sequence

from handrail.core.postmortem.section import GUIDES, Section

_HEADINGS = {guide.heading: section for section, guide in GUIDES.items()}
_HEADING = re.compile(r"^## (.+?)\s*$")
_COMMENT = re.compile(r"^<!--handrail\n.*?^-->\n?", re.DOTALL | re.MULTILINE)
_END = re.compile(r"-->")
_VERSION_WORDS = "You read version"
_VERSION = re.compile(rf"^{_VERSION_WORDS} ([0-9]{{1,9}})\.$", re.MULTILINE)


def worksheet(
    texts: Mapping[Section, str],
    facts: Mapping[Section, Sequence[str]],
    *,
    name: str,
    version: int,
) -> str:
    """Return what a person edits.

    Args:
        texts: What is written so far.
        facts: What the record says.
        name: Of the incident.
        version: Of the postmortem; found again by ``version_of``.
    """
    parts = [
        _comment(
            [
                f"The postmortem of {name}. Write below the headings, in Markdown.",
                f"{_VERSION_WORDS} {version}.",
                "Keep the headings as they are. Comments like this one are left out.",
                "Empty sections stay visibly unwritten.",
            ]
        )
    ]
    for section, guide in GUIDES.items():
        lines = [guide.question]
        lines += [f"From the record: {fact}" for fact in facts.get(section, ())]
        text = texts.get(section, "")
        parts.append(f"## {guide.heading}\n{_comment(lines)}\n{text}\n".rstrip() + "\n")
    return "\n".join(parts)


def version_of(text: str) -> int | None:
    """Return the version that the text was made from, or none where it is not said."""
    found = _VERSION.search(text)
    return int(found.group(1)) if found else None


def sections_of(text: str) -> dict[Section, str]:
    """Return the sections whose headings the text has, each as a whole.

    Raises:
        ValueError: Something is written outside of them; the message says what. A
            heading that was misspelled would swallow its text otherwise.
    """
    found: dict[Section, list[str]] = {}
    into: list[str] | None = None
    without = _COMMENT.sub("", text.replace("\r\n", "\n"))
    for line in without.splitlines():
        heading = _HEADING.match(line)
        section = _HEADINGS.get(heading.group(1)) if heading else None
        if section is not None:
            if section in found:
                msg = f"the heading {line.strip()!r} is there twice"
                raise ValueError(msg)
            into = found.setdefault(section, [])
        elif into is not None:
            into.append(line)
        elif line.strip():
            msg = f"{line.strip()[:60]!r} stands before the first heading"
            raise ValueError(msg)
    return {section: "\n".join(lines).strip() for section, lines in found.items()}


def _comment(lines: Sequence[str]) -> str:
    # An end mark within would let the rest of the comment through as text.
    inside = "\n".join(_END.sub("—>", line) for line in lines)
    return f"<!--handrail\n{inside}\n-->\n"
