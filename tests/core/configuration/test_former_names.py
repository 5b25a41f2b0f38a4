"""Who was called what, and when."""

from datetime import UTC, datetime, timedelta

from handrail.core.configuration.document import Document
from handrail.core.configuration.former_names import FormerNames
from handrail.core.ids import Slug

FIRST = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANA, ANNA, ANN = map(Slug, ("ana", "anna", "ann"))


def stored(
    name: Slug, day: int, *, was: Slug | None = None, is_removed: bool = False
) -> Document:
    return Document(
        kind="user",
        name=name,
        version=1,
        body="{}",
        order=1,
        revision=day + 1,
        effective_from=FIRST + day * DAY,
        managed_by="file",
        renamed_from=was,
        is_removed=is_removed,
    )


RENAMED = [
    stored(ANA, 0),
    stored(ANA, 1, is_removed=True),
    stored(ANNA, 1, was=ANA),
]


def test_who_was_renamed_is_the_same_person() -> None:
    names = FormerNames(RENAMED)

    assert names.now(ANA, FIRST) == ANNA
    assert names.now(ANNA, FIRST + DAY) == ANNA
    assert names.of(ANNA) == {ANA, ANNA}


def test_a_name_that_was_given_again_is_another_persons_from_then_on() -> None:
    names = FormerNames([*RENAMED, stored(ANA, 2)])

    assert names.now(ANA, FIRST) == ANNA
    assert names.now(ANA, FIRST + 2 * DAY) == ANA


def test_two_renames_follow_one_another() -> None:
    again = [stored(ANNA, 3, is_removed=True), stored(ANN, 3, was=ANNA)]
    names = FormerNames([*RENAMED, *again])

    assert names.now(ANA, FIRST) == ANN
    assert names.now(ANNA, FIRST + 2 * DAY) == ANN
    assert names.of(ANN) == {ANA, ANNA, ANN}


def test_a_rename_that_stays_in_the_file_is_one() -> None:
    names = FormerNames([*RENAMED, stored(ANA, 2), stored(ANNA, 3, was=ANA)])

    assert names.now(ANA, FIRST + 2 * DAY) == ANA


def test_a_rename_of_nobody_is_none() -> None:
    names = FormerNames([stored(ANNA, 0, was=ANA)])

    assert names.now(ANA, FIRST - DAY) == ANA
