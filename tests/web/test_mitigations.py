"""Mitigations of the catalogue by forms: looked at, confirmed by typing, run once."""

import pytest
from tests.api.site import Answer, Site
from tests.web.responding import RESPONSE, declared, pressed, stored


@pytest.fixture
def ready(home: Site) -> Site:
    home.configure(RESPONSE)
    return home


def run(home: Site, name: str, confirm: str, seen: str = "0") -> Answer:
    form = {"confirm": confirm, "seen": seen}
    return home.press(f"/incidents/{name}/mitigations/roll-back", "ben", **form)


def test_a_look_shows_the_exact_request_and_sends_nothing(ready: Site) -> None:
    name = declared(ready, service="checkout")

    shown = ready.look(f"/incidents/{name}/mitigations/roll-back", "ben").text

    assert "POST http://127.0.0.1:9/roll-back" in shown
    assert "Authorization: Bearer ••• (env:HANDRAIL_TEST_NO_SUCH_SECRET)" in shown
    assert "{&#34;service&#34;:&#34;checkout&#34;,&#34;by&#34;:&#34;ben&#34;}" in shown
    assert "there is nothing behind env:HANDRAIL_TEST_NO_SUCH_SECRET" in shown
    assert "type <code>checkout-production</code>" in shown
    assert stored(ready, name).mitigations == ()


def test_the_targets_name_must_be_typed(ready: Site) -> None:
    name = declared(ready, service="checkout")

    refused = run(ready, name, "checkout")

    assert refused.status == 422
    assert "type checkout-production" in refused.text
    assert 'value="checkout"' in refused.text
    assert stored(ready, name).mitigations == ()


def test_it_is_begun_once_however_often_the_button_is_pressed(ready: Site) -> None:
    name = declared(ready, service="checkout")

    first = run(ready, name, "checkout-production")
    again = run(ready, name, "checkout-production")

    place = f"/incidents/{name}?news=mitigation-run#mitigations"
    assert first.header("location") == place
    assert again.status == 409
    assert "was begun since you looked" in again.text
    (tried,) = stored(ready, name).mitigations
    assert (tried.entry, tried.by) == ("roll-back", "ben")
    assert "Being carried out" in ready.look(f"/incidents/{name}", "cleo").text


def test_what_cannot_be_run_is_said_in_the_room(ready: Site) -> None:
    name = declared(ready)

    by_hand = ready.look(f"/incidents/{name}/mitigations/drain", "ben")
    unsuited = ready.look(f"/incidents/{name}/mitigations/roll-back", "ben")
    unknown = ready.look(f"/incidents/{name}/mitigations/nope", "ben")

    assert (by_hand.status, unsuited.status, unknown.status) == (409, 409, 404)
    assert "is done by hand" in by_hand.text
    assert "roll-back is for checkout" in unsuited.text.casefold()
    assert "known are: drain, roll-back" in unknown.text
    for answer in (by_hand, unsuited, unknown):
        assert 'aria-labelledby="mitigations"' in answer.text


def test_nothing_is_run_for_what_is_over(ready: Site) -> None:
    name = declared(ready, service="checkout")
    pressed(ready, name, "decline", reason="a drill")

    late = run(ready, name, "checkout-production")

    assert late.status == 409
    assert stored(ready, name).mitigations == ()


def test_an_observer_neither_looks_nor_runs(ready: Site) -> None:
    name = declared(ready, service="checkout")
    path = f"/incidents/{name}/mitigations/roll-back"

    assert ready.look(path, "cleo").status == 403
    assert ready.press(path, "cleo", confirm="checkout-production").status == 403
    assert path not in ready.look(f"/incidents/{name}", "cleo").text
