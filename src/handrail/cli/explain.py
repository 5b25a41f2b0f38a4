"""Why: the whole story behind an id."""

import click

from handrail.cli.connection import path_part
from handrail.cli.output import Output, command_options, facts, when


@click.command()
@click.argument("any_id", metavar="ID")
@command_options
def explain(output: Output, *, any_id: str) -> None:
    """Tell the story behind the id of an alert, page, delivery or receipt.

    Which rule decided, who was told when and how, what came back, and what was muted,
    held or skipped, each with its reason.
    """
    answer = output.connect().get(f"/explain/{path_part(any_id)}")
    output.data(answer, "\n".join(answer["lines"]))


@click.command()
@click.argument("receipt_id", metavar="RECEIPT")
@command_options
def receipt(output: Output, *, receipt_id: str) -> None:
    """Tell what became of each signal of an accepted request."""
    answer = output.connect().get(f"/receipts/{path_part(receipt_id)}")
    blocks = [
        facts(
            [
                ("receipt", answer["id"]),
                ("integration", answer["integration"]),
                ("received", when(answer["received_at"])),
                ("not read", answer["error"]),
            ]
        )
    ]
    blocks += [
        facts(
            [
                ("disposition", entry["disposition"]),
                ("final", "yes" if entry["is_final"] else "not yet"),
                ("why", entry["reason"]),
                ("decided by", entry["decided_by"]),
                ("alert", entry["alert_id"]),
            ]
        )
        for entry in answer["entries"]
    ]
    output.data(answer, "\n\n".join(blocks))
