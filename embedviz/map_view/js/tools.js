// @ts-check
// The tool in hand, and what a drawn region does to the selection; the toolbar's buttons show both.

/** @import { Region } from "./exchange.js" */
/** @import { Layout, Tool } from "./layout.js" */

export class Tools {
  /** @param {Layout} layout */
  constructor(layout) {
    this.layout = layout;
    /** @type {Tool} */
    this.tool = "pan";
    /** @type {Region["mode"]} */
    this.mode = "new";
    this.pick(this.tool);
    this.pickMode(this.mode);
  }

  /** @param {Tool} tool */
  pick(tool) {
    this.tool = tool;
    this.layout.overlay.dataset.tool = tool;
    this.layout.selecting.hidden = tool === "pan";
    press(this.layout.tools, tool);
  }

  /** @param {Region["mode"]} mode */
  pickMode(mode) {
    this.mode = mode;
    press(this.layout.modes, mode);
  }
}

/** @type {(buttons: Record<string, HTMLElement>, chosen: string) => void} */
function press(buttons, chosen) {
  for (const [name, node] of Object.entries(buttons)) node.setAttribute("aria-pressed", String(name === chosen));
}
