// Below each chart and table: its figures as CSV, its picture, and how to cite it. Nothing is asked of any server.
"use strict";
(() => {
  const template = document.getElementById("share");
  const { separator, decimal, source, citation, notice, file } = template.dataset;
  const fonts = document.getElementById("fonts").textContent;

  function save(name, type, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    link.download = `${file}-${name}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  // CSV: numbers unrounded where the column has one unit, which its heading names; else as the table shows them. A text that a
  // spreadsheet would run as a formula is marked as text.
  const words = (node) => node.textContent.trim().replace(/\s+/g, " ");
  const quoted = (text) => (/["\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text);
  const inert = (text) => (/^[=+@\t-]/.test(text) ? `'${text}` : text);

  function csv(table) {
    const headings = [...table.tHead.rows[0].cells];
    const units = headings.map((heading) => heading.dataset.unit);
    const named = headings.map((heading, column) => words(heading) + (units[column] ? ` (${units[column]})` : ""));
    const value = (cell, column) => {
      const exact = cell.dataset.order;
      if (units[column] === undefined || exact === undefined || exact === "" || isNaN(exact)) return inert(words(cell));
      return String(units[column].endsWith("%") ? 100 * exact : exact).replace(".", decimal);
    };
    const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map(value));
    const cited = `${words(table.caption)}. ${citation}`;
    const every = [[...named, source], ...rows.map((row) => [...row, cited])];
    return `\ufeff${every.map((row) => row.map(quoted).join(separator)).join("\r\n")}\r\n`;
  }

  // The picture goes alone: with its title above, and below it what it was made from.
  const SPACE = 8;
  const make = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  function lines(text, width, size, weight) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${weight} ${size}px "Source Sans Pro", sans-serif`;
    const wrapped = [];
    for (const word of text.split(" ")) {
      const longer = `${wrapped.at(-1)} ${word}`;
      if (wrapped.length && pen.measureText(longer).width <= width) wrapped[wrapped.length - 1] = longer;
      else wrapped.push(word);
    }
    return wrapped;
  }

  function svg(figure) {
    const drawn = figure.querySelector("svg");
    const [width, height] = ["width", "height"].map((side) => drawn.viewBox.baseVal[side]);
    const whole = make("svg", { xmlns: "http://www.w3.org/2000/svg", "font-family": drawn.getAttribute("font-family"), "font-size": 13 });
    const style = make("style", {});
    style.textContent = fonts;
    const paper = make("rect", { width: "100%", height: "100%", fill: "#fff" });
    const title = make("g", { "font-weight": 600, fill: "#1b3a57" });
    const foot = make("g", { fill: "#595f66", "font-size": 10 });
    let top = SPACE;
    const write = (group, text, size, weight) => {
      for (const line of lines(text, width - 2 * SPACE, size, weight)) {
        top += size * 1.25;
        group.append(Object.assign(make("text", { x: SPACE, y: top }), { textContent: line }));
      }
    };
    write(title, words(figure.querySelector("figcaption")), 13, 600);
    const chart = drawn.cloneNode(true);
    for (const name of ["style", "role", "aria-label"]) chart.removeAttribute(name);
    for (const link of chart.querySelectorAll("a")) link.replaceWith(...link.childNodes);
    for (const [name, value] of Object.entries({ y: top + SPACE, width, height })) chart.setAttribute(name, value);
    top += height + SPACE;
    write(foot, [notice, citation].filter(Boolean).join(" "), 10, 400);
    const high = Math.ceil(top + SPACE);
    for (const [name, value] of Object.entries({ width, height: high, viewBox: `0 0 ${width} ${high}`, role: "img" })) whole.setAttribute(name, value);
    whole.setAttribute("aria-label", drawn.getAttribute("aria-label"));
    whole.append(style, paper, title, chart, foot);
    return { text: new XMLSerializer().serializeToString(whole), width, height: high };
  }

  async function png(figure) {
    const { text, width, height } = svg(figure);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
    const pen = canvas.getContext("2d");
    pen.scale(2, 2);
    pen.drawImage(image, 0, 0, width, height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  function add(after, name, table, figure) {
    const box = template.content.firstElementChild.cloneNode(true);
    const caption = words(figure ? figure.querySelector("figcaption") : table.caption);
    box.querySelector(".hidden").textContent = `: ${caption}`;
    box.querySelector("[data-share=cite]").textContent = `${caption}. ${citation}`;
    if (!figure) for (const button of box.querySelectorAll("[data-share=svg], [data-share=png]")) button.remove();
    box.addEventListener("click", async ({ target }) => {
      if (target.dataset.share === "csv") save(`${name}.csv`, "text/csv", csv(table));
      if (target.dataset.share === "svg") save(`${name}.svg`, "image/svg+xml", svg(figure).text);
      if (target.dataset.share === "png") save(`${name}.png`, "image/png", await png(figure));
    });
    after.after(box);
  }

  for (const figure of document.querySelectorAll("main figure"))
    add(figure.querySelector("details") ?? figure.lastElementChild, figure.id, figure.querySelector("table"), figure);
  for (const table of document.querySelectorAll("main table[id]"))
    if (!table.closest("figure")) {
      const box = table.closest(".scroll");
      add(box.nextElementSibling?.matches(".note") ? box.nextElementSibling : box, table.id, table);
    }
  globalThis.exportregion = { ...globalThis.exportregion, csv, svg };
})();
