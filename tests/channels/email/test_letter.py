"""Letters: mails that are about no page."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from tests.channels.email.test_send import Script, serving

from handrail.channels.email import EmailChannel, Letter
from handrail.channels.email.letter import letter_mail
from handrail.channels.email.render import Sender
from handrail.core.paging.outcome import Accepted, Outcome, Permanent

URL = "https://handrail.example/sign-in/" + "s" * 43
LETTER = Letter(
    key="one",
    to="ana@example.org",
    subject="Sign in to Handrail",
    lines=("Hello Ana,", "", URL),
    sent_at=datetime(2026, 1, 14, 17, 4, tzinfo=UTC),
)
SENDER = Sender(address="pages@handrail.example", name="Handrail")


def _sent(letter: Letter, script: Script) -> Outcome:
    async def scenario() -> Outcome:
        async with serving(script) as settings:
            return await EmailChannel(settings).send_letter(letter)

    return asyncio.run(scenario())


def test_a_letter_arrives_with_its_link_whole() -> None:
    script = Script()

    outcome = _sent(LETTER, script)

    assert isinstance(outcome, Accepted)
    assert script.recipients == ["ana@example.org"]
    mail = message_from_bytes(script.accepted[0], policy=default)
    assert mail["Subject"] == "Sign in to Handrail"
    assert URL in mail.get_content()


@pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nBcc: x@y.z"])
def test_what_is_no_address_is_refused_without_a_connection(to: str) -> None:
    script = Script()
    letter = Letter(key="one", to=to, subject="", lines=(), sent_at=LETTER.sent_at)

    outcome = _sent(letter, script)

    assert isinstance(outcome, Permanent)
    assert script.recipients == []


def test_a_name_with_line_ends_adds_no_header() -> None:
    letter = Letter(
        key="one",
        to=LETTER.to,
        subject="Hello\r\nBcc: eve@example.org",
        lines=LETTER.lines,
        sent_at=LETTER.sent_at,
    )

    mail = letter_mail(letter, sender=SENDER)

    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: eve@example.org"


def test_the_same_letter_is_one_mail_to_a_mail_program() -> None:
    again = letter_mail(LETTER, sender=SENDER)

    assert letter_mail(LETTER, sender=SENDER)["Message-ID"] == again["Message-ID"]
