// @ts-check
// Mouse and touch, turned into commands of the map.

import { boxCorners } from "./region.js";

/** @import { Region } from "./exchange.js" */
/** @import { Tool } from "./layout.js" */
/** @import { Pixel } from "./region.js" */
/** @import { Tools } from "./tools.js" */

/**
 * Callbacks of gestures. Pixels are CSS pixels of the stage.
 * @typedef {object} PointerCommands
 * @property {(dx: number, dy: number) => void} pan
 * @property {(px: number, py: number, factor: number) => void} zoom
 * @property {(px: number, py: number) => void} hover
 * @property {() => void} leave
 * @property {(px: number, py: number) => void} click
 * @property {(path: Pixel[] | null) => void} drawing what has been drawn so far; null when it is given up
 * @property {(kind: Region["kind"], path: Pixel[], mode: Region["mode"]) => void} drawn
 */

/**
 * The gesture under way.
 * @typedef {(
 *   | {kind: Tool, mode: Region["mode"], path: Pixel[], moved: boolean}
 *   | {kind: "pinch", middle: Pixel, apart: number}
 * )} Press
 */

/** @type {Record<string, number>} */
const CLICK_SLACK_PX = { mouse: 4, pen: 6, touch: 10 }; // a press may move so far and still be a click
const MIN_STROKE_PX = 2; // between two corners of a lasso

export class Gestures {
  /**
   * @param {HTMLElement} surface listens to the pointer
   * @param {Tools} tools
   * @param {PointerCommands} commands
   */
  constructor(surface, tools, commands) {
    this.surface = surface;
    this.tools = tools;
    this.commands = commands;
    /** @type {Map<number, Pixel>} */
    this.pointers = new Map(); // pressed pointers by their id
    /** @type {Press | null} */
    this.press = null;
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    surface.addEventListener("pointerdown", (event) => this.down(event), { signal });
    surface.addEventListener("pointermove", (event) => this.move(event), { signal });
    surface.addEventListener("pointerup", (event) => this.up(event), { signal });
    surface.addEventListener("pointercancel", (event) => this.drop(event), { signal });
    surface.addEventListener("pointerleave", () => commands.leave(), { signal });
    surface.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
  }

  /**
   * @param {MouseEvent} event
   * @returns {Pixel}
   */
  place(event) {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.surface.setPointerCapture(event.pointerId);
    const at = this.place(event);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      this.stopDrawing();
      this.press = { kind: "pinch", ...this.grip() };
    } else if (this.pointers.size === 1) {
      const withKey = event.shiftKey || event.altKey;
      const kind = withKey && this.tools.tool === "pan" ? "box" : this.tools.tool;
      const mode = event.altKey ? "remove" : event.shiftKey ? "add" : this.tools.mode;
      this.press = { kind, mode, path: [at], moved: false };
    }
  }

  /**
   * Where two fingers are: the middle between them and how far apart.
   * @returns {{middle: Pixel, apart: number}}
   */
  grip() {
    const [[ax, ay], [bx, by]] = [...this.pointers.values()];
    return { middle: [(ax + bx) / 2, (ay + by) / 2], apart: Math.max(1, Math.hypot(ax - bx, ay - by)) };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const at = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") this.commands.hover(...at);
      return;
    }
    this.pointers.set(event.pointerId, at);
    const { press } = this;
    if (!press) return;
    if (press.kind === "pinch") {
      const { middle, apart } = this.grip();
      this.commands.pan(middle[0] - press.middle[0], middle[1] - press.middle[1]);
      this.commands.zoom(...middle, apart / press.apart);
      Object.assign(press, { middle, apart });
      return;
    }
    const [startX, startY] = press.path[0];
    const wasMoved = press.moved;
    press.moved ||= Math.hypot(at[0] - startX, at[1] - startY) > (CLICK_SLACK_PX[event.pointerType] ?? 4);
    if (!press.moved) return;
    if (press.kind === "pan") {
      const from = wasMoved ? before : press.path[0];
      this.commands.pan(at[0] - from[0], at[1] - from[1]);
      return;
    }
    const last = press.path[press.path.length - 1];
    if (press.kind === "box") press.path[1] = at;
    else if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= MIN_STROKE_PX) press.path.push(at);
    this.commands.drawing(press.kind === "box" ? boxCorners(press.path) : press.path);
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { press } = this;
    if (press?.kind === "pinch") {
      // One finger left goes on panning; lifted, it is not a click.
      const rest = [...this.pointers.values()][0];
      this.press = rest ? { kind: "pan", mode: this.tools.mode, path: [rest], moved: true } : null;
      return;
    }
    this.press = null;
    if (!press) return;
    if (!press.moved) this.commands.click(...this.place(event));
    else if (press.kind !== "pan") this.commands.drawn(press.kind, press.path, press.mode);
  }

  /** @param {PointerEvent} event */
  drop(event) {
    this.pointers.delete(event.pointerId);
    this.stopDrawing();
  }

  /** Give up what is being drawn; true when there was something. */
  stopDrawing() {
    const { press } = this;
    const drawing = press !== null && press.kind !== "pan" && press.kind !== "pinch" && press.moved;
    this.press = null;
    if (drawing) this.commands.drawing(null);
    return drawing;
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    const pace = event.ctrlKey ? 0.01 : 0.0018; // browsers report a pinch on a touch pad as a wheel with ctrl
    this.commands.zoom(...this.place(event), Math.exp(-Math.max(-300, Math.min(300, pixels)) * pace));
  }

  destroy() {
    this.listeners.abort();
  }
}
