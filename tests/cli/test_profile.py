from pathlib import Path

import pytest

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.profile import is_local, resolve

PROFILE = """
context = "work"

[contexts.work]
url = "https://handrail.example.org/"
token = "of work"

[contexts.home]
url = "http://localhost:9090"
token_file = "home.token"

[contexts.empty]
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "handrail"
    folder.mkdir()
    (folder / "profile.toml").write_text(PROFILE, encoding="utf-8")
    (folder / "home.token").write_text("of home\n", encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    (data / "operator.token").write_text("of the operator\n", encoding="utf-8")
    return {"XDG_CONFIG_HOME": str(tmp_path), "HANDRAIL_DATA_DIR": str(data)}


def test_the_profile_names_its_own_context(home: dict[str, str]) -> None:
    found = resolve(home, url=None, context=None)

    assert (found.url, found.token) == ("https://handrail.example.org", "of work")


def test_a_flag_or_a_variable_names_another_context(home: dict[str, str]) -> None:
    by_flag = resolve(home, url=None, context="home")
    by_variable = resolve({**home, "HANDRAIL_CONTEXT": "home"}, url=None, context=None)

    assert by_flag == by_variable
    assert (by_flag.url, by_flag.token) == ("http://localhost:9090", "of home")


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_an_unknown_or_empty_context_is_refused_with_those_there_are(
    home: dict[str, str], name: str
) -> None:
    with pytest.raises(Failure, match="work, home, empty") as refusal:
        resolve(home, url=None, context=name)

    assert refusal.value.exit_code == ExitCode.USAGE


def test_the_environment_comes_before_the_profile(home: dict[str, str]) -> None:
    variables = {"HANDRAIL_URL": "https://other.example.org", "HANDRAIL_TOKEN": "mine"}

    found = resolve({**home, **variables}, url=None, context=None)

    assert (found.url, found.token) == ("https://other.example.org", "mine")


def test_the_operators_token_never_leaves_this_machine(home: dict[str, str]) -> None:
    here = resolve(home, url="http://localhost:8080", context=None)
    elsewhere = resolve(home, url="http://localhost.example.org", context=None)

    assert here.token == "of the operator"
    assert elsewhere.token == ""


def test_without_a_profile_this_machines_server_is_meant(
    home: dict[str, str], tmp_path: Path
) -> None:
    bare = {**home, "XDG_CONFIG_HOME": str(tmp_path / "none")}
    (tmp_path / "data" / "server.address").write_text("http://127.0.0.1:4711\n")

    found = resolve(bare, url=None, context=None)

    assert (found.url, found.token) == ("http://127.0.0.1:4711", "of the operator")


def test_a_profile_that_is_no_toml_is_a_usage_error(
    home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "handrail" / "profile.toml").write_text("context =", encoding="utf-8")

    with pytest.raises(Failure, match="cannot be read") as refusal:
        resolve(home, url=None, context=None)

    assert refusal.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost", True),
        ("http://localhost:8080/x", True),
        ("http://127.0.0.1:1", True),
        ("https://[::1]:8080", True),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost@example.org", False),
        ("http://example.org/localhost", False),
    ],
)
def test_only_this_very_machine_is_local(url: str, local: bool) -> None:  # noqa: FBT001
    assert is_local(url) is local
