"""What must fit together across documents: names, references, renames, overrides."""

from collections.abc import Mapping, Sequence

from handrail.core.configuration import spelling
from handrail.core.configuration.draft import Draft, subject
from handrail.core.configuration.node import STORED, Json
from handrail.core.configuration.problem import Problem, did_you_mean
from handrail.core.configuration.reading import Reference
from handrail.core.configuration.schedule_consistency import ENDS_TOO_EARLY
from handrail.core.configuration.spelling import moment_in, quoted
from handrail.core.ids import Slug

Known = Mapping[tuple[str, Slug], Mapping[str, Json]]
"""Bodies by kind and name."""


def cross_problems(
    drafts: Sequence[Draft], *, others: Sequence[Draft]
) -> list[Problem]:
    """Return what is wrong between documents.

    Args:
        drafts: Of all files together.
        others: What stays in force beside them; empty where the files are everything.
    """
    known = {draft.key: draft.body for draft in (*others, *drafts)}
    problems = _doubles(drafts)
    for draft in (*drafts, *others):
        for reference in draft.references:
            if (reference.kind, reference.name) not in known:
                problems.append(_dangling(draft, reference, known))
        problems.extend(_rename_problems(draft, known))
        if draft.kind == "override":
            problems.extend(_override_problems(draft, known))
    return problems + _shared_keys((*others, *drafts))


def error(draft: Draft, path: str, message: str, remedy: str = "") -> Problem:
    """Return an error at a field of a draft."""
    return Problem(
        place=draft.place(path),
        field=draft.subject + (f".{path}" if path else ""),
        message=message,
        remedy=remedy,
    )


def _doubles(drafts: Sequence[Draft]) -> list[Problem]:
    first: dict[tuple[str, Slug], Draft] = {}
    former: dict[tuple[str, Slug], Draft] = {}
    problems = []
    for draft in drafts:
        earlier = first.setdefault(draft.key, draft)
        if earlier is not draft:
            place = earlier.place()
            problems.append(
                error(
                    draft,
                    "name" if "name" in draft.places else "",
                    f"stands a second time; the first is at {place.file}:{place.line}",
                    "remove or rename one of them",
                )
            )
        if draft.renamed_from is None:
            continue
        other = former.setdefault((draft.kind, draft.renamed_from), draft)
        if other is not draft:
            problems.append(
                error(
                    draft,
                    "renamed_from",
                    f"{quoted(draft.renamed_from)} became {quoted(other.name)} already",
                )
            )
    return problems


def _dangling(draft: Draft, reference: Reference, known: Known) -> Problem:
    noun = reference.kind.replace("_", " ")
    names = [name for kind, name in known if kind == reference.kind]
    elsewhere = [kind for kind, name in known if name == reference.name]
    remedy = did_you_mean(reference.name, names)
    if not remedy and elsewhere:
        remedy = f"that is the name of a {elsewhere[0].replace('_', ' ')}"
    if draft.place().file == STORED.file and draft.kind == "override":
        remedy = f"end it first: handrail oncall override remove {draft.name}"
    return error(
        draft,
        reference.path,
        f"no {noun} {quoted(reference.name)}",
        remedy or f"add the {noun} or name another",
    )


def _rename_problems(draft: Draft, known: Known) -> list[Problem]:
    former = draft.renamed_from
    if former is None or former == draft.name or (draft.kind, former) not in known:
        return []
    return [
        error(
            draft,
            "renamed_from",
            f"there still is a {subject(draft.kind, former)}",
            "remove the old one, or this line",
        )
    ]


def _override_problems(draft: Draft, known: Known) -> list[Problem]:
    """Compare a local time with an instant, now that the schedule's zone is known."""
    schedule = known.get(("schedule", Slug(str(draft.body.get("schedule")))), {})
    texts = draft.body.get("from"), draft.body.get("until")
    zone = schedule.get("time_zone")
    if not (isinstance(zone, str) and all(isinstance(text, str) for text in texts)):
        return []
    moments = [spelling.parse_moment(str(text)) for text in texts]
    is_settled = (moments[0].tzinfo is None) == (moments[1].tzinfo is None)
    begins, ends = (moment_in(zone, str(text)) for text in texts)
    if ends > begins or (is_settled and moments[1] <= moments[0]):
        return []
    if is_settled:
        # Two local times in order are one instant where the clocks go forward.
        return [
            error(
                draft,
                "until",
                f"is the instant of from: the clocks of {zone} skip what is between",
                "let it end later, or remove it",
            )
        ]
    return [error(draft, "until", *ENDS_TOO_EARLY)]


def _shared_keys(drafts: Sequence[Draft]) -> list[Problem]:
    owner: dict[str, Draft] = {}
    problems = []
    for draft in drafts:
        key = draft.body.get("key_digest", draft.body.get("key"))
        if draft.kind != "integration" or not isinstance(key, str):
            continue
        other = owner.setdefault(key, draft)
        if other.name != draft.name:
            problems.append(
                error(
                    draft,
                    "key",
                    f"is the key of {other.subject} too",
                    "give every integration a key of its own",
                )
            )
    return problems
