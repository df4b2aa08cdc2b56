// Comforts only: the pages that check a draft work without this file.
"use strict";
(() => {
  const say = (words) => {
    const place = document.getElementById("check-said");
    if (place) place.textContent = words;
  };

  // A draft is read in stints of a few seconds; between two, say how far it is. What was read goes
  // along, signed, and at last to the page itself. One press is one.
  const element = (name, className) => Object.assign(document.createElement(name), { className });
  const follow = (form, button) => {
    const box = element("div", "check-busy");
    const bar = element("progress", "");
    const words = element("p", "");
    const stop = element("button", "");
    bar.max = 1;
    bar.setAttribute("aria-label", "How much of the draft is read");
    words.setAttribute("role", "status");
    words.textContent = "Reading the draft …";
    Object.assign(stop, { type: "button", textContent: "Show what was found so far", hidden: true });
    box.append(bar, words, stop);
    (button.closest(".answers") ?? button).after(box);
    button.disabled = true;
    return { box, bar, words, stop };
  };
  const unfollow = (form) => {
    for (const box of form.querySelectorAll(".check-busy")) box.remove();
    for (const button of form.querySelectorAll("button:disabled")) button.disabled = false;
  };
  const sealed = (form, value) => {
    const field = form.elements.reading ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "reading" }));
    field.value = value;
  };
  const readOn = async (form, button) => {
    const shown = follow(form, button);
    const data = new FormData(form);
    const given = new AbortController();
    data.set("do", "progress");
    shown.stop.addEventListener("click", () => given.abort());
    try {
      for (let done = false; !done;) {
        const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, signal: given.signal });
        if (!answer.ok || !answer.headers.get("Content-Type").startsWith("application/json")) break;
        const { reading, read, of, quotations, done: isDone } = await answer.json();
        data.set("reading", reading);
        sealed(form, reading);
        shown.bar.value = isDone ? 1 : read / of;
        shown.words.textContent = isDone ? "Looking the quotations up …" : `${Math.floor((read / of) * 100)} % read, ${quotations} quotation${quotations === 1 ? "" : "s"} so far.`;
        shown.stop.hidden = isDone;
        done = isDone;
      }
    } catch { /* stopped, or the network failed: the page itself answers, or its error is shown */ }
    form.submit();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter ?? form.querySelector("button.primary");
    if (!form.matches("[data-check]") && button?.value !== "read-on") return;
    event.preventDefault();
    readOn(form, button);
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-check], form[data-check-result]")) unfollow(form);
  });

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
