// @ts-check
// The point under the mouse: its label, announced to screen readers, too, and its columns, shown beside it.

import { element } from "./dom.js";

const EDGE_PX = 6; // kept free at the stage's border
const GAP_PX = 14; // between the point and the tooltip
const MAX_COLUMNS = 12;

export class Tooltip {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.node = element("div", "tooltip");
    this.node.hidden = true;
    this.label = element("span", "label");
    this.note = element("span", "note");
    this.columns = element("dl", "columns");
    this.node.append(this.label, this.note, this.columns);
    this.spoken = element("div", "spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.stage = stage;
    stage.append(this.node, this.spoken);
  }

  /**
   * @param {string | undefined} label undefined while it is not known
   * @param {string} note
   * @param {[number, number]} position of the point in pixels of the stage
   * @param {[string, string][]} [columns] name and value of each; they take the place of the note
   */
  show(label, note, [x, y], columns = []) {
    this.node.hidden = false;
    this.label.textContent = label ?? "…";
    this.note.textContent = columns.length ? "" : note;
    this.columns.replaceChildren(
      ...columns.slice(0, MAX_COLUMNS).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]),
    );
    this.spoken.textContent = label ?? "";
    const [width, height] = [this.node.offsetWidth, this.node.offsetHeight];
    const left = Math.max(EDGE_PX, Math.min(x - width / 2, this.stage.clientWidth - width - EDGE_PX));
    const above = y - height - GAP_PX;
    const top = above < EDGE_PX ? y + GAP_PX : above;
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  hide() {
    this.node.hidden = true;
  }
}
