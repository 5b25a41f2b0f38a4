"""The shape of a load, as the tables name it."""

from benchmarks.generator import Shape


def test_a_shape_is_named_by_its_connections() -> None:
    shape = Shape(batch=64, kind="new", connections=16, seconds=3)

    assert shape.name == "64 new, 16 connections"


def test_a_shape_that_does_not_wait_is_named_by_its_rate() -> None:
    shape = Shape(batch=1, kind="repeated", connections=64, seconds=3, rate=1000)

    assert shape.name == "1 repeated, 1000/s"
