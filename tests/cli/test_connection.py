"""What a refusal of the server reads like on the command line."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from typing_extensions import override

from handrail.cli import connection
from handrail.cli.connection import Connection, with_fields
from handrail.cli.failure import Failure
from handrail.cli.profile import Profile


@pytest.mark.parametrize(
    ("message", "errors", "said"),
    [
        ("no such user", [], "no such user"),
        (
            "the period ends before it begins",
            [("from", "the period ends before it begins")],
            "from: the period ends before it begins",
        ),
        ('user: no user "zoe"', [("user", 'no user "zoe"')], 'user: no user "zoe"'),
        ("mend these", [("a", "b"), ("c", "d")], "mend these\n    a: b\n    c: d"),
    ],
)
def test_a_refusal_names_its_fields_and_says_nothing_twice(
    message: str, errors: list[tuple[str, str]], said: str
) -> None:
    told = [{"field": field, "message": wrong} for field, wrong in errors]

    assert with_fields(message, told) == said


class Slow(BaseHTTPRequestHandler):
    """Answers after longer than a short answer may take."""

    def do_GET(self) -> None:
        time.sleep(0.5)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    @override
    def log_message(self, *_: object) -> None:
        return


def test_what_a_server_has_to_work_out_is_waited_for_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", 0.1)
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        profile = Profile(
            url=f"http://127.0.0.1:{server.server_port}",
            token="",
            source="a test",
            token_source="a test",
        )

        with pytest.raises(Failure, match="did not answer within"):
            Connection(profile).get("/coverage")
        answer = Connection(profile, is_long=True).get("/coverage")
        server.shutdown()

    assert answer == {}
