// The room, live: whenever the incident's record grows, the page is fetched again and
// what is shown is changed in place to what it says now. What somebody is typing, has
// opened, or was just refused stays as it is, and so does the focus. Without this script
// every act and every page works all the same.
"use strict";
(() => {
  const room = document.querySelector(".room[data-stream]");
  if (!room) return;
  const AGAIN_MILLISECONDS = 3000;
  const page = room.dataset.page;  // A refused press has another address.
  const liveness = document.getElementById("liveness");
  const safe = window.trustedTypes
    ? trustedTypes.createPolicy("handrail", { createHTML: (text) => text })
    : { createHTML: (text) => text };
  let seen = Number(room.dataset.sequence);
  let stream = null;
  let isFetching = false;
  let isBehind = false;
  let again = 0;

  const stand = (state, words) => {
    if (liveness.dataset.state === state && liveness.textContent === words) return;
    liveness.dataset.state = state;
    liveness.textContent = words;
  };

  // What the page says that no other page will say again: a refusal, and its form.
  const refusals = new Set(room.querySelectorAll("[role=alert]"));
  for (const refusal of [...refusals]) {
    const form = refusal.closest("form");
    if (form) refusals.add(form);
  }

  const isSelected = (choice) => {
    const said = [...choice.options].findIndex((option) => option.defaultSelected);
    return choice.selectedIndex !== Math.max(said, 0);
  };
  const isTouched = (field) => {
    if (field === document.activeElement) return true;
    if (field.matches("select")) return isSelected(field);
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    return field.type !== "hidden" && field.value !== field.defaultValue;
  };
  const holds = (node) => node.nodeType === Node.ELEMENT_NODE && (
    refusals.has(node)
    || [...node.querySelectorAll("[role=alert]")].some((inner) => refusals.has(inner))
    || [node, ...node.querySelectorAll("*")].some((e) => e.matches("input, textarea, select") && isTouched(e))
  );

  // Which node of the old page is which of the new one.
  const key = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
    const named = node.id || node.getAttribute("aria-labelledby") || node.getAttribute("action")
      || (node.matches("details") && (node.querySelector("form")?.getAttribute("action") || node.textContent));
    return `${node.nodeName} ${named || ""}`;
  };
  const mergeChildren = (old, fresh) => {
    const awaited = [...fresh.childNodes].map(key);
    let place = old.firstChild;
    for (const wanted of fresh.childNodes) {
      const name = awaited.shift();
      let found = place;
      while (found && key(found) !== name) found = found.nextSibling;
      if (!found) {
        old.insertBefore(document.importNode(wanted, true), place);
        continue;
      }
      while (place !== found && !awaited.includes(key(place))) {
        const gone = place;
        place = place.nextSibling;
        if (!holds(gone)) gone.remove();
      }
      if (place === found) place = place.nextSibling;
      else old.insertBefore(found, place);
      merge(found, wanted);
    }
    while (place) {
      const gone = place;
      place = place.nextSibling;
      if (!holds(gone)) gone.remove();
    }
  };

  const merge = (old, fresh) => {
    if (old === liveness || refusals.has(old) || old.isEqualNode(fresh)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) { old.data = fresh.data; return; }
    if (old.matches("input, textarea, select") && isTouched(old)) return;
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
    mergeChildren(old, fresh);
  };

  const refresh = async () => {
    if (isFetching) { isBehind = true; return; }
    isFetching = true;
    try {
      const answer = await fetch(page + location.search, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(safe.createHTML(await answer.text()), "text/html");
      const now = fresh.querySelector(".room[data-stream]");
      if (!now) { stand("lost", "You are signed out; reload this page"); return; }
      const focused = document.activeElement;
      mergeChildren(room, now);
      if (document.activeElement !== focused && focused.isConnected) focused.focus({ preventScroll: true });
      seen = Math.max(seen, Number(now.dataset.sequence));
      if (stream?.readyState === EventSource.OPEN) stand("live", "● Live");
    } catch {
      stand("lost", "Connection lost; what you see may be old");
      clearTimeout(again);
      again = setTimeout(() => { if (!document.hidden) refresh(); }, AGAIN_MILLISECONDS);
    } finally {
      isFetching = false;
      if (isBehind) { isBehind = false; refresh(); }
    }
  };

  const open = () => {
    if (stream || document.hidden) return;
    const opened = new EventSource(`${room.dataset.stream}?after=${seen}`);
    stream = opened;
    opened.onopen = () => stand("live", "● Live");
    opened.onerror = () => {
      if (stream !== opened) return;
      stand("lost", "Connection lost; trying again");
      // After an answer that is no stream, such as a proxy's, the browser gives up.
      if (opened.readyState === EventSource.CLOSED) { stream = null; setTimeout(open, AGAIN_MILLISECONDS); }
    };
    opened.onmessage = refresh;
  };
  const close = () => {
    if (!stream) return;
    stream.close();
    stream = null;
    stand("paused", "Paused while hidden");
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); } else { open(); refresh(); }
  });
  addEventListener("pagehide", close);

  // Deadlines move with the clock even when nothing happens.
  setInterval(() => { if (!document.hidden && stream) refresh(); }, 30000);

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const text = form.querySelector("textarea");
    const key = `handrail-draft-${form.dataset.draft}`;
    try {
      if (!text.value) text.value = localStorage.getItem(key) || "";
      text.addEventListener("input", () => localStorage.setItem(key, text.value));
      form.addEventListener("submit", () => localStorage.setItem(`${key}-sent`, text.value));
      if (localStorage.getItem(`${key}-sent`) !== null && new URLSearchParams(location.search).get("news") === "note") {
        if (text.value === localStorage.getItem(`${key}-sent`)) { text.value = ""; localStorage.removeItem(key); }
        localStorage.removeItem(`${key}-sent`);
      }
    } catch { /* Without storage there is no draft, and everything else works. */ }
  }
  open();
})();
