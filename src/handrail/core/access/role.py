"""Roles: what each kind of account includes."""

from enum import StrEnum, unique


@unique
class Role(StrEnum):
    """From most to least: admin, responder, observer; integrations only ingest."""

    ADMIN = "admin"
    RESPONDER = "responder"
    OBSERVER = "observer"
