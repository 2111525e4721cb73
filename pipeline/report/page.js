// Figures open their traces, headings sort tables, marks of charts tell their values. Without it all is still there to read.
"use strict";
(() => {
  const dialog = document.getElementById("trace");
  const [title, body] = [dialog.querySelector("h2"), dialog.querySelector("div")];
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("a.figure");
    if (!figure) return;
    event.preventDefault();
    const note = document.getElementById(figure.hash.slice(1));
    title.textContent = `${figure.dataset.trace}. ${figure.textContent}`;
    body.replaceChildren(...[...note.childNodes].map((node) => node.cloneNode(true)));
    dialog.showModal();
    title.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // A box is a stop of the keyboard only where there is something to scroll.
  const boxes = document.querySelectorAll(".scroll");
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth;
      const { caption, label } = target.dataset;
      const named = caption ? ["aria-labelledby", caption] : ["aria-label", label];
      for (const [name, value] of [["tabindex", "0"], ["role", "region"], named]) {
        if (scrolls) target.setAttribute(name, value);
        else target.removeAttribute(name);
      }
    }
  });
  for (const box of boxes) resized.observe(box);

  const picker = document.getElementById("region-picker");
  if (picker) {
    picker.form.hidden = false;
    picker.addEventListener("change", () => { if (picker.value) location.hash = picker.value; });
  }

  // Two regions beside each other: copies of what their pages say in figures. All charts have the same scales. The choice stands in
  // the address, so that it can be sent.
  const comparison = document.getElementById("compare");
  const sides = [...(comparison?.querySelectorAll("select") ?? [])];
  const COMPARED = "#compare?";
  function setBeside() {
    const chosen = sides.map((side) => document.getElementById(side.value)).filter(Boolean);
    comparison.querySelector(".beside").replaceChildren(...chosen.map((region) => {
      const column = document.createElement("div");
      const title = document.createElement("h4");
      title.textContent = region.querySelector("h3").firstChild.textContent;
      const parts = region.querySelectorAll(":scope > p:first-of-type, :scope > .scroll:has(table), :scope > figure > .scroll");
      column.append(title, ...[...parts].map((part) => part.cloneNode(true)));
      for (const node of column.querySelectorAll("[id], [tabindex], [role=region]"))
        for (const name of ["id", "tabindex", "data-caption"]) node.removeAttribute(name);
      for (const box of column.querySelectorAll(".scroll")) {
        for (const name of ["role", "tabindex", "aria-labelledby", "data-caption"]) box.removeAttribute(name);
        box.dataset.label = `${title.textContent.trim()}: ${box.querySelector("caption, svg")?.getAttribute("aria-label") ?? box.querySelector("caption").textContent}`;
        resized.observe(box);
      }
      return column;
    }));
    if (chosen.length) history.replaceState(null, "", COMPARED + sides.map((side) => side.value.replace("region-", "")).join("&"));
  }
  if (comparison) comparison.hidden = false;
  comparison?.addEventListener("change", setBeside);
  function compareAddressed() {
    if (!comparison || !location.hash.startsWith(COMPARED)) return;
    const sent = location.hash.slice(COMPARED.length).split("&");
    sides.forEach((side, place) => (side.value = `region-${sent[place]}`));
    setBeside();
    comparison.scrollIntoView();
  }
  compareAddressed();
  addEventListener("hashchange", compareAddressed);

  addEventListener("beforeprint", () => { for (const notes of document.querySelectorAll(".notes")) notes.parentElement.open = true; });

  // Unknown cells stay last whichever way the column is sorted, and what is equal or unknown as the report has it: the nation's row, which
  // has no place, last of all.
  const order = (row, column) => row.cells[column].dataset.order;
  const compare = (one, other) => (isNaN(one) || isNaN(other) ? (one < other ? -1 : one > other ? 1 : 0) : one - other);
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      heading.querySelector("button").addEventListener("click", () => {
        const falling = heading.getAttribute("aria-sort") === "ascending";
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const known = rows.filter((row) => order(row, column) !== undefined);
        known.sort((one, other) => compare(order(one, column), order(other, column)) * (falling ? -1 : 1));
        body.append(...known, ...rows.filter((row) => order(row, column) === undefined));
      });
    });
  }

  const tip = document.getElementById("tip");
  const label = (mark) => mark.dataset.label ?? mark.getAttribute("aria-label");
  const labelled = (target) => target.closest?.("svg [data-label], svg a[aria-label]");
  const show = (mark, x, y) => {
    tip.textContent = label(mark);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 12, document.documentElement.clientWidth - width - 4))}px`;
    tip.style.top = `${y > height + 16 ? y - height - 8 : y + 16}px`;
  };
  document.addEventListener("pointermove", (event) => {
    const mark = labelled(event.target);
    if (mark) show(mark, event.clientX, event.clientY);
    else tip.hidden = true;
  });
  document.addEventListener("focusin", (event) => {
    const mark = labelled(event.target);
    if (!mark) { tip.hidden = true; return; }
    const box = mark.getBoundingClientRect();
    show(mark, box.x + box.width / 2, box.y + box.height / 2);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
})();
