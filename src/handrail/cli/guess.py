"""What people type who guess, and the command that they mean.

Each stands here because somebody typed it; a slip of the fingers is click's to mend.
"""

from collections.abc import Mapping

import click

GUESSES: Mapping[str, str] = {
    "apply": "handrail config apply FILE",
    "check": "handrail config check FILE",
    "contact": "handrail user contacts",
    "contacts": "handrail user contacts",
    "cover": "handrail oncall cover",
    "feed": "handrail oncall feed",
    "incidents": "handrail incident list",
    "list": "handrail page list",
    "login": "handrail user link NAME",
    "override": "handrail oncall override",
    "pages": "handrail page list",
    "plan": "handrail config plan FILE",
    "policies": "handrail config show escalation_policy",
    "policy": "handrail config show escalation_policy",
    "prove": "handrail oncall prove",
    "rota": "handrail oncall shifts",
    "run": "handrail serve",
    "schedule": "handrail oncall shifts, handrail config show schedule",
    "schedules": "handrail oncall shifts, handrail config show schedule",
    "server": "handrail serve",
    "service": "handrail config show service",
    "services": "handrail config show service",
    "shifts": "handrail oncall shifts",
    "simulate": "handrail oncall simulate --service NAME",
    "start": "handrail serve",
    "swap": "handrail oncall swap",
    "team": "handrail config show team",
    "teams": "handrail config show team",
    "users": "handrail config show user",
    "validate": "handrail config check FILE",
    "who": "handrail oncall who",
    "whoami": "handrail user contacts",
    "config diff": "handrail config plan FILE",
    "config get": "handrail config show",
    "config list": "handrail config show",
    "config validate": "handrail config check FILE",
    "incident ack": "handrail ack PAGE",
    "incident create": "handrail declare TITLE",
    "incident declare": "handrail declare TITLE",
    "incident new": "handrail declare TITLE",
    "oncall add": "handrail oncall override add",
    "oncall current": "handrail oncall who",
    "oncall list": "handrail oncall who",
    "oncall next": "handrail oncall shifts",
    "oncall rota": "handrail oncall shifts",
    "oncall schedule": "handrail oncall shifts",
    "oncall schedules": "handrail oncall shifts",
    "oncall show": "handrail oncall who",
    "oncall status": "handrail oncall who",
    "oncall test": "handrail oncall simulate --service NAME",
    "oncall what-if": "handrail oncall simulate --service NAME",
    "oncall whatif": "handrail oncall simulate --service NAME",
    "page ack": "handrail ack PAGE",
    "user add": "handrail config apply FILE (people are configuration)",
    "user create": "handrail config apply FILE (people are configuration)",
    "user list": "handrail config show user",
    "user login": "handrail user link NAME",
    "user show": "handrail config show user NAME",
    "user test": "handrail user test-contact METHOD",
    "serve --address": "--listen HOST:PORT",
    "serve --bind": "--listen HOST:PORT",
    "serve --host": "--listen HOST:PORT",
    "serve --port": "--listen HOST:PORT, as in --listen 127.0.0.1:8080",
    "serve --url": "--base-url https://…",
    "serve --config": "handrail config apply FILE, while the server runs",
    "serve --data": "--data-dir FOLDER",
    "serve --db": "--database-url URL",
    "serve --database": "--database-url URL",
}
"""From what is typed after ``handrail`` to what is meant."""


def meant(error: click.NoSuchCommand | click.NoSuchOption) -> click.UsageError:
    """Return the refusal with what was meant, where that is known."""
    typed = (
        error.option_name
        if isinstance(error, click.NoSuchOption)
        else error.command_name
    )
    path = error.ctx.command_path if error.ctx else ""
    _, _, group = path.partition(" ")
    guess = GUESSES.get(f"{group} {typed}".strip())
    if guess is None:
        return error
    return click.UsageError(f"{error.message} Did you mean: {guess}?", error.ctx)
