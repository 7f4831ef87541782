// The label beside the point under the mouse, and the same for screen readers.

import { element } from "./furniture.js";

const EDGE = 6; // pixels kept free at the stage's border
const CLEAR = 14; // pixels between the point and the tooltip

export class Tooltip {
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

  // at: [x, y] of the point in pixels of the stage. A label not yet known is undefined.
  show(label, note, [x, y]) {
    this.node.hidden = false;
    this.label.textContent = label ?? "…";
    this.note.textContent = note;
    this.spoken.textContent = label ?? "";
    const [width, height] = [this.node.offsetWidth, this.node.offsetHeight];
    const left = Math.max(EDGE, Math.min(x - width / 2, this.stage.clientWidth - width - EDGE));
    const above = y - height - CLEAR;
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(above < EDGE ? y + CLEAR : above)}px)`;
  }

  hide() {
    this.node.hidden = true;
  }
}
