// Keeps the page of an import up to date while it runs; without it, the page has a link to look
// again.
"use strict";
(() => {
  const box = document.querySelector("[data-import]");
  if (!box) return;
  const everyMs = Number(box.dataset.everyMs);
  const MOST_MS = 15000;
  const part = (name) => box.querySelector(`[data-import-${name}]`);
  const say = (words) => { document.querySelector("[data-import-said]").textContent = words; };
  // The whole report, in its place: what is read stays where it is, the page does not jump.
  const report = async (said) => {
    const main = document.getElementById("main");
    try {
      const answer = await fetch(location.href, { signal: AbortSignal.timeout(MOST_MS) });
      const html = await answer.text();
      const page = new DOMParser().parseFromString(html, "text/html");
      if (!answer.ok || !page.querySelector("[data-import-said]")) throw new Error(answer.statusText);
      // Who is at a field or a link of the page is not taken away from it.
      if (main.contains(document.activeElement) && document.activeElement !== main) throw new Error("in use");
      main.replaceChildren(...page.getElementById("main").childNodes);
    } catch {
      part("again").textContent = "Show the whole report";
    }
    setTimeout(() => say(said), 200);
  };
  // Said once: until the next answer, or until it is given up.
  let isSilent = false;
  const lost = (wrong) => {
    if (wrong) {
      say(wrong[0]);
      sending.tell(wrong[0], { isSignedOut: wrong[1], again: look });
      return;
    }
    if (!isSilent) say("The tracker does not answer. What is shown may be old; it is asked again.");
    part("again").textContent = "No answer: look again";
    isSilent = true;
    setTimeout(look, 4 * everyMs);
  };
  const look = async () => {
    let now;
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(box.dataset.import, { headers, signal: AbortSignal.timeout(MOST_MS) });
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
      say("The tracker answers again.");
      part("again").textContent = "Look again";
    }
    part("words").textContent = now.words;
    part("state").textContent = now.state_words;
    part("state").className = `tag job-${now.state}`;
    if (now.percent !== null) part("bar").value = now.percent;
    for (const cell of document.querySelectorAll("[data-import-count]")) {
      cell.textContent = now.counts[cell.dataset.importCount];
    }
    if (now.live) {
      setTimeout(look, everyMs);
      return;
    }
    report(`The import has ended. ${now.words}`);
  };
  setTimeout(look, everyMs);
})();
