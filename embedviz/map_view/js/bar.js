// @ts-check
// A bar above a map that stands alone: the column that colours the points, and a search.

import { element } from "./dom.js";

/**
 * @typedef {object} BarHandlers
 * @property {(column: string) => void} onColor
 * @property {(query: string) => void} onSearch
 */

export class Bar {
  /** @param {BarHandlers} handlers */
  constructor({ onColor, onSearch }) {
    this.root = element("form", "embedviz-bar");
    this.root.addEventListener("submit", (event) => event.preventDefault());
    this.color = element("select");
    this.color.addEventListener("change", () => onColor(this.color.value));
    this.search = element("input");
    this.search.type = "search";
    this.search.autocomplete = "off";
    this.search.placeholder = "a label, or /pattern/";
    this.searched = "";
    const search = () => {
      const query = this.search.value.trim();
      if (query === this.searched) return;
      this.searched = query;
      onSearch(query);
    };
    this.search.addEventListener("change", search);
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") search(); // JupyterLab keeps the key from the form, which then does not notice the change
    });
    this.found = element("span", "found");
    this.found.setAttribute("role", "status");
    this.root.append(labelled("Colour by", this.color), labelled("Find", this.search), this.found);
  }

  /** @type {(columns: string[], chosen: string) => void} */
  showColumns(columns, chosen) {
    this.color.replaceChildren(...columns.map((name) => new Option(name, name, false, name === chosen)));
  }

  /** @type {(query: string, found: string) => void} */
  showSearch(query, found) {
    if (query !== this.searched) this.search.value = query;
    this.searched = query;
    this.found.textContent = found;
  }
}

/** @type {(text: string, control: HTMLElement) => HTMLLabelElement} */
function labelled(text, control) {
  const label = element("label", "", text);
  label.append(control);
  return label;
}
