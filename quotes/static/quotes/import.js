// Keeps the page of an import up to date while it runs; without it, the page has a link to look again.
"use strict";
(() => {
  const box = document.querySelector("[data-import]");
  if (!box) return;
  const everyMs = Number(box.dataset.everyMs);
  const part = (name) => box.querySelector(`[data-import-${name}]`);
  // The whole report, in its place: what is read stays where it is, the page does not jump.
  const report = async (said) => {
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
    } catch {
      part("again").textContent = "Show the whole report";
    }
    setTimeout(() => (document.querySelector("[data-import-said]").textContent = said), 200);
  };
  const look = async () => {
    let now;
    try {
      const answer = await fetch(box.dataset.import, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      now = await answer.json();
    } catch {
      setTimeout(look, 4 * everyMs);
      return;
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
