"""Round robin: the pages that reach a level go to its people in turn."""

from tests.scenarios.conftest import MakeWorld
from tests.world.configuration import Configuration, payments
from tests.world.sink import NO_SUCH_ADDRESS
from tests.world.world import World

from handrail.core.paging.event import LevelNotified
from handrail.usecases.page_record import page_event, stream_of


def taking_turns(*people: str, second: tuple[str, ...] = ("mia",)) -> Configuration:
    rules = [
        {
            "notify": [f"user:{name}" for name in names],
            "escalate_after": "5m",
            "round_robin": True,
        }
        for names in (people, second)
    ]
    made = payments().user("cleo", "email").user("dan", "email")
    return made.put("escalation_policy", "payments", {"rules": rules})


def turns(world: World, title: str) -> list[int | None]:
    page = world.page(title)
    record = world.store.read(lambda tx: tx.event.read(stream_of(page.id)))
    events = map(page_event, record)
    return [event.turn for event in events if isinstance(event, LevelNotified)]


def test_each_page_tells_the_next_person_alone(make_world: MakeWorld) -> None:
    world = make_world(taking_turns("ana", "ben", "cleo"))

    for place, who in enumerate(("ana", "ben", "cleo", "ana")):
        title = f"Fault {place}"
        world.signal(title)
        world.expect_told(who, of=title)
        world.expect_silence()
        world.acknowledge(who, title)
        assert turns(world, title) == [place + 1]

    assert "turn 4 of ana, ben, cleo: named by the policy" in world.story()


def test_a_levels_turns_are_the_pages_that_reach_it(make_world: MakeWorld) -> None:
    """Ben never answers; still cleo and dan share what he leaves behind."""
    world = make_world(taking_turns("ana", "ben", second=("cleo", "dan")))
    for place in range(8):
        title = f"Fault {place}"
        world.signal(title, severity="warning")
        if place % 2 == 0:
            world.acknowledge("ana", title)
            continue
        world.fast_forward(minutes=6)
        second = "cleo" if place % 4 == 1 else "dan"
        world.expect_told(second, of=title)
        world.acknowledge(second, title)

    world.forget_messages()


def test_in_the_next_round_it_is_the_next_ones_turn(make_world: MakeWorld) -> None:
    made = taking_turns("ana", "ben")
    rules = [
        {
            "notify": ["user:ana", "user:ben"],
            "escalate_after": "5m",
            "round_robin": True,
        }
    ]
    made.put("escalation_policy", "payments", {"rules": rules, "rounds": 2})
    world = make_world(made)

    world.signal()
    world.expect_told("ana")
    world.fast_forward(minutes=6)

    world.expect_told("ben")
    assert turns(world, "Disk full") == [1, 2]


def test_who_has_no_contact_method_is_passed_over(make_world: MakeWorld) -> None:
    world = make_world(taking_turns("ana", "ben", "cleo").user("ben"))

    world.signal("One")
    world.expect_told("ana", of="One")
    world.signal("Two")
    world.expect_told("cleo", of="Two")
    world.signal("Three")

    world.expect_told("cleo", of="Three")


def test_whose_address_is_dead_passes_the_page_on_at_once(
    make_world: MakeWorld,
) -> None:
    world = make_world(taking_turns("ana", "ben"))
    world.sink.behave("ana@email.test", NO_SUCH_ADDRESS)

    world.signal()

    world.expect_told("mia")


def test_turns_go_on_where_a_level_was_moved_or_got_another_person(
    make_world: MakeWorld,
) -> None:
    """What changes often must not let the first in the list come first each time."""
    world = make_world(taking_turns("ana", "ben"))
    world.signal("One")
    world.expect_told("ana", of="One")
    plain = {"notify": ["user:mia"], "escalate_after": "5m"}
    turning = {
        "notify": ["user:ana", "user:ben", "user:cleo"],
        "escalate_after": "5m",
        "round_robin": True,
    }

    world.configure(
        lambda made: made.put(
            "escalation_policy", "payments", {"rules": [plain, turning]}
        )
    )
    world.signal("Two")
    world.expect_told("mia", of="Two")
    world.fast_forward(minutes=6)

    assert turns(world, "Two") == [None, 2]
    world.forget_messages()


def test_a_page_that_climbs_after_a_change_takes_its_turn_among_the_new_ones(
    make_world: MakeWorld,
) -> None:
    """A page keeps the policy it was opened with, and shares the count."""
    world = make_world(taking_turns("ana", second=("cleo", "dan")))
    world.signal("One")
    world.expect_told("ana", of="One")

    def without_first(made: Configuration) -> None:
        made.put(
            "escalation_policy",
            "payments",
            {
                "rules": [
                    {"notify": ["user:ana"], "escalate_after": "5m"},
                    {"notify": ["user:ben"], "escalate_after": "5m"},
                    {
                        "notify": ["user:ana"],
                        "escalate_after": "1h",
                        "round_robin": True,
                    },
                    {
                        "notify": ["user:cleo", "user:dan"],
                        "escalate_after": "5m",
                        "round_robin": True,
                    },
                ]
            },
        )

    world.fast_forward(minutes=6)
    world.expect_told("cleo", of="One")
    world.configure(without_first)
    world.signal("Two")
    world.escalate("ana", "Two")
    world.escalate("ben", "Two")
    world.escalate("ana", "Two")

    assert turns(world, "Two") == [None, None, 2, 2]
    world.forget_messages()


def test_who_is_told_next_is_not_promised_to_one(make_world: MakeWorld) -> None:
    world = make_world(taking_turns("ana", second=("cleo", "dan")))

    world.signal()

    (message,) = world.expect_told("ana")
    assert "one of them in turn" in message.items[0].what_next
