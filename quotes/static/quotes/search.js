// The search page: results while one types, and a part of the timeline chosen by dragging or by
// two sliders. Without this file the form, the links of the facets and the bars do the same.
"use strict";
(() => {
  const WAIT_MS = 220;
  const AT_ONCE = "[type=date], [type=checkbox], [type=radio], select"; // what is not typed
  const form = document.querySelector("form[data-live]");
  if (!form || !window.htmx) return;
  const said = document.getElementById("search-said");
  const found = () => document.getElementById("found");

  // --- while one types

  let timer = 0;
  let isTyping = false; // the request that goes out is one of typing
  let was = ""; // what was changed, by its id
  let wasTyped = false; // and so was the address that is shown
  const ask = (waitMs, typing) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isTyping = typing;
      htmx.trigger(form, "search:now");
    }, waitMs);
  };
  // Fields stand all over the page; they say whose they are.
  document.addEventListener("input", (event) => {
    if (event.target.form !== form || event.target.matches(AT_ONCE)) return;
    ask(WAIT_MS, true);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.form !== form || !field.matches(AT_ONCE)) return;
    if (field.closest("#facets")) was = field.id;
    // What was typed and is now a tick goes with the tick.
    const box = document.getElementById(`f-${field.name}`);
    const label = field.closest("label")?.textContent.trim().toLowerCase();
    if (!field.checked && box && box !== field && [label, field.value.toLowerCase()].includes(box.value.trim().toLowerCase())) box.value = "";
    ask(0, false);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); isTyping = false; });

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement !== form) return;
    if (isTyping) ctx.request.headers["X-Typing"] = "yes";
    // Empty fields stay out of the address.
    const body = ctx.request.body;
    const given = [...body].filter(([, value]) => String(value).trim());
    for (const name of new Set([...body.keys()])) body.delete(name);
    for (const [name, value] of given) body.append(name, value);
  });
  document.addEventListener("htmx:before:history:update", (event) => {
    const { history: entry, sourceElement } = event.detail;
    const typed = sourceElement === form && isTyping;
    const isSame = new URL(entry.path, location.href).href === location.href;
    // One entry for all that is typed in one go, so that Back leads out of it.
    if (isSame || (typed && wasTyped)) entry.type = "replace";
    wasTyped = typed;
  });
  // The timeline that comes behind the page takes no focus from where the page begins.
  let isIn = false;
  document.addEventListener("htmx:before:swap", () => {
    isIn = Boolean(document.getElementById("timeline")?.contains(document.activeElement));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.target?.id === "timeline") {
      enhance();
      if (isIn || was) refocus();
      return;
    }
    if (ctx.target?.id !== "found" && ctx.sourceElement !== form && !ctx.response) return;
    const problem = document.getElementById("q-problem")?.textContent.trim();
    found()?.classList.toggle("is-stale", Boolean(problem));
    const box = form.elements.q;
    if (document.getElementById(`${box.id}_error`)) {
      box.setAttribute("aria-invalid", "true");
      box.setAttribute("aria-describedby", `${box.id}_error`);
    } else {
      box.removeAttribute("aria-invalid");
      box.removeAttribute("aria-describedby");
    }
    const text = problem || found()?.querySelector(".count")?.textContent;
    if (text) said.textContent = text.trim().replace(/\s+/g, " ");
    enhance();
    refocus();
  });

  // Where one was goes with what is replaced: to the tick or slider that was changed, else to the
  // results.
  const refocus = () => {
    const at = document.activeElement;
    if (at && at !== document.body && at !== found() && at.isConnected) return;
    const same = was && document.getElementById(was);
    (same || found())?.focus({ preventScroll: true });
    if (same) was = "";
  };

  // --- the timeline

  const enhance = () => {
    const plot = document.querySelector("[data-brush]:not(.can-brush)");
    const bars = [...(plot?.querySelectorAll("svg a") ?? [])];
    if (bars.length < 2) return;
    plot.classList.add("can-brush");
    const last = bars.length - 1;
    let from = 0;
    let to = last;

    const slider = (label, value) => {
      const text = document.createElement("label");
      const input = document.createElement("input");
      text.textContent = label;
      input.id = `brush-${label.toLowerCase()}`;
      text.htmlFor = input.id;
      Object.assign(input, { type: "range", min: "0", max: String(last), step: "1" });
      input.value = String(value);
      return [text, input];
    };
    const [fromLabel, fromInput] = slider("From", 0);
    const [toLabel, toInput] = slider("To", last);
    const told = document.createElement("output");
    told.setAttribute("for", `${fromInput.id} ${toInput.id}`);
    const box = plot.querySelector("[data-brush-place]");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Narrow by date of publication");
    box.append(fromLabel, fromInput, toLabel, toInput, told);

    const show = () => {
      bars.forEach((bar, place) => bar.classList.toggle("is-out", place < from || place > to));
      fromInput.value = String(from);
      toInput.value = String(to);
      fromInput.setAttribute("aria-valuetext", bars[from].dataset.label);
      toInput.setAttribute("aria-valuetext", bars[to].dataset.label);
      told.textContent = from === 0 && to === last
        ? "Drag over the bars to narrow the list"
        : `${bars[from].dataset.label}${from === to ? "" : ` to ${bars[to].dataset.label}`}`;
    };
    const choose = () => {
      if (from === 0 && to === last) return;
      was = document.activeElement?.id.startsWith("brush-") ? document.activeElement.id : "";
      form.elements.after.value = bars[from].dataset.first;
      form.elements.before.value = bars[to].dataset.last;
      ask(0, false);
    };
    fromInput.addEventListener("input", () => { from = Number(fromInput.value); to = Math.max(from, to); show(); });
    toInput.addEventListener("input", () => { to = Number(toInput.value); from = Math.min(from, to); show(); });
    let settled = 0;
    for (const input of [fromInput, toInput]) {
      // Steps of the keyboard come one by one: wait for the last.
      input.addEventListener("change", () => { clearTimeout(settled); settled = setTimeout(choose, 500); });
    }

    const svg = plot.querySelector("svg");
    const placeOf = (event) => {
      const area = svg.getBoundingClientRect();
      const place = Math.floor(((event.clientX - area.left) / area.width) * bars.length);
      return Math.min(last, Math.max(0, place));
    };
    let start = null;
    let wasDragged = false;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      start = placeOf(event);
      wasDragged = false;
    });
    svg.addEventListener("dragstart", (event) => event.preventDefault());
    svg.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const at = placeOf(event);
      if (at === start && !wasDragged) return;
      if (!wasDragged) svg.setPointerCapture(event.pointerId);
      wasDragged = true;
      from = Math.min(start, at);
      to = Math.max(start, at);
      show();
    });
    svg.addEventListener("pointerup", () => { start = null; if (wasDragged) choose(); });
    svg.addEventListener("pointercancel", () => { start = null; from = 0; to = last; show(); });
    // What ends a drag is no click on the bar under it.
    svg.addEventListener("click", (event) => {
      if (wasDragged) { event.preventDefault(); event.stopImmediatePropagation(); wasDragged = false; }
    }, true);
    show();
  };
  enhance();
})();
