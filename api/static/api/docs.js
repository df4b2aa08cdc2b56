// What Swagger UI leaves out for those who hear the page or use keys: levels of headings, names of
// its head and of fields, examples that can be scrolled, and no link inside the button that opens
// an operation (the button leads to the same place).
"use strict";
(() => {
  const page = document.getElementById("swagger-ui");
  const mend = () => {
    for (const heading of page.querySelectorAll("h3, h4, h5")) heading.setAttribute("aria-level", heading.tagName[1] - 1);
    for (const field of page.querySelectorAll("tr[data-param-name] :is(select, input)")) {
      field.setAttribute("aria-label", field.closest("tr").dataset.paramName);
    }
    for (const example of page.querySelectorAll("pre.example")) example.tabIndex = 0;
    const head = page.querySelector(".information-container");
    head?.setAttribute("role", "region");
    head?.setAttribute("aria-label", "About this API");
    for (const link of page.querySelectorAll("button.opblock-summary-control a[href]")) link.removeAttribute("href");
  };
  new MutationObserver(mend).observe(page, { childList: true, subtree: true });
})();
