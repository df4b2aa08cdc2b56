// What is sent, on every page: once, with a token that holds; and what went wrong with it, in words,
// with what was typed still there. Without this file a form is sent as browsers do, and an error is
// a page of its own.
"use strict";
(() => {
  const ONCE_MS = 20000; // a browser that does not say that it was stopped is believed after these
  const DOUBLE_MS = 400; // between the two halves of a double click
  const NEAR_PX = 8;
  const signIn = document.querySelector("meta[name=sign-in]")?.content;
  const isSent = (form) => form?.getAttribute("method")?.toLowerCase() === "post";

  // Who signs in in another tab gets another token: what stands here still counts.
  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  const NAME = "csrfmiddlewaretoken";
  document.addEventListener("submit", (event) => {
    const field = event.target.elements.namedItem(NAME);
    if (field && token()) field.value = token();
  }, true);

  // --- what went wrong

  const box = document.createElement("div");
  box.className = "trouble";
  box.setAttribute("role", "alert");
  document.getElementById("main").after(box);
  let failed = null; // the request of htmx that the words in the box are about

  const element = (name, given, ...children) => {
    const made = Object.assign(document.createElement(name), given);
    made.append(...children);
    return made;
  };
  const clear = () => { failed = null; box.replaceChildren(); };
  const close = () => {
    const isIn = box.contains(document.activeElement);
    const source = failed?.sourceElement;
    clear();
    if (!isIn) return;
    const at = source?.isConnected && source.matches("a, button, input, select, textarea") ? source : document.getElementById("main");
    at.focus({ preventScroll: true });
  };
  // Says `words` at the foot of the window until they are closed or overtaken.
  const tell = (words, { again = null, isSignedOut = false } = {}) => {
    const card = element("div", { className: "trouble-card" }, element("p", { textContent: words }));
    if (isSignedOut && signIn) {
      const here = encodeURIComponent(location.pathname + location.search);
      card.append(element("a", { className: "button", href: `${signIn}?next=${here}`, target: "_blank", textContent: "Sign in, in a new tab" }));
    }
    if (again) {
      const button = element("button", { type: "button", className: "primary", textContent: "Try again" });
      button.addEventListener("click", () => { close(); again(); });
      card.append(button);
    }
    const shut = element("button", { type: "button", textContent: "Close" });
    shut.addEventListener("click", close);
    card.append(shut);
    box.replaceChildren(card);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.contains(event.target)) close();
  });

  const SIGNED_OUT = "You have been signed out. Nothing that you typed is lost: sign in, then try again here.";
  // What became of a request that brought no usable answer. `isKnown`: that nothing was changed.
  const noAnswer = ({ isKnown = true } = {}) => {
    const why = navigator.onLine ? "The tracker did not answer." : "You are offline: the tracker cannot be reached.";
    return isKnown
      ? `${why} Nothing that you typed is lost; try again.`
      : `${why} Whether the change was made is not known: look before you try again.`;
  };
  const isSignIn = (answer) => Boolean(signIn) && answer.redirected && new URL(answer.url).pathname === signIn;
  // The first words of a page that says what is wrong; a proxy's page may have none.
  const saidBy = (answer, html) => {
    const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    const part = main?.querySelector("[role=alert]") ?? main?.querySelector(".error-page") ?? main;
    const said = [...(part?.querySelectorAll("h1, h2, p:not(.eyebrow), li") ?? [])].slice(0, 2)
      .map((one) => one.textContent.trim().replace(/\s+/g, " ").replace(/([^.!?:])$/, "$1."));
    return said.join(" ") || `The tracker answered with an error (${answer.status}). Try again in a minute.`;
  };
  // What is wrong with an answer as [words, is it that one is signed out]; null if nothing is.
  const wrongWith = (answer, html, wanted = "") => {
    if (isSignIn(answer)) return [SIGNED_OUT, true];
    const isPage = /^\s*<!doctype html/i.test(html);
    const lacks = isPage && wanted && !new DOMParser().parseFromString(html, "text/html").querySelector(wanted);
    if (answer.status < 500 && !lacks && !(isPage && answer.status >= 400)) return null;
    return [saidBy(answer, html), false];
  };
  window.sending = { tell, clear, noAnswer, wrongWith };

  // --- requests of htmx

  const fail = (ctx, words, isSignedOut = false) => {
    failed = ctx;
    const source = ctx.sourceElement;
    const again = () => {
      const { sourceEvent: event, swap, select, target } = ctx;
      htmx.ajax(ctx.request.method, ctx.request.action, { source, event, swap, select, target });
    };
    tell(words, { again: source.isConnected ? again : null, isSignedOut });
    document.dispatchEvent(new CustomEvent("sending:failed", { detail: { ctx } }));
    // What is shown answers something else than what is asked for now.
    if (ctx.request.method === "GET" && /^(inner|outer)HTML/.test(ctx.swap)) ctx.target?.classList.add("is-stale");
  };
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.body?.has?.(NAME) && token()) ctx.request.body.set(NAME, token());
  });
  document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => {
    // Of changes that wait for each other, each shows its answer in the place of the one before.
    if (ctx.request.method !== "GET" && ctx.target?.id && !ctx.target.isConnected) {
      ctx.target = document.getElementById(ctx.target.id) ?? ctx.target;
    }
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const wrong = wrongWith(ctx.response.raw, ctx.text, ctx.select);
    if (!wrong) return;
    event.preventDefault(); // what is there stays, and the address too
    fail(ctx, ...wrong);
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (ctx?.request && ctx.text === undefined) fail(ctx, noAnswer({ isKnown: ctx.request.method === "GET" }));
  });

  // --- where the reader is, when that is replaced

  let was = null;
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    const at = document.activeElement;
    was = ctx.target?.contains?.(at) ? { at: at.id, target: ctx.target.id } : null;
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (failed && (failed.sourceElement === ctx.sourceElement || failed.target === ctx.target || !failed.sourceElement.isConnected)) clear();
    ctx.target?.classList.remove("is-stale");
    const before = was;
    was = null;
    // After the scripts of the page, which may know better.
    if (before) queueMicrotask(() => {
      if (document.activeElement && document.activeElement !== document.body) return;
      const next = (before.at && document.getElementById(before.at)) || (before.target && document.getElementById(before.target));
      if (!next) return;
      if (next.tabIndex < 0) next.tabIndex = -1;
      next.focus({ preventScroll: true });
    });
  });

  // --- once only

  let leaving = null;
  const arrive = () => { leaving = null; };
  // At the window, after all that would keep the browser from sending it.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isSent(form) || form.matches("[data-answers-file]")) return;
    if (leaving) {
      event.preventDefault();
      tell("It is on its way: once is enough.");
      return;
    }
    leaving = form;
    setTimeout(() => { if (leaving === form) arrive(); }, ONCE_MS);
  });
  addEventListener("pageshow", () => { arrive(); if (!failed) clear(); });
  window.navigation?.addEventListener("navigateerror", arrive);

  // The second half of a double click, or of Enter pressed twice, is not meant for what has come
  // meanwhile in the place of what was pressed.
  let pressed = null;
  document.addEventListener("click", (event) => {
    const at = event.target.closest?.("a, button, input, summary, label");
    const { clientX: x, clientY: y, timeStamp: time } = event;
    if (pressed && !pressed.button.isConnected && time - pressed.time < DOUBLE_MS) {
      const isThere = event.detail ? Math.hypot(x - pressed.x, y - pressed.y) < NEAR_PX : at?.id && at.id === pressed.button.id;
      if (isThere) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
    }
    if (at?.type === "submit" && isSent(at.form)) pressed = { button: at, time, x, y };
  }, true);
  // A key that is held presses once.
  document.addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter" && event.target.matches?.("button, input") && isSent(event.target.form)) event.preventDefault();
  }, true);
})();
