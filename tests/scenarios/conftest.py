from collections.abc import Callable, Iterator

import pytest
from tests.world.configuration import Configuration
from tests.world.world import World

MakeWorld = Callable[[Configuration | None], World]


@pytest.fixture
def make_world(request: pytest.FixtureRequest) -> Iterator[MakeWorld]:
    made: list[World] = []

    def make(configuration: Configuration | None) -> World:
        made.append(World(configuration))
        return made[-1]

    failed_before = request.session.testsfailed
    yield make
    for world in made:
        if request.session.testsfailed == failed_before:
            world.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world(None)
