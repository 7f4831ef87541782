// @ts-check
// Camera views, kept while the page is open, and in the page's address as ?view=x,y,zoom.

import { viewOf } from "./camera.js";

/** @import { Camera } from "./camera.js" */
/** @import { View } from "./exchange.js" */

/** @type {Map<string, View>} */
const remembered = new Map(); // points address -> view: coming back to a page finds its map as it was left
const WRITE_DELAY_MS = 300; // browsers refuse more than a few writes a second

/** @type {(view: View) => string} */
const format = ({ x, y, zoom }) => [x.toFixed(4), y.toFixed(4), zoom.toPrecision(4)].join(",");

export class Views {
  /** @param {Camera} camera */
  constructor(camera) {
    this.camera = camera;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.writing = undefined;
  }

  /**
   * The view a map was left at, if it was shown before.
   * @type {(address: string) => View | null}
   */
  left(address) {
    return remembered.get(address) ?? null;
  }

  /**
   * The view that the page's address names.
   * @returns {View | null}
   */
  inAddress() {
    const parts = (new URLSearchParams(location.search).get("view") ?? "").split(",").map(Number);
    if (parts.length !== 3 || !parts.every(Number.isFinite)) return null;
    const [x, y, zoom] = parts;
    return { x, y, zoom };
  }

  /** @type {(address: string | null, options: {inAddress: boolean}) => void} */
  remember(address, { inAddress }) {
    if (!address || this.camera.flight) return;
    remembered.set(address, viewOf(this.camera));
    clearTimeout(this.writing);
    if (inAddress) this.writing = setTimeout(() => this.write(), WRITE_DELAY_MS);
  }

  /** Write the view without a step in the browser's history: the undo steps are Python's. */
  write() {
    const address = new URL(location.href);
    if (format(this.camera) === format(this.camera.home)) address.searchParams.delete("view");
    else address.searchParams.set("view", format(this.camera));
    if (address.href !== location.href) history.replaceState(history.state, "", address.href.replaceAll("%2C", ","));
  }

  stop() {
    clearTimeout(this.writing);
  }
}
