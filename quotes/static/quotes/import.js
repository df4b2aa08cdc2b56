// Keeps the page of an import up to date while it runs; without it, the page has a link to look
// again.
"use strict";
(() => {
  const box = document.querySelector("[data-import]");
  if (!box) return;
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
  const show = (now) => {
    part("words").textContent = now.words;
    part("state").textContent = now.state_words;
    part("state").className = `tag job-${now.state}`;
    if (now.percent !== null) part("bar").value = now.percent;
    for (const cell of document.querySelectorAll("[data-import-count]")) {
      cell.textContent = now.counts[cell.dataset.importCount];
    }
    if (!now.live) report(`The import has ended. ${now.words}`);
    return now.live;
  };
  const everyMs = Number(box.dataset.everyMs);
  watch(box.dataset.import, { everyMs, show, say, again: part("again") });
})();
