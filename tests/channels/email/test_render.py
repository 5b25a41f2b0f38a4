import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from tests.channels.messages import BULLETIN, ITEM, MESSAGE, message
from tests.channels.strategies import MESSAGES

from handrail.channels.email.render import (
    SUBJECT_CHARS_MAX,
    Sender,
    plain,
    render,
    subject,
)
from handrail.ports.channel import Message

SENDER = Sender(address="pages@handrail.test", name="Handrail")
LINE_BYTES_MAX = 998


def sent(wanted: Message) -> EmailMessage:
    raw = render(wanted, sender=SENDER).as_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= LINE_BYTES_MAX
    raw.decode("ascii")
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def test_the_text_part_begins_with_what_a_lock_screen_must_show() -> None:
    lines = plain(MESSAGE).splitlines()

    assert lines[:4] == [
        "[SEV1] Checkout error rate (checkout)",
        "Acknowledge: https://handrail.example/a/token",
        "ben is paged at 08:05 UTC",
        "The sender has fallen silent; this page goes on.",
    ]


def test_the_text_part_tells_the_rest_below() -> None:
    text = plain(MESSAGE)

    assert "Opened 2026-01-31 08:00:05 UTC" in text
    assert "5.2 % of checkouts fail.\nThreshold 1 %." in text
    assert "region: eu-west" in text
    assert text.endswith("Alert: https://handrail.example/alerts/1\n")


def test_the_html_part_loads_nothing_and_follows_the_dark_mode() -> None:
    page = body(sent(MESSAGE), "html")

    assert not re.search(r"<(img|script|link|iframe|form)|src=|url\(|@import", page)
    assert '<meta name="color-scheme" content="light dark">' in page
    assert 'href="https://handrail.example/a/token"' in page


def test_markup_in_an_alert_stays_text() -> None:
    page = body(sent(message({"title": "<img src=x onerror=alert(1)>"})), "html")

    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_link_that_is_no_web_address_is_no_link() -> None:
    page = body(sent(message({"ack_url": 'javascript:alert("1")'})), "html")

    assert "<a href" in page
    assert 'href="javascript' not in page


def test_repeated_attempts_are_one_mail_and_other_pages_another() -> None:
    again = replace(MESSAGE, is_repeat=True)
    other = replace(MESSAGE, idempotency_key="delivery-2")

    assert sent(MESSAGE)["Message-ID"] == sent(again)["Message-ID"]
    assert sent(MESSAGE)["Message-ID"] != sent(other)["Message-ID"]
    assert sent(MESSAGE)["Message-ID"].endswith("@handrail.test>")


def test_mails_about_one_page_share_a_thread() -> None:
    other = replace(MESSAGE, idempotency_key="delivery-2")
    elsewhere = message({"page_id": "another"})

    assert sent(MESSAGE)["References"] == sent(other)["References"]
    assert sent(MESSAGE)["In-Reply-To"] == sent(other)["In-Reply-To"]
    assert sent(MESSAGE)["References"] != sent(elsewhere)["References"]


def test_machines_are_asked_not_to_answer() -> None:
    mail = sent(message({"details": (("handrail_hops", "1"),)}))

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Handrail-Hops"] == "2"


@pytest.mark.parametrize(
    "title",
    [
        "Überlauf im " + "very-long-node-name-" * 5 + " 失敗 … エラー率 …",
        "x" * 150,
        "=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLm9yZw==?= looks encoded",
        "👨‍👩‍👧 " * 20,
    ],
)
def test_a_subject_arrives_letter_by_letter(title: str) -> None:
    wanted = message({"title": title})
    raw = render(wanted, sender=SENDER).as_bytes()

    assert sent(wanted)["Subject"] == subject(wanted)
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_a_bundle_names_how_many_wait_and_the_worst_first() -> None:
    minor = replace(ITEM, severity="SEV3", title="Disk", page_id="a")
    bundle = replace(MESSAGE, items=(minor, ITEM))

    mail = sent(bundle)

    assert mail["Subject"] == (
        "2 pages waiting: [SEV1] Checkout error rate (checkout), [SEV3] Disk (checkout)"
    )
    text = body(mail, "plain")
    assert text.startswith("2 pages are waiting for you.\n")
    assert text.count("Acknowledge: ") == 2


def test_a_bundle_that_holds_more_than_is_shown_says_how_many() -> None:
    bundle = replace(MESSAGE, items=(ITEM,) * 23)

    text = plain(bundle)

    assert text.count("Acknowledge: ") == 20
    assert text.endswith("and 3 more; the console lists them all.\n")


def test_a_fault_in_rendering_still_gives_a_mail_with_the_link() -> None:
    broken = replace(ITEM, notes=None, severity=3)  # type: ignore[arg-type]  # a defect elsewhere

    mail = sent(replace(MESSAGE, items=(broken,)))

    text = body(mail, "plain")
    assert "Checkout error rate\nAcknowledge: https://handrail.example/a/token" in text
    assert "could not be shown in full" in text


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_any_text_in_any_field_gives_a_whole_mail_within_limits(
    wanted: Message,
) -> None:
    mail = sent(wanted)

    assert mail.keys().count("Subject") == 1
    assert mail["Bcc"] is None
    assert 0 < len(subject(wanted)) <= SUBJECT_CHARS_MAX
    assert mail["Subject"] == subject(wanted)
    assert mail["To"] == "ana@example.org"
    asks = "Acknowledge: " in body(mail, "plain")
    assert asks is not wanted.items[0].is_bulletin
    assert len(mail.as_bytes()) < 1_000_000
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_a_bulletin_says_what_and_where_and_asks_for_no_answer() -> None:
    mail = sent(BULLETIN)

    text = body(mail, "plain")
    assert mail["Subject"].startswith("[SEV1] INC-7: public notice due now")
    assert mail["Importance"] is None
    assert text.splitlines()[1] == "Open: https://handrail.example/incidents/INC-7"
    assert "Checkout is down\nPublish a notice." in text
    for part in (text, body(mail, "html")):
        assert "Acknowledge" not in part
        assert "Alert" not in part
    assert "Open INC-7</a>" in body(mail, "html")


def test_the_bulletins_of_an_incident_are_one_thread() -> None:
    later = replace(BULLETIN, idempotency_key="delivery-3")

    first, second = sent(BULLETIN), sent(later)

    assert first["References"] == second["References"]
    assert first["References"] != sent(MESSAGE)["References"]
    assert first["Message-ID"] != second["Message-ID"]


def test_a_page_about_an_incident_can_be_acknowledged_and_opened() -> None:
    about = {"alert_url": "", "incident": "INC-7", "open_url": "https://h.test/i"}
    item = replace(ITEM, **about)  # type: ignore[arg-type]  # fields of text

    text = plain(replace(MESSAGE, items=(item,)))

    assert (
        "Acknowledge: https://handrail.example/a/token\nOpen: https://h.test/i" in text
    )
    assert "Alert:" not in text
