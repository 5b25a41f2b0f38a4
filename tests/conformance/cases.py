"""Recorded cases of peers: facts, read from the folder beside the repository.

HANDRAIL_CASES names another folder with files of the same form.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

_BESIDE = Path(__file__).parents[2] / "../shared/cases"
FOLDER = Path(os.environ.get("HANDRAIL_CASES", _BESIDE))


def load(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file, or skip the asking module and say why."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository", allow_module_level=True)
    cases: list[dict[str, Any]] = json.loads(path.read_text())["cases"]
    return cases


def by_id(cases: list[dict[str, Any]]) -> list[Any]:
    """Return the cases as parameters named by their ids."""
    return [pytest.param(case, id=case["id"]) for case in cases]


def utc(text: str) -> datetime:
    """Read an instant with any offset."""
    return datetime.fromisoformat(text).astimezone(UTC)
