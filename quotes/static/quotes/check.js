// Comforts only: the pages that check a draft work without this file.
"use strict";
(() => {
  // A draft takes its time: say so, and take one press for one.
  for (const form of document.querySelectorAll("form[data-check]")) {
    form.addEventListener("submit", () => {
      const button = form.querySelector("button.primary");
      const said = document.createElement("p");
      said.className = "check-busy";
      said.setAttribute("role", "status");
      said.textContent = "Reading the draft. A long one takes up to half a minute.";
      button.after(said);
      setTimeout(() => { button.disabled = true; });
    });
    addEventListener("pageshow", () => { form.querySelector("button.primary").disabled = false; });
  }
})();
