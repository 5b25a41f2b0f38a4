"""What can go wrong in a database, told apart by what to do about it."""

from enum import Enum, unique

from sqlalchemy.exc import DBAPIError

from handrail.core.errors import UnavailableError


@unique
class Trouble(Enum):
    """What an error of the database calls for.

    LOST_RACE: somebody else wrote the same key first; run the work again.
    SERIALISATION: a deadlock or serialisation failure; run the work again.
    BUSY: a lock or the connection was not to be had in time; refuse for now.
    FULL: no space; refuse for now.
    DISCONNECTED: the connection broke; run again unless it was committing.
    BROKEN: the disk cannot be trusted; stop.
    """

    LOST_RACE = "lost_race"
    SERIALISATION = "serialisation"
    BUSY = "busy"
    FULL = "full"
    DISCONNECTED = "disconnected"
    BROKEN = "broken"


class ContendedError(UnavailableError):
    """Others kept changing the same rows; nothing was done."""


_SQLITE: dict[int, Trouble] = {
    5: Trouble.BUSY,
    6: Trouble.BUSY,
    8: Trouble.BROKEN,
    10: Trouble.BROKEN,
    11: Trouble.BROKEN,
    13: Trouble.FULL,
    14: Trouble.BROKEN,
    26: Trouble.BROKEN,
}
"""SQLITE_BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN and NOTADB.

Source: https://sqlite.org/rescode.html, primary result codes.
"""
_SQLITE_CONSTRAINT = 19
_SQLITE_UNIQUE = "UNIQUE constraint failed"
"""How SQLite says it; not every driver tells the extended result code."""

_POSTGRES: dict[str, Trouble] = {
    "23505": Trouble.LOST_RACE,
    "40001": Trouble.SERIALISATION,
    "40P01": Trouble.SERIALISATION,
    "25006": Trouble.DISCONNECTED,
    "53100": Trouble.FULL,
    "55P03": Trouble.BUSY,
    "57014": Trouble.BUSY,
}
"""Source: PostgreSQL manual, appendix A. 25006 is a primary that became a standby."""
_POSTGRES_CLASSES: dict[str, Trouble] = {
    "08": Trouble.DISCONNECTED,
    "53": Trouble.BUSY,
    "57": Trouble.DISCONNECTED,
    "58": Trouble.DISCONNECTED,
    "XX": Trouble.DISCONNECTED,
}


def trouble_of(error: BaseException) -> Trouble | None:
    """Return what kind of trouble an error of either driver is, or none."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(origin, "sqlite_errorcode", None)
    if isinstance(code, int):
        primary = code & 0xFF
        if primary == _SQLITE_CONSTRAINT and _SQLITE_UNIQUE in str(origin):
            return Trouble.LOST_RACE
        return _SQLITE.get(primary)
    return _postgres_trouble(error, origin)


def _postgres_trouble(
    error: BaseException, origin: BaseException | None
) -> Trouble | None:
    state = getattr(origin, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRES.get(state) or _POSTGRES_CLASSES.get(state[:2])
    names = {cls.__name__ for cls in type(origin).__mro__}
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    # psycopg has no state to tell where the server never answered.
    if lost or "OperationalError" in names:
        return Trouble.DISCONNECTED
    return None
