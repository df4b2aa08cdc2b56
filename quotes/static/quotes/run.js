// Keeps the page of a running run up to date; without it, the page has a link to look again.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-run-${name}]`);
  const look = async () => {
    let now;
    try {
      const answer = await fetch(box.dataset.run, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      now = await answer.json();
    } catch {
      setTimeout(look, 4 * EVERY_MS);
      return;
    }
    part("words").textContent = now.words;
    part("bar").value = now.percent;
    if (now.state === "running") {
      setTimeout(look, EVERY_MS);
      return;
    }
    // Not reloaded by itself: that would take readers away from where they are.
    part("state").textContent = now.state === "finished" ? "Finished" : "Stopped";
    part("again").textContent = "Show the whole report";
    part("said").textContent = `The run has ended. ${now.words}`;
  };
  setTimeout(look, EVERY_MS);
})();
