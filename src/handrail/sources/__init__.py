"""Kinds of senders: one folder each, found by looking, never listed.

A folder ``<kind>`` holds ``parse.py`` with one pure function ``parse`` (the contract is
``ports.source.Parse``), ``doc.md`` for the operator, and ``fixtures``.
"""

import importlib
import pkgutil
from collections.abc import Mapping

from handrail.ports.source import Parse


def found_sources() -> Mapping[str, Parse]:
    """Return the parse function of every kind of sender, by the name of its folder."""
    kinds = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return {
        kind: importlib.import_module(f"{__name__}.{kind}.parse").parse
        for kind in kinds
    }
