"""Configurations and cases that chance makes up, small enough to meet each other."""

import random
from datetime import timedelta

from tests.world.clock import MONDAY
from tests.world.configuration import METHOD, Configuration

from handrail.core.ids import Slug
from handrail.core.paging.page import LAST_RESORT_LEVEL
from handrail.core.whatif.behaviour import Answer, Behaviour, Everybody, Nobody, These

PEOPLE = ("ana", "ben", "cleo", "dan", "eve")
SCHEDULES = ("primary", "secondary")
_DELAYS = ("0s", "0s", "30s", "1m", "5m", "7m")
_PATIENCE = ("20s", "1m", "5m", "5m", "15m")
_SETTLE = (None, None, "0s", "90s", "10m")


def configuration(rng: random.Random) -> Configuration:
    """Return people with ladders, schedules, a policy, a route and a last resort."""
    made = Configuration()
    for name in PEOPLE:
        _person(made, name, rng)
    made.channel("ops").channel("chat", "webhook").team("sre", *rng.sample(PEOPLE, 2))
    for name in SCHEDULES:
        made.put("schedule", name, {"layers": _layers(rng)})
    levels = [_level(rng) for _ in range(rng.randint(1, 4))]
    made.put("escalation_policy", "oncall", {"rules": levels, "rounds": _few(rng)})
    made.service("checkout", "oncall", support_hours=rng.choice((None, _HOURS)))
    route = {"settle": rng.choice(_SETTLE), "urgency": rng.choice((None, "low"))}
    made.route("all", "checkout", 'area="shop"', **route)
    made.integration("monitoring", rng.choice((None, "checkout")))
    last = rng.sample(("channel:ops", "user:ana", "user:eve"), rng.randint(1, 2))
    return made.last_resort(*last, repeat_after="2m", times=rng.randint(1, 3))


_HOURS = [
    {"time_zone": "Europe/Berlin", "days": ["mon"], "from": "09:00", "to": "10:07"},
    {"time_zone": "Europe/Berlin", "days": ["tue"], "from": "09:00", "to": "17:00"},
]


def _few(rng: random.Random) -> int:
    return rng.choice((1, 1, 2, 3))


def _person(made: Configuration, name: str, rng: random.Random) -> None:
    kinds = rng.sample(("email", "webhook", "terminal"), rng.randint(0, 3))
    ladder = None
    if kinds and rng.random() < 0.6:
        ladder = {METHOD[kind]: rng.choice(_DELAYS) for kind in kinds}
    email = rng.choice(("", f"{name}@account.test"))
    made.user(name, *kinds, email=email, high=ladder)


def _layers(rng: random.Random) -> list[dict[str, object]]:
    layers = [_layer("days", rng, (*PEOPLE, "nobody"))]
    if rng.random() < 0.5:
        layers.append({**_layer("learner", rng, PEOPLE), "role": "shadow"})
    return layers


def _layer(name: str, rng: random.Random, people: tuple[str, ...]) -> dict[str, object]:
    return {
        "name": name,
        "rotation": {
            "participants": rng.sample(people, rng.randint(1, 3)),
            "every": rng.choice(("1 day", "1 week", "1 hour")),
            "starts_on": f"{MONDAY:%Y-%m-%d}",
            "handoff": rng.choice(("00:00", "09:03")),
        },
    }


def _level(rng: random.Random) -> dict[str, object]:
    targets = [f"schedule:{name}" for name in SCHEDULES]
    targets += [f"user:{name}" for name in PEOPLE] + ["team:sre", "channel:chat"]
    return {
        "notify": rng.sample(targets, rng.randint(1, 3)),
        "escalate_after": rng.choice(_PATIENCE),
        **({"round_robin": True} if rng.random() < 0.4 else {}),
    }


def behaviour(rng: random.Random) -> Behaviour:
    """Return people who answer, some of them, at some level, after some time."""
    chance = rng.random()
    if chance < 0.25:
        return Nobody()
    if chance < 0.35:
        return Everybody()
    return These(
        tuple(
            Answer(
                user=Slug(name),
                level=rng.choice((None, 0, 1, LAST_RESORT_LEVEL)),
                after=timedelta(seconds=rng.choice((0, 10, 60, 300, 1200))),
            )
            for name in rng.sample(PEOPLE, rng.randint(1, 3))
        )
    )
