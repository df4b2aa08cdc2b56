// Drag and drop in a collection, and words for who cannot see the change. The buttons work without.
"use strict";
(() => {
  const said = document.createElement("p");
  said.className = "vh";
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);

  let dragged = null;
  const rowsOf = (list) => [...list.querySelectorAll(":scope > [data-uid]")];
  const clear = (list) => {
    for (const row of rowsOf(list)) row.classList.remove("is-target", "is-target-end", "is-dragged");
  };
  const under = (list, y) => rowsOf(list).find((row) => {
    const box = row.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });

  // Sends the form of the list as its buttons do, so that one way of moving is enough.
  const send = (list, uid, before) => {
    const form = document.getElementById(list.dataset.arrange);
    const fields = [["quotation", uid], ["before", before]].map(([name, value]) =>
      Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.append(...fields);
    form.requestSubmit();
    for (const field of fields) field.remove(); // what is sent next is not about them
  };

  const drop = (list, y) => {
    const uid = dragged.dataset.uid;
    const target = under(list, y);
    const after = rowsOf(list).at(-1).nextElementSibling;
    clear(list);
    if (target === dragged || after === dragged) return;
    const before = target ? target.dataset.uid : list.dataset.beyond ?? "";
    if (before !== uid) send(list, uid, before);
  };

  const handle = (list, row) => {
    const grip = document.createElement("button");
    grip.type = "button";
    grip.className = "item-handle";
    grip.id = `grip-${row.dataset.uid}`;
    grip.textContent = "⠿ Drag";
    const tools = row.querySelector(".item-tools");
    grip.setAttribute("aria-label", `Drag, or move with the arrow keys: ${tools?.dataset.told}`);
    grip.addEventListener("keydown", (event) => {
      const name = { ArrowUp: "up", ArrowDown: "down", Home: "top" }[event.key];
      const button = name && document.getElementById(`${name}-${row.dataset.uid}`);
      if (!button || button.getAttribute("aria-disabled") === "true") return;
      event.preventDefault();
      // A key that is held moves on when the step before is done.
      if (!event.repeat || !underWay) button.form.requestSubmit(button);
    });
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      dragged = row;
      grip.setPointerCapture(event.pointerId);
      row.classList.add("is-dragged");
    });
    grip.addEventListener("pointermove", (event) => {
      if (dragged !== row) return;
      const target = under(list, event.clientY);
      for (const other of rowsOf(list)) {
        other.classList.toggle("is-target", other === target);
        other.classList.toggle("is-target-end", !target && other === rowsOf(list).at(-1));
      }
      const edge = 60;
      if (event.clientY < edge) window.scrollBy(0, -14);
      else if (event.clientY > window.innerHeight - edge) window.scrollBy(0, 14);
    });
    const end = (event) => {
      if (dragged !== row) return;
      if (event.type === "pointerup") drop(list, event.clientY);
      else clear(list);
      dragged = null;
    };
    grip.addEventListener("pointerup", end);
    grip.addEventListener("pointercancel", end);
    tools?.prepend(grip);
  };

  const begin = (root) => {
    for (const list of root.querySelectorAll("[data-arrange]")) {
      for (const row of rowsOf(list)) if (!row.querySelector(".item-handle")) handle(list, row);
    }
  };
  begin(document);

  // What is being written stays, when the list comes back for another reason; `sent` is the note
  // that was sent, which is kept.
  const NOTES = "#items textarea[name=note]";
  let written = [];
  document.addEventListener("htmx:before:swap", (event) => {
    const { body, method } = event.detail.ctx.request;
    const sent = method === "POST" && body?.has("note") ? body : null;
    dragged = null;
    written = [...document.querySelectorAll(NOTES)].filter((field) => {
      const isSent = sent?.get("quotation") === field.form.elements.quotation.value && sent.get("note").replace(/\r\n/g, "\n") === field.value;
      return field.value !== field.defaultValue && !isSent;
    });
  });
  const writeAgain = () => {
    for (const before of written) {
      const field = document.getElementById(before.id);
      if (!field || field === before) continue;
      field.value = before.value;
      field.closest("details").open = true;
    }
    written = [];
  };

  // What a key or a drop has asked for keeps the focus where it was, in the list that comes back.
  let last = "";
  let underWay = 0;
  document.addEventListener("htmx:finally:request", () => { underWay -= 1; });
  document.addEventListener("htmx:before:request", () => {
    underWay += 1;
    last = document.activeElement?.id ?? "";
    // What is put back gets the focus, as the button that puts it back goes.
    if (last === "undo-remove") {
      last = `grip-${document.activeElement.form.elements.quotation.value}`;
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    begin(document);
    writeAgain();
    const field = last && document.getElementById(last);
    const undo = document.getElementById("undo-remove");
    // A note that is kept is folded away, and its button with it.
    if (field) (field.checkVisibility() ? field : field.closest("details").querySelector("summary")).focus({ preventScroll: false });
    else if (last.startsWith("out-") && undo) undo.focus();
    const row = field?.closest("[data-uid]");
    const place = row && rowsOf(row.parentElement).indexOf(row) + row.parentElement.start;
    said.textContent = place
      ? `Number ${place} now`
      : document.querySelector("#items [role=status]")?.textContent ?? "";
    last = "";
  });
  // A button that has nowhere to go does nothing.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.('.item-moves [aria-disabled="true"]')) event.preventDefault();
  });
})();
