import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.channels.certificates import server_context
from tests.channels.messages import MESSAGE, message

from handrail.channels.email import EmailChannel, EmailSettings, TlsMode
from handrail.channels.email.send import Phase, plain_address, refusal
from handrail.core.paging.outcome import (
    Accepted,
    Outcome,
    Permanent,
    Retryable,
    Scope,
    Unknown,
)
from handrail.ports.channel import Message

DROP = "drop"
HANG = "hang"


@dataclass
class Script:
    """What the server says at each phase: an answer, DROP or HANG."""

    mail: str = "250 OK"
    rcpt: str = "250 OK"
    data: str = "250 2.0.0 queued as 4C1D"
    accepted: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[object] = field(default_factory=list)

    def authenticate(
        self,
        _server: SMTP,
        _session: Session,
        _envelope: Envelope,
        _mechanism: str,
        data: object,
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        is_right = (data.login, data.password) == (b"handrail", b"right")
        return AuthResult(success=is_right, handled=False)

    async def _say(self, server: SMTP, answer: str) -> str:
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == DROP:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        envelope.mail_from = address
        return await self._say(server, self.mail)

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.recipients.append(address)
        return await self._say(server, self.rcpt)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.accepted.append(envelope.content)
        return await self._say(server, self.data)


@asynccontextmanager
async def serving(
    script: Script,
    *,
    implicit: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    is_private: bool = False,
) -> AsyncIterator[EmailSettings]:
    loop = asyncio.get_running_loop()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(
            SMTP(
                script,
                loop=loop,
                hostname="mail.test",
                tls_context=starttls,
                auth_required=is_private and starttls is not None,
                auth_require_tls=starttls is not None,
                authenticator=script.authenticate if is_private else None,
            )
        )
        return sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=implicit)
    port = server.sockets[0].getsockname()[1]
    try:
        yield EmailSettings(
            host="127.0.0.1",
            port=port,
            sender="pages@handrail.test",
            tls=TlsMode.NONE,
            timeout_seconds=2.0,
        )
    finally:
        server.close()
        for one in sessions:
            if isinstance(one.transport, asyncio.Transport):
                one.transport.abort()
        handlers = [one._handler_coroutine for one in sessions]
        running = [task for task in handlers if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


def attempt(
    script: Script, sent: Message = MESSAGE, *, timeout_seconds: float = 2.0
) -> Outcome:
    async def scenario() -> Outcome:
        async with serving(script) as settings:
            slow = replace(settings, timeout_seconds=timeout_seconds)
            return await EmailChannel(slow).send(sent)

    return asyncio.run(scenario())


def test_a_mail_taken_over_is_accepted_with_the_queue_id() -> None:
    script = Script()

    outcome = attempt(script)

    assert outcome == Accepted(reference="2.0.0 queued as 4C1D")
    assert script.recipients == ["ana@example.org"]
    mail = message_from_bytes(script.accepted[0], policy=default)
    assert mail["Subject"] == "[SEV1] Checkout error rate (checkout)"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "https://handrail.example/a/token" in body.get_content()


def test_a_title_with_line_ends_adds_no_header() -> None:
    script = Script()

    attempt(script, message({"title": "Down\r\nBcc: eve@example.org\n\nHi"}))

    mail = message_from_bytes(script.accepted[0], policy=default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[SEV1] Down Bcc: eve@example.org Hi (checkout)"
    assert script.recipients == ["ana@example.org"]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Script(mail="451 4.3.0 try later"), Retryable),
        (Script(mail="550 5.7.1 sender not allowed"), Retryable),
        (Script(rcpt="450 4.2.0 greylisted"), Retryable),
        (Script(rcpt="421 4.3.2 going down"), Retryable),
        (Script(data="452 4.3.1 disk full"), Retryable),
        (Script(rcpt="550 5.1.1 no such user"), Permanent),
        (Script(rcpt="551 5.1.6 moved"), Permanent),
        (Script(rcpt="553 5.1.3 bad address"), Permanent),
        (Script(data="554 5.7.1 looks like spam"), Permanent),
        (Script(mail=DROP), Retryable),
        (Script(rcpt=DROP), Retryable),
        (Script(data=DROP), Unknown),
    ],
)
def test_each_answer_means_what_the_table_says(
    script: Script, kind: type[Outcome]
) -> None:
    outcome = attempt(script)

    assert type(outcome) is kind, outcome


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (Script(mail=HANG), Retryable),
        (Script(rcpt=HANG), Retryable),
        (Script(data=HANG), Unknown),
    ],
)
def test_silence_is_unknown_only_once_the_content_was_sent(
    script: Script, kind: type[Outcome]
) -> None:
    outcome = attempt(script, timeout_seconds=0.3)

    assert type(outcome) is kind, outcome


def test_a_refused_recipient_condemns_the_method_and_keeps_the_words() -> None:
    outcome = attempt(Script(rcpt="550 5.1.1 no such user"))

    assert outcome == Permanent(
        reason="the mail server answered 550 (recipient): 5.1.1 no such user",
        scope=Scope.METHOD,
    )


def test_refused_content_condemns_the_message_only() -> None:
    outcome = attempt(Script(data="554 5.7.1 looks like spam"))

    assert isinstance(outcome, Permanent)
    assert outcome.scope is Scope.MESSAGE


def test_a_server_that_is_not_there_is_retried() -> None:
    async def scenario() -> Outcome:
        async with serving(Script()) as settings:
            pass
        return await EmailChannel(settings).send(MESSAGE)

    outcome = asyncio.run(scenario())

    assert isinstance(outcome, Retryable)
    assert "connecting" in outcome.reason


def test_a_server_that_never_greets_is_given_up_in_time() -> None:
    async def scenario() -> tuple[Outcome, float]:
        is_over = asyncio.Event()

        async def silence(
            _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await is_over.wait()
            writer.close()

        server = await asyncio.start_server(silence, "127.0.0.1", 0)
        settings = EmailSettings(
            host="127.0.0.1",
            port=server.sockets[0].getsockname()[1],
            sender="pages@handrail.test",
            tls=TlsMode.NONE,
            timeout_seconds=0.3,
        )
        began = asyncio.get_running_loop().time()
        outcome = await EmailChannel(settings).send(MESSAGE)
        took = asyncio.get_running_loop().time() - began
        is_over.set()
        server.close()
        await server.wait_closed()
        return outcome, took

    outcome, took = asyncio.run(scenario())

    assert isinstance(outcome, Retryable)
    assert took < 1.5


@pytest.mark.parametrize("mode", [TlsMode.STARTTLS, TlsMode.TLS])
def test_tls_with_credentials_delivers(tmp_path: Path, mode: TlsMode) -> None:
    script = Script()
    context = server_context(tmp_path, "127.0.0.1")

    wanted = replace(
        _wanted(mode, ca_file=tmp_path / "ca.pem"),
        username="handrail",
        password="right",
    )

    outcome = asyncio.run(_over_tls(script, context, wanted))

    assert isinstance(outcome, Accepted)
    assert script.logins == [b"handrail"]
    assert len(script.accepted) == 1


async def _over_tls(
    script: Script, context: ssl.SSLContext, wanted: EmailSettings
) -> Outcome:
    is_implicit = wanted.tls is TlsMode.TLS
    async with serving(
        script,
        implicit=context if is_implicit else None,
        starttls=None if is_implicit else context,
        is_private=bool(wanted.password),
    ) as settings:
        there = replace(wanted, host=settings.host, port=settings.port)
        return await EmailChannel(there).send(MESSAGE)


def _wanted(mode: TlsMode, *, ca_file: Path | str = "") -> EmailSettings:
    return EmailSettings(
        host="",
        port=0,
        sender="pages@handrail.test",
        tls=mode,
        ca_file=str(ca_file),
        timeout_seconds=2.0,
    )


def test_wrong_credentials_are_retried_and_named(tmp_path: Path) -> None:
    context = server_context(tmp_path, "127.0.0.1")
    wanted = replace(
        _wanted(TlsMode.STARTTLS, ca_file=tmp_path / "ca.pem"),
        username="handrail",
        password="wrong",
    )
    script = Script()

    outcome = asyncio.run(_over_tls(script, context, wanted))

    assert isinstance(outcome, Retryable)
    assert "Handrail's own mail credentials fail" in outcome.reason
    assert "wrong" not in outcome.reason
    assert script.logins == [b"handrail"]


@pytest.mark.parametrize("mode", [TlsMode.STARTTLS, TlsMode.TLS])
def test_an_unknown_certificate_is_refused(tmp_path: Path, mode: TlsMode) -> None:
    script = Script()
    context = server_context(tmp_path, "127.0.0.1")

    outcome = asyncio.run(_over_tls(script, context, _wanted(mode)))

    assert isinstance(outcome, Retryable)
    assert "certificate" in outcome.reason.lower()
    assert script.accepted == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    script = Script()
    context = server_context(tmp_path, "mail.elsewhere.test")

    wanted = _wanted(TlsMode.TLS, ca_file=tmp_path / "ca.pem")
    outcome = asyncio.run(_over_tls(script, context, wanted))

    assert isinstance(outcome, Retryable)
    assert script.accepted == []


def test_verification_can_be_switched_off(tmp_path: Path) -> None:
    context = server_context(tmp_path, "mail.elsewhere.test")

    wanted = replace(_wanted(TlsMode.TLS), is_verified=False)
    outcome = asyncio.run(_over_tls(Script(), context, wanted))

    assert isinstance(outcome, Accepted)


def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    async def scenario() -> Outcome:
        async with serving(script) as settings:
            wanted = replace(settings, tls=TlsMode.STARTTLS)
            return await EmailChannel(wanted).send(MESSAGE)

    script = Script()
    outcome = asyncio.run(scenario())

    assert isinstance(outcome, Retryable)
    assert script.accepted == []


def test_a_missing_ca_file_is_told_and_retried() -> None:
    settings = EmailSettings(
        host="127.0.0.1", port=9, sender="a@b.test", ca_file="/nowhere/ca.pem"
    )

    outcome = asyncio.run(EmailChannel(settings).send(MESSAGE))

    assert isinstance(outcome, Retryable)
    assert "CA file" in outcome.reason


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "@example.org",
        "ana@",
        "ana@exa mple.org",
        "a\r\nb@c.org",
        "jürgen@x.y",
    ],
)
def test_what_is_no_address_condemns_the_method(address: str) -> None:
    settings = EmailSettings(host="127.0.0.1", port=9, sender="a@b.test")

    outcome = asyncio.run(EmailChannel(settings).send(message(address=address)))

    assert isinstance(outcome, Permanent)
    assert outcome.scope is Scope.METHOD


def test_a_domain_travels_in_its_ascii_form() -> None:
    assert plain_address(" ana@bücher.example ") == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize("code", [530, 534, 535, 538])
@pytest.mark.parametrize("phase", list(Phase))
def test_our_own_credentials_never_condemn_a_recipient(code: int, phase: Phase) -> None:
    assert isinstance(refusal(code, "no", phase=phase), Retryable)
