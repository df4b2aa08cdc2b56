// Reviewing by keyboard and by marking text. Every page works without this file.
"use strict";
(() => {
  const page = document.querySelector("[data-review]");
  if (!page) return;
  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
    !/^(radio|checkbox|button|submit)$/.test(element.type ?? "");

  // Single keys act on the visible button or link that names them. They can be switched off.
  const KEYS = "quotes.review.keys";
  const remembered = () => {
    try { return localStorage.getItem(KEYS) !== "off"; } catch { return true; }
  };
  let on = remembered();
  const toggle = document.querySelector("[data-keys-on]");
  if (toggle) {
    toggle.closest("[data-keys-switch]").hidden = false;
    toggle.checked = on;
    toggle.addEventListener("change", () => {
      on = toggle.checked;
      try { localStorage.setItem(KEYS, on ? "on" : "off"); } catch { /* for this page only */ }
    });
  }
  const act = (target) => {
    if (target.tagName !== "SUMMARY") {
      target.click();
      return;
    }
    const box = target.parentElement;
    box.open = !box.open;
    const field = box.querySelector("input:not([type=hidden]), textarea, button:not([hidden])");
    const first = box.id === "words" ? box.querySelector("[data-take]") ?? field : field;
    (box.open ? first ?? target : target).focus();
    if (box.open) box.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const box = event.target instanceof Element ? event.target.closest("details[open]") : null;
      if (box && page.contains(box)) {
        box.open = false;
        box.querySelector("summary").focus();
      }
      return;
    }
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (typing(event.target)) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    act(target);
  });

  // What came of the last action is read out: it gets the focus, which the load has lost.
  (document.getElementById("refused") ?? document.getElementById("outcome"))?.focus();

  // The second half of a double click was meant for the quotation before, whose page is gone.
  const DOUBLE_MS = 400;
  let begun = performance.now();
  addEventListener("pageshow", (event) => { if (event.persisted) begun = performance.now(); });
  page.addEventListener("click", (event) => {
    if (event.detail && event.target.closest("button") && performance.now() - begun < DOUBLE_MS) event.preventDefault();
  }, true);

  // A reason that has been typed goes along with the buttons above it too.
  const reason = document.querySelector("[data-why-source]");
  reason?.addEventListener("input", () => {
    for (const field of document.querySelectorAll("[data-why]")) field.value = reason.value;
  });

  // --- the speaker: known ones are offered while one types

  const speakers = document.querySelector("[data-speaker-form]");
  if (speakers) {
    const name = speakers.querySelector("[data-speaker-name]");
    const offered = speakers.querySelector("[data-matches]");
    const status = speakers.querySelector("[data-speaker-status]");
    const source = page.dataset.find;
    // What is typed is looked up at once, so there is no need to leave that to the server.
    const later = speakers.querySelector("[data-no-script]");
    later.hidden = true;
    later.querySelector("input").checked = false;
    const MOST_MS = 10000;
    let waiting;
    let asking = null;
    const stop = () => { clearTimeout(waiting); asking?.abort(); asking = null; };
    const choose = (radio) => {
      if (radio) radio.checked = true;
    };
    // Of a name that has not been looked up the server decides whom it means, or asks.
    const leaveOpen = (words) => {
      offered.replaceChildren();
      choose(later.querySelector("input"));
      status.textContent = words;
    };
    const NOT_LOOKED_UP = "The name could not be looked up. Send it: it is looked up then, and you are asked if it is not clear.";
    const offer = async () => {
      stop();
      const typed = name.value.trim();
      if (!typed) return;
      const mine = asking = new AbortController();
      let html;
      try {
        const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(MOST_MS)]);
        const answer = await fetch(`${source}?name=${encodeURIComponent(typed)}`, { signal });
        html = await answer.text();
        const wrong = sending.wrongWith(answer, html);
        if (wrong) sending.tell(wrong[0], { again: offer, isSignedOut: wrong[1] });
        if (wrong || !answer.ok) return leaveOpen(NOT_LOOKED_UP);
      } catch {
        if (!mine.signal.aborted) leaveOpen(NOT_LOOKED_UP);
        return;
      }
      if (mine.signal.aborted) return; // typed on, or chosen meanwhile
      const read = new DOMParser().parseFromString(html, "text/html");
      offered.replaceChildren(...read.body.childNodes);
      const radios = [...offered.querySelectorAll("input[type=radio]")];
      const same = radios.filter((radio) =>
        radio.parentElement.querySelector(".who").textContent.toLowerCase() === typed.toLowerCase());
      choose(radios.length ? same[0] : speakers.querySelector("input[value=new]"));
      const count = radios.length;
      status.textContent = count
        ? `${count} ${count === 1 ? "speaker fits" : "speakers fit"}; arrow down to choose.`
        : "No speaker fits; somebody new will be added.";
    };
    name.addEventListener("input", () => {
      stop();
      leaveOpen(""); // who was offered, and chosen by itself, had another name
      waiting = setTimeout(offer, 150);
    });
    // What is chosen from does not change under the reviewer's hands.
    speakers.addEventListener("change", (event) => { if (event.target.matches("[name=who]")) stop(); });
    speakers.addEventListener("submit", stop);
    name.addEventListener("keydown", (event) => {
      const first = offered.querySelector("input[type=radio]")
        ?? speakers.querySelector("fieldset label:not([hidden]) input[type=radio]");
      if (event.key !== "ArrowDown" || !first) return;
      event.preventDefault();
      stop();
      choose(first);
      first.focus();
    });
    // Who types into a field means its choice.
    const description = speakers.querySelector("[name=description]");
    description.addEventListener("input", () => choose(speakers.querySelector("input[value=anonymous]")));
  }

  // --- the words: marked in the text, or moved word by word

  const words = document.querySelector("[data-words-form]");
  const context = document.querySelector("[data-context]");
  if (words && context) {
    const field = words.querySelector("[data-words]");
    const places = words.querySelector("[data-places]");
    const status = words.querySelector("[data-words-status]");
    const parts = [...context.querySelectorAll("[data-at]")];
    // Places count code points, as the stored text does; strings here count UTF-16 units.
    const points = (text) => [...text].length;
    const letters = [];
    for (const part of parts) {
      let at = Number(part.dataset.at);
      for (const letter of part.textContent) letters.push([at++, letter]);
    }
    letters.sort((a, b) => a[0] - b[0]);
    const known = new Map(letters);
    const first = letters.length ? letters[0][0] : 0;
    const last = letters.length ? letters[letters.length - 1][0] + 1 : 0;
    // Between two paragraphs lie blanks that the page does not show.
    const textOf = ([start, end]) => {
      let text = "";
      for (let at = start; at < end; at += 1) text += known.get(at) ?? (text.endsWith("\n") ? "" : "\n");
      return text;
    };
    const read = () =>
      (places.value || places.dataset.now).split(/[,;]/).map((place) =>
        place.trim().split(/[-–]/).map(Number)).filter((p) => p.length === 2 && p[0] < p[1]);
    const show = (pieces) => {
      places.value = pieces.map((piece) => piece.join("-")).join(", ");
      field.value = pieces.map(textOf).join(" … ");
      status.textContent = `Now: ${field.value}`;
      paint(pieces);
    };
    const paint = (pieces) => {
      if (!window.Highlight || !CSS.highlights) return;
      const ranges = [];
      for (const part of parts) {
        const node = part.firstChild;
        if (!node) continue;
        const at = Number(part.dataset.at);
        const text = [...node.data];
        for (const [start, end] of pieces) {
          const from = Math.max(start, at) - at;
          const to = Math.min(end, at + text.length) - at;
          if (from >= to) continue;
          const range = new Range();
          range.setStart(node, text.slice(0, from).join("").length);
          range.setEnd(node, text.slice(0, to).join("").length);
          ranges.push(range);
        }
      }
      CSS.highlights.set("chosen-words", new Highlight(...ranges));
      context.classList.add("is-choosing");
    };
    const marked = () => {
      const selection = getSelection();
      if (!selection.rangeCount || selection.isCollapsed) return null;
      const range = selection.getRangeAt(0);
      let start = null;
      let end = null;
      for (const part of parts) {
        const node = part.firstChild;
        if (!node || !range.intersectsNode(node)) continue;
        const at = Number(part.dataset.at);
        const from = range.startContainer === node ? range.startOffset : 0;
        const to = range.endContainer === node ? range.endOffset : node.data.length;
        if (from >= to) continue;
        start ??= at + points(node.data.slice(0, from));
        end = at + points(node.data.slice(0, to));
      }
      return start === null ? null : trimmed([start, end]);
    };
    const blank = (at) => !/\S/.test(known.get(at) ?? " ");
    const trimmed = ([start, end]) => {
      while (start < end && blank(start)) start += 1;
      while (end > start && blank(end - 1)) end -= 1;
      return start < end ? [start, end] : null;
    };
    // The selection is lost when a button is pressed in some browsers: it is kept as it is made.
    let chosen = null;
    document.addEventListener("selectionchange", () => { chosen = marked() ?? chosen; });
    const take = (pieces) => {
      if (chosen) show(pieces(chosen));
      else status.textContent = "Mark words in the text first.";
    };
    words.querySelector("[data-take]").addEventListener("click", () => take((piece) => [piece]));
    words.querySelector("[data-add]").addEventListener("click", () => take((piece) =>
      [...read().filter((p) => p[1] <= piece[0] || p[0] >= piece[1]), piece].sort((a, b) => a[0] - b[0])));
    // An edge stands between a blank and a word; it moves to the next such place of its side.
    const startsWord = (at) => !blank(at) && (at === first || blank(at - 1));
    const endsWord = (at) => !blank(at - 1) && (at === last || blank(at));
    const moved = (at, by, fits) => {
      let to = at + by;
      while (to > first && to < last && !fits(to)) to += by;
      return to >= first && to <= last && fits(to) ? to : at;
    };
    for (const button of words.querySelectorAll("[data-edge]")) {
      button.addEventListener("click", () => {
        const pieces = read();
        if (!pieces.length) return;
        const isStart = button.dataset.edge === "start";
        const piece = isStart ? pieces[0] : pieces[pieces.length - 1];
        const at = isStart ? 0 : 1;
        const was = piece[at];
        piece[at] = moved(was, Number(button.dataset.by), isStart ? startsWord : endsWord);
        if (piece[0] >= piece[1]) piece[at] = was;
        show(pieces);
      });
    }
    // What is typed by hand counts: places of an earlier selection would overrule it.
    field.addEventListener("input", () => { places.value = ""; });
    words.querySelector("[data-word-tools]").hidden = false;
  }
})();
