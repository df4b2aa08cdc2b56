// Comforts only: a mark leads to its entry in the list and back by plain links without this file.
"use strict";
(() => {
  document.documentElement.classList.add("is-reading-on");
  const wide = matchMedia("(min-width: 60rem)");
  let focused = "";

  const marks = (uid) => document.querySelectorAll(`.mark[data-q="${CSS.escape(uid)}"]`);
  const entry = (uid) => document.getElementById(`s-${uid}`);

  // Both ends of a quotation are shown at once: its words in the text and its entry in the list.
  const focus = (uid, { text = false, list = false } = {}) => {
    if (focused) {
      for (const mark of marks(focused)) mark.classList.remove("is-focused");
      entry(focused)?.classList.remove("is-focused");
    }
    focused = uid;
    if (!uid) return;
    for (const mark of marks(uid)) mark.classList.add("is-focused");
    entry(uid)?.classList.add("is-focused");
    if (text) marks(uid)[0]?.scrollIntoView({ block: "center" });
    if (list) entry(uid)?.scrollIntoView({ block: "nearest" });
    history.replaceState(history.state, "", `#q-${uid}`);
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const mark = event.target.closest?.(".article-text .mark[href^='#s-']");
    const back = event.target.closest?.("[data-show]");
    // Beside each other, the page stays where it is; one below the other, the link leads there.
    if (mark && wide.matches) {
      event.preventDefault();
      focus(mark.dataset.q, { list: true });
      entry(mark.dataset.q)?.querySelector("[data-row-link]")?.focus({ preventScroll: true });
    } else if (back) {
      event.preventDefault();
      focus(back.dataset.show, { text: true });
      marks(back.dataset.show)[0]?.focus({ preventScroll: true });
    }
  });

  // j and k step through the list (tracker.js); the words in the text go along.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".side-row");
    if (row && row.dataset.q !== focused && event.target.matches("[data-row-link]")) {
      focus(row.dataset.q, { text: wide.matches });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && focused) focus("");
  });

  // An address of a quotation in another part: ask for that part.
  const arrive = () => {
    const uid = /^#[qs]-([\w-]+)$/.exec(location.hash)?.[1];
    if (!uid) return;
    if (entry(uid) || marks(uid).length) focus(uid, { list: wide.matches });
    else if (!new URLSearchParams(location.search).has("quote")) {
      const query = new URLSearchParams(location.search);
      query.delete("part");
      query.set("quote", uid);
      location.replace(`?${query}#q-${uid}`);
    }
  };
  addEventListener("hashchange", arrive);
  arrive();
})();
