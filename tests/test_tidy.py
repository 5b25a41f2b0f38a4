"""Tidy: properties of the source itself that no off-the-shelf linter checks.

A rule, its reason and its remedy are one message, and each rule is an ordinary test.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "handrail"
TESTS = ROOT / "tests"
MODULES = sorted(SRC.rglob("*.py"))
CORE = sorted((SRC / "core").rglob("*.py"))

MIGRATIONS = SRC / "storage" / "migrations" / "versions"
"""Tables spelled out as they were, one after the other; never edited again."""

LINES_PER_MODULE_MAX = 400
LINES_PER_FUNCTION_MAX = 60
LARGER = {"ports/store.py": 560, "core/incident/event.py": 470}
"""Modules allowed more: contracts and vocabularies that are read in one piece."""

NAMELESS = {"utils", "util", "helpers", "common", "misc", "base", "manager", "tools"}
CORE_STDLIB = {
    "abc", "bisect", "collections", "dataclasses", "datetime", "difflib", "enum",
    "functools", "hashlib", "itertools", "json", "math", "operator", "re", "re2",
    "types", "typing", "typing_extensions", "unicodedata", "zoneinfo",
}  # fmt: skip
"""Pure by nature: no file, no clock, no chance. ``unicodedata`` is a
table; ``re2`` is the one library: bounded in time and memory."""

SQL_CLOCK = re.compile(
    r"\b(?:CURRENT_(?:TIMESTAMP|TIME|DATE)|LOCALTIMESTAMP|NOW\s*\("
    r"|(?:statement|transaction)_timestamp|(?:datetime|strftime|unixepoch|julianday)"
    r"\s*\([^)]*'now')",
    re.IGNORECASE,
)
DATABASE_CLOCK = "clock_timestamp"
DATABASE_CLOCK_HOME = "storage/postgres.py"
SQLALCHEMY_CLOCKS = {
    "now", "current_timestamp", "current_time", "current_date", "localtimestamp",
}  # fmt: skip

FORBIDDEN_WORDS = {
    "root_cause": "contributing_factor",
    "notification_step": "level",
    "escalation_step": "level",
    "alert_event": "alert",
}
"""The glossary's words that are not used, each with the one that is."""

FREE_FOLDERS = {
    "conformance", "world", "scenarios", "simulation", "crash", "peers", "browser",
    "packaging", "benchmarks",
}  # fmt: skip
"""Test folders that test the whole, or the product against others: no module each."""

TEXT_SUFFIXES = {
    ".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".in", ".json", ".html", ".css",
    ".js", ".ts", ".cfg", ".ini", ".sh", ".svg", ".lock", "",
}  # fmt: skip
WRITTEN_FOLDERS = (
    "src", "tests", "docs", "benchmarks", "requirements", "tools", "examples",
    "frontend", ".github",
)  # fmt: skip
REGISTRIES = re.compile(
    "|".join(
        re.escape(f"{name}.{domain}")
        for name, domain in (
            ("pypi", "org"), ("files.pythonhosted", "org"), ("registry.npmjs", "org"),
            ("registry.yarnpkg", "com"), ("proxy.golang", "org"),
            ("static.crates", "io"),
        )
    )
)  # fmt: skip
MACHINE_PATHS = re.compile(r"(?<![\w./~:>-])/(?:work|tmp|home|root|Users)/\w")


def dotted(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def written() -> Iterator[Path]:
    """Yield every text file that people wrote for the repository."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in WRITTEN_FOLDERS:
        found.extend((ROOT / folder).rglob("*"))
    for path in sorted(found):
        is_made = {"__pycache__", "node_modules"} & set(path.parts)
        if path.is_file() and path.suffix in TEXT_SUFFIXES and not is_made:
            yield path


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_is_small_and_named_for_what_it_knows(path: Path) -> None:
    text = path.read_text()

    lines = text.count("\n")

    limit = LARGER.get(dotted(path), LINES_PER_MODULE_MAX)
    assert lines <= limit, f"{lines} lines: split it by concept"
    assert path.stem not in NAMELESS, "name the module after what it knows"
    assert "FIXME" not in text, "a leftover: settle it before it is merged"


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.parent != MIGRATIONS], ids=dotted
)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            span = (node.end_lineno or 0) - node.lineno + 1
            assert span <= LINES_PER_FUNCTION_MAX, f"{node.name}: {span} lines, split"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_no_statement_reads_the_databases_clock(path: Path) -> None:
    """Time comes in as an argument, so that one transaction has one time."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = SQL_CLOCK.search(node.value)
            assert not found, f"line {node.lineno}: bind tx.now instead"
            if DATABASE_CLOCK in node.value:
                home = dotted(path) == DATABASE_CLOCK_HOME
                assert home, f"only {DATABASE_CLOCK_HOME} asks the server's clock"
        if isinstance(node, ast.Attribute) and node.attr in SQLALCHEMY_CLOCKS:
            owner = ast.unparse(node.value)
            is_sql = owner in {"func", "sa.func", "sqlalchemy.func", "sql.func"}
            assert not is_sql, f"line {node.lineno}: bind tx.now instead"


@pytest.mark.parametrize("path", CORE, ids=dotted)
def test_the_core_imports_only_itself_and_what_is_pure(path: Path) -> None:
    """An allow-list, so that a new import into the core is a decision."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.split(".")[0]
            is_pure = name.startswith("handrail.core") or top in CORE_STDLIB
            assert is_pure, f"the core may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_names_are_the_words_of_the_glossary(path: Path) -> None:
    for name, line in _identifiers(ast.parse(path.read_text())):
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        for word, instead in FORBIDDEN_WORDS.items():
            is_used = re.search(rf"(?:^|_){word}s?(?:_|$)", words) is not None
            assert not is_used, f"line {line}: {name}: the word is {instead}"


@pytest.mark.parametrize(
    ("document", "entry"),
    [
        ("docs/glossary.md", r"^\| \*\*([^*]+)\*\*"),
        ("docs/cli.md", r"^#+ (.+)"),
        ("docs/decisions/README.md", r"^\| \[(\d+)\]"),
        ("CHANGELOG.md", r"^- (.+)"),
    ],
)
def test_nothing_stands_twice_in_a_list(document: str, entry: str) -> None:
    text = (ROOT / document).read_text()

    found = Counter(re.findall(entry, text, flags=re.MULTILINE))

    assert found
    assert [one for one, times in found.items() if times > 1] == []


def test_every_test_stands_where_its_module_does() -> None:
    """tests/a/test_b.py tests src/handrail/a/b.py, or the package a/b.

    A package tested as a whole may have its test inside its folder: a/b/test_b.py.
    What a package finds in its own folders is tested by its test_registry.py.
    """
    strays = []
    for path in sorted(TESTS.glob("*/**/test_*.py")):
        place = path.relative_to(TESTS).parent
        source = SRC / place / path.name.removeprefix("test_")
        is_whole = source.parent.is_dir() and source.stem in {place.name, "registry"}
        is_mirror = source.exists() or source.with_suffix("").is_dir() or is_whole
        if place.parts[0] not in FREE_FOLDERS and not is_mirror:
            strays.append(f"{path.relative_to(ROOT)}: no {source.relative_to(ROOT)}")

    assert strays == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    """Where packages come from and where a checkout lies is each machine's affair."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in written()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if REGISTRIES.search(line) or MACHINE_PATHS.search(line)
    ]

    assert found == []


def _identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield every name that a module gives to something, with its line."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield name, node.lineno
            case _:
                continue
