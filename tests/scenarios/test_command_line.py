"""The life of a page by the command line alone, against one real server."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.handrail_process import ROOT, ServerProcess, handrail, serving

from handrail.cli.output import facts

EXAMPLE = str(ROOT / "examples" / "handrail.yaml")
PAGED_WITHIN_SECONDS = 20.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One real server, without configuration, that tests only ask."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def configured(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as server:
        applied = handrail(server.data_dir, "config", "apply", EXAMPLE)
        assert applied.returncode == 0, applied.stderr
        yield server


def data(server: ServerProcess, *arguments: str) -> Any:
    """Run a command with --json and return what it wrote."""
    ran = handrail(server.data_dir, *arguments, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def send(server: ServerProcess, title: str, *flags: str) -> str:
    """Send a signal to the generic integration and return its receipt."""
    key = data(server, "integration", "key", "scripts")["key"]
    return str(data(server, "alert", "send", title, "--key", key, *flags)["receipt"])


def page(server: ServerProcess, title: str) -> str:
    """Send a signal, await the page on the terminal, and return the page's id."""
    send(server, title, "--severity", "critical")
    server.wait_for(title, server.pages, seconds=PAGED_WITHIN_SECONDS)
    items = data(server, "page", "list")["items"]
    return str(next(item["id"] for item in items if item["title"] == title))


def test_ack_without_a_name_takes_the_one_page_that_seeks_somebody(
    configured: ServerProcess,
) -> None:
    page_id = page(configured, "It broke")

    taken = handrail(configured.data_dir, "ack")
    again = handrail(configured.data_dir, "ack")

    assert taken.returncode == 0
    assert page_id in taken.stdout
    assert "Acknowledged: It broke (SEV1, " in taken.stderr
    assert data(configured, "page", "show", page_id)["state"] == "acknowledged"
    assert again.returncode == 8
    assert "handrail page list" in again.stderr


def test_ack_lists_several_pages_and_takes_none(configured: ServerProcess) -> None:
    first, second = page(configured, "One broke"), page(configured, "Another broke")

    ran = handrail(configured.data_dir, "ack")

    states = {item["state"] for item in data(configured, "page", "list")["items"]}
    assert ran.returncode == 2
    assert first in ran.stderr
    assert second in ran.stderr
    assert states == {"open"}


def test_a_page_is_escalated_explained_and_resolved(configured: ServerProcess) -> None:
    page_id = page(configured, "It broke")

    escalated = handrail(configured.data_dir, "escalate", page_id)
    server_told = configured.wait_for(
        "user:ben" if "ana" in configured.pages[1] else "user:ana",
        configured.pages,
        seconds=PAGED_WITHIN_SECONDS,
    )
    explained = handrail(configured.data_dir, "explain", page_id)
    resolved = handrail(configured.data_dir, "resolve", page_id)

    assert escalated.returncode == resolved.returncode == 0
    assert server_told
    assert "level 2" in explained.stdout
    assert data(configured, "alert", "list")["items"] == []
    assert data(configured, "alert", "list", "--all")["items"][0]["state"] == "resolved"


def test_a_receipt_tells_what_became_of_the_signal(configured: ServerProcess) -> None:
    receipt = send(configured, "It broke", "--label", "team=payments")
    configured.wait_for("It broke", configured.pages, seconds=PAGED_WITHIN_SECONDS)

    told = data(configured, "receipt", receipt)
    shown = handrail(
        configured.data_dir, "alert", "show", told["entries"][0]["alert_id"]
    )

    assert told["entries"][0]["disposition"] == "paged"
    assert "label team" in shown.stdout
    assert "payments" in shown.stdout


def test_applying_again_changes_nothing_and_succeeds(configured: ServerProcess) -> None:
    plan = data(configured, "config", "plan", EXAMPLE)
    applied = data(configured, "config", "apply", EXAMPLE)

    assert plan["changes"] == []
    assert applied["is_changed"] is False
    assert applied["revision"] == 1


def test_a_fault_in_a_file_names_its_line_and_applies_nothing(
    configured: ServerProcess, tmp_path: Path
) -> None:
    faulty = tmp_path / "faulty.yaml"
    text = Path(EXAMPLE).read_text(encoding="utf-8")
    faulty.write_text(text.replace("user:eng-manager", "user:nobody-known"))

    ran = handrail(configured.data_dir, "config", "apply", str(faulty))

    assert ran.returncode == 1
    assert f"{faulty}:" in ran.stderr
    assert "nobody-known" in ran.stderr
    assert data(configured, "config", "show")["revision"] == 1


def test_who_is_on_call_is_told_now_and_at_another_time(
    configured: ServerProcess,
) -> None:
    at = "2026-01-06T12:00:00+01:00"

    now = data(configured, "oncall")
    then = data(configured, "oncall", "--at", at, "--schedule", "payments-primary")
    unknown = handrail(configured.data_dir, "oncall", "--schedule", "nowhere")

    assert {item["schedule"] for item in now["items"]} == {
        "payments-primary",
        "payments-secondary",
    }
    assert [item["users"] for item in then["items"]] == [["ana"]]
    assert unknown.returncode == 3


def test_a_token_acts_until_it_is_revoked(configured: ServerProcess) -> None:
    secret = data(configured, "token", "create", "robot", "--role", "observer")[
        "secret"
    ]
    mine = {"HANDRAIL_URL": configured.url, "HANDRAIL_TOKEN": secret}
    elsewhere = configured.data_dir / "elsewhere"

    allowed = handrail(elsewhere, "page", "list", variables=mine)
    refused = handrail(elsewhere, "config", "apply", EXAMPLE, variables=mine)
    tokens = data(configured, "token", "list")["items"]
    token_id = next(item["id"] for item in tokens if item["name"] == "robot")
    unasked = handrail(configured.data_dir, "token", "revoke", token_id)
    revoked = handrail(configured.data_dir, "token", "revoke", token_id, "--yes")
    after = handrail(elsewhere, "page", "list", variables=mine)

    assert allowed.returncode == 0
    assert refused.returncode == 4
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    assert revoked.returncode == 0
    assert after.returncode == 4
    assert "handrail token create" in after.stderr


def test_without_a_token_nothing_is_told(configured: ServerProcess) -> None:
    variables = {"HANDRAIL_URL": configured.url}

    ran = handrail(
        configured.data_dir / "elsewhere", "page", "list", variables=variables
    )

    assert ran.returncode == 4
    assert "HANDRAIL_TOKEN" in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("page", "show", "00000000-0000-7000-8000-000000000000"),
        ("alert", "show", "00000000-0000-7000-8000-000000000000"),
        ("receipt", "00000000-0000-7000-8000-000000000000"),
        ("explain", "no/such id"),
        ("integration", "key", "nowhere"),
        ("user", "link", "nobody"),
        ("config", "show", "user", "nobody"),
    ],
)
def test_what_is_not_there_is_not_found(
    server: ServerProcess, arguments: tuple[str, ...]
) -> None:
    ran = handrail(server.data_dir, *arguments)

    assert ran.returncode == 3, ran.stderr
    assert "→" in ran.stderr
    assert ran.stdout == ""


def test_the_record_verifies(configured: ServerProcess) -> None:
    page(configured, "It broke")

    ran = handrail(configured.data_dir, "audit", "verify")

    assert ran.returncode == 0, ran.stderr
    assert "whole" in ran.stderr


def test_a_person_gets_a_link_that_signs_in_once(configured: ServerProcess) -> None:
    url = data(configured, "user", "link", "ana")["url"]

    assert url.startswith("http://localhost:")
    assert "/sign-in/" in url


def test_quiet_keeps_the_words_back(server: ServerProcess) -> None:
    loud = handrail(server.data_dir, "page", "list")
    quiet = handrail(server.data_dir, "page", "list", "-q")

    assert loud.stderr == "No page is active.\n"
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_what_is_not_there_is_looked_for_where_it_would_be(
    configured: ServerProcess,
) -> None:
    no_integration = handrail(configured.data_dir, "integration", "key", "nowhere")
    no_user = handrail(configured.data_dir, "user", "link", "nobody")

    assert "handrail config show integration" in no_integration.stderr
    assert "handrail config show user" in no_user.stderr


def test_a_refused_signal_is_told_in_words(server: ServerProcess) -> None:
    ran = handrail(server.data_dir, "alert", "send", "It broke", "--key", "wrong")

    assert ran.returncode == 4
    assert "no integration has this key" in ran.stderr
    assert "{" not in ran.stderr


def test_a_time_that_is_none_is_told_in_words(server: ServerProcess) -> None:
    ran = handrail(server.data_dir, "oncall", "--at", "yesterday")

    assert ran.returncode == 1
    assert '"yesterday" is no time' in ran.stderr
    assert "isoformat" not in ran.stderr


def test_a_server_that_sends_lists_nothing_as_held(configured: ServerProcess) -> None:
    page(configured, "It broke")

    ran = handrail(configured.data_dir, "held")

    assert ran.returncode == 0
    assert ran.stdout == ""
    assert "nothing is held" in ran.stderr


def test_values_of_several_lines_stay_in_their_column(
    configured: ServerProcess,
) -> None:
    page(configured, "It broke")
    (alert,) = data(configured, "alert", "list")["items"]

    shown = handrail(configured.data_dir, "alert", "show", alert["id"]).stdout

    assert "level 1 was told: the page has just opened" in shown
    assert facts([("a", "1\n2"), ("bcd", "3")]) == "a    1\n     2\nbcd  3"


def test_duties_say_how_late_they_were(configured: ServerProcess) -> None:
    page(configured, "It broke")
    token = data(configured, "token", "create", "prometheus")["secret"]
    place = urlsplit(configured.url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=5)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
    text = connection.getresponse().read().decode()
    connection.close()

    for duty in ("evaluate_alerts", "send_deliveries"):
        counted = f'handrail_duty_lag_seconds_count{{duty="{duty}"}} '
        (line,) = [x for x in text.splitlines() if x.startswith(counted)]
        assert float(line.removeprefix(counted)) >= 1
    assert "handrail_admission_refused_requests_total 0.0" in text
    assert "handrail_admission_queue_requests 0.0" in text
