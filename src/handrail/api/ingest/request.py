"""Reading a sender's request: its key, its hops, and its body within a limit."""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from litestar.types import HTTPScope, Receive

HOPS_HEADER = b"handrail-hops"
_KEYED_PATH = re.compile(r"/i/([^/]+)/")
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What came.

    Attributes:
        data: Decompressed where that was possible; cut off where it was too large.
        is_whole: It was within the limit.
        fault: Why it could not be decompressed, or none.
    """

    data: bytes
    is_whole: bool = True
    fault: str | None = None


def header(scope: HTTPScope, name: bytes) -> bytes:
    """Return the first value of a header, or nothing."""
    for found, value in scope["headers"]:
        if found == name:
            return value
    return b""


def key_in_head(scope: HTTPScope) -> bytes | None:
    """Return the integration key that the path or the Authorization header carries.

    The path wins. Of basic authentication the password is the key, since some senders
    can do nothing else.
    """
    match = _KEYED_PATH.match(scope["path"])
    if match is not None:
        return match.group(1).encode("utf-8", "surrogatepass")
    scheme, _, credentials = header(scope, b"authorization").partition(b" ")
    credentials = credentials.strip()
    match scheme.lower():
        case b"bearer":
            return credentials or None
        case b"basic":
            return _password(credentials)
        case _:
            return None


def hops(scope: HTTPScope) -> int:
    """Return how often the signal has passed through an installation of Handrail."""
    spelled = header(scope, HOPS_HEADER).strip()
    if not spelled:
        return 0
    return int(spelled) if re.fullmatch(rb"[0-9]{1,3}", spelled) else 0


async def read_body(
    scope: HTTPScope, receive: Receive, *, bytes_max: int
) -> Body | None:
    """Read the body; none where the sender went away before it was complete."""
    data = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        data += message.get("body", b"")
        if len(data) > bytes_max:
            return Body(data=bytes(data[:bytes_max]), is_whole=False)
        more = message.get("more_body", False)
    return _decoded(
        bytes(data),
        encoding=header(scope, b"content-encoding").strip().lower(),
        bytes_max=bytes_max,
    )


def _decoded(data: bytes, *, encoding: bytes, bytes_max: int) -> Body:
    """Decompress; a JSON body never begins like gzip, so that is seen unannounced."""
    is_gzip = data.startswith(_GZIP_MAGIC)
    if encoding in {b"gzip", b"x-gzip", b"deflate"} or (not encoding and is_gzip):
        return _inflated(data, bytes_max=bytes_max)
    if encoding in {b"", b"identity"}:
        return Body(data=data)
    name = encoding[:40].decode("ascii", "replace")
    return Body(data=data, fault=f"The content encoding {name} is not understood")


def _inflated(data: bytes, *, bytes_max: int) -> Body:
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        plain = inflater.decompress(data, bytes_max + 1)
    except zlib.error:
        return Body(data=data, fault="The body is not what its encoding says")
    if len(plain) > bytes_max:
        return Body(data=plain[:bytes_max], is_whole=False)
    if not inflater.eof:
        return Body(data=data, fault="The compressed body is cut off")
    return Body(data=plain)


def _password(credentials: bytes) -> bytes | None:
    try:
        user, _, password = base64.b64decode(credentials, validate=True).partition(b":")
    except binascii.Error:
        return None
    return password or user or None
