// The key to the colours. A category is a button: a click puts it out or lights it, two show it alone.

import { categoryColour, cssColour, numberColour } from "./palette.js";
import { element } from "./furniture.js";

export function formatNumber(value) {
  if (typeof value !== "number") return String(value);
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

// Built anew only when the colours are others: the second click of two has to find the row of the first.
export function drawLegend(node, { kind, legend, hidden, theme, onToggle, onAlone }) {
  const key = JSON.stringify([kind, legend, theme]);
  if (key !== node.dataset.key) build(node, { kind, legend, theme, onToggle, onAlone });
  node.dataset.key = key;
  for (const row of node.querySelectorAll(".category")) {
    const shown = !hidden.has(Number(row.dataset.code));
    row.setAttribute("aria-pressed", String(shown));
    row.classList.toggle("left-out", !shown);
  }
}

function build(node, { kind, legend, theme, onToggle, onAlone }) {
  const focused = node.getRootNode().activeElement?.dataset?.code;
  node.replaceChildren();
  node.hidden = !kind || !legend.length;
  node.dataset.kind = kind ?? "";
  if (kind === "category") {
    legend.forEach(([name, css], code) => {
      const row = element("button", "category");
      row.type = "button";
      row.dataset.code = code;
      row.title = `${name}: click to hide or show, double-click (or with Shift) to show it alone`;
      const swatch = element("span", "swatch");
      swatch.style.background = cssColour(categoryColour(css, theme));
      row.append(swatch, element("span", "name", name));
      row.addEventListener("click", (event) => {
        const second = event.detail === 2; // takes back what the first of the two clicks did
        if (second || !event.shiftKey) onToggle(code);
        if (second || event.shiftKey) onAlone(code);
      });
      node.append(row);
      if (focused === String(code)) row.focus();
    });
  } else if (kind === "number") {
    const stops = Array.from({ length: 11 }, (_, i) => cssColour(numberColour(i / 10, theme)));
    const bar = element("span", "bar");
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    node.append(element("span", "end", formatNumber(legend[0])), bar, element("span", "end", formatNumber(legend[1])));
  }
}
