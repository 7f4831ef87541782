// @ts-check
// The legend. A category is a button: a click hides or shows it, a double click shows it alone.

import { element } from "./dom.js";
import { categoryColor, cssColor, numberColor } from "./palette.js";

/** @import { Colors, Theme } from "./palette.js" */

/**
 * @typedef {object} LegendHandlers
 * @property {(code: number) => void} onToggle
 * @property {(code: number) => void} onIsolate
 */

/** @param {number | string} value */
export function formatNumber(value) {
  if (typeof value !== "number") return String(value);
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/**
 * Rebuilt only when the colours change: the second of two clicks has to find the row of the first.
 * @param {HTMLElement} node
 * @param {Colors} colors
 * @param {Set<number>} hidden codes of the hidden categories
 * @param {Theme} theme
 * @param {LegendHandlers} handlers
 */
export function drawLegend(node, colors, hidden, theme, handlers) {
  const key = JSON.stringify([colors.kind, colors.legend, theme]);
  if (key !== node.dataset.key) build(node, colors, theme, handlers);
  node.dataset.key = key;
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (node.querySelectorAll(".category"))) {
    const shown = !hidden.has(Number(row.dataset.code));
    row.setAttribute("aria-pressed", String(shown));
    row.classList.toggle("left-out", !shown);
  }
}

/** @type {(node: HTMLElement, colors: Colors, theme: Theme, handlers: LegendHandlers) => void} */
function build(node, { kind, legend }, theme, handlers) {
  const root = /** @type {Document | ShadowRoot} */ (node.getRootNode());
  const focused = root.activeElement instanceof HTMLElement ? root.activeElement.dataset.code : undefined;
  node.replaceChildren();
  node.hidden = !kind || !legend.length;
  node.dataset.kind = kind ?? "";
  if (kind === "category") {
    for (const [code, [name, css, shape]] of legend.entries()) {
      const row = categoryRow(name, cssColor(categoryColor(css, theme)), shape, code, handlers);
      node.append(row);
      if (focused === String(code)) row.focus();
    }
  } else if (kind === "number") {
    const stops = Array.from({ length: 11 }, (_, i) => cssColor(numberColor(i / 10, theme)));
    const bar = element("span", "bar");
    bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
    node.append(element("span", "end", formatNumber(legend[0])), bar, element("span", "end", formatNumber(legend[1])));
  }
}

/** @type {(name: string, color: string, shape: string, code: number, handlers: LegendHandlers) => HTMLButtonElement} */
function categoryRow(name, color, shape, code, { onToggle, onIsolate }) {
  const row = element("button", "category");
  row.type = "button";
  row.dataset.code = String(code);
  row.title = `${name}: click to hide or show, double-click (or Shift+click) to show it alone`;
  const swatch = element("span", `swatch ${shape}`);
  swatch.style.color = color;
  row.append(swatch, element("span", "name", name));
  row.addEventListener("click", (event) => {
    const second = event.detail === 2; // takes back what the first of the two clicks did
    if (second || !event.shiftKey) onToggle(code);
    if (second || event.shiftKey) onIsolate(code);
  });
  return row;
}
