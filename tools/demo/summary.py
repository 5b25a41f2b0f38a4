"""The closing words: what was measured, and where to look."""

from tools.demo.scene import FIRST_ANSWER_SECONDS, INCIDENT, Scene


def tell(scene: Scene) -> None:
    """Say how long things took, Handrail's part and the people's apart."""
    told, at, signal = scene.told, scene.times, scene.times.signal
    letters = scene.mailbox.letters
    addresses = len({one.to for one in letters})
    entries = scene.incident()["sequence"]
    waited = f"(Ana had {FIRST_ANSWER_SECONDS} s of it)"
    told.act("Measured: what Handrail took")
    told.table(
        (
            ("signal → on disk and answered", _span(at.answered), ""),
            ("signal → first e-mail", _span(at.first_mail - signal), ""),
            (
                "signal → next level's e-mail",
                _span(at.second_mail - signal),
                waited,
            ),
            ("button → acknowledged", _span(at.pressed), ""),
            ("notice → status page", _span(at.public - at.noticed), ""),
        )
    )
    told.act("Measured: the incident, at this script's pace")
    told.table(
        (
            ("signal → acknowledged", _span(at.acknowledged - signal), ""),
            ("signal → public told", _span(at.public - signal), ""),
            ("signal → mitigated", _span(at.mitigated - signal), ""),
            ("signal → resolved", _span(at.resolved - signal), ""),
            ("e-mails", f"{len(letters)}", f"to {addresses} addresses"),
            ("entries in the record", f"{entries}", ""),
        )
    )


def leave_open(scene: Scene) -> None:
    """Say how to get in, and how to end it."""
    told, url = scene.told, scene.instance.url
    link = scene.instance.command("user", "link", scene.mia.name).data.strip()
    told.act("It still runs: look around")
    told.table(
        (
            ("sign in as Mia, once", link, ""),
            ("the incident's room", f"{url}/incidents/{INCIDENT}", ""),
            ("its postmortem", f"{url}/api/v1/postmortems/{INCIDENT}.md", ""),
            ("the status page", f"{url}/status/", ""),
        )
    )
    told.plain()
    told.plain("Ctrl-C ends it and leaves nothing behind.")


def _span(seconds: float) -> str:
    """Return a duration with two or three digits that say something."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s"
