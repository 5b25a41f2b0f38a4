"""Held mode: a restored server shows what it would send, and waits."""

import click

from handrail.cli.failure import nothing_to_do
from handrail.cli.output import Output, command_options, confirm, table, when


@click.group(invoke_without_command=True)
@click.pass_context
def held(context: click.Context) -> None:
    """Show what a restored server would send; release it."""
    if context.invoked_subcommand is None:
        context.invoke(show)


@held.command("show", short_help="Show whether the server holds back, and what.")
@command_options
def show(output: Output) -> None:
    """Show whether the server holds back, and what would be sent first."""
    answer = output.connect().get("/held")
    rows = [
        (item["recipient"], item["kind"], item["address"], when(item["due_at"]))
        for item in answer["items"]
    ]
    headings = ("recipient", "by", "address", "due")
    output.data(answer, table(headings, rows) if answer["is_held"] else "")
    if not answer["is_held"]:
        output.words("The server sends as it should; nothing is held.")
    else:
        output.words(f"Held ({answer['since']}): {answer['count']} deliveries wait.")
        output.words("To send them: handrail held release")
        output.words("To forget them instead: handrail held release --discard")


@held.command("release", short_help="Send what is held, or forget it.")
@click.option("--discard", is_flag=True, help="Cancel what waits instead.")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@command_options
def release(output: Output, *, discard: bool, is_agreed: bool) -> None:
    """Let a restored server send what it holds, and everything from now on."""
    server = output.connect()
    state = server.get("/held")
    if not state["is_held"]:
        msg = "the server is not held"
        raise nothing_to_do(msg, next_step="see what is paged: handrail page list")
    fate = "forgotten" if discard else "sent"
    question = f"{state['count']} deliveries will be {fate}. Go on?"
    confirm(question, is_agreed=is_agreed)
    answer = server.post("/held/release", {"discard": discard})
    output.data(answer, "")
    output.words("Released.")
