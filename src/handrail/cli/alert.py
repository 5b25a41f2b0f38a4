"""Alerts: see them, and send one by hand."""

import json

import click

from handrail.cli.connection import decoded, detail, path_part
from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.output import Output, command_options, facts, table, when

_HEADINGS = (
    "alert",
    "state",
    "disposition",
    "severity",
    "service",
    "last seen",
    "title",
)
_NONE_FIRES = "No alert fires. Those that are over: handrail alert list --all"
_STALE = "Stale: the sender fell silent, which does not mean that it recovered."


@click.group()
def alert() -> None:
    """List, show and send alerts."""


@alert.command("list")
@click.option("--all", "is_all", is_flag=True, help="Closed ones as well.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@command_options
def list_alerts(output: Output, *, is_all: bool, limit: int) -> None:
    """List alerts, newest first: those that fire, and stale ones still paged about."""
    state = "all" if is_all else "open"
    answer = output.connect().get("/alerts", state=state, limit=limit)
    rows = [
        (
            item["id"],
            item["state"],
            item["disposition"],
            item["severity"],
            item["service"],
            when(item["last_seen_at"]),
            f"{item['title']} (stale)" if item["state"] == "expired" else item["title"],
        )
        for item in answer["items"]
    ]
    output.data(answer, table(_HEADINGS, rows))
    if any(item["state"] == "expired" for item in answer["items"]):
        output.words(_STALE)
    if not rows:
        output.words("No alert yet." if is_all else _NONE_FIRES)


@alert.command("show")
@click.argument("alert_id", metavar="ALERT")
@command_options
def show_alert(output: Output, *, alert_id: str) -> None:
    """Show one alert with its labels and what became of it."""
    answer = output.connect().get(f"/alerts/{path_part(alert_id)}")
    pairs = [
        ("alert", answer["id"]),
        ("title", answer["title"]),
        ("state", answer["state"]),
        ("disposition", answer["disposition"]),
        ("why", answer["reason"]),
        ("decided by", answer["decided_by"]),
        ("severity", answer["severity"]),
        ("service", answer["service"]),
        ("integration", answer["integration"]),
        ("dedup key", answer["dedup_key"]),
        ("opened", when(answer["opened_at"])),
        ("last seen", when(answer["last_seen_at"])),
        ("closed", when(answer["closed_at"])),
        ("repeats", answer["repeats"]),
        ("page", answer["page_id"]),
        ("url", answer["url"]),
    ]
    pairs += [(f"label {name}", value) for name, value in answer["labels"].items()]
    pairs += [(name, value) for name, value in answer["annotations"].items()]
    output.data(answer, facts(pairs))


@alert.command("send")
@click.argument("title")
@click.option("--key", required=True, help="The integration's key.")
@click.option(
    "--dedup-key", metavar="TEXT", help="Names the condition; else the title."
)
@click.option("--severity", metavar="WORD", help="As in critical, warning, SEV2.")
@click.option(
    "--label", "labels", multiple=True, metavar="NAME=VALUE", help="May be repeated."
)
@click.option("--resolve", "is_over", is_flag=True, help="Say that it is over.")
@command_options
def send_alert(  # noqa: PLR0913  (one option each)
    output: Output,
    *,
    title: str,
    key: str,
    dedup_key: str | None,
    severity: str | None,
    labels: tuple[str, ...],
    is_over: bool,
) -> None:
    """Send one signal to a generic integration, as a sender would."""
    pairs = [label.partition("=") for label in labels]
    wrong = [name for name, equals, _ in pairs if not equals or not name]
    if wrong:
        msg = f"--label {wrong[0]!r} is not NAME=VALUE"
        raise click.UsageError(msg)
    signal: dict[str, object] = {
        "title": title,
        "dedup_key": dedup_key or title,
        "action": "resolve" if is_over else "fire",
        "labels": {name: value for name, _, value in pairs},
    }
    if severity:
        signal["severity"] = severity
    status, body = output.connect().send(
        "/api/v1/signals",
        json.dumps(signal).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
    )
    answer = decoded(body)
    if status >= 300:  # noqa: PLR2004  (not success, in HTTP)
        step = "make a key: handrail integration key NAME"
        code = ExitCode.AUTH if status in {401, 403} else ExitCode.FAILED
        msg = detail(answer) or f"the server answered {status}: {answer}"
        raise Failure(msg, next_step=step, code=code)
    output.data(answer, answer["receipt"])
    output.words(f"Accepted. What becomes of it: handrail receipt {answer['receipt']}")
