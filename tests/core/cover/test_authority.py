from tests.rota import ANA, LEA, Rota

from handrail.core.access.actor import NOBODY, Actor, ActorKind
from handrail.core.access.role import Role
from handrail.core.cover.authority import directs, leads, owners
from handrail.core.ids import Slug


def actor(name: Slug, role: Role = Role.RESPONDER) -> Actor:
    return Actor(kind=ActorKind.USER, name=name, role=role, user=name)


def test_a_schedule_is_owned_by_the_teams_whose_services_seek_it() -> None:
    snapshot = Rota().snapshot

    assert [team.name for team in owners(snapshot, Slug("web"))] == ["shop"]
    assert owners(snapshot, Slug("db")) == ()
    assert leads(snapshot, Slug("web")) == (LEA,)


def test_leads_direct_what_their_team_owns_and_admins_everything() -> None:
    snapshot = Rota().snapshot
    web, db = Slug("web"), Slug("db")

    assert directs(actor(LEA), web, snapshot)
    assert not directs(actor(LEA), db, snapshot)
    assert not directs(actor(ANA), web, snapshot)
    assert directs(actor(ANA, Role.ADMIN), db, snapshot)
    assert not directs(NOBODY, web, snapshot)
