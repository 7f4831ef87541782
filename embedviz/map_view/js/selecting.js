// @ts-check
// Selecting: shown at once, sent to Python, taken over by the linked maps.

import { formatCount } from "./fetching.js";
import { regionFrom } from "./region.js";
import { Selection } from "./selection.js";

/** @import { Camera } from "./camera.js" */
/** @import { Coloring } from "./coloring.js" */
/** @import { MapMessage, Region } from "./exchange.js" */
/** @import { MapLink } from "./linked_maps.js" */
/** @import { Points } from "./points.js" */
/** @import { Pixel } from "./region.js" */
/** @import { StateSender } from "./state_sender.js" */

/**
 * Parts of the map that selecting works on.
 * @typedef {object} SelectingParts
 * @property {Points} points
 * @property {Camera} camera
 * @property {Coloring} coloring
 * @property {MapLink} link
 * @property {StateSender} sender
 * @property {HTMLElement} chip shown with the number of selected points
 * @property {HTMLElement} chipText
 * @property {() => string | null} obstacle why nothing can be selected now
 * @property {(message: string) => void} onRefused
 * @property {(mask: Uint8Array | null) => void} onMask
 * @property {(change?: {points: boolean}) => void} redraw
 */

export class Selecting {
  /** @param {SelectingParts} parts */
  constructor(parts) {
    this.parts = parts;
    this.selection = new Selection();
    /** @type {Pixel[] | null} */
    this.drawing = null; // what is being drawn
  }

  /** @param {Pixel[] | null} path what has been drawn so far */
  follow(path) {
    this.drawing = path;
    this.parts.redraw({ points: false });
  }

  /**
   * Select what was drawn. The points have to stand where Python knows them to be.
   * @param {Region["kind"]} kind
   * @param {Pixel[]} path corners in pixels
   * @param {Region["mode"]} mode
   */
  draw(kind, path, mode) {
    const { points, camera, coloring, obstacle, onRefused, redraw } = this.parts;
    const { selection } = this;
    this.drawing = null;
    redraw({ points: false });
    const reason = obstacle();
    if (reason) return onRefused(reason);
    const region = regionFrom(kind, path, camera, selection.isEmpty && mode === "add" ? "new" : mode);
    if (!region) return;
    if (coloring.hidden.size) region.without = { column: coloring.column, codes: [...coloring.hidden] };
    selection.draw(region, points.positions, (id) => coloring.accepts(id)); // hidden categories are not selected
    this.changed();
  }

  clear() {
    if (this.selection.isEmpty) return;
    this.selection.clear();
    this.changed();
  }

  changed() {
    const { link, sender } = this.parts;
    this.show();
    for (const other of link.others) other.takeOverSelection(this.selection.mask);
    sender.send("regions", this.selection.regions);
  }

  /**
   * Show what another map of the link has selected.
   * @param {Uint8Array | null} mask
   */
  takeOver(mask) {
    this.selection.keep([], null, mask);
    this.show();
  }

  /**
   * Take over what Python keeps, unless it answers to what was drawn before the last region.
   * @param {MapMessage} data
   */
  adopt(data) {
    const { points, sender } = this.parts;
    if (data.regions_serial < sender.state.regions_serial) return;
    if (this.selection.adopt(data.regions, data.selected, points.positions)) this.show();
  }

  show() {
    const { points, chip, chipText, onMask, redraw } = this.parts;
    const { mask, isEmpty, count } = this.selection;
    onMask(mask);
    chip.hidden = isEmpty || !points.count;
    chipText.textContent = count === 1 ? "1 point selected" : `${formatCount(count)} points selected`;
    redraw();
  }
}
