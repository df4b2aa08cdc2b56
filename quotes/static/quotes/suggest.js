// The search boxes of the head and the home page: speakers and quotations while one types, and the
// list of keys. Without this file the boxes search when Enter is pressed.
"use strict";
(() => {
  const SOURCE = document.querySelector("meta[name=suggest-source]")?.content;
  const BOXES = ".head-search input[type=search], .big-search input[type=search]";
  const LEAST = 2;

  const address = (typed) => {
    if (typed.length < LEAST) return null;
    const asked = new URL(SOURCE, location.href);
    asked.searchParams.set("q", typed);
    return asked;
  };
  const read = async (answer) => {
    const found = document.createElement("template");
    found.innerHTML = await answer.text(); // our own server's, where all text is escaped
    const count = found.content.querySelectorAll("[role=option]").length;
    const words = count ? `${count} suggestion${count > 1 ? "s" : ""}` : "";
    return { elements: found.content.children, words };
  };
  const choose = (option) => { location.href = option.dataset.href; };
  for (const input of SOURCE ? document.querySelectorAll(BOXES) : []) {
    const box = document.createElement("span");
    box.className = "suggest-box";
    input.before(box);
    box.append(input);
    combobox(input, { label: "Suggestions", className: "suggest-list", address, read, choose });
  }

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
