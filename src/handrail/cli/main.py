"""The command line's front door: every command by name, each imported when run.

This module knows names and one-line descriptions only.
"""

from collections.abc import Mapping
from typing import Any

import click
from typing_extensions import override

from handrail import __version__
from handrail.cli.exit_code import ExitCode
from handrail.cli.lazy import LazyGroup, Places

SECTIONS: Mapping[str, Places] = {
    "Answer a page": {
        "ack": ("page:ack", "Acknowledge a page: you have it."),
        "escalate": ("page:escalate", "Tell the next level of a page now."),
        "resolve": ("page:resolve", "Resolve a page and its alert."),
        "page": ("page:page", "List and show pages."),
        "oncall": ("oncall:oncall", "Who is on call, when, and why."),
    },
    "Respond to an incident": {
        "declare": ("incident:declare", "Declare an incident; a title is enough."),
        "incident": ("incident:incident", "Roles, severity, stages, timeline, tasks."),
        "mitigation": ("mitigation:mitigation", "Stop the bleeding; record it."),
        "change": ("change:change", "Report and list deploys and other changes."),
    },
    "Tell the public": {
        "notice": ("notice:notice", "Publish, list and suggest public notices."),
        "status": ("status:status", "The status page, and its files."),
    },
    "See what happened": {
        "alert": ("alert:alert", "List, show and send alerts."),
        "explain": ("explain:explain", "Why somebody was paged, or was not."),
        "receipt": ("explain:receipt", "What became of an accepted signal."),
        "audit": ("audit:audit", "Verify the append-only record."),
    },
    "Learn from it": {
        "postmortem": ("postmortem:postmortem", "Write and publish what was learned."),
        "action": ("action:action", "Action items: what is changed, by whom."),
        "ticket": ("ticket:ticket", "Backlog tickets of what never pages."),
    },
    "Configure": {
        "config": ("configuration:config", "Check, plan and apply configuration."),
        "integration": ("integration:integration", "Keys for senders."),
        "token": ("token:token", "Tokens for programs."),
        "user": ("user:user", "Sign-in links for people."),
    },
    "Operate": {
        "serve": ("serve:serve", "Run the server."),
        "backup": ("database:backup", "Write everything to one file."),
        "restore": ("database:restore", "Read a backup into an empty database."),
        "held": ("held:held", "What a restored server would send; release it."),
        "completion": ("completion:completion", "Completion for your shell."),
        "version": ("version:version", "What runs here."),
    },
}


class Commands(LazyGroup):
    """Every command; who guesses one that is not there is told which may be meant."""

    sections = SECTIONS

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.NoSuchCommand, click.NoSuchOption) as error:
            from handrail.cli.guess import meant

            msg = f"{error.message} {meant(error)}".strip()
            raise click.UsageError(msg, ctx=error.ctx) from error


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    invoke_without_command=False,
)
@click.version_option(__version__, message="handrail %(version)s")
def cli() -> None:
    """Handrail: from the first signal to the finished follow-up.

    Commands talk to a running server over HTTP; its address and your token come from
    HANDRAIL_URL and HANDRAIL_TOKEN, or from ~/.config/handrail/profile.toml. On the
    server's own machine neither is needed.
    """


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        cli.main(prog_name="handrail")
    except BrokenPipeError:
        # The reader (`| head`) left; what it wanted, it has.
        raise SystemExit(ExitCode.OK) from None
