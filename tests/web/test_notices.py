"""Telling the public by forms: suggested, looked at, then published once."""

from datetime import timedelta

import pytest
from tests.api.site import Answer, Site
from tests.web.responding import RESPONSE, declared, hidden, pressed, stored

from handrail.core.status_page.notice import Notice


@pytest.fixture
def ready(home: Site) -> Site:
    home.configure(RESPONSE)
    return home


def told(home: Site, name: str) -> list[Notice]:
    incident = stored(home, name)
    return home.store.read(lambda tx: tx.notice.for_incident(incident.id))


def look_at(home: Site, name: str, who: str = "ana", **said: str) -> Answer:
    form = {"stage": "investigating", "text": "Carts fail for some of you.", **said}
    return home.press(f"/incidents/{name}/notice", who, do="preview", **form)


def publish(home: Site, looked: Answer, name: str, who: str = "ana") -> Answer:
    fields = hidden(looked, do="publish")
    return home.press(f"/incidents/{name}/notice", who, do="publish", **fields)


def test_the_form_starts_with_words_that_fit_stage_and_severity(ready: Site) -> None:
    name = declared(ready, service="checkout")

    form = ready.look(f"/incidents/{name}/notice", "ana").text

    assert '<option value="investigating" selected>' in form
    assert "We are looking into a problem with Website." in form
    assert "It may be unavailable for many of you." in form
    assert '<option value="major_outage" selected>' in form
    assert told(ready, name) == []


def test_other_words_are_suggested_without_a_script(ready: Site) -> None:
    name = declared(ready, service="checkout")

    form = ready.press(
        f"/incidents/{name}/notice", "ana", do="suggest", stage="monitoring"
    ).text

    assert '<option value="monitoring" selected>' in form
    assert "The impact on Website has stopped" in form


def test_a_look_shows_what_the_public_would_read_and_what_to_consider(
    ready: Site,
) -> None:
    name = declared(ready)

    looked = look_at(ready, name, text="It is being looked into.", next="30")

    assert looked.status == 200
    assert "This is what the public would read" in looked.text
    assert "Say what customers notice" in looked.text
    assert "It is being looked into.</textarea>" in looked.text
    assert told(ready, name) == []


def test_what_was_looked_at_is_what_is_published(ready: Site) -> None:
    name = declared(ready, service="checkout")
    said = {"component-web": "partial_outage", "next": "30", "title": "Carts fail"}
    looked = look_at(ready, name, **said)
    ready.clock.move(timedelta(minutes=2))

    done = publish(ready, looked, name)

    assert done.header("location") == f"/incidents/{name}?news=notice#public"
    (notice,) = told(ready, name)
    assert (notice.title, notice.stage) == ("Carts fail", "investigating")
    assert dict(notice.components) == {"web": "partial_outage"}
    # As it was shown, not thirty minutes from the press.
    assert notice.next_update_at == ready.clock.now() + timedelta(minutes=28)
    room = ready.look(f"/incidents/{name}", "cleo").text
    assert "Carts fail for some of you." in room
    assert "Website: partial outage" in room


def test_a_button_pressed_twice_tells_the_public_once(ready: Site) -> None:
    name = declared(ready)
    looked = look_at(ready, name)
    others = look_at(ready, name, "ben", text="Something else fails.")

    first, again = publish(ready, looked, name), publish(ready, looked, name)
    late = publish(ready, others, name, "ben")

    assert (first.status, again.status, late.status) == (303, 409, 409)
    assert len(told(ready, name)) == 1
    assert "The public was told something about" in late.text
    assert "Something else fails.</textarea>" in late.text
    assert "Carts fail for some of you." in late.text  # What was told meanwhile.


def test_a_wrong_field_is_marked_and_what_was_typed_is_kept(ready: Site) -> None:
    name = declared(ready)

    refused = look_at(ready, name, next="yesterday", title="Kept title")

    assert refused.status == 422
    assert 'value="Kept title"' in refused.text
    assert 'value="yesterday"' in refused.text
    assert 'aria-describedby="error-notice"' in refused.text


def test_resolving_leads_to_the_all_clear_that_it_demands(ready: Site) -> None:
    name = declared(ready, service="checkout")
    publish(ready, look_at(ready, name, **{"component-web": "major_outage"}), name)
    pressed(ready, name, "mitigated", reason="rolled back")

    early = pressed(ready, name, "resolve", reason="ok", despite_obligations="yes")
    form = ready.look(f"/incidents/{name}/notice?stage=resolved", "ana").text

    assert early.status == 409
    assert f'href="/incidents/{name}/notice?stage=resolved"' in early.text
    assert '<option value="resolved" selected>' in form
    assert '<option value="operational" selected>' in form
    all_clear = look_at(ready, name, stage="resolved", text="Carts work again.")
    publish(ready, all_clear, name)
    pressed(ready, name, "resolve", reason="ok", despite_obligations="yes")
    assert stored(ready, name).resolved_at is not None
    assert told(ready, name)[-1].components == {"web": "operational"}


def test_after_the_all_clear_only_a_correction_goes_out(ready: Site) -> None:
    name = declared(ready)
    publish(ready, look_at(ready, name, stage="resolved", text="Works again."), name)

    form = ready.look(f"/incidents/{name}/notice", "ana").text
    refused = look_at(ready, name, stage="resolved", text="It worked from 18:00.")
    corrected = look_at(
        ready,
        name,
        stage="resolved",
        text="It worked from 18:00.",
        is_correction="yes",
    )

    assert "The all-clear is out." in form
    assert refused.status == 409
    assert publish(ready, corrected, name).status == 303
    assert told(ready, name)[-1].is_correction


def test_an_observer_reads_what_was_told_and_tells_nothing(ready: Site) -> None:
    name = declared(ready)
    looked = look_at(ready, name)
    publish(ready, looked, name)

    room = ready.look(f"/incidents/{name}", "cleo").text

    assert "Carts fail for some of you." in room
    assert "Tell the public" not in room
    assert ready.look(f"/incidents/{name}/notice", "cleo").status == 403
    assert publish(ready, looked, name, "cleo").status == 403
