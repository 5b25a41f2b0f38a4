from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.incident.test_public_notice import CHECKOUT, INCIDENT, NOW

from handrail.core.ids import Slug
from handrail.core.incident.stage import Stage
from handrail.core.incident.suggestion import Suggestion, next_word, suggest
from handrail.core.obligation.demand import DEFAULT_DEMANDS
from handrail.core.severity.severity import Severity
from handrail.core.status_page.advice import advise
from handrail.core.status_page.component import Component, ComponentStatus
from handrail.core.status_page.notice import NoticeStage

COMPONENTS = {
    CHECKOUT: Component(name=CHECKOUT, title="Checkout", service=Slug("shop")),
    Slug("api"): Component(name=Slug("api"), title="API"),
}
SEV1 = replace(INCIDENT, severity=Severity.SEV1, service=Slug("shop"))


def suggested(
    stage: NoticeStage = NoticeStage.INVESTIGATING, incident: object = SEV1
) -> Suggestion:
    return suggest(
        incident,  # type: ignore[arg-type]  # always an incident
        stage,
        components=COMPONENTS,
        demands=DEFAULT_DEMANDS,
        now=NOW,
    )


def test_the_words_name_the_component_behind_the_service_and_the_impact() -> None:
    found = suggested()

    assert found.text == (
        "We are looking into a problem with Checkout. It may be unavailable for many "
        "of you. Next update by 12:30 UTC."
    )
    assert found.components == {CHECKOUT: ComponentStatus.MAJOR_OUTAGE}
    assert found.next_update_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize("stage", NoticeStage)
@pytest.mark.parametrize("severity", [None, *Severity])
def test_our_own_words_pass_our_own_advice(
    stage: NoticeStage, severity: Severity | None
) -> None:
    found = suggested(stage, replace(SEV1, severity=severity))

    advice = advise(
        found.text, stage=stage, says_components=False, promises=False, people=()
    )
    assert advice == ()


def test_the_all_clear_promises_nothing_and_puts_things_back() -> None:
    found = suggested(NoticeStage.RESOLVED)

    assert found.next_update_at is None
    assert found.components == {CHECKOUT: ComponentStatus.OPERATIONAL}
    assert found.text.startswith("Checkout works as usual again.")


def test_a_private_incident_lends_no_title_and_no_service() -> None:
    found = suggested(incident=replace(INCIDENT, is_private=True, service=Slug("hr")))

    assert found.title == ""
    assert "one of our systems" in found.text
    assert "hr" not in found.text.split()


@pytest.mark.parametrize(
    ("stage", "first", "later"),
    [
        (Stage.TRIAGE, NoticeStage.INVESTIGATING, NoticeStage.INVESTIGATING),
        (Stage.MITIGATE, NoticeStage.INVESTIGATING, NoticeStage.IDENTIFIED),
        (Stage.RESOLVE, NoticeStage.MONITORING, NoticeStage.MONITORING),
        (Stage.LEARN, NoticeStage.RESOLVED, NoticeStage.RESOLVED),
    ],
)
def test_the_next_word_follows_the_response_and_first_admits_no_finding(
    stage: Stage, first: NoticeStage, later: NoticeStage
) -> None:
    untold = replace(SEV1, stage=stage, public_word_at=None)

    assert next_word(untold) is first
    assert next_word(replace(untold, public_word_at=NOW)) is later
