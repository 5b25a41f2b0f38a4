"""People of the demo: they read mail, press buttons, and type commands."""

import http.cookies
from dataclasses import dataclass, field

from tools.demo.exchange import Answer, Form, ask, post_form, post_json
from tools.demo.instance import Instance, Said
from tools.demo.mailbox import Letter, Mailbox

DOMAIN = "shop.example"


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with an account.

    Attributes:
        token: Of theirs, for the command line; "" before they signed in.
    """

    name: str
    instance: Instance
    mailbox: Mailbox
    token: str = field(default="", repr=False)

    @property
    def called(self) -> str:
        """Return what others call them."""
        return self.name.capitalize()

    @property
    def address(self) -> str:
        """Return where mail reaches them."""
        return f"{self.name}@{DOMAIN}"

    def sign_in(self, *, role: str = "responder") -> None:
        """Ask for a link by mail, press its button, and make a token for commands."""
        url = self.instance.url
        post_form(f"{url}/sign-in", {"email": self.address})
        link = self.reads("sign in", seconds=10.0).link
        taken = post_form(link, {})
        cookies = http.cookies.SimpleCookie(taken.headers["set-cookie"])
        session = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
        made = post_json(
            f"{url}/api/v1/tokens",
            {"name": "command line", "role": role},
            {"Cookie": session, "Origin": url},
        )
        self.token = made.json["secret"]

    def reads(self, about: str, *, seconds: float = 20.0) -> Letter:
        """Wait for a mail with these words in its subject."""
        return self.mailbox.read(self.address, about=about, seconds=seconds)

    def opens(self, letter: Letter) -> Answer:
        """Open the link of a page's mail; no account is needed."""
        return ask("GET", letter.link)

    def acknowledges(self, letter: Letter, shown: Answer) -> Answer:
        """Press the button of what the link showed."""
        return post_form(letter.link, Form(shown.text).pressed("acknowledge"))

    def types(self, *arguments: str, is_refusal: bool = False) -> Said:
        """Run ``handrail`` with these arguments as themselves."""
        return self.instance.command(
            *arguments, token=self.token, is_refusal=is_refusal
        )
