// A field that suggests while one types: ARIA's combobox with a list box. What is suggested, and
// what choosing does, is given by the page's own files (suggest.js, picker.js).
"use strict";
// `address(typed)`: where suggestions are asked for, null if there are none for so little;
// `read(answer)`: its elements for the list, and in words how many; `choose(option)`: what follows.
window.combobox = (input, { label, className, address, read, choose }) => {
  const WAIT_MS = 150;
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.role = "listbox";
  list.className = className;
  list.hidden = true;
  list.setAttribute("aria-label", label);
  const said = document.createElement("span");
  said.className = "vh";
  said.setAttribute("role", "status");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": list.id, "aria-haspopup": "listbox",
  })) input.setAttribute(name, value);
  input.after(list, said);

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
    // Beyond either end one is in the field again.
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
  const show = ({ elements, words }) => {
    list.replaceChildren(...elements);
    const items = options();
    items.forEach((item, place) => { item.id = `${list.id}-${place}`; });
    at = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
    said.textContent = words + (items.length ? ", arrow keys choose" : "");
  };
  const ask = async () => {
    stop();
    const typed = input.value.trim();
    const asked = address(typed);
    if (!asked) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(asked, { signal: asking.signal });
      const found = answer.ok && !answer.redirected ? await read(answer) : null;
      if (!found || document.activeElement !== input) return close();
      show(found);
      shown = typed;
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  const take = (option) => {
    said.textContent = choose(option) ?? "";
    close();
  };

  input.addEventListener("input", () => { stop(); timer = setTimeout(ask, WAIT_MS); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(event.key === "ArrowDown" ? at + 1 : at - 1);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      take(options()[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  // The list goes away after the click on it has been taken.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", close);
};
