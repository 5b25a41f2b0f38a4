"""Whom a calendar's event means: by mail address, by name, by the layer's own words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handrail.core.configuration import spelling
from handrail.core.configuration.calendar_event import CalendarEvent
from handrail.core.configuration.draft import Draft
from handrail.core.configuration.spelling import NOBODY, quoted

_BETWEEN = re.compile(r"\s*[,&/+;]\s*|\s+and\s+")


@dataclass(frozen=True, slots=True)
class UnknownPersonError(Exception):
    """An event that names somebody nobody knows; ``message`` says whom."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who is called what, in lower case.

    Attributes:
        words: Names and what a layer says its calendar calls people.
        mails: Addresses.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    mails: Mapping[str, str] = field(default_factory=dict)

    def with_words(self, names: Iterable[object]) -> "Directory":
        """Return a directory in which a layer's own words come first."""
        own = {
            str(item["text"]).strip().lower(): str(item["user"])
            for item in names
            if isinstance(item, dict) and "text" in item and "user" in item
        }
        return Directory(
            words={**self.words, **own},
            mails={**self.mails, **{k: v for k, v in own.items() if "@" in k}},
        )

    def party(self, event: CalendarEvent) -> tuple[str, ...]:
        """Return whom an event puts on duty, nobody twice; ``nobody`` for a gap.

        Handrail's own mark decides; then a summary that the directory knows; then the
        addresses of the people it names; then the names in the summary. A word that
        could be a user's name is taken for one, and judged with the other references.

        Raises:
            UnknownPersonError: Nobody is called so.
        """
        if event.users:
            return event.users
        whole = self.words.get(event.summary.strip().lower())
        if whole is not None:
            return (whole,)
        if event.mails:
            return tuple(dict.fromkeys(self._by_mail(mail) for mail in event.mails))
        words = _BETWEEN.split(event.summary.strip())
        return tuple(dict.fromkeys(self._by_word(word) for word in words))

    def _by_mail(self, mail: str) -> str:
        found = self.mails.get(mail)
        if found is None:
            msg = f"no user has the address {quoted(mail)}"
            raise UnknownPersonError(msg)
        return found

    def _by_word(self, word: str) -> str:
        found = self.words.get(word.lower())
        if found is not None:
            return found
        try:
            return str(spelling.parse_slug(word))
        except ValueError as error:
            msg = f"nobody is called {quoted(word)}" if word else "names nobody"
            raise UnknownPersonError(msg) from error


def directory(drafts: Iterable[Draft]) -> Directory:
    """Return the users of the files, by name, full name and e-mail address."""
    words: dict[str, str] = {NOBODY: NOBODY}
    mails: dict[str, str] = {}
    users = [draft for draft in drafts if draft.kind == "user"]
    for draft in users:
        full = str(draft.body.get("full_name", "")).strip().lower()
        if full:
            words[full] = draft.name
        mail = str(draft.body.get("email", "")).strip().lower()
        if mail:
            mails[mail] = draft.name
    words.update({draft.name: draft.name for draft in users})
    return Directory(words={**words, **mails}, mails=mails)
