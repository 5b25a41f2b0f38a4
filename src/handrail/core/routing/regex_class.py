"""The character classes of RE2: by name, by Unicode category, by POSIX word."""

from handrail.core.routing.regex_tree import CharSet

_DIGIT = (("0", "9"),)
_UPPER = (("A", "Z"),)
_LOWER = (("a", "z"),)
_SPACE = (("\t", "\n"), ("\f", "\r"), (" ", " "))
_WORD = (*_DIGIT, *_UPPER, *_LOWER, ("_", "_"))
PERL = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
"""Digits, spaces and words: ASCII only, whatever the text holds."""

POSIX = {
    "alnum": (*_DIGIT, *_UPPER, *_LOWER),
    "alpha": (*_UPPER, *_LOWER),
    "ascii": (("\0", "\x7f"),),
    "blank": (("\t", "\t"), (" ", " ")),
    "cntrl": (("\0", "\x1f"), ("\x7f", "\x7f")),
    "digit": _DIGIT,
    "graph": (("!", "~"),),
    "lower": _LOWER,
    "print": ((" ", "~"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (("\t", "\r"), (" ", " ")),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGIT, ("A", "F"), ("a", "f")),
}
_SUBCATEGORIES = {
    "L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "S": "mcko", "Z": "slp",
    "C": "cfos",
}  # fmt: skip
_CATEGORIES = frozenset(_SUBCATEGORIES).union(
    major + minor for major, minors in _SUBCATEGORIES.items() for minor in minors
)
ANY = (("\0", "\U0010ffff"),)


def perl(letter: str, *, ignores_case: bool) -> CharSet:
    """Return the class of the letter; a capital is everything else."""
    return CharSet(
        ranges=PERL[letter.lower()],
        is_negated=letter.isupper(),
        ignores_case=ignores_case,
    )


def posix(name: str, *, ignores_case: bool) -> CharSet:
    """Return ``[:alpha:]``, ``[:^alpha:]`` and their like.

    Raises:
        ValueError: There is no such class.
    """
    word = name.removeprefix("^")
    if word not in POSIX:
        msg = f"[:{name}:] is no class; there are {', '.join(sorted(POSIX))}"
        raise ValueError(msg)
    return CharSet(
        ranges=POSIX[word],
        is_negated=name.startswith("^"),
        ignores_case=ignores_case,
    )


def unicode_class(name: str, *, is_negated: bool, ignores_case: bool) -> CharSet:
    """Return the class of a Unicode general category, or of ``Any`` character.

    Raises:
        ValueError: It is no category; scripts such as ``Greek`` are not supported.
    """
    word = name.removeprefix("^")
    negated = is_negated is not name.startswith("^")
    if word == "Any":
        return CharSet(ranges=ANY, is_negated=negated)
    if word not in _CATEGORIES:
        msg = (
            f"{name!r} is no Unicode category known here (scripts are not); "
            f"use one like L, Lu or Nd, or spell out the range"
        )
        raise ValueError(msg)
    return CharSet(
        categories=frozenset({word}), is_negated=negated, ignores_case=ignores_case
    )
