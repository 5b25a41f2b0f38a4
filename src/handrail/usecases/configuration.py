"""Configuration as code: check files, show what they change, apply them.

The files together are the whole file-managed configuration: what they no longer hold
is removed, unless the apply is partial. Running pages keep the policy they began with.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.core.configuration.carried import carried
from handrail.core.configuration.compile import compile_snapshot
from handrail.core.configuration.consequence.consequence import Consequences
from handrail.core.configuration.definition import definitions
from handrail.core.configuration.diff import Change, ChangeKind, differences
from handrail.core.configuration.document import Document
from handrail.core.configuration.doubt import doubts_of
from handrail.core.configuration.draft import MANAGED_BY_FILE, Draft
from handrail.core.configuration.integration_key import resolve_keys
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.node import Json, Node, SourceFile
from handrail.core.configuration.problem import Problem, in_order, refuse
from handrail.core.configuration.reference import cross_problems
from handrail.core.configuration.snapshot import Snapshot
from handrail.core.configuration.standing import standing
from handrail.core.configuration.stored import read_stored
from handrail.core.configuration.wire import read_drafts
from handrail.core.coverage.evidence import assumed
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import Slug
from handrail.core.instants import EPOCH
from handrail.ports.document_reader import DocumentReader
from handrail.ports.id_source import IdSource
from handrail.ports.store import Transaction
from handrail.ports.vault import Vault
from handrail.usecases.access_follow import follow_access
from handrail.usecases.calendar_file import Calendars, is_calendar, with_calendars
from handrail.usecases.configuration_plan import (
    Applied,
    Plan,
    meaning,
    meaning_here,
    renames,
)
from handrail.usecases.configuration_record import record
from handrail.usecases.integration import follow_integrations
from handrail.usecases.turn import follow_renamed

Orders = Mapping[tuple[str, Slug], int]
"""By kind and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What the files hold and what is wrong or doubtful with them.

    Attributes:
        drafts: The documents, in the order of the files.
        own_problems: Within single documents; whatever else is in force.
        problems: All of them, taking the files as everything there is, by place.
        kinds: The definitions they were read by.
    """

    drafts: tuple[Draft, ...]
    own_problems: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    kinds: Mapping[str, KindDefinition]

    @property
    def has_errors(self) -> bool:
        """Whether the files cannot be applied as the whole configuration."""
        return any(problem.is_error for problem in self.problems)

    def lines(self) -> tuple[str, ...]:
        """Return every problem as a line, and a summary."""
        found = tuple(problem.line() for problem in self.problems)
        return (*found, _verdict(self.problems, len(self.drafts)))

    def as_json(self) -> dict[str, Json]:
        """Return plain data for ``--json``."""
        return {
            "ok": not self.has_errors,
            "documents": dict(Counter(draft.kind for draft in self.drafts)),
            "problems": [problem.as_json() for problem in self.problems],
        }


def check(
    files: Sequence[SourceFile],
    *,
    reader: DocumentReader,
    source_kinds: Sequence[str],
    vault: Vault | None = None,
    now: datetime | None = None,
    calendars: Calendars | None = None,
) -> CheckResult:
    """Read and judge files, outside of any transaction.

    Args:
        files: All of them together.
        reader: Turns their text into plain data.
        source_kinds: The kinds of sender this installation can read.
        vault: Given on the server, before ``plan`` and ``apply``: references to
            integration keys are followed. Without it they are only read.
        now: From when the coming shifts are judged by the rest rules, UTC; without
            it they are not, and ``plan`` does.
        calendars: Reads calendar files among the files, for documents that name them.
    """
    kinds = definitions(source_kinds)
    nodes: list[Node] = []
    problems: list[Problem] = []
    for file in files:
        if is_calendar(file):
            continue
        found = reader.read(file)
        nodes.extend(found.nodes)
        problems.extend(found.problems)
    read = read_drafts(nodes, kinds)
    imported = with_calendars(read.drafts, files, calendars)
    drafts = imported.drafts
    problems.extend((*read.problems, *imported.problems))
    if vault is not None:
        resolved = resolve_keys(drafts, vault.secret)
        drafts = resolved.drafts
        problems.extend(resolved.problems)
    everything = [*problems, *cross_problems(drafts, others=())]
    if not any(problem.is_error for problem in everything):
        everything.extend(doubts_of(_proposed(drafts, ()), drafts, now))
    return CheckResult(
        drafts=drafts,
        own_problems=tuple(problems),
        problems=in_order(everything),
        kinds=kinds,
    )


def proposed(checked: CheckResult) -> Snapshot:
    """Return the configuration that checked files make up by themselves.

    The files must be without errors.
    """
    assert not checked.has_errors, "files with errors make up no configuration"
    return _proposed(checked.drafts, ())


def proposed_here(tx: Transaction, checked: CheckResult) -> Snapshot:
    """Return the configuration that checked files would make here, were they applied.

    What people made themselves stays, and follows what is renamed. The files must be
    without errors.
    """
    assert not checked.has_errors, "files with errors make up no configuration"
    stored = tx.configuration.documents()
    beside = _kept(checked.drafts, stored, is_partial=False)
    return _proposed(checked.drafts, carried(beside, checked.drafts, now=tx.now).kept)


def plan(
    tx: Transaction,
    checked: CheckResult,
    *,
    is_partial: bool = False,
    looks_ahead: bool = True,
) -> Plan:
    """Compare checked files with what is in force; changes nothing.

    Args:
        tx: Only read from.
        checked: By ``check`` with a vault.
        is_partial: Keep what the files do not name.
        looks_ahead: Say what it means for people, too.

    Raises:
        InvalidError: There are errors; the fields name file, line and field of each.
    """
    stored = tx.configuration.documents()
    beside = carried(
        _kept(checked.drafts, stored, is_partial=is_partial),
        checked.drafts,
        now=tx.now,
    )
    kept = beside.kept
    others = read_stored(kept, checked.kinds)
    problems = [*checked.own_problems, *cross_problems(checked.drafts, others=others)]
    refuse(problems)
    if not checked.drafts and not is_partial:
        msg = (
            "the files hold no document, and applying them would remove everything; "
            "check the file names"
        )
        raise InvalidError(msg)
    ordered = frozenset(k.kind for k in checked.kinds.values() if k.is_ordered)
    changes = differences(
        checked.drafts, stored, ordered=ordered, is_partial=is_partial
    )
    gone = (Change(kind=ChangeKind.REMOVED, stored=one) for one in beside.ended)
    changes = (*changes, *gone)
    before = tx.configuration.snapshot()
    after = _proposed(checked.drafts, kept, orders=_orders(changes, stored))
    doubtful = doubts_of(
        after, checked.drafts, tx.now, already=before, renamed=renames(changes)
    )
    refuse(doubtful)
    looks_ahead = looks_ahead and bool(changes)
    warnings = in_order([*(p for p in problems if not p.is_error), *doubtful])
    return Plan(
        revision=before.revision,
        changes=changes,
        unchanged=_unchanged(checked.drafts, changes),
        warnings=warnings,
        standing=standing(warnings, before, tx.now, changed=_touched(changes)),
        is_partial=is_partial,
        consequences=(
            meaning_here(tx, after, changes) if looks_ahead else Consequences()
        ),
        rewritten=beside.rewritten,
    )


def compare(old: CheckResult, new: CheckResult, *, now: datetime) -> Plan:
    """Compare two sets of checked files without a server, as ``plan`` would.

    Both must be without errors, and ``now`` is from when shifts are compared, UTC.
    """
    ordered = frozenset(k.kind for k in new.kinds.values() if k.is_ordered)
    # As an apply of the old ones to an empty installation would store them.
    stored = [
        added.draft.document(
            version=1, order=added.order, revision=0, effective_from=EPOCH
        )
        for added in differences(old.drafts, (), ordered=ordered, is_partial=False)
        if added.draft is not None
    ]
    changes = differences(new.drafts, stored, ordered=ordered, is_partial=False)
    before, after = proposed(old), proposed(new)
    renamed = renames(changes)
    warnings = in_order(
        doubts_of(after, new.drafts, now, already=before, renamed=renamed)
    )
    return Plan(
        revision=0,
        changes=changes,
        unchanged=_unchanged(new.drafts, changes),
        warnings=warnings,
        standing=standing(warnings, before, now, changed=_touched(changes)),
        is_partial=False,
        consequences=meaning(before, after, assumed(), now=now, renamed=renamed),
    )


def apply(
    tx: Transaction,
    checked: CheckResult,
    *,
    by: str,
    ids: IdSource,
    is_partial: bool = False,
    expected_revision: int | None = None,
) -> Applied:
    """Bring the files into force; without a change, nothing is written.

    Args:
        tx: Everything is written in this one transaction.
        checked: By ``check`` with a vault.
        by: ``user:ana``, ``token:ci`` or ``operator``.
        ids: For the record's salt.
        is_partial: Keep what the files do not name.
        expected_revision: The revision of the plan that was agreed to, if any.

    Raises:
        InvalidError: There are errors; nothing was applied.
        ConflictError: Another revision came after the plan that was agreed to.
    """
    planned = plan(tx, checked, is_partial=is_partial, looks_ahead=False)
    if expected_revision is not None and expected_revision != planned.revision:
        msg = (
            f"revision {planned.revision} came after the plan of revision "
            f"{expected_revision}; make a new plan"
        )
        raise ConflictError(msg)
    if not planned.changes:
        return Applied(revision=planned.revision, plan=planned)
    added, removed = follow_integrations(tx, planned.changes)
    added.extend(planned.rewritten)
    for change in planned.changes:
        if change.draft is not None:
            added.append(
                change.draft.document(
                    version=1, order=change.order, revision=0, effective_from=tx.now
                )
            )
        if change.ended is not None:
            removed.append(change.ended)
    follow_renamed(tx, renames(planned.changes))
    revision = tx.configuration.apply(added, removed, by=by)
    follow_access(tx, planned.changes, by=by, ids=ids)
    payload: dict[str, Json] = {
        "revision": revision.number,
        "is_partial": is_partial,
        "changes": [change.as_json() for change in planned.changes],
    }
    record(tx, "configuration_applied", payload, by=by, ids=ids)
    return Applied(revision=revision.number, plan=planned)


def doubts(stored: Sequence[Document]) -> tuple[str, ...]:
    """Return what is doubtful about the documents in force, one sentence each."""
    found = in_order(doubts_of(_proposed((), stored), (), None))
    return tuple(f"{problem.field}: {problem.sentence}" for problem in found)


def _unchanged(drafts: Sequence[Draft], changes: Sequence[Change]) -> int:
    touched = _touched(changes)
    return sum(draft.key not in touched for draft in drafts)


def _touched(changes: Sequence[Change]) -> frozenset[tuple[str, Slug]]:
    """Return kind and name of what is added or changed."""
    return frozenset(c.draft.key for c in changes if c.draft is not None)


def _kept(
    drafts: Sequence[Draft], stored: Sequence[Document], *, is_partial: bool
) -> list[Document]:
    """Return what stays in force beside the files."""
    replaced: set[tuple[str, Slug]] = {draft.key for draft in drafts}
    replaced |= {
        (draft.kind, draft.renamed_from)
        for draft in drafts
        if draft.renamed_from is not None
    }
    return [
        document
        for document in stored
        if (document.kind, document.name) not in replaced
        and (is_partial or document.managed_by != MANAGED_BY_FILE)
    ]


def _orders(changes: Sequence[Change], stored: Sequence[Document]) -> Orders:
    """Return the order that each document would have once the changes are applied."""
    orders = {(document.kind, document.name): document.order for document in stored}
    for change in changes:
        if change.draft is not None:
            orders[change.draft.key] = change.order
    return orders


def _proposed(
    drafts: Sequence[Draft],
    kept: Sequence[Document],
    *,
    orders: Orders | None = None,
) -> Snapshot:
    """Return the configuration that drafts and what stays in force make up.

    Without ``orders`` the drafts come after what stays, as they stand in the files.
    """
    top = max((document.order for document in kept), default=0)
    known = orders or {}
    documents = [
        draft.document(
            version=1,
            order=known.get(draft.key, top + 1 + draft.rank),
            revision=0,
            effective_from=EPOCH,
        )
        for draft in drafts
    ]
    return compile_snapshot([*kept, *documents], revision=0)


def _verdict(problems: Sequence[Problem], documents: int) -> str:
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if errors:
        return f"{_count(errors, 'error')}: cannot be applied."
    return f"{_count(documents, 'document')}, no errors, {_count(warnings, 'warning')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
