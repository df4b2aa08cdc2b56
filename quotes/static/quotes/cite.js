// The box that cites: a choice shows at once, and a reference is copied with its italics.
"use strict";
(() => {
  const box = document.querySelector(".cite");
  if (!box) return;
  if (window.htmx) box.classList.add("is-live");
  const offer = () => {
    for (const element of box.querySelectorAll("[data-copy-rich]:not([data-offered])")) {
      if (!navigator.clipboard) return;
      element.dataset.offered = "";
      const button = document.createElement("button");
      const said = document.createElement("span");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      const label = document.getElementById(element.getAttribute("aria-labelledby"));
      button.setAttribute("aria-label", `Copy: ${label.textContent}`);
      said.className = "vh";
      said.setAttribute("role", "status");
      button.addEventListener("click", async () => {
        const text = element.dataset.copyRich;
        try {
          const kinds = { "text/plain": text, "text/html": element.innerHTML };
          const parts = Object.entries(kinds).map(([kind, part]) => [kind, new Blob([part], { type: kind })]);
          await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(parts))]);
          button.textContent = said.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(element);
          button.textContent = said.textContent = "Press Ctrl+C";
        }
        setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
      });
      element.after(button, said);
    }
  };
  offer();
  document.addEventListener("htmx:after:swap", offer);
})();
