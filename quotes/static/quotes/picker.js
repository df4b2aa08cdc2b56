// A field for a speaker: suggestions while one types. Without this file the field takes a name or
// an address, and the page answers with whom it may be.
"use strict";
(() => {
  const WAIT_MS = 150;

  const option = (row, id) => {
    const item = document.createElement("li");
    item.id = id;
    item.role = "option";
    item.setAttribute("aria-selected", "false");
    item.dataset.slug = row.slug;
    item.dataset.name = row.name;
    const name = document.createElement("strong");
    name.textContent = row.name;
    const detail = document.createElement("span");
    detail.className = "list-meta";
    detail.textContent = row.matched ? `called ${row.matched} · ${row.detail}` : row.detail;
    item.append(name, detail);
    return item;
  };

  const enhance = (field) => {
    const input = field.querySelector("input");
    const sent = document.createElement("input");
    sent.type = "hidden";
    sent.name = input.name;
    sent.value = input.value;
    input.removeAttribute("name");
    const list = document.createElement("ul");
    list.id = `${input.id}-list`;
    list.role = "listbox";
    list.className = "picker-list";
    list.hidden = true;
    list.setAttribute("aria-label", field.querySelector("label").textContent);
    const said = document.createElement("span");
    said.className = "vh";
    said.setAttribute("role", "status");
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": list.id, "aria-haspopup": "listbox",
    })) input.setAttribute(name, value);
    input.after(sent, list, said);

    let at = -1;
    let timer = 0;
    let asking = null;
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
      const items = [...list.children];
      if (!items.length) return;
      at = (to + items.length) % items.length;
      items.forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
      input.setAttribute("aria-activedescendant", items[at].id);
      items[at].scrollIntoView({ block: "nearest" });
    };
    const choose = (item) => {
      sent.value = item.dataset.slug;
      input.value = item.dataset.name;
      said.textContent = `${item.dataset.name} chosen`;
      close();
    };
    const show = (rows, more) => {
      list.replaceChildren(...rows.map((row, place) => option(row, `${list.id}-${place}`)));
      list.hidden = !rows.length;
      at = -1;
      input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-expanded", String(rows.length > 0));
      said.textContent = rows.length
        ? `${rows.length}${more ? " or more" : ""} speakers found, arrow keys choose`
        : "Nobody found";
    };
    const ask = async () => {
      stop();
      const query = input.value.trim();
      if (!query) return close();
      asking = new AbortController();
      const address = new URL(field.dataset.source, location.href);
      address.search = new URLSearchParams({ q: query, format: "json" });
      if (field.dataset.leaveOut) address.searchParams.append("not", field.dataset.leaveOut);
      try {
        const answer = await fetch(address, { signal: asking.signal });
        if (!answer.ok) return close();
        const found = await answer.json();
        show(found.speakers, found.more);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    };

    input.addEventListener("input", () => {
      sent.value = input.value;
      stop();
      timer = setTimeout(ask, WAIT_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask();
        else mark(at < 0 && event.key === "ArrowUp" ? -1 : at + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden && at >= 0) {
        event.preventDefault();
        choose(list.children[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // The list goes away after the click on it has been taken.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) choose(item);
    });
    input.addEventListener("blur", close);
  };

  for (const field of document.querySelectorAll("[data-picker]")) enhance(field);
})();
