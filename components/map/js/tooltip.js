// @ts-check
// The label of the point under the mouse, shown beside it and announced to screen readers.

import { element } from "./dom.js";

const EDGE_PX = 6; // kept free at the stage's border
const GAP_PX = 14; // between the point and the tooltip

export class Tooltip {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.node = element("div", "tooltip");
    this.node.hidden = true;
    this.label = element("span", "label");
    this.note = element("span", "note");
    this.node.append(this.label, this.note);
    this.spoken = element("div", "spoken");
    this.spoken.setAttribute("aria-live", "polite");
    this.stage = stage;
    stage.append(this.node, this.spoken);
  }

  /**
   * @param {string | undefined} label undefined while it is not known
   * @param {string} note
   * @param {[number, number]} position of the point in pixels of the stage
   */
  show(label, note, [x, y]) {
    this.node.hidden = false;
    this.label.textContent = label ?? "…";
    this.note.textContent = note;
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
