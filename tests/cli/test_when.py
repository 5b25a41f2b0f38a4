from datetime import UTC, datetime, timedelta

import click
import pytest
from click.testing import CliRunner

from handrail.cli.when import COMING, IN_ITS_ZONE, IN_THIS_ZONE, PAST, Moment


def read(kind: Moment, text: str, zone: str = "Europe/Berlin") -> str:
    @click.command()
    @click.option("--at", type=kind)
    def say(*, at: str) -> None:
        click.echo(at)

    return CliRunner().invoke(say, ["--at", text], env={"TZ": zone}).output.strip()


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Berlin", "2026-10-31T23:00:00+00:00"),
        (":Asia/Kolkata", "2026-10-31T18:30:00+00:00"),
        ("UTC", "2026-11-01T00:00:00+00:00"),
        ("no such zone", "2026-11-01T00:00:00+00:00"),
    ],
)
def test_a_date_is_its_midnight_in_this_machines_zone(zone: str, meant: str) -> None:
    assert read(COMING, "2026-11-01", zone) == meant


def test_a_bare_length_lies_where_the_option_looks() -> None:
    ahead, back = (datetime.fromisoformat(read(kind, "2h")) for kind in (COMING, PAST))

    assert timedelta(hours=3.9) < ahead - back < timedelta(hours=4.1)


def test_without_TZ_it_is_the_zone_of_the_machine(  # noqa: N802 - the variable's name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    local = datetime(2026, 7, 1).astimezone(UTC)

    assert read(COMING, "2026-07-01", "") == local.isoformat()


def test_what_is_no_time_is_a_usage_error_that_names_option_and_forms() -> None:
    said = read(PAST, "yesterday")

    assert "'--at'" in said
    assert '"20m ago"' in said


@pytest.mark.parametrize("words", [IN_ITS_ZONE, IN_THIS_ZONE])
def test_every_form_that_the_help_names_is_read(words: str) -> None:
    forms = ["now", "+2h", "20m ago", "18:00", "fri 18:00", "2026-12-24"]
    forms += ["2026-12-24 18:00", "2026-12-24T18:00:00+01:00"]

    assert all(form in words for form in forms)
    assert all(read(COMING, form).startswith("20") for form in forms)
