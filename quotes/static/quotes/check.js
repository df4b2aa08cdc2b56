// Comforts only: the pages that check a draft work without this file.
"use strict";
(() => {
  const say = (words) => {
    const place = document.getElementById("check-said");
    if (place) place.textContent = words;
  };

  // A draft takes its time: say so, and take one press for one.
  for (const form of document.querySelectorAll("form[data-check]")) {
    const button = form.querySelector("button.primary");
    const said = document.createElement("p");
    said.className = "check-busy";
    said.setAttribute("role", "status");
    button.after(said);
    form.addEventListener("submit", () => {
      said.textContent = "Reading the draft. A long one takes up to half a minute.";
      setTimeout(() => { button.disabled = true; });
    });
    addEventListener("pageshow", () => { button.disabled = false; said.textContent = ""; });
  }

  // A citation stands in the draft as soon as it is asked for; the answer that follows has the
  // same, with letters and numbers that hang on the others, and the list of references.
  const end = (number) =>
    [...document.querySelectorAll(`.draft-text a[href="#i-${number}"] + .sign`)].pop();
  document.addEventListener("click", (event) => {
    const cite = event.target.closest?.("[data-cite]");
    const undo = event.target.closest?.("[data-undo]");
    if (cite) {
      const after = end(cite.dataset.cite);
      if (after && cite.dataset.citation && !after.nextElementSibling?.matches(".cited")) {
        const cited = document.createElement("ins");
        cited.className = "cited";
        cited.textContent = cite.dataset.citation;
        after.after(" ", cited);
      }
      cite.firstChild.textContent = "Cited";
      say(`Citation of quotation ${cite.dataset.cite} put in.`);
    } else if (undo) {
      const cited = end(undo.dataset.undo)?.nextElementSibling;
      if (cited?.matches(".cited")) cited.remove();
      say(`Citation of quotation ${undo.dataset.undo} taken out.`);
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-at-once]")) document.getElementById("do-style").click();
  });

  // What is shown anew stays where it was scrolled to.
  let scrolled = 0;
  document.addEventListener("htmx:before:swap", () => {
    scrolled = document.getElementById("check-side")?.scrollTop ?? 0;
  });
  document.addEventListener("htmx:after:swap", () => {
    const side = document.getElementById("check-side");
    if (side) side.scrollTop = scrolled;
  });
})();
