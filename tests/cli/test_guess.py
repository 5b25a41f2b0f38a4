import re
from itertools import chain

import click
import pytest
from click.testing import CliRunner

from handrail.cli import guess
from handrail.cli.main import cli


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("oncall list", "handrail oncall or handrail oncall shifts"),
        ("schedule list", "handrail oncall, handrail oncall shifts or handrail config"),
        ("users list", "handrail config show user"),
        ("user list", "handrail config show user"),
        ("pages", "handrail page list"),
        ("alerts", "handrail alert list"),
        ("incidents", "handrail incident list"),
        ("simulate --service checkout", "handrail oncall simulate"),
        ("shifts", "handrail oncall shifts"),
        ("overrides", "handrail oncall override"),
        ("token add", "handrail token create"),
        ("oncall override delete", "handrail oncall override remove"),
        ("aler list", "handrail alert"),
        ("oncall simulte", "handrail oncall simulate"),
    ],
)
def test_a_guessed_command_leads_to_the_one_that_was_meant(
    typed: str, meant: str
) -> None:
    ran = CliRunner().invoke(cli, typed.split(), prog_name="handrail")

    assert ran.exit_code == 2
    assert f"Did you mean: {meant}" in ran.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serve --port 8099", "--listen ADDRESS:PORT, as in --listen 127.0.0.1:8099"),
        ("oncall shifts --since now", "--from"),
        ("oncall who --when now", "--at"),
        ("page list --jsn", "--json"),
    ],
)
def test_a_guessed_option_leads_to_the_one_that_was_meant(
    typed: str, meant: str
) -> None:
    ran = CliRunner().invoke(cli, typed.split(), prog_name="handrail")

    assert ran.exit_code == 2
    assert f"Did you mean {meant}?" in ran.stderr


@pytest.mark.parametrize("typed", ["xyzzy", "oncall xyzzy", "oncall --xyzzy"])
def test_nothing_is_suggested_where_nothing_is_alike(typed: str) -> None:
    ran = CliRunner().invoke(cli, typed.split(), prog_name="handrail")

    assert ran.exit_code == 2
    assert "Did you mean" not in ran.stderr


def test_every_command_that_is_suggested_is_there() -> None:
    tables = (guess._WORDS, guess._INSIDE)
    for suggested in {*chain.from_iterable(chain(*(t.values() for t in tables)))}:
        command: click.Command = cli
        for word in re.sub(r" --.*| show .*", "", suggested).split():
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None, suggested
            command = found


def test_no_guessed_word_hides_a_command() -> None:
    for typed in guess._INSIDE:
        group_name, word = typed.split()
        group = cli.get_command(click.Context(cli), group_name)
        assert isinstance(group, click.Group), typed
        assert group.get_command(click.Context(group), word) is None, typed
