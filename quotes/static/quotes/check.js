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
  const STINT_MOST_MS = 180000; // the first waits until the models are loaded
  const readOn = async (form, button) => {
    if (form.querySelector(".check-busy")) return;
    const shown = follow(form, button);
    const data = new FormData(form);
    const given = new AbortController();
    const leave = () => given.abort("left");
    data.set("do", "progress");
    shown.stop.addEventListener("click", () => given.abort("stopped"));
    addEventListener("pagehide", leave, { once: true });
    // Told here, where the draft is, and not on a page that has none.
    const fail = (words, isSignedOut = false) => {
      unfollow(form);
      sending.tell(words, { again: () => readOn(form, button), isSignedOut });
    };
    try {
      for (let done = false; !done;) {
        const signal = AbortSignal.any([given.signal, AbortSignal.timeout(STINT_MOST_MS)]);
        const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, signal });
        if (!answer.ok || !answer.headers.get("Content-Type").startsWith("application/json")) {
          // The page that says what is wrong with a draft has its text, but not its file.
          const hasFile = [...data.values()].some((one) => one instanceof File && one.size);
          if (!hasFile && [400, 429].includes(answer.status)) break;
          const wrong = sending.wrongWith(answer, await answer.text());
          if (wrong) return fail(...wrong);
          break;
        }
        const { reading, read, of, quotations, done: isDone } = await answer.json();
        data.set("reading", reading);
        sealed(form, reading);
        shown.bar.value = isDone ? 1 : read / of;
        shown.words.textContent = isDone ? "Looking the quotations up …" : `${Math.floor((read / of) * 100)} % read, ${quotations} quotation${quotations === 1 ? "" : "s"} so far.`;
        shown.stop.hidden = isDone;
        done = isDone;
      }
    } catch {
      if (given.signal.reason === "left") return;
      if (given.signal.reason !== "stopped") return fail(sending.noAnswer());
    } finally {
      removeEventListener("pagehide", leave);
    }
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

  // What takes back what was shown before its answer, by the button that was pressed.
  const early = new Map();

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
      const words = cite.firstChild.textContent;
      cite.firstChild.textContent = "Cited";
      early.set(cite, () => {
        cite.firstChild.textContent = words;
        const cited = end(cite.dataset.cite)?.nextElementSibling;
        if (cited?.matches("ins.cited") && cite.dataset.citation) cited.remove();
      });
      say(`Citation of quotation ${cite.dataset.cite} put in.`);
    } else if (undo) {
      const cited = end(undo.dataset.undo)?.nextElementSibling;
      const after = cited?.previousSibling;
      if (cited?.matches(".cited")) cited.remove();
      early.set(undo, () => { if (cited?.matches(".cited")) after.after(cited); });
      say(`Citation of quotation ${undo.dataset.undo} taken out.`);
    }
  });
  document.addEventListener("sending:failed", ({ detail: { ctx } }) => {
    const button = ctx.sourceElement;
    if (!early.has(button)) return;
    early.get(button)();
    early.delete(button);
    say("");
  });
  // Pressed one after the other, the later has what the answer to the earlier has put in.
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const { body } = ctx.request;
    if (!body?.has?.("reading")) return;
    body.delete("inserted");
    for (const field of document.querySelectorAll("#check-result [name=inserted]")) body.append("inserted", field.value);
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
