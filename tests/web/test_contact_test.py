"""A test of a contact method: looking is no evidence, pressing is."""

from datetime import timedelta

import pytest
from tests.api.site import CONFIGURATION, Site

from handrail.core.coverage.evidence import MethodKey, Via
from handrail.core.ids import NodeId, Slug
from handrail.core.paging import ack_link
from handrail.core.paging.bulletin import BulletinKind
from handrail.core.people.contact_method import ChannelKind
from handrail.ports.channel import MessageItem
from handrail.usecases import delivery
from handrail.usecases.message import compose

MAIL = MethodKey(Slug("ana"), Slug("mail"), ChannelKind.EMAIL, "ana@example.org")


def known(home: Site) -> dict[MethodKey, Via]:
    home.store.run(lambda _: None)  # after whatever was queued before
    found = home.store.read(lambda tx: tx.contact.verifications())
    return {one.key: one.via for one in found}


def brought(home: Site) -> MessageItem:
    """Return what is told by the one message that is due, as it is sent."""
    node = NodeId("node")
    (send,) = home.store.run(lambda tx: delivery.claim(tx, node=node, ids=home.ids))
    message = compose(
        send,
        base_url="",
        sign=lambda payload: home.vault.sign(ack_link.PURPOSE, payload),
    )
    assert message.address == MAIL.address
    return message.items[0]


def link_of_a_test(home: Site) -> str:
    """Send a test to ana's mail, and return the path of the link that it brings."""
    sent = home.post("/api/v1/contact-methods/test?method=mail", {}, who="ana")
    assert (sent.status, sent.json()["methods"]) == (202, ["mail"])
    item = brought(home)
    assert (item.kind, item.severity) == (BulletinKind.CONTACT_TEST, "TEST")
    assert item.ack_url == ""
    return item.open_url


def test_a_hundred_looks_at_a_test_are_no_evidence(home: Site) -> None:
    link = link_of_a_test(home)

    looks = [home.ask("GET", link) for _ in range(100)]

    assert {look.status for look in looks} == {200}
    assert "Does mail reach you?" in looks[0].text
    assert known(home) == {}


def test_one_press_shows_that_the_method_reaches_its_person(home: Site) -> None:
    answer = home.press(link_of_a_test(home))

    assert answer.status == 200
    assert "mail reaches you" in answer.text
    assert known(home) == {MAIL: Via.TEST}
    events = home.store.read(lambda tx: tx.event.read("contact:ana"))
    assert [one.kind for one in events] == ["contact_tested", "contact_verified"]


def test_the_acknowledge_link_of_a_page_is_evidence_for_the_method_it_came_over(
    home: Site,
) -> None:
    home.signal()
    home.clock.move(timedelta(seconds=1))
    item = brought(home)

    answer = home.press(item.ack_url, do="acknowledge")

    assert "It is yours" in answer.text
    assert known(home) == {MAIL: Via.PAGE}


def test_a_link_that_does_not_say_what_brought_it_acknowledges_all_the_same(
    home: Site,
) -> None:
    home.signal()

    answer = home.press(home.link(home.page().id), do="acknowledge")

    assert "It is yours" in answer.text
    assert known(home) == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_test_of_somebody_who_left_shows_nothing(home: Site, method: str) -> None:
    link = link_of_a_test(home)
    home.configure(
        CONFIGURATION.replace("name: ana", "name: anna").replace("ana, ", "")
    )

    answer = home.ask(method, link) if method == "GET" else home.press(link)

    assert answer.status == (200 if method == "GET" else 410)
    assert known(home) == {}


def test_a_link_of_a_test_expires(home: Site) -> None:
    link = link_of_a_test(home)
    home.clock.move(timedelta(hours=25))

    assert home.press(link).status == 410
    assert known(home) == {}


def test_the_console_lists_ones_own_methods_and_tests_them(home: Site) -> None:
    text = home.look("/settings/contact-methods", "ana").text
    pressed = home.press("/settings/contact-methods/test", "ana", method="mail")
    home.press(brought(home).open_url)
    after = home.look("/settings/contact-methods", "ana").text

    assert "never shown to reach you" in text
    assert pressed.status == 303
    assert "verified" in after


def test_nobody_tests_the_methods_of_others_but_an_admin(home: Site) -> None:
    of_ana = home.post("/api/v1/contact-methods/test?user=ana", {}, who="ben")
    of_ben = home.post("/api/v1/contact-methods/test?user=ben", {}, who="ana")
    nobody = home.post("/api/v1/contact-methods/test", {}, who="operator")
    unknown = home.post("/api/v1/contact-methods/test?method=pigeon", {}, who="ana")

    assert (of_ana.status, of_ben.status) == (403, 202)
    assert (nobody.status, unknown.status) == (422, 404)
    assert "there is: mail" in unknown.text
