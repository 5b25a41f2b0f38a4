from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handrail.core.errors import ConflictError, InvalidError
from handrail.core.ids import IncidentId, NoticeId, Slug
from handrail.core.incident.evolve import evolve
from handrail.core.incident.incident import Incident
from handrail.core.incident.public_notice import (
    BACKFILLED_MAX,
    Draft,
    publish,
    published,
)
from handrail.core.incident.stage import Detection, Stage
from handrail.core.limits import UPDATE_CHARS_MAX
from handrail.core.status_page.component import ComponentStatus
from handrail.core.status_page.notice import Notice, NoticeStage

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CHECKOUT, SEARCH = Slug("checkout"), Slug("search")
OUTAGE, FINE = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.OPERATIONAL
OVER = NoticeStage.RESOLVED
INCIDENT = Incident(
    id=IncidentId("i"),
    number=7,
    title="db-7 is full",
    service=None,
    severity=None,
    stage=Stage.MITIGATE,
    commander=Slug("ana"),
    declared_by=Slug("ana"),
    declared_at=NOW,
    detected_by=Detection.EMPLOYEE,
    detected_at=NOW,
    impact_started_at=None,
)


def draft(stage: NoticeStage = NoticeStage.INVESTIGATING, **parts: Any) -> Draft:
    return Draft(stage=stage, text=parts.pop("text", "Payments fail."), **parts)


def said(
    *drafts: Draft, to: Incident = INCIDENT, now: datetime = NOW
) -> tuple[Incident, list[Notice]]:
    """Publish one after the other; return the incident after, and the notices."""
    notices: list[Notice] = []
    for count, one in enumerate(drafts):
        made = publish(
            to,
            NoticeId(str(count)),
            one,
            by=Slug("ana"),
            earlier=tuple(notices),
            known={CHECKOUT, SEARCH},
            now=now,
        )
        notices.append(made)
        to = evolve(to, published(made), at=now)
    return to, notices


@pytest.mark.parametrize("stage", NoticeStage)
def test_the_first_notice_may_be_of_any_stage(stage: NoticeStage) -> None:
    after, (notice,) = said(draft(stage))

    assert notice.stage is stage
    assert notice.number == 1
    assert after.public_told_at == NOW
    assert (after.all_clear_at == NOW) is (stage is OVER)


def test_the_all_clear_puts_everything_affected_back() -> None:
    after, notices = said(
        draft(components={CHECKOUT: OUTAGE}),
        draft(NoticeStage.IDENTIFIED, components={SEARCH: OUTAGE}),
        draft(OVER),
    )

    assert notices[-1].components == {CHECKOUT: FINE, SEARCH: FINE}
    assert set(after.component_status.values()) == {FINE}


def test_the_all_clear_may_say_that_something_stays_affected() -> None:
    slow = ComponentStatus.DEGRADED_PERFORMANCE

    _, notices = said(
        draft(components={CHECKOUT: OUTAGE, SEARCH: OUTAGE}),
        draft(OVER, components={SEARCH: slow}),
    )

    assert notices[-1].components == {CHECKOUT: FINE, SEARCH: slow}
    assert notices[-1].leaves_open


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * (UPDATE_CHARS_MAX + 1)])
def test_a_notice_says_something_and_not_too_much(text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        said(draft(text=text))

    assert "text" in refused.value.fields


def test_a_component_must_be_on_the_page() -> None:
    with pytest.raises(InvalidError, match=r"checkuot.*checkout, search"):
        said(draft(components={Slug("checkuot"): OUTAGE}))


@pytest.mark.parametrize("at", [NOW, NOW - MINUTE])
def test_the_next_word_is_promised_for_the_future(at: datetime) -> None:
    with pytest.raises(InvalidError):
        said(draft(next_update_at=at))


def test_after_the_all_clear_only_a_correction_goes_out() -> None:
    with pytest.raises(ConflictError, match="correction"):
        said(draft(), draft(OVER), draft(NoticeStage.MONITORING))

    after, notices = said(
        draft(), draft(OVER), draft(NoticeStage.IDENTIFIED, is_correction=True)
    )

    assert notices[-1].is_correction
    assert after.all_clear_at is None


def test_once_the_response_is_over_a_correction_stays_resolved() -> None:
    after, _ = said(draft(), draft(OVER))
    over = replace(after, stage=Stage.CLOSED)

    with pytest.raises(ConflictError, match="reopen"):
        said(draft(NoticeStage.INVESTIGATING, is_correction=True), to=over)
    _, notices = said(draft(OVER, is_correction=True), to=over)

    assert notices[0].stage is OVER


def test_after_a_reopening_the_public_is_told_as_before() -> None:
    after, _ = said(draft(), draft(OVER))
    again = replace(after, all_clear_at=None)

    _, notices = said(draft(), to=again)

    assert notices[0].stage is NoticeStage.INVESTIGATING


def test_a_title_holds_until_another_is_given() -> None:
    _, notices = said(
        draft(), draft(title=" Payments\n fail "), draft(NoticeStage.IDENTIFIED)
    )

    assert [n.title for n in notices] == [
        "db-7 is full",
        "Payments fail",
        "Payments fail",
    ]


def test_a_private_incident_never_gives_its_title_away() -> None:
    private = replace(INCIDENT, is_private=True)

    with pytest.raises(InvalidError) as refused:
        said(draft(), to=private)
    _, notices = said(draft(title="Sign-in fails"), draft(OVER), to=private)

    assert "title" in refused.value.fields
    assert {n.title for n in notices} == {"Sign-in fails"}


def test_what_is_told_late_is_marked_so() -> None:
    _, (late, now) = said(draft(shown_at=NOW - MINUTE), draft(OVER))

    assert late.is_backfilled
    assert published(late).shown_at == NOW - MINUTE
    assert not now.is_backfilled
    assert published(now).shown_at is None


@pytest.mark.parametrize("at", [NOW + MINUTE, NOW - BACKFILLED_MAX - MINUTE])
def test_late_is_not_too_late_and_not_yet_to_come(at: datetime) -> None:
    with pytest.raises(InvalidError) as refused:
        said(draft(shown_at=at))

    assert "shown_at" in refused.value.fields


def test_what_is_told_late_is_told_in_order() -> None:
    with pytest.raises(InvalidError):
        said(draft(), draft(shown_at=NOW - MINUTE))


def test_once_the_response_is_over_a_quiet_past_is_told_and_nothing_promised() -> None:
    over = replace(INCIDENT, stage=Stage.CLOSED)

    with pytest.raises(ConflictError, match="is over"):
        said(draft(NoticeStage.INVESTIGATING), to=over)
    with pytest.raises(InvalidError, match="no further word"):
        said(draft(OVER, next_update_at=NOW + MINUTE), to=over)
    late = draft(NoticeStage.INVESTIGATING, shown_at=NOW - MINUTE)
    _, notices = said(late, draft(OVER), to=over)

    assert [n.stage for n in notices] == ["investigating", "resolved"]
