"""The user guide describes what the definition defines, and its examples are read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.configured import SOURCE_KINDS, checked

from handrail.core.configuration.definition import definitions
from handrail.core.configuration.shape import ListShape, ObjectShape, Shape

GUIDE = (Path(__file__).parents[3] / "docs/configuration.md").read_text()
SECTIONS = dict(section.split("\n", maxsplit=1) for section in GUIDE.split("\n## ")[1:])
KINDS = definitions(SOURCE_KINDS)
EXAMPLES = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def field_names(shape: Shape) -> Iterator[str]:
    match shape:
        case ObjectShape():
            for field in shape.fields:
                yield field.name
                yield from field_names(field.shape)
        case ListShape():
            yield from field_names(shape.item)
        case _:
            return


def mappings(shape: Shape) -> Iterator[ObjectShape]:
    match shape:
        case ObjectShape():
            yield shape
            for field in shape.fields:
                yield from mappings(field.shape)
        case ListShape():
            yield from mappings(shape.item)
        case _:
            return


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_of_other_programs_leads_to_one_field_and_is_none_itself(
    kind: str,
) -> None:
    for mapping in mappings(KINDS[kind].shape):
        words = [word for field in mapping.fields for word in field.elsewhere]

        assert len(words) == len(set(words))
        assert set(words).isdisjoint(field.name for field in mapping.fields)


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_names_every_field_of_a_kind(kind: str) -> None:
    section = SECTIONS[kind]
    if "(#coverage)" in section:
        section += SECTIONS["coverage"]  # what an intent says is told once

    missing = {
        name
        for name in field_names(KINDS[kind].shape)
        if f"`{name}`" not in section and f"{name}:" not in section
    }

    assert missing == set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_guide_is_read_as_it_stands(example: str) -> None:
    result = checked(example)

    assert result.own_problems == ()
