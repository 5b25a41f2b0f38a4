import asyncio
import io
import re
from dataclasses import replace

from hypothesis import given, settings
from tests.channels.messages import BULLETIN, ITEM, MESSAGE, message
from tests.channels.strategies import MESSAGES
from typing_extensions import override

from handrail.channels.terminal import TerminalChannel, TerminalSettings
from handrail.channels.terminal.render import render
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
)
from handrail.ports.channel import Message


class Screen(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


class FullDisk(io.StringIO):
    @override
    def write(self, s: str, /) -> int:
        raise OSError(28, "No space left on device")


def written(stream: io.StringIO, sent: Message = MESSAGE, *, is_plain: bool) -> str:
    channel = TerminalChannel(TerminalSettings(stream=stream, is_plain=is_plain))
    assert asyncio.run(channel.send(sent)) == Accepted()
    return stream.getvalue()


def test_a_page_is_framed_and_says_everything() -> None:
    assert written(io.StringIO(), is_plain=False) == (
        "==============================================================================\n"
        "PAGE for user:ana (ana@example.org) at 2026-01-31 08:00:05 UTC\n"
        "------------------------------------------------------------------------------\n"
        "[SEV1] Checkout error rate (checkout)\n"
        "Acknowledge: https://handrail.example/a/token\n"
        "ben is paged at 08:05 UTC\n"
        "The sender has fallen silent; this page goes on.\n"
        "5.2 % of checkouts fail.\n"
        "Threshold 1 %.\n"
        "  alertname: CheckoutErrors\n"
        "  region: eu-west\n"
        "Alert: https://handrail.example/alerts/1\n"
        "\n"
        "==============================================================================\n"
    )


def test_a_terminal_rings_and_shows_severity_by_colour_too() -> None:
    text = written(Screen(), is_plain=False)

    assert text.startswith("\a===")
    assert "\x1b[1;31m[SEV1] Checkout error rate (checkout)\x1b[0m\n" in text


def test_no_color_leaves_the_bell_only() -> None:
    text = written(Screen(), is_plain=True)

    assert text.startswith("\a===")
    assert "\x1b" not in text


def test_an_alert_cannot_move_the_cursor() -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\rDown\u202e"

    text = written(
        io.StringIO(),
        message({"title": evil, "summary": evil, "details": ((evil, evil),)}),
        is_plain=False,
    )

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_a_bundle_counts_its_pages() -> None:
    text = written(io.StringIO(), replace(MESSAGE, items=(ITEM,) * 22), is_plain=False)

    assert "\n22 PAGES for user:ana" in text
    assert text.count("Acknowledge: ") == 20
    assert "and 2 more; the console lists them all." in text


def _sent_to(stream: io.StringIO) -> Outcome:
    channel = TerminalChannel(TerminalSettings(stream=stream))
    return asyncio.run(channel.send(MESSAGE))


def test_a_closed_terminal_condemns_the_provider() -> None:
    stream = io.StringIO()
    stream.close()

    outcome = _sent_to(stream)

    assert isinstance(outcome, Permanent)
    assert outcome.scope is Scope.PROVIDER


def test_a_full_disk_is_retried() -> None:
    assert isinstance(_sent_to(FullDisk()), Retryable)


def test_what_the_terminal_cannot_show_is_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    channel = TerminalChannel(TerminalSettings(stream=stream))

    outcome = asyncio.run(channel.send(message({"title": "Überlauf"})))

    assert outcome == Accepted()
    assert b"[SEV1] ?berlauf (checkout)" in raw.getvalue()


def test_a_fault_in_rendering_still_shows_the_link() -> None:
    broken = replace(ITEM, notes=None)  # type: ignore[arg-type]  # a defect elsewhere

    text = render(replace(MESSAGE, items=(broken,)), is_coloured=False, rings=False)

    assert "Acknowledge: https://handrail.example/a/token" in text
    assert "could not be shown in full" in text


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_any_text_in_any_field_is_shown_within_limits(wanted: Message) -> None:
    text = render(wanted, is_coloured=False, rings=False)

    assert ("Acknowledge: " in text) is not wanted.items[0].is_bulletin
    assert len(text) < 200_000
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    text.encode()


def test_a_bulletin_stands_under_its_own_word() -> None:
    text = render(BULLETIN, is_coloured=False, rings=False)

    assert "BULLETIN for user:ana" in text
    assert "Open: https://handrail.example/incidents/INC-7" in text
    assert "Acknowledge" not in text
