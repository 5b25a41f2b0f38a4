import re
from dataclasses import fields
from pathlib import Path

import pytest

from handrail import settings
from handrail.core.errors import InvalidError
from handrail.settings import LogFormat, Settings, SmtpTls

OPERATIONS = Path(__file__).parents[1] / "docs" / "operations.md"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for spec in fields(Settings):
        monkeypatch.delenv(settings.variable(spec), raising=False)


def test_without_anything_set_the_defaults_hold() -> None:
    loaded = settings.load({})

    assert loaded.listen == "127.0.0.1:8080"
    assert (loaded.host, loaded.port) == ("127.0.0.1", 8080)
    assert loaded.smtp_tls is SmtpTls.STARTTLS
    assert loaded.log_format is LogFormat.TEXT
    assert loaded.outgoing_allow == ()


def test_the_database_is_sqlite_in_the_data_folder_by_default(tmp_path: Path) -> None:
    loaded = settings.load({"data_dir": str(tmp_path)})

    assert loaded.database == f"sqlite:///{tmp_path}/handrail.db"


def test_a_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_SMTP_PORT", "25")

    assert settings.load({}).smtp_port == 25
    assert settings.load({"smtp_port": "465"}).smtp_port == 465
    assert settings.load({"smtp_port": None}).smtp_port == 25


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("listen", "8080", "host:port"),
        ("listen", "127.0.0.1:99999", "host:port"),
        ("listen", "127.0.0.1:", "host:port"),
        ("listen", ":8080", "host:port"),
        ("base_url", "handrail.example.org", "http://"),
        ("database_url", "mysql://localhost/x", "sqlite:///"),
        ("secret_key", "short", "32 characters"),
        ("smtp_port", "smtp", "port number"),
        ("smtp_port", "0", "port number"),
        ("smtp_port", "²", "port number"),
        ("smtp_tls", "ssl", "starttls, tls, none"),
        ("smtp_password", "hunter2", "env:NAME or file:PATH"),
        ("outgoing_allow", "10.0.0.0/33", "10.0.0.0/33"),
        ("trusted_proxies", "proxy", "proxy"),
        ("log_format", "xml", "text, json"),
        ("log_level", "loud", "debug, info, warning, error"),
    ],
)
def test_a_wrong_value_names_its_variable_or_flag(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, says: str
) -> None:
    variable = f"HANDRAIL_{name.upper()}"
    flag = f"--{name.replace('_', '-')}"

    with pytest.raises(InvalidError, match=re.escape(flag)) as by_flag:
        settings.load({name: text})
    monkeypatch.setenv(variable, text)
    with pytest.raises(InvalidError, match=re.escape(variable)) as by_variable:
        settings.load({})

    assert says in by_flag.value.message
    assert says in by_variable.value.message


def test_an_ipv6_address_stands_in_brackets() -> None:
    loaded = settings.load({"listen": "[::1]:9000"})

    assert (loaded.host, loaded.port) == ("::1", 9000)


def test_networks_are_a_list_with_commas() -> None:
    loaded = settings.load({"outgoing_allow": "10.1.0.0/16, 192.168.7.0/24,"})

    assert loaded.outgoing_allow == ("10.1.0.0/16", "192.168.7.0/24")


def test_a_misspelled_variable_is_noticed_and_a_secret_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HANDRAIL_SMTP_HOTS", "mail")
    monkeypatch.setenv("HANDRAIL_WEBHOOK_SECRET_OF_PAYMENTS", "whsec")
    monkeypatch.setenv("HANDRAIL_TOKEN", "token")

    assert settings.unknown_variables() == {"HANDRAIL_SMTP_HOTS": "HANDRAIL_SMTP_HOST"}


def test_the_operators_guide_lists_every_setting_as_it_is() -> None:
    rows = re.findall(
        r"^\| `(HANDRAIL_\w+)` \| (.*?) \| (.*?) \| (.*?) \|$",
        OPERATIONS.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )

    assert rows == [
        (
            settings.variable(spec),
            f"`{spec.metadata['default']}`" if spec.metadata["default"] else "",
            spec.metadata["unit"],
            spec.metadata["help"],
        )
        for spec in fields(Settings)
    ]
