"""One incident from its first signal to its end: a Monday at the checkout.

Ana and Ben are on call for payments, Cleo commands, Mia talks to everybody else. Each
chapter says what people do, and what they, and the world outside, see of it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.world.configuration import Configuration, payments
from tests.world.outside import (
    System,
    TicketDesk,
    carry_out_mitigations,
    open_tickets,
    publish_status,
)
from tests.world.sink import LOSES_THE_ANSWER
from tests.world.world import World

from handrail.core.alert.alert import AlertState, Disposition
from handrail.core.audit.event import broken_link
from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import Slug
from handrail.core.incident.event import Audience, FactsAmended, PagePurpose
from handrail.core.incident.incident import Incident
from handrail.core.incident.public_notice import Draft
from handrail.core.incident.role import IncidentRole
from handrail.core.incident.stage import Detection, Stage
from handrail.core.mitigation.catalogue import masked_headers
from handrail.core.mitigation.mitigation import MitigationOutcome
from handrail.core.obligation.obligation import Obligation, ObligationKind
from handrail.core.paging.page import PageState
from handrail.core.postmortem.action_item import (
    ActionCategory,
    ActionPlan,
    ActionState,
)
from handrail.core.postmortem.contributing_factor import QUESTION, FactorKind
from handrail.core.postmortem.document import NOT_WRITTEN, markdown
from handrail.core.postmortem.postmortem import PostmortemState
from handrail.core.postmortem.section import GUIDES, Section
from handrail.core.severity.severity import Severity
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import NoticeStage
from handrail.ports.http_client import HttpAnswer
from handrail.ports.incident import EVERYBODY
from handrail.ports.store import Transaction
from handrail.usecases import (
    action_item,
    change,
    mitigation,
    notice,
    postmortem,
    timeline,
)
from handrail.usecases import incident as act
from handrail.usecases.incident_record import as_known_at
from handrail.usecases.postmortem import PostmortemStory

TITLE = "Checkout fails"
PRIVATE_WORDS = "card processor pool exhausted"
MADE_POSSIBLE = "nothing in the pipeline shows what a timeout will be"


def the_shop() -> Configuration:
    """The payments team, all that answers for it, and what it can do about it."""
    roll_back = {
        "title": "Roll checkout back",
        "kind": "roll_back",
        "description": "Brings the version before back",
        "services": ["checkout"],
        "confirm": "checkout-eu",
        "http": {
            "url": "https://deploy.test/checkout/roll-back",
            "body": '{"why":"${incident} (${severity}), by ${by}"}',
            "secret": "env:DEPLOY_TOKEN",
        },
    }
    tracker = {"kind": "webhook", "url": "https://tracker.test/hook"}
    tell = {"executives": ["channel:board"], "stakeholders": ["channel:support"]}
    return (
        payments()
        .user("cleo", "email")
        .channel("board", "webhook")
        .channel("support", "webhook")
        .schedule("commanders", "cleo")
        .severity("SEV1", page=["schedule:commanders"], tell=tell)
        .put("component", "checkout", {"title": "Checkout", "service": "checkout"})
        .put("component", "search", {"title": "Search"})
        .put("mitigation", "roll-back", roll_back)
        .put("tracker", "tracker", tracker)
    )


@dataclass
class Monday:
    """The world on that day, and what stands outside of it."""

    world: World
    system: System
    tracker: TicketDesk
    page_folder: Path

    def until(self, clock: str) -> None:
        """Let time pass until this o'clock."""
        hour, minute = map(int, clock.split(":"))
        at = self.world.now.replace(hour=hour, minute=minute, second=0)
        self.world.fast_forward(seconds=(at - self.world.now).total_seconds())

    @property
    def incident(self) -> Incident:
        found = self.world.store.read(lambda tx: tx.incident.by_number(1))
        assert found is not None
        return found

    def stage(self) -> Stage:
        return self.incident.stage

    def promise(self, name: str) -> Obligation:
        found = self.incident.obligation(name)
        assert found is not None
        return found

    def owed(self) -> dict[str, str]:
        """Return what is owed, and by when."""
        owed = (o for o in self.incident.obligations if o.is_open)
        return {str(o.kind): f"{o.due_at:%H:%M}" for o in owed}

    def learned(self) -> PostmortemStory:
        return self.world.store.read(
            lambda tx: postmortem.show(tx, "INC-1", viewer=EVERYBODY)
        )

    def published_page(self) -> str:
        """Let the engine write the status page; return its front as text."""
        publish_status(self.world, self.page_folder)
        return (self.page_folder / "index.html").read_text()


@pytest.fixture
def monday(tmp_path: Path) -> Monday:
    return Monday(
        world=World(the_shop()),
        system=System(
            HttpAnswer(status=200, headers={}, body=b"4.1 is live; s3cret stays ours")
        ),
        tracker=TicketDesk(),
        page_folder=tmp_path / "status",
    )


def test_the_whole_life_of_an_incident(monday: Monday) -> None:
    _a_signal_wakes_ana_and_then_ben(monday)
    _ben_declares_from_his_page(monday)
    _it_is_worse_and_cleo_takes_command(monday)
    _roles_are_given_and_people_inside_are_told(monday)
    _a_deploy_is_suspect(monday)
    _one_promise_is_missed_and_one_is_kept(monday)
    _the_roll_back_is_looked_at_confirmed_and_helps(monday)
    _nothing_is_over_before_the_public_knows(monday)
    _the_record_has_drafted_the_postmortem(monday)
    _people_say_what_the_record_cannot(monday)
    _something_small_becomes_a_ticket(monday)
    _it_is_published(monday)
    _it_is_closed_when_its_action_is_done(monday)
    _the_record_is_whole_and_remembers_what_was_known(monday)
    monday.world.close()


def _a_signal_wakes_ana_and_then_ben(monday: Monday) -> None:
    # 09:00. A signal comes in, and Ana is told.
    world = monday.world
    receipt = world.signal(TITLE, severity="error", region="eu")
    world.expect_told("ana", of=TITLE)

    # She does not answer; Ben is told. His provider's answer is lost, so he is told
    # again under the same key, and it says that it may be a repeat.
    world.sink.once("ben@email.test", LOSES_THE_ANSWER)
    monday.until("09:06")
    first, second = world.expect_told("ben", of=TITLE, times=2)
    assert first.idempotency_key == second.idempotency_key
    assert any("repeat" in note for note in second.items[0].notes)

    # Ben takes it, and nobody else is woken. The receipt tells all of it.
    world.acknowledge("ben", TITLE)
    assert world.disposition(TITLE) is Disposition.PAGED_ACKNOWLEDGED
    story = "\n".join(world.explain(receipt.id).lines())
    for line in (
        "level 1 told (the page has just opened): user:ana",
        "level 2 told (nobody answered in time): user:ben",
        "acknowledged by ben via link",
        "attempt 2026-03-02T09:05:00.000Z unknown: no answer",
    ):
        assert line in story


def _ben_declares_from_his_page(monday: Monday) -> None:
    world = monday.world
    monday.until("09:08")

    incident = world.declare_from("ben", TITLE)

    assert (incident.name, incident.title) == ("INC-1", TITLE)
    assert (incident.stage, incident.severity) == (Stage.TRIAGE, Severity.SEV2)
    assert incident.service == "checkout"
    assert incident.detected_by is Detection.MONITORING
    assert f"{incident.detected_at:%H:%M}" == "09:00"
    assert incident.pages[world.page(TITLE).id] is PagePurpose.ORIGIN
    # Who declares commands, and who had the page already responds.
    assert incident.commander == "ben"
    assert incident.holders(IncidentRole.OPERATIONS) == ("ben",)
    assert monday.promise("responder_acknowledged.1").is_kept
    assert monday.owed() == {"stakeholders_told": "09:38", "public_notice": "09:38"}
    world.expect_silence()


def _it_is_worse_and_cleo_takes_command(monday: Monday) -> None:
    # Raising is free; what SEV1 demands is owed from now on, or sooner than before.
    world = monday.world
    monday.until("09:10")
    world.respond("ben", act.change_severity, "INC-1", Severity.SEV1)
    assert monday.owed() == {
        "communications_lead_named": "09:20",
        "scribe_named": "09:20",
        "executives_told": "09:25",
        "public_notice": "09:25",
        "stakeholders_told": "09:38",
    }

    # The matrix names the commanders' rota: Cleo is paged, and offered command.
    world.expect_told("cleo", of=f"INC-1: {TITLE}")
    world.answer("cleo", monday.incident, PagePurpose.COMMAND)
    (offer,) = world.expect_bulletin("cleo", saying="you are offered command")
    assert offer.open_url == "https://handrail.test/incidents/INC-1"
    assert monday.incident.commander == "ben"

    # She takes it, in one step: there is one commander at every moment.
    world.respond("cleo", act.hand_over, "INC-1", Slug("cleo"), reason="from the rota")
    assert monday.incident.commander == "cleo"
    assert monday.incident.offered_to == ()


def _roles_are_given_and_people_inside_are_told(monday: Monday) -> None:
    world = monday.world
    monday.until("09:12")
    lead = IncidentRole.COMMUNICATIONS_LEAD
    world.respond("cleo", act.take_role, "INC-1", lead, Slug("mia"))
    (given,) = world.expect_bulletin("mia", saying="you are communications lead")
    assert "cleo gave you the role" in given.summary
    assert monday.promise("communications_lead_named.1").is_kept

    monday.until("09:14")
    for audience, channel, kind in (
        (Audience.EXECUTIVES, "board", "executives_told.1"),
        (Audience.STAKEHOLDERS, "support", "stakeholders_told.1"),
    ):
        words = f"Half of all orders fail. Dear {audience}: roll-back is near"
        world.respond("mia", act.post_update, "INC-1", text=words, audience=audience)
        (told,) = world.expect_bulletin(channel, saying=words)
        assert told.title == f"INC-1: {TITLE}"
        assert monday.promise(kind).is_kept
    # Nobody beyond those was told, and the record says who was.
    world.expect_silence()
    last = world.incident_story(monday.incident).entries
    posted = [one.what for one in last if one.kind == "update_posted"]
    assert [one.split(":")[0] for one in posted] == [
        "Update to executives (channel",
        "Update to stakeholders (channel",
    ]


def _a_deploy_is_suspect(monday: Monday) -> None:
    # The pipeline reports late what went out before, to checkout and elsewhere.
    world = monday.world
    deployed_at = world.now.replace(hour=8, minute=40)
    for title, service in (("Checkout 4.2", "checkout"), ("Search 9", "search")):
        world.respond(
            "ben",
            change.report,
            title=title,
            service=Slug(service),
            version="4.2",
            at=deployed_at,
        )
    world.respond(
        "ben",
        act.amend,
        "INC-1",
        FactsAmended(impact_started_at=world.now.replace(hour=8, minute=55)),
    )

    known = monday.incident
    (suspect,) = world.store.read(lambda tx: change.suspects_of(tx, known))

    assert suspect.change.title == "Checkout 4.2"
    assert suspect.reason == "deploy 15 min before the impact, to the service itself"


def _one_promise_is_missed_and_one_is_kept(monday: Monday) -> None:
    # Nobody writes down: who commands is reminded before, and at, the deadline.
    world = monday.world
    monday.until("09:17")
    world.expect_silence()
    monday.until("09:18")
    world.expect_bulletin("cleo", saying="scribe named owed by 09:20 UTC, in 2 min")
    monday.until("09:20")
    world.expect_bulletin("cleo", saying="scribe named due now, at 09:20 UTC")

    # At 09:22 Ana does, two minutes late, and writes what happened before she did.
    monday.until("09:22")
    world.expect_bulletin("mia", saying="public notice owed by 09:25 UTC, in 4 min")
    world.respond("ana", act.take_role, "INC-1", IncidentRole.SCRIBE, Slug("ana"))
    late = monday.promise("scribe_named.1")
    assert (late.missed_at, late.is_kept) == (late.due_at, False)
    assert late.met_at == world.now
    world.respond(
        "ana", act.note, "INC-1", PRIVATE_WORDS, at=world.now.replace(minute=16)
    )

    # At 09:24, a minute before it is due, Mia tells the public, and promises more.
    monday.until("09:24")
    told = Draft(
        stage=NoticeStage.INVESTIGATING,
        title="Orders fail",
        text="About half of all orders fail. We are bringing a version back.",
        components={Slug("checkout"): ComponentStatus.PARTIAL_OUTAGE},
        next_update_at=world.now + timedelta(minutes=30),
    )
    world.respond("mia", notice.publish, "INC-1", told)
    kept = monday.promise("public_notice.2")
    assert (kept.is_kept, kept.missed_at) == (True, None)
    assert monday.owed() == {"next_update": "09:54"}
    page = monday.published_page()
    assert "Orders fail" in page
    assert "About half of all orders fail" in page
    assert "Partial outage" in page
    assert PRIVATE_WORDS not in page


def _the_roll_back_is_looked_at_confirmed_and_helps(monday: Monday) -> None:
    # A dry run shows what would be sent, and sends nothing.
    world, system = monday.world, monday.system
    plan = world.respond("ben", mitigation.plan, "INC-1", "roll-back")
    assert plan.call.body == '{"why":"INC-1 (SEV1), by ben"}'
    assert ("Authorization", "Bearer ••• (env:DEPLOY_TOKEN)") in masked_headers(
        plan.call
    )
    secrets = {"env:DEPLOY_TOKEN": "s3cret"}
    assert carry_out_mitigations(world, system, secrets=secrets) == 0

    # Without the target's name typed nothing runs; with it the engine asks once.
    with pytest.raises(InvalidError, match="type checkout-eu"):
        world.respond("ben", mitigation.start, "INC-1", "roll-back", confirm="yes")
    monday.until("09:25")
    world.respond("ben", mitigation.start, "INC-1", "roll-back", confirm="checkout-eu")
    assert monday.stage() is Stage.MITIGATE
    assert system.asked == []
    assert carry_out_mitigations(world, system, secrets=secrets) == 1
    assert carry_out_mitigations(world, system, secrets=secrets) == 0
    (asked,) = system.asked
    assert (asked.method, asked.url) == ("POST", plan.call.url)
    assert asked.body == plan.call.body
    assert asked.headers["Authorization"] == "Bearer s3cret"
    (tried,) = monday.incident.mitigations
    assert tried.answer == "HTTP 200 4.1 is live; ••• stays ours"
    assert tried.outcome is None

    # Whether it helped, people say; then the impact has stopped.
    monday.until("09:31")
    world.respond(
        "ben",
        act.judge_mitigation,
        "INC-1",
        tried.id,
        outcome=MitigationOutcome.WORKED,
        remark="orders are back to normal",
    )
    assert monday.stage() is Stage.RESOLVE
    assert monday.incident.mitigated_at == world.now


def _nothing_is_over_before_the_public_knows(monday: Monday) -> None:
    world = monday.world
    monday.until("09:35")
    world.recovers(TITLE)
    assert world.alert(TITLE).state is AlertState.RESOLVED
    assert world.page(TITLE).state is PageState.RESOLVED

    # The public still waits: not even who commands can resolve.
    with pytest.raises(ConflictError, match="publish the all-clear"):
        world.respond("cleo", act.resolve, "INC-1")
    assert monday.stage() is Stage.RESOLVE

    monday.until("09:40")
    all_clear = Draft(stage=NoticeStage.RESOLVED, text="Every order goes through again")
    world.respond("mia", notice.publish, "INC-1", all_clear)
    page = monday.published_page()
    assert "Partial outage" not in page
    assert (
        "Every order goes through again"
        in (monday.page_folder / "history.html").read_text() + page
    )
    assert monday.owed() == {}

    # And it is the commander who says that it is over.
    with pytest.raises(ConflictError, match="cleo commands INC-1"):
        world.respond("ben", act.resolve, "INC-1")
    monday.until("09:41")
    world.respond("cleo", act.resolve, "INC-1", reason="error rate flat for 10 min")
    assert monday.stage() is Stage.LEARN
    assert not monday.incident.is_responding
    assert list(monday.owed()) == [ObligationKind.POSTMORTEM_PUBLISHED]
    world.expect_silence()


def _the_record_has_drafted_the_postmortem(monday: Monday) -> None:
    learned = monday.learned()
    document = markdown(learned.whole)

    assert learned.postmortem.state is PostmortemState.DRAFT
    for guide in GUIDES.values():
        assert f"## {guide.heading}\n" in document
    for line in (
        "- **Severity:** SEV2 (2026-03-02 09:08 UTC) → SEV1 (2026-03-02 09:10 UTC)",
        "- **Detected:** 2026-03-02 09:00 UTC, by monitoring",
        "- **Impact started:** 2026-03-02 08:55 UTC",
        "- **Incident commander:** cleo",
        "- **Scribe:** ana",
        # Summary and impact
        "- What: Checkout fails (SEV1), in checkout",
        "- How long: 46 min 0 s from the impact's start",
        "- What helped: Roll checkout back, tried by ben at 09:25 UTC: worked",
        "- Time to resolve, end to end (from impact start to resolved): 46 min 0 s",
        # Timeline: what was written down late says so.
        f"| 2026-03-02 09:16:00 | +16 min 0 s | {PRIVATE_WORDS} (written down 2026",
        "| 2026-03-02 09:24:00 | +24 min 0 s | Public notice, investigating: About",
        # Response times
        "- Time to acknowledge (from paged to first acknowledged): 6 min 0 s",
        "- Time to declare (from detected to declared): 8 min 0 s",
        "- Time to first public notice (from detected to first public notice): 24 min",
        # What went well, what went poorly, what backs it up
        "- Kept: public notice by 09:25 UTC, with 1 min 0 s left",
        "- Missed: scribe named by 09:20 UTC, 2 min 0 s late",
        "- Change before it in checkout: Checkout 4.2 (deploy, version 4.2) at",
    ):
        assert line in document, line
    # What only people know is asked, not made up.
    assert document.count(NOT_WRITTEN) == len(GUIDES)
    assert "root cause" not in document.lower()


def _people_say_what_the_record_cannot(monday: Monday) -> None:
    world = monday.world
    monday.until("15:00")
    written = {
        section: f"Said by people of {section}."
        for section in Section
        if section is not Section.SUMMARY
    }
    version = monday.learned().postmortem.sequence
    world.respond("ana", postmortem.write, "INC-1", written, version=version)

    # What Ben read before is refused where Ana has written since, with her name.
    with pytest.raises(ConflictError, match="ana changed luck"):
        world.respond(
            "ben", postmortem.write, "INC-1", {Section.LUCK: "x"}, version=version
        )
    world.respond(
        "ben",
        postmortem.add_factor,
        "INC-1",
        "Human error: the pool's timeout was set to 0",
        kind=FactorKind.PROCESS,
    )
    world.respond(
        "ben",
        postmortem.add_factor,
        "INC-1",
        "The pool treats 0 as no limit",
        kind=FactorKind.TECHNOLOGY,
    )
    missing = [f"{lack.part}: {lack.why}" for lack in monday.learned().missing]
    assert missing == [
        "summary: Summary is not written",
        f"f1: factor f1 says 'Human error'; answer: {QUESTION}",
    ]


def _something_small_becomes_a_ticket(monday: Monday) -> None:
    # Something nobody is ever woken for goes to the tracker, once.
    world, tracker = monday.world, monday.tracker
    world.signal("Timeouts are shown nowhere", severity="info")
    world.fast_forward(minutes=10)
    world.signal("Timeouts are shown nowhere", severity="info")
    world.expect_silence()
    assert world.disposition("Timeouts are shown nowhere") is Disposition.MUTED

    assert open_tickets(world, tracker) == 1
    assert open_tickets(world, tracker) == 0
    (order,) = tracker.orders
    assert order.ticket.title == "Timeouts are shown nowhere"
    assert order.origin_url.startswith("https://handrail.test/alerts/")
    (ticket,) = world.store.read(
        lambda tx: tx.backlog.search(viewer=EVERYBODY, open_only=False, limit=9)
    )

    # The action item points to it.
    plan = ActionPlan(
        title="Refuse a timeout of 0 in the pipeline",
        category=ActionCategory.PREVENTION,
        due_on=date(2026, 3, 20),
        link=ticket.link,
    )
    item = world.respond("ana", action_item.add, "INC-1", plan)
    assert (item.name, item.plan.link) == ("ACT-1", "https://tracker.test/OPS-1")


def _it_is_published(monday: Monday) -> None:
    world = monday.world
    monday.until("17:00")
    lacking = monday.learned()
    assert [lack.part for lack in lacking.missing] == ["summary", "f1", "ACT-1"]
    with pytest.raises(InvalidError, match="3 things are missing"):
        world.respond(
            "cleo", postmortem.publish, "INC-1", version=lacking.postmortem.sequence
        )

    blamed = lacking.postmortem.factors[0]
    answered = type(blamed)(
        id=blamed.id,
        kind=blamed.kind,
        text=blamed.text,
        made_possible=MADE_POSSIBLE,
        would_have_caught="a check of the pool's settings",
    )
    version = lacking.postmortem.sequence
    world.respond("ben", postmortem.change_factor, "INC-1", answered, version=version)
    summary = {Section.SUMMARY: "Half of all orders failed for 36 minutes."}
    world.respond("ana", postmortem.write, "INC-1", summary, version=version)
    item = lacking.whole.items[0]
    plan = ActionPlan(
        title=item.plan.title,
        category=item.plan.category,
        due_on=item.plan.due_on,
        link=item.plan.link,
        owner=Slug("ben"),
        check="a deploy with 0 is refused",
    )
    world.respond("ana", action_item.change, "ACT-1", plan, version=item.sequence)

    # Somebody else reads it first; then it is out, within the days that SEV1 gives.
    read = monday.learned().postmortem.sequence
    with pytest.raises(ConflictError, match="submit it for review"):
        world.respond("cleo", postmortem.publish, "INC-1", version=read)
    world.respond("ana", postmortem.submit, "INC-1")
    read = monday.learned().postmortem.sequence
    world.respond("cleo", postmortem.publish, "INC-1", version=read)

    out = markdown(monday.learned().whole)
    assert out.splitlines()[2] == "Published 2026-03-02 17:00 UTC."
    assert NOT_WRITTEN not in out
    assert f"  - What made it possible: {MADE_POSSIBLE}" in out
    assert "| ACT-1 | Refuse a timeout of 0" in out
    assert "| prevention | ben | 2026-03-20 | open |" in out
    assert monday.promise("postmortem_published.1").is_kept
    assert monday.stage() is Stage.LEARN, "its action is still to be done"


def _it_is_closed_when_its_action_is_done(monday: Monday) -> None:
    world = monday.world
    world.fast_forward(days=11)
    before = markdown(monday.learned().whole)

    item = world.respond(
        "ben", action_item.done, "ACT-1", result="a deploy with 0 was refused"
    )

    assert item.state is ActionState.DONE
    assert monday.stage() is Stage.CLOSED
    assert monday.incident.closed_at == world.now
    # What was published stays as it was published, but for the state of its actions.
    after = markdown(monday.learned().whole)
    assert after == before.replace("| open |", "| done: a deploy with 0 was refused |")


def _the_record_is_whole_and_remembers_what_was_known(monday: Monday) -> None:
    world = monday.world
    then = datetime.combine(date(2026, 3, 2), world.now.timetz()).replace(
        hour=9, minute=21
    )

    present = monday.incident

    def look(tx: Transaction) -> tuple[Incident | None, set[str], list[str]]:
        known = timeline.timeline(tx, present, known_at=then)
        told = [one.what for one in timeline.timeline(tx, present)]
        return (
            as_known_at(tx, present.id, then),
            {one.what for one in known},
            told,
        )

    was, known, told = world.store.read(look)

    # At 09:21 nobody wrote down, nothing was tried, and nobody had said what Ana saw.
    assert was is not None
    assert (was.severity, was.commander) == (Severity.SEV1, "cleo")
    assert was.holders(IncidentRole.SCRIBE) == ()
    assert (was.mitigations, was.public_told_at) == ((), None)
    assert (was.stage, was.resolved_at) == (Stage.TRIAGE, None)
    assert PRIVATE_WORDS not in known
    assert known < set(told)
    # Today's timeline has it where it happened.
    in_order = (
        f"Declared from the page {TITLE}",
        "Severity SEV2 → SEV1",
        "The commanders' rota is paged",
        "Command ben → cleo: from the rota",
        "mia is communications lead",
        PRIVATE_WORDS,
        "Deadline passed: scribe named",
        "ana is scribe",
        "ben tries: Roll checkout back (roll back)",
        "Mitigation carried out: HTTP 200 4.1 is live; ••• stays ours",
        "ben says the mitigation worked: orders are back to normal",
        "Public notice, resolved: Every order goes through again",
        "Resolved: error rate flat for 10 min",
        "The postmortem is drafted from this record",
        "The postmortem is published",
        "Learned: the postmortem is published, and all 1 action items are closed",
    )
    places = [told.index(what) for what in in_order]
    assert places == sorted(places)

    # No chain is broken: nothing was changed, removed or moved.
    broken = world.store.read(
        lambda tx: {
            name: broken_link(tx.event.read(name)) for name in tx.event.streams("")
        }
    )
    assert {name.partition(":")[0] for name in broken} >= {
        "action_item",
        "incident",
        "page",
        "postmortem",
    }
    assert set(broken.values()) == {None}
