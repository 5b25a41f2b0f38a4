"""Stored documents read back as drafts, to judge them together with new ones."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from handrail.core.configuration.document import Document
from handrail.core.configuration.draft import Draft
from handrail.core.configuration.kind.definition import KindDefinition
from handrail.core.configuration.node import STORED, Entry, MappingNode, plain_node
from handrail.core.configuration.wire import read_drafts


def read_stored(
    documents: Iterable[Document], kinds: Mapping[str, KindDefinition]
) -> tuple[Draft, ...]:
    """Return the documents as drafts without places.

    What an earlier release stored is taken as it is: it was judged when it was applied.
    """
    drafts: list[Draft] = []
    for document in documents:
        kind = kinds.get(document.kind)
        if kind is None:
            continue
        body = json.loads(document.body)
        name = {} if kind.is_singleton else {"name": str(document.name)}
        written = {key: value for key, value in body.items() if key != "key_digest"}
        node = MappingNode(
            place=STORED,
            entries={
                document.kind: Entry(
                    place=STORED, value=plain_node({**name, **written}, STORED)
                )
            },
        )
        found = read_drafts([node], {document.kind: kind}).drafts
        drafts.extend(replace(draft, body=body) for draft in found)
    return tuple(drafts)
