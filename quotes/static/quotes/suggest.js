// The search boxes of the head and the home page: speakers and quotations while one types, and the
// list of keys. Without this file the boxes search when Enter is pressed.
"use strict";
(() => {
  const WAIT_MS = 150;
  const SOURCE = document.querySelector("meta[name=suggest-source]")?.content;

  const enhance = (input) => {
    const list = document.createElement("ul");
    list.id = `${input.id}-list`;
    list.role = "listbox";
    list.className = "suggest-list";
    list.hidden = true;
    list.setAttribute("aria-label", "Suggestions");
    const said = document.createElement("span");
    said.className = "vh";
    said.setAttribute("role", "status");
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": list.id, "aria-haspopup": "listbox",
    })) input.setAttribute(name, value);
    const box = document.createElement("span");
    box.className = "suggest-box";
    input.before(box);
    box.append(input, list, said);

    let at = -1;
    let timer = 0;
    let asking = null;
    let shown = ""; // the words that the list answers
    const options = () => [...list.querySelectorAll("[role=option]")];
    const stop = () => { clearTimeout(timer); asking?.abort(); };
    const close = () => {
      stop();
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (to) => {
      stop(); // what is being chosen from does not change under the reader's hands
      const items = options();
      // Beyond either end one is in the box again.
      at = to < -1 ? items.length - 1 : to >= items.length ? -1 : to;
      items.forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
      if (at < 0) {
        input.removeAttribute("aria-activedescendant");
        if (shown !== input.value.trim()) ask();
        return;
      }
      input.setAttribute("aria-activedescendant", items[at].id);
      items[at].scrollIntoView({ block: "nearest" });
    };
    const show = (html) => {
      list.innerHTML = html; // our own server's, where all text is escaped
      const items = options();
      items.forEach((item, place) => { item.id = `${list.id}-${place}`; });
      at = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = !items.length;
      input.setAttribute("aria-expanded", String(items.length > 0));
      said.textContent = items.length
        ? `${items.length} suggestion${items.length > 1 ? "s" : ""}, arrow keys choose`
        : "";
    };
    const ask = async () => {
      stop();
      const typed = input.value.trim();
      if (typed.length < 2) return close();
      asking = new AbortController();
      const address = new URL(SOURCE, location.href);
      address.searchParams.set("q", typed);
      try {
        const answer = await fetch(address, { signal: asking.signal });
        if (answer.ok && !answer.redirected && document.activeElement === input) {
          show(await answer.text());
          shown = typed;
        } else close();
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    };

    input.addEventListener("input", () => { stop(); timer = setTimeout(ask, WAIT_MS); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask();
        else mark(event.key === "ArrowDown" ? at + 1 : at - 1);
      } else if (event.key === "Enter" && !list.hidden && at >= 0) {
        event.preventDefault();
        location.href = options()[at].dataset.href;
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // The list goes away after the click on it has been taken.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) location.href = item.dataset.href;
    });
    input.addEventListener("blur", close);
  };
  if (SOURCE) for (const input of document.querySelectorAll(".head-search input[type=search], .big-search input[type=search]")) enhance(input);

  // --- "?" lists the keys

  const keys = document.getElementById("key-list");
  if (!keys?.showModal) return;
  const open = () => { if (!keys.open) keys.showModal(); };
  for (const button of document.querySelectorAll("button[data-keys]")) button.addEventListener("click", open);
  keys.addEventListener("click", (event) => { if (event.target === keys) keys.close(); });
  // The review has keys of its own, and shows them itself.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || document.querySelector("[data-key='?']") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLElement && (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))) return;
    event.preventDefault();
    open();
  });
})();
