// The room, live: whenever the incident's record grows, the page is fetched again and
// the regions marked data-live are replaced. Forms are never touched, so that nothing
// typed is lost. Without this script every act and every page works all the same.
"use strict";
(() => {
  const room = document.querySelector(".room[data-stream]");
  if (!room) return;
  const safe = window.trustedTypes
    ? trustedTypes.createPolicy("handrail", { createHTML: (text) => text })
    : { createHTML: (text) => text };
  let seen = Number(room.dataset.sequence);
  let stream = null;
  let isFetching = false;
  let isBehind = false;

  const say = (state, words) => {
    const place = document.getElementById("liveness");
    if (!place || place.dataset.state === state) return;
    place.dataset.state = state;
    place.textContent = words;
  };
  let standing = ["off", ""];
  const stand = (state, words) => { standing = [state, words]; say(state, words); };

  const isBusy = (region) => region.contains(document.activeElement)
    && document.activeElement.matches("input, textarea, select");

  const refresh = async () => {
    if (isFetching) { isBehind = true; return; }
    isFetching = true;
    try {
      const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(safe.createHTML(await answer.text()), "text/html");
      for (const region of document.querySelectorAll("[data-live]")) {
        const found = fresh.getElementById(region.id);
        if (!found || isBusy(region) || region.querySelector("details[open]")) continue;
        region.replaceWith(document.importNode(found, true));
      }
      const now = fresh.querySelector(".room[data-stream]");
      if (now) seen = Math.max(seen, Number(now.dataset.sequence));
      say(...standing);
    } catch {
      stand("lost", "Connection lost; what you see may be old");
    } finally {
      isFetching = false;
      if (isBehind) { isBehind = false; refresh(); }
    }
  };

  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(`${room.dataset.stream}?after=${seen}`);
    stream.onopen = () => stand("live", "● Live");
    stream.onerror = () => stand("lost", "Connection lost; trying again");
    stream.onmessage = refresh;
    stream.addEventListener("entry", refresh);
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
