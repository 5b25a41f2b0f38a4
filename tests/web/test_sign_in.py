import re

import pytest
from tests.api.site import Site

from handrail.usecases import access


def _setup(home: Site) -> str:
    return home.store.run(lambda tx: access.setup_link(tx, ids=home.ids))


def test_looking_at_a_link_does_not_use_it_up(home: Site) -> None:
    secret = _setup(home)

    for _ in range(10):
        assert home.look(f"/sign-in/{secret}").status == 200

    assert home.press(f"/sign-in/{secret}").status == 303


def test_the_session_cookie_is_bound_and_hidden_from_scripts(home: Site) -> None:
    answer = home.press(f"/sign-in/{_setup(home)}")

    cookie = answer.header("set-cookie")
    assert cookie.startswith("__Host-handrail_session=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.header("location") == "/"


def test_the_cookie_opens_the_console(home: Site) -> None:
    answer = home.press(f"/sign-in/{_setup(home)}")
    cookie = answer.header("set-cookie").partition(";")[0]

    shown = home.ask("GET", "/", headers={"cookie": cookie})

    assert shown.status == 200
    assert "Operator" in shown.text


@pytest.mark.parametrize("secret", ["x", "a" * 43])
def test_a_used_or_unknown_link_says_what_to_do(home: Site, secret: str) -> None:
    answer = home.press(f"/sign-in/{secret}")

    assert answer.status == 410
    assert "Ask for a new one" in answer.text


def test_another_site_cannot_sign_a_browser_in(home: Site) -> None:
    secret = _setup(home)

    refused = home.press(f"/sign-in/{secret}", origin="cross-site")

    assert refused.status == 403
    assert home.press(f"/sign-in/{secret}").status == 303


def test_the_answer_is_the_same_for_known_and_unknown_addresses(home: Site) -> None:
    known = home.press("/sign-in", email="ben@example.org")
    unknown = home.press("/sign-in", email="eve@example.org")

    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert [user.name for user, _ in home.mails] == ["ben"]


def test_the_link_in_the_mail_signs_in(home: Site) -> None:
    home.press("/sign-in", email="ben@example.org")
    _, url = home.mails[0]

    answer = home.press(url.removeprefix(home.base_url))

    cookie = answer.header("set-cookie").partition(";")[0]
    shown = home.ask("GET", "/", headers={"cookie": cookie})
    assert "Ben Okoro" in shown.text


def test_nobodys_mailbox_is_flooded(home: Site) -> None:
    for _ in range(10):
        assert home.press("/sign-in", email="ben@example.org").status == 200

    assert len(home.mails) == 3


@pytest.mark.parametrize("email", ["", "x" * 5000, "ben@example.org\r\nBcc: x@y.z"])
def test_a_strange_address_gets_the_same_answer(home: Site, email: str) -> None:
    assert home.press("/sign-in", email=email).status == 200
    assert home.mails == []


def test_signing_out_ends_the_session_on_the_server(home: Site) -> None:
    headers = {**home.browser("ben"), "sec-fetch-site": "same-origin"}

    answer = home.ask("POST", "/sign-out", headers=headers)

    replayed = home.ask("GET", "/", headers=headers)
    assert answer.header("location") == "/sign-in"
    assert "Max-Age=0" in answer.header("set-cookie")
    assert (replayed.status, replayed.header("location")) == (303, "/sign-in")


def test_signing_in_again_ends_the_earlier_session(home: Site) -> None:
    old = home.browser("ben")
    headers = {**old, "sec-fetch-site": "same-origin"}

    home.ask("POST", f"/sign-in/{_setup(home)}", headers=headers)

    assert home.ask("GET", "/", headers=old).status == 303


def test_the_cookie_of_a_session_is_in_no_page(home: Site) -> None:
    headers = home.browser("ben")
    value = headers["cookie"].partition("=")[2]

    pages = ["/", "/alerts", "/oncall", "/configuration", "/settings/tokens"]

    for path in pages:
        assert not re.search(value, home.ask("GET", path, headers=headers).text)
