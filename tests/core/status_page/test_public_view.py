from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.core.status_page.notices import (
    CHECKOUT,
    COMPONENTS,
    MINUTE,
    NOON,
    SEARCH,
    notice,
)

from handrail.core.status_page.component import ComponentStatus, StatusPage, worst
from handrail.core.status_page.notice import Notice, NoticeStage
from handrail.core.status_page.public_view import (
    DAYS_SHOWN,
    Impact,
    PublicView,
    public_view,
)

OUTAGE, PARTIAL = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.PARTIAL_OUTAGE
FINE, SLOW = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED_PERFORMANCE


def seen(*notices: Notice, after: timedelta = MINUTE) -> PublicView:
    return public_view(StatusPage(), COMPONENTS, notices, now=NOON + after)


def status(view: PublicView, name: str = CHECKOUT) -> ComponentStatus:
    return next(c.status for c in view.components if c.component.name == name)


def test_without_notices_everything_is_operational() -> None:
    view = seen()

    assert view.indicator is Impact.NONE
    assert view.description == "All Systems Operational"
    assert {c.status for c in view.components} == {FINE}
    assert view.updated_at is None


def test_components_stand_in_groups_in_the_order_of_the_file() -> None:
    groups = seen().groups()

    assert [(g, [c.component.title for c in cs]) for g, cs in groups] == [
        ("Shop", ["Checkout", "Search"]),
        ("", ["API"]),
    ]


def test_the_last_word_of_an_incident_about_a_component_holds() -> None:
    view = seen(
        notice(1, 1, checkout=OUTAGE),
        notice(1, 2, NoticeStage.IDENTIFIED, checkout=PARTIAL),
        notice(1, 3, NoticeStage.IDENTIFIED),
    )

    assert status(view) is PARTIAL
    assert view.indicator is Impact.MAJOR
    assert view.incidents[0].impact is Impact.CRITICAL


def test_of_two_open_incidents_the_worse_one_shows() -> None:
    first = notice(1, checkout=OUTAGE)
    second = notice(2, at=NOON + MINUTE, checkout=SLOW)
    over = notice(1, 2, NoticeStage.RESOLVED, at=NOON + 2 * MINUTE, checkout=FINE)

    assert status(seen(first, second)) is OUTAGE
    assert status(seen(first, second, over)) is SLOW


def test_what_an_all_clear_left_affected_holds_until_somebody_says_otherwise() -> None:
    left = notice(1, 1, NoticeStage.RESOLVED, checkout=SLOW)
    later = notice(2, 1, NoticeStage.RESOLVED, at=NOON + MINUTE, checkout=FINE)

    assert status(seen(left)) is SLOW
    assert status(seen(left, later)) is FINE


def test_an_open_incident_that_names_no_component_is_never_nothing() -> None:
    view = seen(notice())

    assert view.indicator is Impact.MINOR
    assert view.description == "Incident Being Looked Into"


def test_while_it_is_only_watched_all_may_be_operational() -> None:
    view = seen(notice(1, 1, NoticeStage.MONITORING, checkout=FINE))

    assert view.indicator is Impact.NONE
    assert view.open_incidents == view.incidents


def test_a_notice_says_from_what_to_what() -> None:
    incident = seen(
        notice(1, 1, checkout=OUTAGE),
        notice(1, 2, NoticeStage.RESOLVED, checkout=FINE),
    ).incidents[0]

    changes = [incident.changes(said) for said in incident.notices]

    assert [(c.before, c.after) for (c,) in changes] == [(OUTAGE, FINE), (FINE, OUTAGE)]


def test_a_component_that_is_configured_no_more_is_not_shown() -> None:
    components = {SEARCH: COMPONENTS[SEARCH]}
    told = [notice(checkout=OUTAGE)]

    view = public_view(StatusPage(), components, told, now=NOON)

    assert view.incidents[0].components == {}
    assert view.incidents[0].changes(told[0]) == ()
    assert status(view, SEARCH) is FINE


def test_a_correction_after_the_all_clear_does_not_move_its_hour() -> None:
    incident = seen(
        notice(1, 1),
        notice(1, 2, NoticeStage.RESOLVED, at=NOON + MINUTE),
        notice(1, 3, NoticeStage.RESOLVED, at=NOON + 9 * MINUTE, is_correction=True),
    ).incidents[0]

    assert incident.resolved_at == NOON + MINUTE


def test_the_days_past_are_shown_even_where_nothing_happened() -> None:
    old = notice(1, 1, NoticeStage.RESOLVED, at=NOON - timedelta(days=2))
    older = notice(2, 1, NoticeStage.RESOLVED, at=NOON - timedelta(days=DAYS_SHOWN))

    days = seen(old, older, notice(3)).days()

    assert len(days) == DAYS_SHOWN
    assert days[1] == (NOON.date() - timedelta(days=1), [])
    assert [i.number for _, found in days for i in found] == [3, 1]
    assert days[2][1][0].number == 1


@given(st.lists(st.sampled_from(ComponentStatus)))
def test_the_worst_is_one_of_them_and_no_other_is_worse(
    statuses: list[ComponentStatus],
) -> None:
    found = worst(statuses)

    assert found in statuses or (not statuses and found is FINE)
    assert all(worst((found, other)) is found for other in statuses)
