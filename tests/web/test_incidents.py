"""The incident room by plain forms: what it shows, to whom, and what it refuses."""

from datetime import timedelta

from tests.api.site import Site
from tests.web.responding import declared, pressed, stored


def test_one_field_declares_and_leads_into_the_room(home: Site) -> None:
    name = declared(home, severity="", title="Search is slow")

    room = home.look(f"/incidents/{name}", "ana").text

    assert "Search is slow" in room
    assert "Severity to be assessed" in room
    assert "Ana Berger</b> (you)" in room
    assert stored(home, name).commander == "ana"


def test_an_empty_title_keeps_what_was_chosen(home: Site) -> None:
    answer = home.press("/incidents", "ana", title=" ", severity="SEV2")

    assert answer.status == 422
    assert 'aria-describedby="title-error"' in answer.text
    assert '<option value="SEV2" selected>' in answer.text


def test_looking_at_the_form_declares_nothing(home: Site) -> None:
    assert home.look("/incidents/new", "ana").status == 200
    assert "No incident yet" in home.look("/incidents", "ana").text


def test_who_commands_how_bad_and_what_is_due_stand_in_the_head(home: Site) -> None:
    name = declared(home)
    home.clock.move(timedelta(minutes=11))

    head = home.look(f"/incidents/{name}", "ben").text.split("</header>")[1]

    assert "SEV1" in head
    assert "Ana Berger" in head
    assert "Executives told due" in head
    assert 'data-due="soon"' in head
    assert "in 4 min" in head


def test_the_response_goes_through_its_stages_by_forms_alone(home: Site) -> None:
    name = declared(home, severity="SEV3")
    pressed(home, name, "take-role", "ben", role="operations")
    pressed(home, name, "mitigation-tried", "ben", title="Roll back", kind="roll_back")
    tried = stored(home, name).mitigations[0].id
    pressed(home, name, "mitigation-judged", mitigation=tried, outcome="worked")

    done = pressed(home, name, "resolve", reason="errors are gone")

    assert done.header("location") == f"/incidents/{name}?news=resolve"
    incident = stored(home, name)
    assert incident.resolved_at is not None
    assert "It came back" in home.look(f"/incidents/{name}", "ana").text


def test_a_refused_press_says_why_and_keeps_what_was_typed(home: Site) -> None:
    name = declared(home)

    lowered = pressed(home, name, "severity", severity="SEV3")
    merged = pressed(home, name, "merge", into="INC-99")
    early = pressed(home, name, "resolve", reason="looks fine")

    assert lowered.status == 422
    assert "ay why it is no longer SEV1" in lowered.text
    assert merged.status == 404
    assert early.status == 409
    assert "is not mitigated" in early.text
    assert stored(home, name).severity == "SEV1"


def test_a_note_may_have_happened_earlier_in_the_readers_zone(home: Site) -> None:
    home.clock.move(timedelta(hours=1))
    name = declared(home)

    late = pressed(home, name, "note", "ana", text="first timeouts", at="18:30")
    wrong = pressed(home, name, "note", "ana", text="kept words", at="soon")

    assert late.status == 303
    room = home.look(f"/incidents/{name}", "ana").text
    assert "18:30 CET" in room
    assert "told" in room
    assert wrong.status == 422
    assert "kept words</textarea>" in wrong.text
    assert "write it like 14:05" in wrong.text


def test_the_timeline_can_be_filtered(home: Site) -> None:
    name = declared(home)
    pressed(home, name, "note", text="seen by a person")

    people = home.look(f"/incidents/{name}?show=people", "ana").text
    state = home.look(f"/incidents/{name}?show=state", "ana").text

    assert "seen by a person" in people
    assert "who commands: SEV1" not in people
    assert "seen by a person" not in state
    assert "who commands: SEV1" in state


def test_a_private_incident_is_not_there_for_others(home: Site) -> None:
    name = declared(home, is_private="yes")

    assert home.look(f"/incidents/{name}", "ben").status == 404
    assert name not in home.look("/incidents", "ben").text
    assert name not in home.look("/", "ben").text
    assert home.look(f"/incidents/{name}", "ana").status == 200
    assert pressed(home, name, "note", "ben", text="let me in").status == 404


def test_an_observer_reads_and_is_shown_no_buttons(home: Site) -> None:
    name = declared(home)

    room = home.look(f"/incidents/{name}", "cleo").text

    assert "Checkout is down" in room
    assert f'method="post" action="/incidents/{name}' not in room
    assert "Declare" not in home.look("/incidents", "cleo").text
    assert pressed(home, name, "note", "cleo", text="hello").status == 403
    assert home.press("/incidents", "cleo", title="x").status == 403


def test_evidence_is_kept_and_never_run_by_the_browser(home: Site) -> None:
    name = declared(home)
    page = b"<script>alert(1)</script>"
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a b.html"\r\n'
        b"Content-Type: text/html\r\n\r\n" + page + b"\r\n"
        b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
        b"the page\r\n--b--\r\n"
    )
    headers = {
        "content-type": "multipart/form-data; boundary=b",
        "sec-fetch-site": "same-origin",
        **home.browser("ana"),
    }

    sent = home.ask("POST", f"/incidents/{name}/evidence", headers=headers, body=body)

    assert sent.status == 303, sent.text
    kept = stored(home, name).evidence[0]
    got = home.look(f"/incidents/{name}/evidence/{kept.id}", "ben")
    assert got.body == page
    assert got.header("content-type").startswith("application/octet-stream")
    assert got.header("content-disposition") == 'attachment; filename="a_b.html"'
    assert "sandbox" in got.header("content-security-policy")


def test_text_from_people_is_never_markup(home: Site) -> None:
    name = declared(home, title="<b>bold</b> & co")
    pressed(home, name, "note", text="<img src=x onerror=alert(1)>")

    room = home.look(f"/incidents/{name}", "ana").text

    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in room
    assert "<img" not in room


def test_now_shows_what_runs_the_worst_first(home: Site) -> None:
    declared(home, severity="SEV3", title="Search is slow")
    declared(home, severity="SEV1", title="Checkout is down")

    now = home.look("/", "ben").text

    assert now.index("Checkout is down") < now.index("Search is slow")


def test_an_incident_is_declared_from_a_page_without_a_title(home: Site) -> None:
    home.signal("Checkout fails")
    page = home.page()

    shown = home.look(f"/pages/{page.id}", "ben").text
    form = home.look(f"/incidents/new?page={page.id}", "ben").text
    name = declared(home, "ben", title="", severity="", page_id=page.id)

    incident = stored(home, name)
    assert f"/incidents/new?page={page.id}" in shown
    assert "From <a" in form
    assert incident.title == "Checkout fails"
    assert incident.severity == page.severity
    assert incident.detected_by == "monitoring"
    assert page.id in incident.pages
