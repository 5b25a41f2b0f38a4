"use strict";
(() => {
  const asOf = document.getElementById("as-of");
  const age = document.getElementById("age");
  const stale = document.getElementById("stale");
  const least = Number(stale.dataset.minutes);
  const look = () => {
    const minutes = Math.floor((Date.now() - Date.parse(asOf.dateTime)) / 60000);
    age.textContent = minutes < 1 ? "" : `, ${minutes} min ago`;
    stale.hidden = minutes < least;
    document.getElementById("old").textContent = minutes;
  };
  look();
  setInterval(look, 15000);
})();
