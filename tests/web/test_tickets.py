"""The page of backlog tickets."""

from tests.api.site import Site
from tests.web.responding import declared, stored

from handrail.core.ids import IncidentId


def ticket(home: Site, incident_id: IncidentId) -> str:
    found = home.store.read(lambda tx: tx.backlog.for_incident(incident_id))
    assert found is not None
    return found.id


def test_what_waits_for_the_tracker_is_shown_with_what_it_is_about(home: Site) -> None:
    name = declared(home, severity="SEV4", title="A typo")

    shown = home.look("/tickets", "cleo").text

    assert f'<a href="/incidents/{name}">A typo</a>' in shown
    assert "waits for the tracker" in shown
    assert "No tracker is configured" in shown
    assert "Try it now" not in shown
    assert "asked for, not yet there" in home.look(f"/incidents/{name}", "ana").text


def test_it_is_tried_now_by_who_may(home: Site) -> None:
    name = declared(home, severity="SEV4")
    path = f"/tickets/{ticket(home, stored(home, name).id)}/retry"

    done = home.press(path, "ben")

    assert done.header("location") == "/tickets?news=ticket-retry"
    assert home.press(path, "cleo").status == 403
    assert home.press("/tickets/none/retry", "ben").status == 404


def test_none_waits_is_said(home: Site) -> None:
    assert "None waits." in home.look("/tickets", "ana").text
    assert "No ticket was asked for yet." in home.look("/tickets?show=all", "ana").text
