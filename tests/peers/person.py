"""Somebody who signs in by a link in their mail and then uses the API themselves."""

import json
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any, Self

from tests.crash.running_server import Reply
from tests.peers.mailbox import plain_text
from tests.peers.paged_shop import PagedShop

_LINK = re.compile(r"https?://\S+(/sign-in/\S+)")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Person:
    """One person's session."""

    paged: PagedShop
    cookie: str

    @classmethod
    def sign_in(cls, paged: PagedShop, address: str) -> Self:
        """Ask for a link by mail, open it, and press its button."""
        form = urllib.parse.urlencode({"email": address}).encode()
        server = paged.handrail
        assert server.call("POST", "/sign-in", body=form, headers=_FORM).status == 200
        letter = paged.mailbox.wait_for(address, saying="Sign in to Handrail")
        found = _LINK.search(plain_text(letter))
        assert found is not None, plain_text(letter)
        taken = server.call("POST", found[1], body=b"", headers=_FORM)
        assert taken.status == 303, taken.body
        return cls(paged, taken.headers["set-cookie"].partition(";")[0])

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        """Call the API; return whatever it answers."""
        return self.paged.handrail.call(
            method,
            f"/api/v1{path}",
            body=None if body is None else json.dumps(body).encode(),
            headers={
                "Cookie": self.cookie,
                "Origin": self.paged.handrail.url,
                "Content-Type": "application/json",
            },
        )

    def do(self, path: str, **body: object) -> Any:
        """Do something by the API; fail unless it is done."""
        reply = self.ask("POST", path, body)
        assert 200 <= reply.status < 300, (path, reply.status, reply.body)
        return reply.json()

    def refused(self, path: str, **body: object) -> str:
        """Try something by the API; fail unless it is refused; return why."""
        reply = self.ask("POST", path, body)
        assert reply.status in {409, 422}, (path, reply.status, reply.body)
        why: str = reply.json()["detail"]
        return why

    def see(self, path: str) -> Any:
        """Look at something by the API."""
        reply = self.ask("GET", path)
        assert reply.status == 200, (path, reply.status, reply.body)
        is_json = "json" in reply.headers["content-type"]
        return reply.json() if is_json else reply.body.decode()
