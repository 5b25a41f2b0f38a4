"""What somebody meant who guessed a command or an option that is not there.

Words that other tools use lead to ours; then a command of the same name elsewhere, and
at last what is spelled alike. Only a wrong command line pays for looking.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

import click

_WORDS: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("ack",),
    "apply": ("config apply",),
    "calendar": ("oncall feed list",),
    "close": ("resolve", "incident resolve"),
    "contact": ("user contacts",),
    "coverage": ("oncall prove",),
    "create": ("declare",),
    "export": ("config show", "backup"),
    "import": ("config apply",),
    "init": ("serve", "config apply"),
    "key": ("integration key",),
    "list": ("page list", "alert list", "incident list"),
    "login": ("user link",),
    "logs": ("explain", "incident timeline"),
    "new": ("declare",),
    "now": ("oncall",),
    "open": ("declare",),
    "policy": ("config show escalation_policy", "oncall who --policy"),
    "proof": ("oncall prove",),
    "restart": ("serve",),
    "rota": ("oncall", "oncall shifts", "config show schedule"),
    "route": ("config show route",),
    "run": ("serve",),
    "schedule": ("oncall", "oncall shifts", "config show schedule"),
    "server": ("serve",),
    "service": ("config show service", "oncall who --service"),
    "start": ("serve",),
    "team": ("config show team",),
    "test": ("alert send", "user test-contact"),
    "trigger": ("alert send",),
    "up": ("serve",),
    "user": ("config show user", "user contacts"),
    "validate": ("config check",),
    "whoami": ("oncall who --user",),
}
"""From a word at the front, singular, to what does it."""

_INSIDE: Mapping[str, tuple[str, ...]] = {
    "config diff": ("config plan",),
    "config export": ("config show",),
    "config list": ("config show",),
    "config validate": ("config check",),
    "incident ack": ("ack",),
    "incident close": ("incident resolve",),
    "incident comment": ("incident note",),
    "incident create": ("declare",),
    "incident open": ("declare",),
    "oncall list": ("oncall", "oncall shifts"),
    "oncall schedule": ("oncall who --schedule", "oncall shifts"),
    "oncall show": ("oncall",),
    "oncall add": ("oncall override add",),
    "oncall calendar": ("oncall feed list",),
    "oncall export": ("oncall feed list", "oncall shifts --json"),
    "oncall gaps": ("oncall shifts", "oncall prove"),
    "oncall next": ("oncall who --user", "oncall shifts"),
    "oncall me": ("oncall who --user",),
    "page ack": ("ack",),
    "page acknowledge": ("ack",),
    "page escalate": ("escalate",),
    "page resolve": ("resolve",),
    "user list": ("config show user",),
    "user add": ("config apply",),
    "user create": ("config apply",),
    "user show": ("config show user", "user contacts"),
    "user login": ("user link",),
    "integration list": ("config show integration",),
}

_ALIKE = (
    ("add", "create", "new", "ask", "propose", "report", "draft"),
    ("remove", "delete", "rm", "revoke", "withdraw", "cancel"),
    ("list", "ls", "show", "all"),
    ("change", "edit", "amend", "set", "update"),
    ("accept", "approve", "yes"),
    ("decline", "reject", "no"),
)
"""Words for one act; a group has one or two of each."""

_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "--address": ("--listen",),
    "--bind": ("--listen",),
    "--date": ("--at",),
    "--description": ("--summary", "--note"),
    "--duration": ("--for",),
    "--end": ("--until",),
    "--file": ("--config",),
    "--files": ("--config",),
    "--format": ("--json",),
    "--host": ("--listen",),
    "--label": ("--labels",),
    "--member": ("--user",),
    "--message": ("--note",),
    "--output": ("--json",),
    "--person": ("--user",),
    "--port": ("--listen",),
    "--server": ("--url",),
    "--since": ("--from",),
    "--start": ("--from",),
    "--time": ("--at",),
    "--when": ("--at",),
    "--who": ("--user",),
}
_SHOWN = 5
_WRITTEN = {"--listen": "--listen ADDRESS:PORT, as in --listen 127.0.0.1:8099"}


def meant(error: click.NoSuchCommand | click.NoSuchOption) -> str:
    """Return which command or option was meant by one that is not there, or ""."""
    if error.ctx is None:
        return ""
    if isinstance(error, click.NoSuchOption):
        return _option(error.ctx.command, error.option_name)
    return _command(error.ctx, error.command_name)


def _command(ctx: click.Context, word: str) -> str:
    group = ctx.command
    assert isinstance(group, click.Group)
    within = " ".join(ctx.command_path.split()[1:])
    if not within:
        return _sentence(_at_front(group, ctx, word))
    known = _INSIDE.get(f"{within} {_singular(word)}")
    if known:
        return _sentence(known)
    names = group.list_commands(ctx)
    return _sentence(f"{within} {name}" for name in _near(word, names))


def _at_front(root: click.Group, ctx: click.Context, word: str) -> list[str]:
    """Return what a word at the front leads to; what is sure goes before likeness."""
    singular = _singular(word)
    known = _WORDS.get(word) or _WORDS.get(singular)
    if known:
        return list(known)
    names = root.list_commands(ctx)
    if singular in names:
        one = root.get_command(ctx, singular)
        has_list = isinstance(one, click.Group) and "list" in one.list_commands(ctx)
        return [f"{singular} list" if has_list else singular]
    groups = ((name, root.get_command(ctx, name)) for name in names)
    inside = [
        f"{name} {there}"
        for name, group in groups
        if isinstance(group, click.Group)
        for there in group.list_commands(ctx)
        if there in {word, singular}
    ]
    return inside or get_close_matches(word, names)


def _near(word: str, names: Sequence[str]) -> list[str]:
    """Return what a word inside a group leads to: a synonym, or what is alike."""
    alike = next((words for words in _ALIKE if word in words), ())
    return [name for name in alike if name in names] or get_close_matches(word, names)


def _option(command: click.Command, option: str) -> str:
    there = {name for one in command.params for name in one.opts}
    for known in _OPTIONS.get(option, ()):
        if known in there:
            return f"Did you mean {_WRITTEN.get(known, known)}?"
    bare = [name.removeprefix("--") for name in there]
    near = get_close_matches(option.removeprefix("--"), bare, n=1)
    return f"Did you mean --{near[0]}?" if near else ""


def _sentence(commands: Iterable[str]) -> str:
    shown = [f"handrail {command}" for command in commands][:_SHOWN]
    if not shown:
        return ""
    *others, last = shown
    said = f"{', '.join(others)} or {last}" if others else last
    return f"Did you mean: {said}?"


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s") if len(word) > len("ss") else word
