"""Writing a postmortem together: nobody's words are lost."""

from dataclasses import replace

import pytest
from tests.core.postmortem.making import ANA, BEN, after, written

from handrail.core.errors import ConflictError, InvalidError, NotFoundError
from handrail.core.postmortem import command
from handrail.core.postmortem.contributing_factor import FactorKind
from handrail.core.postmortem.event import Published
from handrail.core.postmortem.postmortem import PostmortemState
from handrail.core.postmortem.section import Section

LUCK, LESSONS = Section.LUCK, Section.LESSONS


def test_two_who_write_different_sections_do_not_meet() -> None:
    made = written()
    made = after(made, command.write(made, {LUCK: "It was night"}, version=1, by=ANA))

    events = command.write(made, {LESSONS: "Test it"}, version=1, by=BEN)

    assert after(made, events).sections == {LUCK: "It was night", LESSONS: "Test it"}


def test_who_changed_a_section_since_is_named_and_nothing_is_overwritten() -> None:
    made = written()
    made = after(made, command.write(made, {LUCK: "It was night"}, version=1, by=ANA))

    with pytest.raises(ConflictError, match="ana changed luck at 2026-03-02T08:01"):
        command.write(made, {LUCK: "Nobody shopped"}, version=1, by=BEN)

    assert command.write(made, {LUCK: " It was night\n"}, version=1, by=BEN) == ()
    assert command.write(made, {LUCK: "Nobody shopped"}, version=2, by=BEN)


@pytest.mark.parametrize("version", [0, -1, 2])
def test_a_version_that_never_was_is_refused(version: int) -> None:
    with pytest.raises(InvalidError, match="no version"):
        command.write(written(), {LUCK: "x"}, version=version, by=ANA)


def test_factors_have_ids_that_are_never_used_again() -> None:
    made = written()
    for text in ("One queue for all", "No alert on lag"):
        added = command.add_factor(made, text, kind=FactorKind.TECHNOLOGY, by=ANA)
        made = after(made, added)
    made = after(made, command.remove_factor(made, "f2", version=3, by=ANA))
    third = command.add_factor(made, "Runbook is old", kind=FactorKind.PROCESS, by=ANA)

    made = after(made, third)

    assert [factor.id for factor in made.factors] == ["f1", "f3"]
    with pytest.raises(NotFoundError):
        command.find_factor(made, "f2")


def test_a_factor_that_somebody_changed_since_is_not_overwritten() -> None:
    made = written()
    added = command.add_factor(made, "One queue", kind=FactorKind.TECHNOLOGY, by=ANA)
    made = after(made, added)
    mine = replace(made.factors[0], text="One queue for all")
    made = after(made, command.change_factor(made, mine, version=2, by=ANA))

    with pytest.raises(ConflictError, match="ana changed f1"):
        command.remove_factor(made, "f1", version=2, by=BEN)


def test_what_is_published_is_changed_only_after_it_is_taken_up_again() -> None:
    made = written(Published(record_until=9, by=ANA))

    with pytest.raises(ConflictError, match="is published"):
        command.write(made, {LUCK: "x"}, version=2, by=BEN)
    with pytest.raises(InvalidError):
        command.take_up_again(made, reason=" ", by=BEN)
    again = after(made, command.take_up_again(made, reason="a number", by=BEN))

    assert again.state is PostmortemState.DRAFT
    assert again.record_until is None
    assert command.write(again, {LUCK: "x"}, version=3, by=BEN)


def test_review_is_asked_for_once() -> None:
    made = written()
    asked = after(made, command.ask_for_review(made, by=ANA))

    assert asked.state is PostmortemState.IN_REVIEW
    assert command.ask_for_review(asked, by=BEN) == ()
