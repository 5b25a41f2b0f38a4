"""A page by keys alone: the focus goes on, and can be seen wherever it is."""

from tests.browser.responders import Responder

FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  if (e === document.body) return ['', true];  // The end, before it begins anew.
  const name = e.labels && e.labels.length ? e.labels[0].textContent : e.textContent;
  return [name.trim(), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2];
}"""


def tab_to(responder: Responder, name: str) -> None:
    """Press Tab until the focus is on what is called so, or begins so."""
    for _ in range(150):
        responder.page.keyboard.press("Tab")
        found, is_seen = responder.page.evaluate(FOCUSED)
        assert is_seen, f"the focus on {found!r} cannot be seen"
        if found == name or (len(name) > 3 and found.startswith(name)):
            return
    msg = f"no Tab leads to {name!r}"
    raise AssertionError(msg)


def submit(responder: Responder, key: str) -> None:
    """Press a key that sends a form, and wait for the page that answers it."""
    with responder.page.expect_navigation():
        responder.page.keyboard.press(key)
