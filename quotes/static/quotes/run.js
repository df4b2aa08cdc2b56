// Keeps the page of a running run up to date; without it, the page has a link to look again.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-run-${name}]`);
  const say = (words) => { part("said").textContent = words; };
  const show = (now) => {
    part("words").textContent = now.words;
    part("bar").value = now.percent;
    if (now.state === "running") return true;
    // Not reloaded by itself: that would take readers away from where they are.
    part("state").textContent = now.state === "finished" ? "Finished" : "Stopped";
    part("again").textContent = "Show the whole report";
    say(`The run has ended. ${now.words}`);
    return false;
  };
  watch(box.dataset.run, { everyMs: EVERY_MS, show, say, again: part("again") });
})();
