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
    for (const [name, value] of [["quotation", uid], ["before", before]]) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    form.requestSubmit();
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
    grip.setAttribute("aria-label", "Drag, or move with the arrow keys");
    grip.addEventListener("keydown", (event) => {
      const name = { ArrowUp: "up", ArrowDown: "down", Home: "top" }[event.key];
      const button = name && document.getElementById(`${name}-${row.dataset.uid}`);
      if (!button || button.getAttribute("aria-disabled") === "true") return;
      event.preventDefault();
      button.form.requestSubmit(button);
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
    row.querySelector(".item-tools")?.prepend(grip);
  };

  const begin = (root) => {
    for (const list of root.querySelectorAll("[data-arrange]")) {
      for (const row of rowsOf(list)) if (!row.querySelector(".item-handle")) handle(list, row);
    }
  };
  begin(document);

  // What a key or a drop has asked for keeps the focus where it was, in the list that comes back.
  let last = "";
  document.addEventListener("htmx:before:request", () => {
    last = document.activeElement?.id ?? "";
    // What is put back gets the focus, as the button that puts it back goes.
    if (last === "undo-remove") {
      last = `grip-${document.activeElement.form.elements.quotation.value}`;
    }
  });
  document.addEventListener("htmx:after:swap", () => {
    begin(document);
    const field = last && document.getElementById(last);
    const undo = document.getElementById("undo-remove");
    if (field) field.focus({ preventScroll: false });
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
