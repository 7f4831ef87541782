// @ts-check
// Keys, turned into commands of the map.

/** @import { Pixel } from "./region.js" */

/**
 * Callbacks of keys. Pixels are CSS pixels of the stage.
 * @typedef {object} KeyCommands
 * @property {(dx: number, dy: number) => void} pan
 * @property {(px: number, py: number, factor: number) => void} zoom
 * @property {() => void} home
 * @property {(right: number, up: number) => boolean} walk from the focus to the next point; false without a focus
 * @property {() => void} enter
 * @property {() => void} cancel
 * @property {() => void} undo
 * @property {() => void} redo
 */

const PAN_PX = 70;
const ZOOM_FACTOR = 1.35;
/** @type {Record<string, "undo" | "redo">} */
const STEP_KEYS = { z: "undo", y: "redo" };

export class Keyboard {
  /**
   * @param {HTMLElement} root listens to keys
   * @param {KeyCommands} commands
   * @param {() => Pixel} middle of what is in sight, zoomed about
   * @param {() => boolean} stopDrawing gives up what is being drawn; false when there was nothing
   */
  constructor(root, commands, middle, stopDrawing) {
    this.middle = middle;
    this.commands = commands;
    this.stopDrawing = stopDrawing;
    this.listeners = new AbortController();
    root.addEventListener("keydown", (event) => this.press(event), { signal: this.listeners.signal });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const command = this.commandOf(event);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    command();
  }

  /**
   * Return the action of a key; undefined for a key that means nothing here.
   * @param {KeyboardEvent} event
   * @returns {(() => void) | undefined}
   */
  commandOf(event) {
    const { commands } = this;
    const step = (event.ctrlKey || event.metaKey) && !event.altKey && STEP_KEYS[event.key.toLowerCase()];
    if (step) return () => (step === "undo" && !event.shiftKey ? commands.undo() : commands.redo());
    if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
    if (event.key === "Enter" && event.target instanceof Element && event.target.closest("button")) return undefined;
    const middle = this.middle();
    /** @type {(right: number, up: number) => () => void} */
    const arrow = (right, up) => () => {
      if (event.shiftKey || !commands.walk(right, up)) commands.pan(-PAN_PX * right, PAN_PX * up);
    };
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: arrow(-1, 0),
      ArrowRight: arrow(1, 0),
      ArrowUp: arrow(0, 1),
      ArrowDown: arrow(0, -1),
      "+": () => commands.zoom(...middle, ZOOM_FACTOR),
      "=": () => commands.zoom(...middle, ZOOM_FACTOR),
      "-": () => commands.zoom(...middle, 1 / ZOOM_FACTOR),
      0: () => commands.home(),
      Enter: () => commands.enter(),
      Escape: () => {
        if (!this.stopDrawing()) commands.cancel();
      },
    };
    return keys[event.key];
  }

  destroy() {
    this.listeners.abort();
  }
}
