// @ts-check
// A message over the map.

import { element } from "./dom.js";

export class Notice {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.node = element("div", "message");
    this.node.setAttribute("role", "status");
    this.node.hidden = true;
    stage.append(this.node);
  }

  /**
   * @param {string} text
   * @param {object} options
   * @param {boolean} [options.patient] show it only after a moment
   * @param {(() => void) | null} [options.retry] called by a button below the message
   */
  show(text, { patient = false, retry = null } = {}) {
    this.node.replaceChildren(element("p", "", text));
    this.node.hidden = false;
    this.node.classList.toggle("patient", patient);
    if (!retry) return;
    const again = element("button", "again", "Try again");
    again.type = "button";
    again.addEventListener("click", retry);
    this.node.append(again);
  }

  hide() {
    this.node.replaceChildren();
    this.node.hidden = true;
  }
}
