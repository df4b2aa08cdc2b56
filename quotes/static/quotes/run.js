// Keeps the page of a running run up to date; without it, the page has a link to look again.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const MOST_MS = 15000;
  const box = document.querySelector("[data-run]");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-run-${name}]`);
  // Said once: until the next answer, or until it is given up.
  let isSilent = false;
  const lost = (wrong) => {
    if (wrong) {
      sending.tell(wrong[0], { isSignedOut: wrong[1], again: look });
      return;
    }
    if (!isSilent) part("said").textContent = "The tracker does not answer. What is shown may be old; it is asked again.";
    part("again").textContent = "No answer: look again";
    isSilent = true;
    setTimeout(look, 4 * EVERY_MS);
  };
  const look = async () => {
    let now;
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(box.dataset.run, { headers, signal: AbortSignal.timeout(MOST_MS) });
      const text = await answer.text();
      const wrong = sending.wrongWith(answer, text);
      // What will not be better by itself is said; a server that is down comes back.
      if (wrong && answer.status < 500) return lost(wrong);
      if (!answer.ok) throw new Error(answer.statusText);
      now = JSON.parse(text);
    } catch {
      return lost(null);
    }
    if (isSilent) {
      isSilent = false;
      part("said").textContent = "The tracker answers again.";
      part("again").textContent = "Look again";
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
