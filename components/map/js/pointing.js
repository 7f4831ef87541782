// @ts-check
// Hovering over points and picking one as the focus.

/** @import { Camera } from "./camera.js" */
/** @import { Coloring } from "./coloring.js" */
/** @import { Labels } from "./labels.js" */
/** @import { MapLink } from "./linked_maps.js" */
/** @import { Points } from "./points.js" */
/** @import { StateSender } from "./state_sender.js" */
/** @import { Tooltip } from "./tooltip.js" */

const HOVER_RADIUS_PX = 14;

/**
 * Parts of the map that pointing works on.
 * @typedef {object} PointingParts
 * @property {Points} points
 * @property {Camera} camera
 * @property {Coloring} coloring
 * @property {Tooltip} tooltip
 * @property {MapLink} link
 * @property {StateSender} sender
 * @property {() => Labels} labels
 * @property {(isOver: boolean) => void} onOverPoint
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
    /** @type {{focus: number | null, links: number[]}} */
    this.given = { focus: null, links: [] }; // by Python
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
    this.parts.redraw({ points: false });
  }

  refreshTooltip() {
    const { points, camera, coloring, tooltip, labels } = this.parts;
    const { hovered } = this;
    if (hovered === null) return tooltip.hide();
    labels().want([hovered]);
    const position = points.screenPosition(hovered, camera);
    tooltip.show(labels().get(hovered), coloring.categoryOf(hovered), position);
  }

  /**
   * Make a point the focus, at once, ahead of Python's answer.
   * @param {number | null} id
   */
  pick(id) {
    if (id === null && this.focus === null) return;
    this.focus = id;
    this.picked = id;
    this.parts.sender.send("click", id);
    this.parts.redraw();
  }

  /**
   * Take over the focus that Python names.
   * @param {{focus: number | null, links: number[]}} given
   */
  adopt({ focus, links }) {
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
