import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.core import limits
from handrail.core.configuration.node import (
    ListNode,
    MappingNode,
    Place,
    ScalarNode,
    SourceFile,
)
from handrail.ports.document_reader import ReadDocuments
from handrail.system.document_reader import YamlDocumentReader


def read(text: str) -> ReadDocuments:
    return YamlDocumentReader().read(SourceFile(name="f", text=text))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
REFUSED = [
    ("a: 1\n\tb: 2\n", 2, "a tab where spaces belong"),
    ("a: 1\nb: 2\na: 3\n", 3, 'the field "a" stands twice'),
    ("a: b: c\n", 1, "the indentation or a colon is wrong"),
    ("a: 1\n b: 2\n", 2, "the indentation or a colon is wrong"),
    (" a: 1\nb: 2\n", 2, "the indentation or a colon is wrong"),
    ("a: [1,\n", 2, "cannot be read as YAML"),
    ("a: !!python/object:os.system x\n", 1, "unknown tag"),
    ("a: !secret x\n", 1, "unknown tag"),
    ("a: *x\n", 1, 'no anchor "x"'),
    ("a: &x [*x]\n", 1, 'no anchor "x"'),
    ("a: &x [1]\n---\nb: *x\n", 3, 'no anchor "x"'),
    ("a: 1\n<<: {b: 2}\n", 2, "merge keys"),
    ("? [a]\n: 1\n", 1, "a field's name must be text"),
    ("{{ a }}: 1\n", 1, "a field's name must be text"),
    ("a: 1\nb: \x07\n", 2, "a character YAML forbids"),
    ("a: " + "[" * 40, 1, "levels deep"),
    (BOMB, 6, "aliases that unfold"),
]


@pytest.mark.parametrize(("text", "line", "words"), REFUSED)
def test_what_cannot_be_read_is_named_with_its_line(
    text: str, line: int, words: str
) -> None:
    found = read(text)

    assert [problem.place.line for problem in found.problems] == [line]
    assert words in found.problems[0].sentence


def test_every_node_has_its_place() -> None:
    (document,) = read("# first\nuser:\n  name: ana\n  methods:\n    - 1\n").nodes

    assert isinstance(document, MappingNode)
    user = document.entries["user"]
    assert user.place == Place(file="f", line=2, column=1)
    assert isinstance(user.value, MappingNode)
    assert user.value.entries["name"].value.place == Place(file="f", line=3, column=9)
    methods = user.value.entries["methods"].value
    assert isinstance(methods, ListNode)
    assert methods.items[0].place == Place(file="f", line=5, column=7)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("1.5", 1.5),
        ("true", True),
        ("~", None),
        ("null", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("!!str 1", "1"),
        ("yes", "yes"),
        ("09:00", "09:00"),
        ("9:00", "9:00"),
        ("2026-01-05", "2026-01-05"),
        ("2026-12-24 09:00", "2026-12-24 09:00"),
        ("2026-12-24T09:00:00Z", "2026-12-24T09:00:00Z"),
        ("5m", "5m"),
        ("1e400", float("inf")),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_read_by_the_core_schema(text: str, value: object) -> None:
    (document,) = read(f"- {text}\n").nodes

    assert isinstance(document, ListNode)
    (item,) = document.items
    assert isinstance(item, ScalarNode)
    assert item.value == value
    assert type(item.value) is type(value)


def test_an_alias_stands_for_what_it_names() -> None:
    (document,) = read("a: &x [1, 2]\nb: *x\n").nodes

    assert isinstance(document, MappingNode)
    assert document.entries["b"].value == document.entries["a"].value


def test_several_documents_are_read_in_order() -> None:
    found = read("a: 1\n---\nb: 2\n")

    assert [
        list(node.entries) for node in found.nodes if isinstance(node, MappingNode)
    ] == [["a"], ["b"]]


def test_a_file_that_is_too_long_is_not_read() -> None:
    found = read("#" * (limits.CONFIGURATION_FILE_CHARS_MAX + 1))

    assert "longer than" in found.problems[0].message


@given(st.text(alphabet=string.printable + "äé…\ud800\x85", max_size=80))
def test_no_text_raises(text: str) -> None:
    found = read(text)

    assert all(problem.place.line >= 1 for problem in found.problems)


PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            ": ",
            "- ",
            "\n",
            "  ",
            "&x ",
            "*x",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            '"',
            "!!str ",
            "!t ",
            "---\n",
            "? ",
            "|\n",
            "#",
            "<<",
            "~",
            "1",
            "%YAML 1.2\n",
        ]
    ),
    max_size=30,
)


@given(PIECES)
def test_no_shuffled_syntax_raises(pieces: list[str]) -> None:
    found = read("".join(pieces))

    assert all(problem.message for problem in found.problems)
