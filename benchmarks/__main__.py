"""``python -m benchmarks``: measure, print ratios, and keep every figure as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import coverage, ingest, latency, oncall, process, storm, whatif
from benchmarks.peer import UnmeasurableError

WHAT = (
    "ingest",
    "latency",
    "startup",
    "memory",
    "cli",
    "coverage",
    "oncall",
    "storm",
    "whatif",
)


def main() -> int:
    """Measure what was asked for; 1 where something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="*", help=f"of {', '.join(WHAT)}; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer, shorter runs")
    parser.add_argument("--json", type=Path, help="keep every figure in this file")
    parser.add_argument(
        "--database", action="append", choices=("sqlite", "postgres"), default=None
    )
    parser.add_argument(
        "--routing", action="append", choices=ingest.ROUTINGS, default=None
    )
    asked = parser.parse_args()
    if unknown := set(asked.what) - set(WHAT):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    found: dict[str, Any] = {}
    code = 0
    for name in asked.what or WHAT:
        print(f"== {name} (Handrail to its peer)", flush=True)
        try:
            found[name] = _measure(name, asked)
        except UnmeasurableError as reason:
            print(reason, flush=True)
            code = 1
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=1))
    return code


QUICK = {
    "latency": latency.measure,
    "oncall": oncall.measure,
    "coverage": coverage.measure,
    "startup": process.startup,
    "memory": process.memory,
    "cli": process.cli,
    "storm": storm.measure,
    "whatif": whatif.measure,
}
"""The measurements that are asked nothing but whether to be quick."""


def _measure(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    if name != "ingest":
        return QUICK[name](is_quick=asked.quick)
    return ingest.measure(
        is_quick=asked.quick,
        databases=asked.database or ("sqlite", "postgres"),
        routings=asked.routing or ingest.ROUTINGS,
    )


if __name__ == "__main__":
    sys.exit(main())
