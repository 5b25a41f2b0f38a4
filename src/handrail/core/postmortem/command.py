"""What people may do to a postmortem while it is written.

Each takes the postmortem and returns the events that follow; nothing where the thing
is so already. ``version`` is the one the person read: what somebody else changed since
then is refused with their name, and what nobody touched goes through.
"""

from collections.abc import Iterable, Mapping

from handrail.core import limits
from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.ids import Slug
from handrail.core.instants import format_rfc3339
from handrail.core.postmortem import event as e
from handrail.core.postmortem.contributing_factor import ContributingFactor, FactorKind
from handrail.core.postmortem.postmortem import Postmortem, PostmortemState
from handrail.core.postmortem.section import GUIDES, Section

Events = tuple[e.PostmortemEvent, ...]


def write(
    postmortem: Postmortem, sections: Mapping[Section, str], *, version: int, by: Slug
) -> Events:
    """Write sections anew, each as a whole; an empty text takes it back.

    Raises:
        ConflictError: It is published, or somebody else changed one of them since.
        InvalidError: A text is too long, or the version is to come.
    """
    _require_unpublished(postmortem)
    texts = {section: text.strip() for section, text in sections.items()}
    for section, text in texts.items():
        if len(text) > limits.POSTMORTEM_SECTION_CHARS_MAX:
            most = limits.POSTMORTEM_SECTION_CHARS_MAX
            msg = (
                f"{GUIDES[section].heading} has {len(text)} characters; {most} at most"
            )
            raise InvalidError(msg, fields={section: f"longer than {most} characters"})
    changed = {s: text for s, text in texts.items() if text != postmortem.text(s)}
    _require_untouched(postmortem, changed, version=version)
    return (e.SectionsWritten(sections=changed, by=by),) if changed else ()


def add_factor(
    postmortem: Postmortem,
    text: str,
    *,
    kind: FactorKind,
    made_possible: str = "",
    would_have_caught: str = "",
    by: Slug,
) -> Events:
    """Name a contributing factor.

    Raises:
        ConflictError: It is published.
        InvalidError: The text is empty or too long.
    """
    _require_unpublished(postmortem)
    factor = _factor(
        f"f{postmortem.factors_named + 1}", text, kind, made_possible, would_have_caught
    )
    return (e.FactorAdded(factor=factor, by=by),)


def change_factor(
    postmortem: Postmortem, factor: ContributingFactor, *, version: int, by: Slug
) -> Events:
    """Let a factor read otherwise; its id says which.

    Raises:
        ConflictError: It is published, or somebody else changed the factor since.
        InvalidError: The text is empty or too long.
        NotFoundError: There is no such factor.
    """
    _require_unpublished(postmortem)
    known = find_factor(postmortem, factor.id)
    changed = _factor(
        known.id,
        factor.text,
        factor.kind,
        factor.made_possible,
        factor.would_have_caught,
    )
    if changed == known:
        return ()
    _require_untouched(postmortem, (known.id,), version=version)
    return (e.FactorChanged(factor=changed, by=by),)


def remove_factor(
    postmortem: Postmortem, factor_id: str, *, version: int, by: Slug
) -> Events:
    """Say that it did not contribute after all.

    Raises:
        ConflictError: It is published, or somebody else changed the factor since.
        NotFoundError: There is no such factor.
    """
    _require_unpublished(postmortem)
    known = find_factor(postmortem, factor_id)
    _require_untouched(postmortem, (known.id,), version=version)
    return (e.FactorRemoved(factor_id=known.id, by=by),)


def find_factor(postmortem: Postmortem, factor_id: str) -> ContributingFactor:
    """Return the factor of this id.

    Raises:
        NotFoundError: There is none.
    """
    for factor in postmortem.factors:
        if factor.id == factor_id:
            return factor
    msg = f"{postmortem.incident_name}'s postmortem has no factor {factor_id!r}"
    raise NotFoundError(msg)


def ask_for_review(postmortem: Postmortem, *, by: Slug) -> Events:
    """Say that it is written, and ask others to read it.

    Raises:
        ConflictError: It is published.
    """
    _require_unpublished(postmortem)
    if postmortem.state is PostmortemState.IN_REVIEW:
        return ()
    return (e.ReviewAsked(by=by),)


def take_up_again(postmortem: Postmortem, *, reason: str, by: Slug) -> Events:
    """Make it a draft again.

    Raises:
        InvalidError: No reason is given.
    """
    if postmortem.state is PostmortemState.DRAFT:
        return ()
    if not reason.strip():
        msg = "say in a few words why it is written on"
        raise InvalidError(msg, fields={"reason": "is empty"})
    return (e.TakenUpAgain(reason=reason.strip(), by=by),)


def require_read(postmortem: Postmortem, *, version: int) -> None:
    """Return if nobody changed anything since that version.

    Raises:
        ConflictError: Somebody did; the message says who, what and when.
    """
    _require_untouched(postmortem, postmortem.marks, version=version)


def _factor(
    factor_id: str,
    text: str,
    kind: FactorKind,
    made_possible: str,
    would_have_caught: str,
) -> ContributingFactor:
    parts = {
        "text": text.strip(),
        "made_possible": made_possible.strip(),
        "would_have_caught": would_have_caught.strip(),
    }
    if not parts["text"]:
        msg = "the factor is empty; say in a sentence what contributed"
        raise InvalidError(msg, fields={"text": "is empty"})
    for field, said in parts.items():
        if len(said) > limits.ENTRY_CHARS_MAX:
            most = limits.ENTRY_CHARS_MAX
            msg = f"the factor has {len(said)} characters; {most} at most"
            raise InvalidError(msg, fields={field: f"longer than {most} characters"})
    return ContributingFactor(id=factor_id, kind=kind, **parts)


def _require_unpublished(postmortem: Postmortem) -> None:
    if postmortem.state is PostmortemState.PUBLISHED:
        msg = (
            f"{postmortem.incident_name}'s postmortem is published; take it up again, "
            "with a reason, to change it"
        )
        raise ConflictError(msg)


def _require_untouched(
    postmortem: Postmortem, parts: Iterable[str], *, version: int
) -> None:
    """Return if none of the parts was changed since that version."""
    if not 0 < version <= postmortem.sequence:
        msg = f"there is no version {version}; it is at {postmortem.sequence}"
        raise InvalidError(msg, fields={"version": "does not exist"})
    touched = [
        (part, mark)
        for part in parts
        if (mark := postmortem.marks.get(str(part))) and mark.sequence > version
    ]
    if not touched:
        return
    part, mark = max(touched, key=lambda pair: pair[1].sequence)
    msg = (
        f"{mark.by} changed {str(part).replace('_', ' ')} at "
        f"{format_rfc3339(mark.at)}, after the version {version} that you read; it is "
        f"at {postmortem.sequence} now. Look at it, and put yours into it"
    )
    raise ConflictError(msg)
