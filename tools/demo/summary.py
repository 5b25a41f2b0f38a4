"""The closing words: what was measured, and where to look."""

from tools.demo.scene import FIRST_ANSWER_SECONDS, INCIDENT, Scene


def tell(scene: Scene) -> None:
    """Say how long things took, and where they can be looked at."""
    told, at = scene.told, scene.times
    told.act("Measured")
    late = at.second_mail - at.first_mail - FIRST_ANSWER_SECONDS
    told.table(
        (
            ("signal → first e-mail", f"{at.first_mail - at.signal:.2f} s"),
            (
                "escalation, beyond its 5 seconds",
                f"{late:.2f} s",
            ),
            ("signal → acknowledged", f"{at.acknowledged - at.signal:.1f} s"),
            ("signal → public word", f"{at.public - at.signal:.1f} s"),
            ("signal → mitigated", f"{at.mitigated - at.signal:.1f} s"),
            ("signal → resolved", f"{at.resolved - at.signal:.1f} s"),
            ("e-mails sent", str(len(scene.mailbox.letters))),
        )
    )


def leave_open(scene: Scene) -> None:
    """Say how to get in, and how to end it."""
    told, url = scene.told, scene.instance.url
    link = scene.instance.command("user", "link", "mia").data.strip()
    told.act("It is still running: look around")
    told.table(
        (
            ("1. sign in as Mia (once)", link),
            ("2. the incident's room", f"{url}/incidents/{INCIDENT}"),
            ("   the status page", f"{url}/status/"),
        )
    )
    told.plain()
    told.plain("Ctrl-C ends it and leaves nothing behind.")
