"""Talking to a Handrail server: one request, one answer, errors with a next step.

Plain ``http.client``: an HTTP library would cost more start-up time than the request.
It is imported when something is asked, so that ``--help`` need not wait for it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handrail.cli.exit_code import ExitCode
from handrail.cli.failure import Failure
from handrail.cli.profile import Profile, is_local

if TYPE_CHECKING:
    import http.client

TIMEOUT_SECONDS = 15.0
LONG_SECONDS = 120.0
"""For what a server has to work out: longer than its own budget for any such answer."""
SILENCE_SECONDS = 40.0
"""A stream says something every 15 seconds; after this long it is dead."""
_EXIT_CODES = {
    400: ExitCode.FAILED,
    401: ExitCode.AUTH,
    403: ExitCode.AUTH,
    404: ExitCode.NOT_FOUND,
    409: ExitCode.CONFLICT,
    410: ExitCode.NOT_FOUND,
}
_UNAUTHORIZED = 401
_TROUBLE = 500
_REMEDIES = {
    401: "The token (from {source}) does not hold; make one: handrail token create",
    403: "Ask an admin for it, or use a token of a larger role",
    404: "See what there is: {lists}",
    409: "Look at it again: {again}",
}
_GUESSED = (404, 409)
"""What is to be done is guessed from the path alone."""
_LISTS = {
    "pages": "handrail page list --all",
    "alerts": "handrail alert list --all",
    "integrations": "handrail config show integration",
    "users": "handrail config show user",
    "config": "handrail config show",
    "tokens": "handrail token list",
    "incidents": "handrail incident list --all",
    "changes": "handrail change list",
    "mitigations": "handrail mitigation list",
    "oncall": "handrail oncall who, handrail oncall feed list",
    "coverage": "handrail config show service",
    "contact-methods": "handrail config show user",
    "overrides": "handrail oncall override list, handrail oncall",
    "covers": "handrail oncall cover list, handrail oncall",
    "swaps": "handrail oncall swap list, handrail oncall",
    "swap-options": "handrail oncall",
}
"""Where to look for what is at a path but not there, by the path's first part."""
_AGAIN = {
    "incidents": "handrail incident show",
    "config": "handrail config show",
    "overrides": "handrail oncall override list",
    "covers": "handrail oncall cover list",
    "swaps": "handrail oncall swap list",
}
_OTHERWISE = "handrail page list --all, handrail alert list --all"

_Value = str | int | bool | list[str] | None
"""Of a query parameter; a list repeats it, none leaves it out."""


class Connection:
    """A server, as one command sees it."""

    def __init__(self, profile: Profile, *, is_long: bool = False) -> None:
        self._profile = profile
        self._patience = LONG_SECONDS if is_long else TIMEOUT_SECONDS

    def get(self, path: str, **query: "_Value") -> Any:  # noqa: ANN401  (JSON)
        """Return what the server has at the path under ``/api/v1``.

        Raises:
            Failure: It could not be reached, or it refused.
        """
        return self._ask("GET", path + _query(query), body=None)

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401  (JSON)
        """Post the body as JSON and return the answer.

        Raises:
            Failure: It could not be reached, or it refused.
        """
        return self._ask("POST", path, body=json.dumps(body or {}).encode())

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401  (JSON)
        """Change what is at the path by the body, as JSON, and return the answer.

        Raises:
            Failure: It could not be reached, or it refused.
        """
        return self._ask("PATCH", path, body=json.dumps(body).encode())

    def download(self, path: str) -> bytes:
        """Return the file at the path, byte for byte.

        Raises:
            Failure: It could not be reached, or it refused.
        """
        headers = self._headers()
        status, content = self._exchange(
            "GET", f"/api/v1{path}", body=None, headers=headers
        )
        if 200 <= status < 300:  # noqa: PLR2004  (success, in HTTP)
            return content
        raise self._refusal(status, decoded(content), kind=path.split("/")[1])

    def delete(self, path: str) -> Any:  # noqa: ANN401  (JSON)
        """Delete what is at the path.

        Raises:
            Failure: It could not be reached, or it refused.
        """
        return self._ask("DELETE", path, body=None)

    def upload(
        self, path: str, content: bytes, media_type: str, **query: str | None
    ) -> Any:  # noqa: ANN401  (JSON)
        """Post a file and return the answer.

        Raises:
            Failure: It could not be reached, or it refused.
        """
        return self._ask(
            "POST", path + _query(query), body=content, media_type=media_type
        )

    def stream(self, path: str, *, after: int) -> Iterator[str]:
        """Yield the lines of a stream of events, until the server ends it.

        Raises:
            Failure: It could not be reached, it refused, or it fell silent.
        """
        import http.client

        target = f"/api/v1{path}?after={after}"
        try:
            connection, prefix = self._opened(SILENCE_SECONDS)
            try:
                connection.request("GET", prefix + target, headers=self._headers())
                answer = connection.getresponse()
                if answer.status >= 300:  # noqa: PLR2004  (not success, in HTTP)
                    kind = path.split("/")[1]
                    told = decoded(answer.read())
                    raise self._refusal(answer.status, told, kind=kind)
                for line in answer:
                    yield line.decode().rstrip("\n")
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._unreachable(error) from error

    def send(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Send a signal as a sender would, outside ``/api/v1``; return the answer."""
        return self._exchange("POST", path, body=body, headers=headers)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None,
        media_type: str = "application/json",
    ) -> Any:  # noqa: ANN401  (JSON)
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = media_type
        status, content = self._exchange(
            method, f"/api/v1{path}", body=body, headers=headers
        )
        answer = decoded(content)
        if 200 <= status < 300:  # noqa: PLR2004  (success, in HTTP)
            return answer
        raise self._refusal(status, answer, kind=path.split("/")[1].partition("?")[0])

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self._profile.token:
            headers["Authorization"] = f"Bearer {self._profile.token}"
        return headers

    def _opened(self, timeout: float) -> "tuple[http.client.HTTPConnection, str]":
        """Return a connection, and what its paths begin with."""
        import http.client
        from urllib.parse import urlsplit

        url = urlsplit(self._profile.url)
        secure = url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=timeout)
        return connection, url.path.rstrip("/")

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> tuple[int, bytes]:
        import http.client

        try:
            connection, prefix = self._opened(TIMEOUT_SECONDS)
            try:
                connection.connect()
                connection.sock.settimeout(self._patience)
                connection.request(
                    method, prefix + path, body=body, headers=dict(headers)
                )
                answer = connection.getresponse()
                return answer.status, answer.read()
            finally:
                connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> Failure:
        match error:
            case ConnectionRefusedError():
                what = "refused the connection"
            case TimeoutError():
                what = f"did not answer within {self._patience:.0f} seconds"
            case _:
                what = f"cannot be reached ({error})"
        if is_local(self._profile.url):
            step = "Is the server running? Start it: handrail serve"
        else:
            step = f"Check the address (from {self._profile.source}) and the server"
        return Failure(
            f"{self._profile.url} {what}", next_step=step, code=ExitCode.FAILED
        )

    def _refusal(self, status: int, answer: Any, *, kind: str) -> Failure:  # noqa: ANN401
        """Turn an RFC 9457 answer into a failure."""
        told = answer if isinstance(answer, dict) else {}
        message = detail(answer) or f"the server answered {status}"
        step = self._remedy(status, kind)
        if status in _GUESSED and "handrail " in message:
            step = ""  # The server, which knows more, has named the next command.
        message = with_fields(message, told.get("errors") or ())
        code = _EXIT_CODES.get(status, ExitCode.FAILED)
        return Failure(message, next_step=step, code=code)

    def _remedy(self, status: int, kind: str) -> str:
        if status == _UNAUTHORIZED and not self._profile.token:
            return (
                "Set HANDRAIL_TOKEN, or run this in the folder that holds the "
                "server's ./data; an admin makes one: handrail token create NAME"
            )
        if status >= _TROUBLE:
            return "The server is in trouble; see its log and GET /health"
        return _REMEDIES.get(status, "").format(
            source=self._profile.token_source,
            lists=_LISTS.get(kind, _OTHERWISE),
            again=_AGAIN.get(kind, "handrail page list"),
        )


def with_fields(message: str, errors: "Sequence[Mapping[str, str]]") -> str:
    """Return the message and what is wrong with which field, nothing said twice."""
    lines = [f"{error['field']}: {error['message']}" for error in errors]
    if len(errors) == 1 and (
        message == lines[0] or errors[0]["message"].startswith(message)
    ):
        return lines[0]
    return "\n    ".join([message, *lines])


def detail(answer: object) -> str:
    """Return what an RFC 9457 answer says in words, or "" where it says nothing."""
    told = answer if isinstance(answer, dict) else {}
    return str(told.get("detail") or told.get("title") or "")


def path_part(name: str) -> str:
    """Return a name as one part of a path."""
    from urllib.parse import quote

    return quote(name, safe="")


def _query(query: "Mapping[str, _Value]") -> str:
    from urllib.parse import urlencode

    given = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }
    return f"?{urlencode(given, doseq=True)}" if given else ""


def decoded(content: bytes) -> Any:  # noqa: ANN401
    """Return the body of an answer: as JSON where it is, else as text."""
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace").strip()
