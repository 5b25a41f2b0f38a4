"""An incident pages who commands and who responds, reminds of promises, and tells."""

from datetime import timedelta

import pytest
from tests.world.configuration import Configuration, payments
from tests.world.sink import IS_DOWN
from tests.world.world import World

from handrail.core.errors import ConflictError
from handrail.core.incident.event import Audience, PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection
from handrail.core.obligation.obligation import Obligation
from handrail.core.paging.page import PageState
from handrail.core.severity.severity import Severity
from handrail.usecases import incident as use
from handrail.usecases.incident_bulletin import who_is_told

COMMAND, RESPONSE = PagePurpose.COMMAND, PagePurpose.RESPONSE
SEV1, SEV2 = Severity.SEV1, Severity.SEV2


def only(name: str) -> dict[str, str]:
    """Return what lifts every promise of SEV1 that stands in the way of a test."""
    kinds = (
        "responder_acknowledged",
        "communications_lead_named",
        "scribe_named",
        "executives_told",
        "public_notice",
        "next_update",
    )
    return {kind: "none" for kind in kinds if kind != name}


def with_commanders(**demands: object) -> Configuration:
    """The payments team, with Cleo on the commanders' rota for SEV1."""
    said = {"page": ["schedule:commanders"], "obligations": only(""), **demands}
    return (
        payments()
        .user("cleo", "email")
        .channel("support", "webhook")
        .schedule("commanders", "cleo")
        .severity("SEV1", **said)
    )


@pytest.fixture
def commanded() -> World:
    return World(with_commanders())


def obligation(world: World, incident: Incident, name: str) -> Obligation:
    found = world.incident(incident).obligation(name)
    assert found is not None
    return found


def test_declaring_pages_the_commanders_rota_and_offers_command(
    commanded: World,
) -> None:
    world = commanded

    incident = world.declare("ana", "Checkout is down", severity=SEV1)
    (message,) = world.expect_told("cleo", of="INC-1: Checkout is down")
    page = world.answer("cleo", incident, COMMAND)

    (item,) = message.items
    assert item.ack_url.startswith("https://handrail.test/a/")
    assert (item.incident, item.severity) == ("INC-1", "SEV1")
    assert item.open_url == "https://handrail.test/incidents/INC-1"
    assert "offered command" in item.notes[0]
    assert (page.incident_id, page.alert_id) == (incident.id, None)
    assert world.incident(incident).commander == "ana"
    assert world.incident(incident).offered_to == ("cleo",)
    world.expect_bulletin("cleo", saying="you are offered command")
    after = world.respond("cleo", use.hand_over, "INC-1", "cleo")
    assert (after.commander, after.offered_to) == ("cleo", ())
    world.close()


def test_a_commanders_page_that_nobody_answers_goes_to_the_last_resort(
    commanded: World,
) -> None:
    world = commanded
    world.declare("ana", "Checkout is down", severity=SEV1)
    world.expect_told("cleo", of="INC-1: Checkout is down")

    world.fast_forward(minutes=5)

    world.expect_told("ops", of="INC-1: Checkout is down")
    world.close()


def test_whoever_commands_already_is_not_paged_to_command(commanded: World) -> None:
    world = commanded

    world.declare("cleo", "Checkout is down", severity=SEV1)

    world.close()


def test_assessing_and_raising_page_and_lowering_does_not(commanded: World) -> None:
    world = commanded
    world.declare("ana", "Checkout is down", is_to_be_assessed=True)
    world.expect_silence()

    world.respond("ana", use.change_severity, "INC-1", SEV1)
    world.expect_told("cleo", of="INC-1: Checkout is down")
    world.respond("ana", use.change_severity, "INC-1", SEV2, reason="only Europe")
    world.respond("ana", use.change_severity, "INC-1", SEV1)

    world.close()


def test_the_service_is_paged_and_its_answer_meets_the_promise() -> None:
    world = World(
        with_commanders(page=["user:ana"], obligations={"scribe_named": "none"})
    )

    incident = world.declare("ana", "Slow", severity=SEV1, service="checkout")
    world.expect_told("ana", of="INC-1: Slow")
    world.fast_forward(minutes=3)
    world.answer("ben", incident, RESPONSE)

    after = world.incident(incident)
    met = obligation(world, incident, "responder_acknowledged.1")
    assert met.is_kept
    assert after.holders(IncidentRole.OPERATIONS) == ("ben",)
    world.forget_messages()
    world.close()


def test_pages_of_an_incident_end_with_it(commanded: World) -> None:
    world = commanded
    incident = world.declare("ana", "Slow", severity=SEV1, service="checkout")
    world.forget_messages()

    world.respond("ana", use.decline, "INC-1", reason="a test")
    world.fast_forward(hours=1)

    for purpose in (COMMAND, RESPONSE):
        (page,) = world.pages_of(incident, purpose)
        assert page.state is PageState.RESOLVED
    world.close()


def test_declaring_from_a_page_takes_over_what_the_alert_knows(
    commanded: World,
) -> None:
    world = commanded
    world.signal()
    world.expect_told("ana")
    opened_at = world.now
    world.fast_forward(minutes=2)

    incident = world.declare_from("ana")

    assert incident.title == "Disk full"
    assert (incident.service, incident.severity) == ("checkout", SEV1)
    assert incident.detected_by is Detection.MONITORING
    assert incident.detected_at == opened_at
    assert incident.pages[world.page().id] is PagePurpose.ORIGIN
    assert not world.pages_of(incident, RESPONSE), "its people are sought already"
    world.expect_told("cleo", of="INC-1: Disk full")
    world.acknowledge("ben")
    assert world.incident(incident).holders(IncidentRole.OPERATIONS) == ("ben",)
    with pytest.raises(ConflictError, match="INC-1 was declared from it already"):
        world.declare_from("ben")
    world.close()


def test_who_had_the_page_already_responds_at_once(commanded: World) -> None:
    world = commanded
    world.signal()
    world.expect_told("ana")
    world.acknowledge("ana")

    incident = world.declare_from("ben")

    assert incident.holders(IncidentRole.OPERATIONS) == ("ana",)
    world.forget_messages()
    world.close()


def test_an_obligation_is_reminded_before_at_and_after_and_recorded_missed() -> None:
    world = World(with_commanders(page=["user:ana"], obligations=only("scribe_named")))
    incident = world.declare("ana", "Checkout is down", severity=SEV1)
    owed = obligation(world, incident, "scribe_named.1")

    world.fast_forward(minutes=7, seconds=30)
    (item,) = world.expect_bulletin("ana", saying="scribe named owed by")
    assert not item.ack_url
    assert item.open_url == "https://handrail.test/incidents/INC-1"
    world.fast_forward(minutes=2, seconds=30)
    world.expect_bulletin("ana", saying="scribe named due now")
    world.fast_forward(seconds=1)
    missed = obligation(world, incident, "scribe_named.1")
    assert missed.missed_at == owed.due_at
    world.fast_forward(hours=2)
    world.expect_bulletin("ana", saying="scribe named overdue since")

    world.respond("ana", use.take_role, "INC-1", IncidentRole.SCRIBE, "ana")
    late = obligation(world, incident, "scribe_named.1")
    assert late.met_at is not None
    assert not late.is_kept
    world.close()


@pytest.mark.parametrize(("service", "told"), [("checkout", "ana"), (None, "ops")])
def test_where_nobody_in_charge_is_reached_others_are_reminded(
    service: str | None, told: str
) -> None:
    world = World(with_commanders(page=[], obligations=only("scribe_named")))
    world.declare("stranger", "Checkout is down", severity=SEV1, service=service)

    world.fast_forward(minutes=7, seconds=30)

    world.expect_bulletin(told, saying="scribe named owed by")
    for who in ("ana", "ben") if service else ():
        world.expect_told(who, of="INC-1: Checkout is down")
    world.close()


def test_after_a_standstill_only_the_latest_reminder_is_given() -> None:
    world = World(with_commanders(page=["user:ana"], obligations=only("scribe_named")))
    incident = world.declare("ana", "Checkout is down", severity=SEV1)

    with world.standing_still():
        world.fast_forward(hours=1)
    world.fast_forward(seconds=1)

    world.expect_bulletin("ana", saying="scribe named overdue since")
    found = obligation(world, incident, "scribe_named.1")
    assert found.missed_at == found.due_at
    world.close()


def test_a_met_obligation_is_not_reminded() -> None:
    world = World(with_commanders(page=["user:ana"], obligations=only("scribe_named")))
    world.declare("ana", "Checkout is down", severity=SEV1)

    world.respond("ana", use.take_role, "INC-1", IncidentRole.SCRIBE, "ana")
    world.fast_forward(hours=1)

    world.close()


def test_a_reminder_that_could_not_be_sent_is_dropped_once_it_is_met() -> None:
    world = World(with_commanders(page=["user:ana"], obligations=only("scribe_named")))
    world.declare("ana", "Checkout is down", severity=SEV1)
    world.sink.once("ana@email.test", IS_DOWN)

    world.fast_forward(minutes=7, seconds=30)
    world.respond("ana", use.take_role, "INC-1", IncidentRole.SCRIBE, "ana")
    world.fast_forward(hours=1)

    assert len(world.sink.calls) == 1
    world.close()


def test_nothing_is_reminded_after_the_end(commanded: World) -> None:
    world = commanded
    world.configure(lambda c: c.severity("SEV2", obligations={}))
    world.declare("ana", "Checkout is down", severity=SEV2)

    world.respond("ana", use.decline, "INC-1", reason="a test")
    world.fast_forward(hours=3)

    world.close()


def test_an_update_reaches_its_audience() -> None:
    tell = {"stakeholders": ["channel:support", "user:mia"]}
    world = World(with_commanders(page=["user:ana"], tell=tell))
    world.declare("ana", "Checkout is down", severity=SEV1)

    world.respond(
        "ana",
        use.post_update,
        "INC-1",
        text="Half of Europe cannot pay.",
        audience=Audience.STAKEHOLDERS,
        next_update_at=world.now + timedelta(minutes=30),
    )

    for who in ("support", "mia"):
        (item,) = world.expect_bulletin(who, saying="Half of Europe cannot pay.")
        assert item.title == "INC-1: Checkout is down"
        assert "Next update by" in item.summary
    world.close()


def test_responders_are_told_without_being_configured(commanded: World) -> None:
    world = commanded
    world.declare("cleo", "Checkout is down", severity=SEV1)
    world.respond("cleo", use.take_role, "INC-1", IncidentRole.SCRIBE, "ben")
    world.expect_bulletin("ben", saying="you are scribe")

    world.respond(
        "cleo",
        use.post_update,
        "INC-1",
        text="Roll back.",
        audience=Audience.RESPONDERS,
    )

    world.expect_bulletin("ben", saying="Roll back.")
    world.close()


def test_an_update_that_nobody_is_named_for_is_kept_and_says_so(
    commanded: World,
) -> None:
    world = commanded
    incident = world.declare("cleo", "Checkout is down", severity=SEV1)
    audience = Audience.EXECUTIVES

    told = world.store.read(
        lambda tx: who_is_told(tx, incident, audience, by=incident.commander)
    )
    world.respond(
        "cleo", use.post_update, "INC-1", text="All is well.", audience=audience
    )

    assert told == ()
    story = "\n".join(world.incident_story(incident).lines())
    assert "Update to executives (sent to nobody): All is well." in story
    world.close()


def test_a_role_given_by_another_brings_its_meaning(commanded: World) -> None:
    world = commanded
    world.declare("cleo", "Checkout is down", severity=SEV1)

    world.respond("cleo", use.take_role, "INC-1", IncidentRole.SCRIBE, "ben")
    world.respond("mia", use.take_role, "INC-1", IncidentRole.OPERATIONS, "mia")

    (item,) = world.expect_bulletin("ben", saying="Writes down what was seen")
    assert item.title == "INC-1: you are scribe"
    world.close()


def test_of_a_private_incident_messages_say_only_the_number(commanded: World) -> None:
    world = commanded

    world.declare("ana", "Ana's salary leaked", severity=SEV1, is_private=True)
    world.respond("ana", use.take_role, "INC-1", IncidentRole.SCRIBE, "ben")

    world.expect_told("cleo", of="INC-1: (private)")
    (item,) = world.expect_bulletin("ben", saying="INC-1 (private)")
    assert "salary" not in f"{item.title}{item.summary}"
    world.close()


def test_who_works_undeclared_is_nudged_once(commanded: World) -> None:
    world = commanded
    world.signal()
    world.expect_told("ana")
    world.acknowledge("ana")

    world.fast_forward(minutes=15)
    world.expect_bulletin("ana", saying="Is this an incident? Disk full")
    world.fast_forward(hours=10)

    world.close()


def test_who_declared_is_not_nudged(commanded: World) -> None:
    world = commanded
    world.signal()
    world.acknowledge("ana")
    world.declare_from("ana", severity=Severity.SEV3)
    world.forget_messages()

    world.fast_forward(hours=10)

    world.close()


def test_what_resolved_or_is_minor_is_not_nudged(commanded: World) -> None:
    world = commanded
    world.signal("Grave")
    world.acknowledge("ana", "Grave")
    world.recovers("Grave")
    world.signal("Minor", severity="warning")
    world.acknowledge("ana", "Minor")
    world.forget_messages()

    world.fast_forward(hours=1)

    world.close()
