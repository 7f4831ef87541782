// @ts-check
// Commands of the map, by the toolbar, by pointer or by keys.

import { MAX_SVG_POINTS, savePng, saveSvg } from "./saving.js";
import { nextPoint } from "./walking.js";

/** @import { Camera } from "./camera.js" */
/** @import { Coloring } from "./coloring.js" */
/** @import { Density } from "./density.js" */
/** @import { MapMessage, MapStep, Region } from "./exchange.js" */
/** @import { CardSide } from "./focus_link.js" */
/** @import { Layout, Tool } from "./layout.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { Overlay } from "./overlay.js" */
/** @import { Painter } from "./painter.js" */
/** @import { Pointing } from "./pointing.js" */
/** @import { Points } from "./points.js" */
/** @import { PointsLayer } from "./points_layer.js" */
/** @import { Pixel } from "./region.js" */
/** @import { Selecting } from "./selecting.js" */
/** @import { StateSender } from "./state_sender.js" */
/** @import { Tools } from "./tools.js" */
/** @import { Viewport } from "./viewport.js" */

/**
 * The modules that carry the commands out.
 * @typedef {object} CommandParts
 * @property {Camera} camera
 * @property {Points} points
 * @property {PointsLayer | null} layer
 * @property {Overlay} overlay
 * @property {Layout} layout
 * @property {Painter} painter
 * @property {Coloring} coloring
 * @property {Density} density
 * @property {Tools} tools
 * @property {Navigation} navigation
 * @property {Pointing} pointing
 * @property {Selecting} selecting
 * @property {StateSender} sender
 * @property {() => MapMessage} message the latest one from Python
 * @property {() => Viewport} viewport
 * @property {() => CardSide | undefined} card of the focus
 * @property {() => boolean} isCovered by the panel of the page
 */

const CENTER_REACH = 4; // hover radii within which Enter finds a point

/** Implements ToolbarCommands, PointerCommands and KeyCommands. */
export class Commands {
  /** @param {CommandParts} parts */
  constructor(parts) {
    this.parts = parts;
  }

  // --- moving ---

  /** @type {(dx: number, dy: number) => void} */
  pan(dx, dy) {
    this.parts.navigation.pan(dx, dy);
  }

  /** @type {(px: number, py: number, factor: number) => void} */
  zoom(px, py, factor) {
    this.parts.navigation.zoom(px, py, factor);
  }

  /** @param {number} factor */
  zoomStep(factor) {
    this.parts.navigation.zoomStep(factor);
  }

  home() {
    this.parts.navigation.home();
  }

  // --- pointing ---

  /** @type {(px: number, py: number) => void} */
  hover(px, py) {
    const { pointing } = this.parts;
    pointing.hover(pointing.pointAt(px, py));
  }

  leave() {
    this.parts.pointing.hover(null);
  }

  /** @type {(px: number, py: number) => void} */
  click(px, py) {
    const { pointing } = this.parts;
    pointing.pick(pointing.pointAt(px, py));
  }

  /** Pick the point in the middle, or go into the card of the one that was picked. */
  enter() {
    const { pointing, camera, card } = this.parts;
    if (pointing.focus !== null && card()) card()?.enter();
    else pointing.pick(pointing.pointAt(...camera.middle, CENTER_REACH));
  }

  /** @type {(right: number, up: number) => boolean} */
  walk(right, up) {
    const { pointing, points, coloring, navigation } = this.parts;
    if (pointing.focus === null || pointing.focus >= points.count) return false;
    const next = nextPoint(points, pointing.focus, [right, up], (id) => coloring.accepts(id));
    if (next !== null) {
      pointing.pick(next);
      navigation.flyToFocus({ always: false });
    }
    return true;
  }

  // --- selecting ---

  /** @param {Tool} tool */
  pickTool(tool) {
    this.parts.tools.pick(tool);
  }

  /** @param {Region["mode"]} mode */
  pickMode(mode) {
    this.parts.tools.pickMode(mode);
  }

  /** @param {Pixel[] | null} path */
  drawing(path) {
    this.parts.pointing.hover(null);
    this.parts.selecting.follow(path);
  }

  /** @type {(kind: Region["kind"], path: Pixel[], mode: Region["mode"]) => void} */
  drawn(kind, path, mode) {
    this.parts.selecting.draw(kind, path, mode);
  }

  clearSelection() {
    this.parts.selecting.clear();
  }

  /** Put down the tool first, then clear the selection, then the focus; then close the panel. */
  cancel() {
    const { tools, selecting, pointing, isCovered } = this.parts;
    if (tools.tool !== "pan") tools.pick("pan");
    else if (!selecting.selection.isEmpty) selecting.clear();
    else if (pointing.focus !== null) pointing.pick(null);
    else if (isCovered()) this.closePanel();
  }

  /** @param {MapStep["name"]} name */
  sendStep(name) {
    this.parts.sender.sendStep(name, this.parts.message().step_serial);
  }

  closePanel() {
    this.parts.layout.stage.focus();
    this.sendStep("close");
  }

  undo() {
    if (this.parts.message().can_undo) this.sendStep("undo");
  }

  redo() {
    if (this.parts.message().can_redo) this.sendStep("redo");
  }

  // --- pictures ---

  toggleDensity() {
    this.parts.density.toggle();
  }

  savePng() {
    const { layer, points, pointing, painter, overlay, coloring, viewport } = this.parts;
    if (!layer || !points.count) return;
    pointing.hover(null);
    savePng({ painter, layer, overlay, coloring, viewport: viewport() }, this.parts.message().png);
  }

  saveSvg() {
    const { layer, points, pointing, painter, overlay, coloring, viewport } = this.parts;
    if (!layer || !points.count || points.count > MAX_SVG_POINTS) return;
    pointing.hover(null);
    saveSvg({ painter, layer, overlay, coloring, viewport: viewport() });
  }
}
