from itertools import pairwise

import pytest

from handrail.core.access.actor import NOBODY, Actor, ActorKind
from handrail.core.access.permission import (
    GRANTS,
    Outsider,
    Standing,
    Verb,
    lesser,
    may,
)
from handrail.core.access.role import Role
from handrail.core.errors import ForbiddenError, UnauthenticatedError


def test_every_standing_has_its_grants() -> None:
    assert set(GRANTS) == {*Role, *Outsider}


def test_a_larger_role_may_all_that_a_smaller_one_may() -> None:
    ladder: list[Standing] = [
        Outsider.ANONYMOUS,
        Role.OBSERVER,
        Role.RESPONDER,
        Role.ADMIN,
    ]

    grants = [GRANTS[standing] for standing in ladder]

    assert all(less < more for less, more in pairwise(grants))


def test_only_integrations_send_signals() -> None:
    senders = {standing for standing in GRANTS if may(standing, Verb.SIGNAL_SEND)}

    assert senders == {Outsider.INTEGRATION}


def test_a_leaked_integration_key_reads_nothing_of_pages_or_people() -> None:
    grants = GRANTS[Outsider.INTEGRATION]

    assert grants == {Verb.PUBLIC, Verb.SIGNAL_SEND, Verb.SIGNAL_READ}


@pytest.mark.parametrize(
    "verb",
    [
        Verb.CONFIG_APPLY,
        Verb.INTEGRATION_KEY_ISSUE,
        Verb.OPERATOR_RELEASE,
        Verb.USER_LINK,
        Verb.AUDIT_READ,
    ],
)
def test_only_admins_can_make_the_pager_quiet_or_act_as_others(verb: Verb) -> None:
    assert {standing for standing in GRANTS if may(standing, verb)} == {Role.ADMIN}


def test_an_observer_changes_nothing_and_sees_no_address() -> None:
    refused = {
        Verb.PAGE_ACKNOWLEDGE,
        Verb.PAGE_ESCALATE,
        Verb.PAGE_RESOLVE,
        Verb.CONTACT_READ,
        Verb.CONFIG_READ,
    }

    assert not GRANTS[Role.OBSERVER] & refused


def test_every_verb_is_granted_to_somebody() -> None:
    assert set().union(*GRANTS.values()) == set(Verb)


@pytest.mark.parametrize("one", Role)
@pytest.mark.parametrize("other", Role)
def test_the_lesser_role_may_no_more_than_either(one: Role, other: Role) -> None:
    found = lesser(one, other)

    assert GRANTS[found] <= GRANTS[one]
    assert GRANTS[found] <= GRANTS[other]


def test_nobody_is_told_to_sign_in() -> None:
    with pytest.raises(UnauthenticatedError):
        NOBODY.require(Verb.PAGE_READ)


def test_a_known_actor_is_told_that_it_may_not() -> None:
    actor = Actor(kind=ActorKind.USER, name="cleo", role=Role.OBSERVER)

    with pytest.raises(ForbiddenError, match=r"observer may not do page\.resolve"):
        actor.require(Verb.PAGE_RESOLVE)


def test_the_record_names_actors_by_kind_and_name() -> None:
    ci = Actor(kind=ActorKind.TOKEN, name="ci", role=Role.ADMIN)
    operator = Actor(kind=ActorKind.OPERATOR, name="", role=Role.ADMIN)

    assert (str(ci), str(operator)) == ("token:ci", "operator")
