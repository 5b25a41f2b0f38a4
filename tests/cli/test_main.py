import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest
from tests.handrail_process import ROOT, environment, handrail

from handrail import __version__
from handrail.cli.main import SECTIONS, cli

STARTS_WITHIN_SECONDS = 0.15
NAMES = [name for section in SECTIONS.values() for name in section]


@pytest.mark.parametrize("name", NAMES)
def test_every_listed_command_exists_and_explains_itself(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.help


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["ack", "--help"]])
def test_a_command_starts_within_its_budget(
    tmp_path: Path, arguments: list[str]
) -> None:
    """Count the processor's time: on a busy machine the wall's is other people's."""
    command = [sys.executable, "-m", "handrail", *arguments]
    taken = []
    for _ in range(5):
        before = _seconds_of_children()
        subprocess.run(
            command, env=environment(tmp_path), check=True, capture_output=True
        )
        taken.append(_seconds_of_children() - before)

    assert min(taken) < STARTS_WITHIN_SECONDS


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    "module", ["aiohttp", "httpx", "litestar", "rich", "sqlalchemy"]
)
def test_answering_a_page_imports_nothing_heavy(module: str, tmp_path: Path) -> None:
    code = (
        "import sys; from handrail.cli.main import cli;"
        "cli.main(['ack', '--help'], standalone_mode=False);"
        f"sys.exit({module!r} in sys.modules)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path),
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 0


def test_a_misspelled_command_is_a_usage_error_with_a_suggestion(
    tmp_path: Path,
) -> None:
    ran = handrail(tmp_path, "aler", "list")

    assert ran.returncode == 2
    assert "alert" in ran.stderr
    assert ran.stdout == ""


def test_without_a_server_the_next_step_is_to_start_it(tmp_path: Path) -> None:
    ran = handrail(tmp_path, "--url", "x")
    refused = handrail(tmp_path, "page", "list", "--url", "http://127.0.0.1:1")

    assert ran.returncode == 2
    assert refused.returncode == 1
    assert "refused the connection" in refused.stderr
    assert "handrail serve" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(tmp_path: Path, shell: str) -> None:
    ran = handrail(tmp_path, "completion", shell)

    assert ran.returncode == 0
    assert "_HANDRAIL_COMPLETE" in ran.stdout


def test_bash_completes_the_names_of_commands(tmp_path: Path) -> None:
    variables = {
        "_HANDRAIL_COMPLETE": "bash_complete",
        "COMP_WORDS": "handrail es",
        "COMP_CWORD": "1",
    }

    ran = handrail(tmp_path, variables=variables)

    assert ran.stdout.split() == ["plain,escalate"]


def test_the_documented_commands_are_the_real_ones(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "cli_reference.py"), "--check"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


def test_the_documented_exit_codes_are_the_real_ones() -> None:
    from handrail.cli.exit_code import ExitCode

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert [int(row.split("|")[1]) for row in rows] == [int(code) for code in ExitCode]


def test_the_version_is_told_without_a_server(tmp_path: Path) -> None:
    told = handrail(tmp_path, "--version")

    assert told.stdout == f"handrail {__version__}\n"
