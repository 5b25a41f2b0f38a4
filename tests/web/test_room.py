"""The room: what it offers, what it keeps of a refused press, what was known when."""

from datetime import timedelta

import pytest
from tests.api.site import Site
from tests.web.responding import RESPONSE, declared, pressed, resolved, stored


@pytest.fixture
def ready(home: Site) -> Site:
    """A site with a catalogue of mitigations and a status page."""
    home.configure(RESPONSE)
    return home


def test_the_catalogue_offers_what_suits_the_incident(ready: Site) -> None:
    about = declared(ready, service="checkout")
    other = declared(ready, title="Something else")

    fitting = ready.look(f"/incidents/{about}", "ben").text
    general = ready.look(f"/incidents/{other}", "ben").text

    assert f"/incidents/{about}/mitigations/roll-back" in fitting
    assert "By hand: Turn the second tap" in fitting
    assert "Drain the pool" in general
    assert "Roll checkout back" not in general


def test_what_is_done_by_hand_is_recorded_by_one_button(ready: Site) -> None:
    name = declared(ready, service="checkout")

    pressed(ready, name, "mitigation-tried", title="Drain the pool", kind="shed_load")

    tried = stored(ready, name).mitigations[0]
    assert (tried.title, tried.kind, tried.by) == ("Drain the pool", "shed_load", "ana")


def test_suspects_say_why_they_are_shown_the_newest_first(ready: Site) -> None:
    for title in ("Checkout 4.1", "Checkout 4.2"):
        ready.press("/changes", "ben", title=title, kind="deploy", service="checkout")
        ready.clock.move(timedelta(minutes=3))
    name = declared(ready, service="checkout")

    room = ready.look(f"/incidents/{name}", "ben").text

    assert room.index("Checkout 4.2") < room.index("Checkout 4.1")
    assert "3 min before the impact, to the service itself" in room


def test_a_mitigation_is_judged_with_what_was_seen(ready: Site) -> None:
    name = declared(ready)
    pressed(ready, name, "mitigation-tried", title="Roll back", kind="roll_back")
    tried = stored(ready, name).mitigations[0].id

    pressed(
        ready,
        name,
        "mitigation-judged",
        mitigation=tried,
        outcome="helped_partly",
        remark="half the errors are gone",
    )

    room = ready.look(f"/incidents/{name}", "ben").text
    assert "Helped partly</b>: half the errors are gone" in room


def test_a_merge_into_nothing_keeps_the_room_and_what_was_typed(ready: Site) -> None:
    name = declared(ready)

    refused = pressed(ready, name, "merge", into="INC-99", reason="same alerts")

    assert refused.status == 404
    assert "There is no incident &#39;INC-99&#39;" in refused.text
    assert 'value="INC-99"' in refused.text
    assert 'value="same alerts"' in refused.text


def test_a_correction_that_is_refused_is_shown_at_its_entry(ready: Site) -> None:
    name = declared(ready)

    refused = pressed(ready, name, "correct", entry="1", text=" ")

    assert refused.status == 422
    entry = refused.text.split('id="entry-1"')[1].split("</li>")[0]
    assert '<details class="entryacts" open>' in entry
    assert "Text is empty" in entry


def test_a_note_that_is_too_long_is_refused_and_not_cut(ready: Site) -> None:
    name = declared(ready)
    long = "x" * 10_001

    refused = pressed(ready, name, "note", text=long)

    assert refused.status == 422
    assert long in refused.text
    assert pressed(ready, name, "note", text="one\r\ntwo").status == 303
    assert "one\ntwo" in ready.look(f"/incidents/{name}", "ana").text


def test_the_next_word_is_promised_in_minutes_or_for_a_time(ready: Site) -> None:
    name = declared(ready)
    update = {"text": "nothing new", "audience": "stakeholders"}

    pressed(ready, name, "update", "ben", **update, next="30")
    in_minutes = stored(ready, name).next_update_at
    pressed(ready, name, "update", "ben", **update, next="19:00")
    at_a_time = stored(ready, name).next_update_at
    wrong = pressed(ready, name, "update", "ben", **update, next="soon")

    now = ready.clock.now()
    assert in_minutes == now + timedelta(minutes=30)
    # 18:04 in Lagos is now, so that 19:00 there is in 56 minutes.
    assert at_a_time == now + timedelta(minutes=56)
    assert wrong.status == 422
    assert 'value="soon"' in wrong.text


def test_putting_one_fact_right_takes_back_nobody_elses(ready: Site) -> None:
    name = declared(ready)
    seen = {"was_title": "Checkout is down", "was_summary": "", "was_service": ""}
    pressed(ready, name, "amend", title="Carts fail", **seen)

    pressed(
        ready,
        name,
        "amend",
        "ben",
        title="Checkout is down",
        service="checkout",
        detected_by="customer",
        impact_started_at="17:40",
        **seen,
    )

    incident = stored(ready, name)
    assert incident.title == "Carts fail"
    assert incident.service == "checkout"
    assert incident.detected_by == "customer"
    assert incident.impact_started_at == ready.clock.now() - timedelta(minutes=24)


def test_the_room_tells_what_was_known_at_an_instant(ready: Site) -> None:
    name = declared(ready, severity="SEV3")
    ready.clock.move(timedelta(minutes=10))
    pressed(ready, name, "note", text="carts fail", at="18:04")
    pressed(ready, name, "severity", severity="SEV1")

    then = ready.look(f"/incidents/{name}?known_at=18:10", "ana")
    now = ready.look(f"/incidents/{name}", "ana").text

    assert then.status == 200
    head = then.text.split("<main")[1].split("</header>")[0]
    assert "This is what was known at <b>18:10 CET" in head
    assert "SEV3" in head
    assert "SEV1" not in head
    assert "carts fail" not in then.text  # It happened before, and was told later.
    assert 'method="post" action="/incidents' not in then.text
    assert "data-stream" not in then.text
    assert "carts fail" in now


@pytest.mark.parametrize(
    ("said", "status", "why"),
    [("noon", 422, "write it like 14:05"), ("18:00", 404, "was not declared then")],
)
def test_a_time_that_cannot_be_told_is_said_at_its_place(
    ready: Site, said: str, status: int, why: str
) -> None:
    name = declared(ready)

    answer = ready.look(f"/incidents/{name}?known_at={said}", "ana")

    assert answer.status == status
    assert why in answer.text
    assert f'value="{said}"' in answer.text


def test_evidence_without_a_file_keeps_what_was_written(ready: Site) -> None:
    name = declared(ready)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n"
        b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
        b"the graph\r\n--b--\r\n"
    )
    headers = {
        "content-type": "multipart/form-data; boundary=b",
        "sec-fetch-site": "same-origin",
        **ready.browser("ana"),
    }

    sent = ready.ask("POST", f"/incidents/{name}/evidence", headers=headers, body=body)

    assert sent.status == 422
    assert "Choose a file to attach" in sent.text
    assert 'value="the graph"' in sent.text


def test_a_resolved_incident_shows_its_postmortem_and_items(ready: Site) -> None:
    name = resolved(ready)
    ready.press(f"/postmortems/{name}/item-add", "ana", title="Alert on pool use")

    room = ready.look(f"/incidents/{name}", "cleo").text

    assert f'href="/postmortems/{name}"' in room
    assert "ACT-1 Alert on pool use" in room


def test_a_postmortem_can_be_begun_where_none_is_due(ready: Site) -> None:
    name = resolved(ready, severity="SEV4")
    assert "Begin a postmortem" in ready.look(f"/incidents/{name}", "ana").text

    begun = ready.press("/postmortems", "ana", incident=name)
    again = ready.press("/postmortems", "ana", incident=name)

    assert begun.header("location") == f"/postmortems/{name}?news=drafted"
    assert again.status == 409


def test_promises_are_shown_kept_and_missed(ready: Site) -> None:
    name = declared(ready)
    pressed(ready, name, "take-role", "ben", role="scribe")
    pressed(ready, name, "severity", severity="SEV4", reason="only staging")

    room = ready.look(f"/incidents/{name}", "ana").text

    assert "Scribe named: <b>kept</b>" in room
    assert "Executives told: <b>lifted</b>" in room
