"""Ways for a message to reach people: one folder per kind, found by being there.

A folder offers ``KIND``, its frozen ``Settings`` and
``build(settings, *, http, vault) -> Channel``; nothing lists it a second time.
"""

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import Channel
from handrail.ports.http_client import HttpClient
from handrail.ports.vault import Vault


def found() -> dict[ChannelKind, ModuleType]:
    """Return the channel folders by kind."""
    folders = [
        importlib.import_module(f"{__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(__path__)
        if entry.ispkg
    ]
    return {folder.KIND: folder for folder in folders}


def build(
    settings: Iterable[object], *, http: HttpClient, vault: Vault
) -> dict[ChannelKind, Channel]:
    """Return the channels that are configured, by kind.

    Args:
        settings: At most one ``Settings`` of each folder; a kind without one has no
            channel here.
        http: For channels that call out.
        vault: For channels that sign.
    """
    given = {type(one): one for one in settings}
    return {
        kind: folder.build(given[folder.Settings], http=http, vault=vault)
        for kind, folder in found().items()
        if folder.Settings in given
    }
