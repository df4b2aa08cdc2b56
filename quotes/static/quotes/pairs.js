// Keys for the queue of pairs: s says the same, d different, of the pair that has the focus, else
// of the first. j and k, from tracker.js, go on and back, which is how a pair is skipped.
"use strict";
(() => {
  const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? "");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (!/^[sd]$/.test(event.key)) return;
    const pair = document.activeElement?.closest(".pair") ?? document.querySelector(".pair");
    const button = pair?.querySelector(`[data-key="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
