"""What works on the data itself, with or without a server: save, fill, publish.

Like ``bootstrap``, it names concrete classes; the command line's few exceptions to
being a client of the server are here.
"""

from pathlib import Path

from handrail.settings import Settings
from handrail.status import files as status_files
from handrail.storage.archive import Manifest
from handrail.storage.backup import backup, restore
from handrail.storage.reading import read_once
from handrail.system.clock import SystemClock
from handrail.system.data_folder import DataFolder
from handrail.usecases.notice import public_view


def save(settings: Settings, target: Path) -> Manifest:
    """Save the database of the settings to a new file; a server may be running.

    Raises:
        DomainError: Something is in the way; the message names it.
    """
    return backup(settings.database, target, now=SystemClock().now())


def fill(settings: Settings, source: Path) -> Manifest:
    """Fill the empty database of the settings from a backup.

    Raises:
        DomainError: Something is in the way, such as a running server.
    """
    folder = DataFolder(settings.data_dir)
    folder.lock()
    try:
        return restore(source, settings.database, now=SystemClock().now())
    finally:
        folder.unlock()


def publish_status(settings: Settings, folder: Path) -> int:
    """Write the status page to a folder; return how many files changed.

    Raises:
        DomainError: The database cannot be read, or the folder not written.
    """
    now = SystemClock().now()
    view = read_once(settings.database, public_view, now=now)
    base_url = settings.base_url or f"http://localhost:{settings.port}"
    return status_files.publish(view, folder, base_url=base_url)
