// A field for a speaker: suggestions while one types. Without this file the field takes a name or
// an address, and the page answers with whom it may be.
"use strict";
(() => {
  const option = (row) => {
    const item = document.createElement("li");
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
  const read = async (answer) => {
    const { speakers, more } = await answer.json();
    const count = speakers.length;
    const words = `${count}${more ? " or more" : ""} speaker${count > 1 ? "s" : ""} found`;
    return { elements: speakers.map(option), words: count ? words : "Nobody found" };
  };

  for (const field of document.querySelectorAll("[data-picker]")) {
    const input = field.querySelector("input");
    const sent = document.createElement("input");
    sent.type = "hidden";
    sent.name = input.name;
    sent.value = input.value;
    input.removeAttribute("name");
    input.after(sent);
    input.addEventListener("input", () => { sent.value = input.value; });
    const address = (typed) => {
      if (!typed) return null;
      const asked = new URL(field.dataset.source, location.href);
      asked.search = new URLSearchParams({ q: typed, format: "json" });
      if (field.dataset.leaveOut) asked.searchParams.append("not", field.dataset.leaveOut);
      return asked;
    };
    const choose = (chosen) => {
      sent.value = chosen.dataset.slug;
      input.value = chosen.dataset.name;
      return `${chosen.dataset.name} chosen`;
    };
    const label = field.querySelector("label").textContent;
    combobox(input, { label, className: "picker-list", address, read, choose });
  }
})();
