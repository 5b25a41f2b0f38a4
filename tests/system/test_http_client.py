import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from tests.channels.certificates import server_context
from tests.system.http_server import (
    OK,
    PUBLIC,
    Answer,
    FlippingResolver,
    Server,
    saying,
    serving,
)
from typing_extensions import override

from handrail.ports.http_client import (
    HttpAnswer,
    HttpNotSentError,
    HttpUnknownError,
)
from handrail.system.address_guard import AddressGuard
from handrail.system.http_client import ANSWER_BYTES_MAX, AiohttpClient

NOWHERE = FlippingResolver(["127.0.0.1"])
Url = Callable[[Server], str]


def at_address(server: Server) -> str:
    return f"http://127.0.0.9:{server.port}/hook?key=hidden"


def at_name(server: Server) -> str:
    return f"http://hooks.test:{server.port}/hook?key=hidden"


async def post(
    url: str,
    *,
    resolver: AbstractResolver = NOWHERE,
    guard: AddressGuard = PUBLIC,
    timeout_seconds: float = 2.0,
    tls: ssl.SSLContext | None = None,
) -> HttpAnswer:
    client = AiohttpClient(guard=guard, user_agent="test", resolver=resolver, tls=tls)
    try:
        return await client.post(
            url,
            body=b'{"a":1}',
            headers={"content-type": "application/json"},
            timeout_seconds=timeout_seconds,
        )
    finally:
        await client.close()


def exchange(
    answer: Answer,
    *,
    url: Url = at_address,
    resolver: AbstractResolver = NOWHERE,
    timeout_seconds: float = 2.0,
) -> tuple[HttpAnswer, Server]:
    async def scenario() -> tuple[HttpAnswer, Server]:
        async with serving(answer) as server:
            got = await post(
                url(server), resolver=resolver, timeout_seconds=timeout_seconds
            )
            return got, server

    return asyncio.run(scenario())


def test_a_post_arrives_whole_and_its_answer_comes_back() -> None:
    answer, server = exchange(saying("HTTP/1.1 429 Slow\nRetry-After: 7\n\nwait"))

    assert (answer.status, answer.body) == (429, b"wait")
    assert answer.headers["retry-after"] == "7"
    assert server.calls[0].line == "POST /hook?key=hidden HTTP/1.1"
    assert server.calls[0].body == b'{"a":1}'
    assert server.calls[0].headers["user-agent"] == "test"


def test_a_name_with_only_allowed_addresses_may_be_called() -> None:
    answer, server = exchange(OK, url=at_name, resolver=FlippingResolver(["127.0.0.9"]))

    assert answer.status == 200
    assert server.calls[0].headers["host"] == f"hooks.test:{server.port}"


SSRF_PAYLOADS = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://10.0.0.1:{port}/",
    "http://224.0.0.1:{port}/",
    "http://255.255.255.255:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.org/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://example.org:22/",
    "ftp://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_",
    "//127.0.0.1:{port}/",
    "http://",
    "http://[::1",
    "http://a.test:99999/",
    "",
    "http://hooks.test/" + "x" * 3000,
]


@pytest.mark.parametrize("payload", SSRF_PAYLOADS)
def test_a_forbidden_target_is_never_connected(payload: str) -> None:
    async def scenario() -> int:
        async with serving(host="127.0.0.1") as server:
            with pytest.raises(HttpNotSentError) as refused:
                await post(payload.format(port=server.port))
            assert refused.value.permanent
            return server.connections

    assert asyncio.run(scenario()) == 0


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["127.0.0.9", "127.0.0.1"],
        ["127.0.0.1", "127.0.0.9"],
        ["127.0.0.9", "169.254.169.254"],
    ],
)
def test_a_name_is_refused_if_any_of_its_addresses_is(answers: list[str]) -> None:
    async def scenario() -> int:
        async with serving(host="127.0.0.1") as server:
            with pytest.raises(HttpNotSentError) as refused:
                await post(at_name(server), resolver=FlippingResolver(answers))
            assert refused.value.permanent
            return server.connections

    assert asyncio.run(scenario()) == 0


def test_a_rebinding_name_is_refused_each_time_it_flips() -> None:
    async def scenario() -> tuple[list[str], int]:
        resolver = FlippingResolver(["127.0.0.9"], ["127.0.0.1"])
        outcomes = []
        async with serving() as public:
            url = at_name(public)
            for _ in range(6):
                try:
                    await post(url, resolver=resolver)
                    outcomes.append("sent")
                except HttpNotSentError:
                    outcomes.append("refused")
        return outcomes, len(public.calls)

    outcomes, calls = asyncio.run(scenario())

    assert outcomes == ["sent", "refused"] * 3
    assert calls == 3


def test_the_connected_peer_is_looked_at_before_anything_is_sent() -> None:
    class Lying(FlippingResolver):
        """A resolver that the guard was not put in front of."""

    async def scenario() -> Server:
        client = AiohttpClient(guard=PUBLIC, user_agent="test", resolver=NOWHERE)
        connector = client._opened().connector
        connector._resolver = Lying(["127.0.0.1"])  # type: ignore[union-attr]  # to pass the first guard
        async with serving(host="127.0.0.1") as server:
            with pytest.raises(HttpNotSentError) as refused:
                await client.post(
                    at_name(server), body=b"x", headers={}, timeout_seconds=2.0
                )
            await client.close()
        assert refused.value.permanent
        return server

    server = asyncio.run(scenario())

    assert server.connections == 1
    assert server.calls == []


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    async def scenario() -> tuple[int, int, int]:
        async with serving(host="127.0.0.1") as inside:
            location = f"http://127.0.0.1:{inside.port}/"
            answer = saying(f"HTTP/1.1 307 Away\nlocation: {location}\n\n")
            async with serving(answer) as server:
                got = await post(at_address(server))
        return got.status, len(server.calls), inside.connections

    assert asyncio.run(scenario()) == (307, 1, 0)


def test_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")

    answer, _ = exchange(OK)

    assert answer.status == 200


def test_a_huge_answer_is_cut() -> None:
    async def flood(server: Server, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.is_over.is_set():
            writer.write(b"x" * 65536)
            await writer.drain()

    answer, _ = exchange(flood)

    assert answer.status == 200
    assert len(answer.body) == ANSWER_BYTES_MAX


async def drip(server: Server, writer: asyncio.StreamWriter) -> None:
    for piece in b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n" + b"x" * 99:
        writer.write(bytes([piece]))
        await writer.drain()
        try:
            await asyncio.wait_for(server.is_over.wait(), 0.05)
        except TimeoutError:
            continue
        return


async def silence(server: Server, writer: asyncio.StreamWriter) -> None:
    del writer
    await server.is_over.wait()


async def hang_up(server: Server, writer: asyncio.StreamWriter) -> None:
    del server
    writer.close()


@pytest.mark.parametrize("answer", [drip, silence, hang_up])
def test_without_a_whole_answer_the_outcome_is_unknown(answer: Answer) -> None:
    async def scenario() -> tuple[HttpUnknownError, float]:
        loop = asyncio.get_running_loop()
        async with serving(answer) as server:
            began = loop.time()
            with pytest.raises(HttpUnknownError) as unknown:
                await post(at_address(server), timeout_seconds=0.4)
            return unknown.value, loop.time() - began

    unknown, took = asyncio.run(scenario())

    assert took < 1.5
    assert "hidden" not in unknown.reason


def test_a_refused_connection_was_surely_not_sent() -> None:
    async def scenario() -> HttpNotSentError:
        async with serving() as server:
            url = at_address(server)
        with pytest.raises(HttpNotSentError) as refused:
            await post(url)
        return refused.value

    refused = asyncio.run(scenario())

    assert not refused.permanent
    assert refused.reason.startswith("127.0.0.9: ")


def test_a_name_server_that_does_not_answer_is_not_sent_and_not_permanent() -> None:
    class Deaf(FlippingResolver):
        @override
        async def resolve(
            self, host: str, port: int = 0, family: int = 0
        ) -> list[ResolveResult]:
            await asyncio.Event().wait()
            return []

    with pytest.raises(HttpNotSentError) as refused:
        asyncio.run(post("http://a.test/", resolver=Deaf(["-"]), timeout_seconds=0.2))

    assert not refused.value.permanent


def test_https_is_verified_against_the_given_certificates(tmp_path: Path) -> None:
    context = server_context(tmp_path, "127.0.0.9")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))

    async def scenario() -> tuple[int, HttpNotSentError]:
        async with serving(tls=context) as server:
            url = f"https://127.0.0.9:{server.port}/"
            answer = await post(url, tls=trusting)
            with pytest.raises(HttpNotSentError) as refused:
                await post(url)
            return answer.status, refused.value

    status, refused = asyncio.run(scenario())

    assert status == 200
    assert refused.permanent
    assert "certificate of 127.0.0.9 is refused" in refused.reason
