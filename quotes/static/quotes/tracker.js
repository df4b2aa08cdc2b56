// Comforts only: every page works without this file.
"use strict";
(() => {
  // "/" goes to the search field, j and k to the next and previous entry of a list.
  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
    !/^(checkbox|radio)$/.test(element.type);
  const step = (by) => {
    const links = [...document.querySelectorAll("[data-row-link]")].filter(
      (link) => link.checkVisibility()
    );
    const row = document.activeElement?.closest("[data-row]");
    const at = links.findIndex((link) => row?.contains(link));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    next?.focus();
    next?.closest("[data-row]").scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const field =
        document.querySelector("[data-search]") ?? document.querySelector("input[type=search]");
      if (!field) return;
      event.preventDefault();
      const closed = field.closest("details:not([open])");
      if (closed && !field.checkVisibility()) closed.open = true;
      field.focus();
      field.select();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });

  // After a form was refused one is at what is wrong with it.
  document.querySelector("main form[method=post] [aria-invalid=true]")?.focus();

  // Fields that are there to be copied get a button.
  const offerCopies = () => {
    for (const field of document.querySelectorAll("[data-copy]:not([data-offered])")) {
      if (!navigator.clipboard) break;
      field.dataset.offered = "";
      const button = document.createElement("button");
      const label = document.querySelector(`label[for="${field.id}"]`)?.textContent ?? "";
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", `Copy: ${label}`);
      const said = document.createElement("span");
      said.className = "vh";
      said.setAttribute("role", "status");
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(field.value);
          button.textContent = said.textContent = "Copied";
        } catch {
          field.select();
          button.textContent = said.textContent = "Press Ctrl+C";
        }
        setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
      });
      field.after(button, said);
      field.addEventListener("focus", () => field.select());
    }
  };
  offerCopies();
  document.addEventListener("htmx:after:swap", offerCopies);

  // Empty fields stay out of addresses that people share.
  for (const form of document.querySelectorAll("form[data-tidy]")) {
    form.addEventListener("submit", () => {
      const blank = [...form.elements].filter((field) => field.name && !field.value);
      for (const field of blank) field.disabled = true;
      setTimeout(() => { for (const field of blank) field.disabled = false; });
    });
  }
})();
