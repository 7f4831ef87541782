// @ts-check
// Hovering over points and picking one as the focus.

/** @import { Camera } from "./camera.js" */
/** @import { Coloring } from "./coloring.js" */
/** @import { Labels } from "./labels.js" */
/** @import { MapLink } from "./linked_maps.js" */
/** @import { PointDetails } from "./point_details.js" */
/** @import { Points } from "./points.js" */
/** @import { StateSender } from "./state_sender.js" */
/** @import { Tooltip } from "./tooltip.js" */

const HOVER_RADIUS_PX = 14;
const DWELL_MS = 60; // on a point until its columns are asked for
const MAX_LEAD_MS = 250; // of the card over the run of the script that a click causes, and that would compete with its answer

/**
 * Parts of the map that pointing works on.
 * @typedef {object} PointingParts
 * @property {Points} points
 * @property {Camera} camera
 * @property {Coloring} coloring
 * @property {Tooltip} tooltip
 * @property {MapLink} link
 * @property {StateSender} sender
 * @property {PointDetails} details
 * @property {() => Labels} labels
 * @property {(isOver: boolean) => void} onOverPoint
 * @property {(id: number | null) => Promise<void> | undefined} onPicked the promise of a card that shows the point
 * @property {(change?: {points: boolean}) => void} redraw
 */

export class Pointing {
  /** @param {PointingParts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {number | null} */
    this.hovered = null;
    /** @type {number | null} */
    this.focus = null;
    /** @type {number | null} */
    this.picked = null; // here, until Python answers
    this.unsent = false; // Python does not know it yet
    /** @type {{focus: number | null, links: number[]}} */
    this.given = { focus: null, links: [] }; // by Python, or by the card ahead of it
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.dwelling = undefined;
  }

  /** Neighbours of the focus; none until Python answers. */
  get links() {
    return this.focus !== null && this.focus === this.given.focus ? this.given.links : [];
  }

  /**
   * The point at a pixel of the stage.
   * @param {number} px
   * @param {number} py
   * @param {number} reach in hover radii
   */
  pointAt(px, py, reach = 1) {
    const { points, camera, coloring } = this.parts;
    const [x, y] = camera.toWorld(px, py);
    return points.index.nearest(x, y, (reach * HOVER_RADIUS_PX) / camera.scale, (id) => coloring.accepts(id));
  }

  /**
   * Hover on this map and on the linked ones.
   * @param {number | null} id
   */
  hover(id) {
    this.markHovered(id);
    for (const other of this.parts.link.others) other.markHovered(id);
  }

  /** @param {number | null} id */
  markHovered(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.parts.onOverPoint(id !== null);
    this.refreshTooltip();
    clearTimeout(this.dwelling);
    const { details } = this.parts;
    if (id === null || !details.address || details.get(id)) return this.parts.redraw({ points: false });
    this.dwelling = setTimeout(async () => {
      await details.fetch(id);
      if (this.hovered === id) this.refreshTooltip();
    }, DWELL_MS);
    this.parts.redraw({ points: false });
  }

  refreshTooltip() {
    const { points, camera, coloring, tooltip, labels, details } = this.parts;
    const { hovered } = this;
    if (hovered === null) return tooltip.hide();
    labels().want([hovered]);
    const position = points.screenPosition(hovered, camera);
    tooltip.show(labels().get(hovered), coloring.categoryOf(hovered), position, details.get(hovered)?.columns);
  }

  /**
   * Make a point the focus, at once, ahead of Python's answer.
   * @param {number | null} id
   */
  pick(id) {
    if (id === null && this.focus === null) return;
    this.focus = id;
    this.picked = id;
    this.unsent = true;
    const shown = this.parts.onPicked(id);
    const send = () => {
      if (!this.unsent || this.focus !== id) return; // another point was picked meanwhile
      this.unsent = false;
      this.parts.sender.send("click", id);
    };
    if (shown) {
      setTimeout(send, MAX_LEAD_MS);
      shown.then(send);
    } else send();
    this.parts.redraw({ points: id === null }); // the points fade when the neighbours come
  }

  /**
   * Draw lines to the neighbours of the focus, ahead of Python's answer.
   * @type {(id: number, links: number[]) => void}
   */
  joinTo(id, links) {
    if (id !== this.focus) return;
    this.given = { focus: id, links };
    this.parts.redraw({ points: false });
  }

  /**
   * Take over the focus that Python names.
   * @param {{focus: number | null, links: number[]}} given
   */
  adopt({ focus, links }) {
    if (this.unsent) return;
    this.given = { focus, links };
    this.focus = focus;
  }

  /** Whether Python's focus is the one picked here; call once after each change. */
  takePicked() {
    const isOwn = this.picked === this.given.focus;
    this.picked = null;
    return isOwn;
  }
}
