// The key to the colours. A category is a button: those chosen stay, the others are dimmed.

import { categoryColour, cssColour, numberColour } from "./palette.js";
import { element } from "./furniture.js";

export function formatNumber(value) {
  if (typeof value !== "number") return String(value);
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

export function drawLegend(node, { kind, legend, chosen, theme, onToggle }) {
  const focused = node.getRootNode().activeElement?.dataset?.code;
  node.replaceChildren();
  node.hidden = !kind || !legend.length;
  node.dataset.kind = kind ?? "";
  if (kind === "category") {
    legend.forEach(([name, css], code) => {
      const row = element("button", "category");
      row.type = "button";
      row.dataset.code = code;
      row.title = `${name}: show only this; again to show all`;
      row.setAttribute("aria-pressed", String(chosen.has(code)));
      row.classList.toggle("left-out", chosen.size > 0 && !chosen.has(code));
      const swatch = element("span", "swatch");
      swatch.style.background = cssColour(categoryColour(css, theme));
      row.append(swatch, element("span", "name", name));
      row.addEventListener("click", () => onToggle(code));
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
