"""What people were called before they were renamed.

A name may have been another person's before: each rename is of one instant, and says
nothing of what is stored from then on.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from handrail.core.configuration.document import Document
from handrail.core.ids import Slug

KIND = "user"


class _Rename(NamedTuple):
    at: datetime
    before: Slug
    after: Slug


class FormerNames:
    """Every rename of a person, ready to be asked.

    Args:
        documents: Versions in the order in which they were stored; those of other
            kinds are passed over.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        renames: list[_Rename] = []
        last: dict[Slug, Document] = {}
        for document in documents:
            if document.kind != KIND:
                continue
            before, known = document.renamed_from, last.get(document.name)
            is_new = known is None or known.is_removed
            is_of_somebody = before is not None and before in last
            if is_new and is_of_somebody and before is not None:
                renames.append(
                    _Rename(document.effective_from, Slug(before), document.name)
                )
            last[document.name] = document
        self._renames = renames

    def now(self, user: Slug, said_at: datetime) -> Slug:
        """Return what a person is called now whom something said at an instant named.

        Args:
            user: The name it has.
            said_at: When it was stored or happened, UTC.
        """
        for rename in self._renames:
            if rename.before == user and rename.at > said_at:
                user = rename.after
        return user

    def of(self, user: Slug) -> frozenset[Slug]:
        """Return every name a person may have had, and the present one."""
        found = {user}
        for rename in reversed(self._renames):
            if rename.after in found:
                found.add(rename.before)
        return frozenset(found)
