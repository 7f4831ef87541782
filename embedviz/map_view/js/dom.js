// @ts-check
// DOM elements and icons. Text is only ever set through textContent.

const SVG = "http://www.w3.org/2000/svg";

// Strokes on a 20 × 20 ground.
const ICONS = {
  pan: "M10 2.5v15M2.5 10h15M7.5 5 10 2.5 12.5 5M7.5 15l2.5 2.5 2.5-2.5M5 7.5 2.5 10 5 12.5M15 7.5l2.5 2.5-2.5 2.5",
  box: "M3.5 6.5v-3h3M13.5 3.5h3v3M16.5 13.5v3h-3M6.5 16.5h-3v-3M9 3.5h2M9 16.5h2M3.5 9v2M16.5 9v2",
  lasso:
    "M6.2 13.4C4.2 12.5 3 11 3 9.2 3 6 6.1 3.5 10 3.5s7 2.5 7 5.7-3.1 5.7-7 5.7c-.8 0-1.6-.1-2.3-.3M6.2 13.4a1.6 1.6 0 1 1 1.5 1.2M6.2 13.4c.3 1.6-.2 2.6-1.7 3.4",
  new: "M4.5 4.5h11v11h-11Z",
  add: "M3 3h9v9H3ZM14.5 10.5v7M11 14h7",
  remove: "M3 3h9v9H3ZM11 14.5h7",
  density: "M10 3a7 7 0 1 0 .01 0ZM10 7.2a2.8 2.8 0 1 0 .01 0Z",
  undo: "M7.5 4 3.5 8l4 4M3.5 8h8a4.5 4.5 0 0 1 0 9H8",
  redo: "M12.5 4l4 4-4 4M16.5 8h-8a4.5 4.5 0 0 0 0 9H12",
  in: "M10 4v12M4 10h12",
  out: "M4 10h12",
  home: "M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4M10 8.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6",
  svg: "M5 14.5c2-9 8-9 10 0M3.5 13h3v3h-3ZM13.5 13h3v3h-3ZM8.5 6.2h3v3h-3Z",
  play: "M6 4l10 6-10 6Z",
  pause: "M7 4v12M13 4v12",
  save: "M10 3v9M6.5 8.8 10 12.2l3.5-3.4M3.5 13.5v3h13v-3",
};

/** @typedef {keyof typeof ICONS} IconName */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * The element of a selector, beside a node or else in the page.
 * @type {(node: Node, selector: string | null) => Element | null}
 */
export function findNear(node, selector) {
  if (!selector) return null;
  const near = /** @type {Document | ShadowRoot | Element} */ (node.getRootNode());
  return near.querySelector(selector) ?? document.querySelector(selector);
}

/** @param {IconName} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** @type {(name: IconName, label: string, onClick: () => void) => HTMLButtonElement} */
export function iconButton(name, label, onClick) {
  const node = element("button", "tool");
  node.type = "button";
  node.title = label;
  node.setAttribute("aria-label", label);
  node.append(icon(name));
  node.addEventListener("click", onClick);
  return node;
}
