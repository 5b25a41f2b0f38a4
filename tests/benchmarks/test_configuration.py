"""What the benchmarks tell Handrail is configuration that it takes."""

from pathlib import Path

import pytest
from tests.handrail_process import handrail

from benchmarks import configuration

URL = "http://127.0.0.1:9/hook"


@pytest.mark.parametrize(
    "told",
    [
        configuration.paging_handrail(URL),
        configuration.muted_handrail(URL),
        configuration.late_handrail(URL, seconds=2.0),
        configuration.many_handrail("webhook", URL + "/{slot}", slots=2),
        configuration.many_handrail("email", "u{slot}@example.org", slots=2),
        configuration.storm_handrail(URL, services=2, people=1, takes_turns=False),
        configuration.storm_handrail(URL, services=2, people=3, takes_turns=True),
    ],
    ids=["paging", "muted", "late", "webhook", "email", "storm", "turns"],
)
def test_handrail_takes_it(told: str, tmp_path: Path) -> None:
    file = tmp_path / "bench.yaml"
    file.write_text(told)

    checked = handrail(tmp_path, "config", "check", str(file))

    assert checked.returncode == 0, checked.stderr


def test_everybody_of_many_has_a_route_and_an_address_of_their_own() -> None:
    told = configuration.many_handrail("webhook", URL + "/{slot}", slots=3)

    for slot in range(3):
        assert f"{URL}/{slot}" in told
        assert f"""match: 'slot="{slot}"'""" in told
