// @ts-check
// The points' colours: palette, legend, and which points are shown: by the categories in the legend and by the filters.

import { isEqual } from "./equality.js";
import { drawLegend } from "./legend.js";
import { buildPalette, NO_COLORS, themeOf } from "./palette.js";

/** @import { Colors } from "./palette.js" */

export class Coloring {
  /**
   * @param {HTMLElement} stage the theme is read from it
   * @param {HTMLElement} legend
   * @param {object} handlers
   * @param {(palette: Uint8Array) => void} handlers.onPalette
   * @param {() => void} handlers.onTheme
   */
  constructor(stage, legend, { onPalette, onTheme }) {
    this.stage = stage;
    this.legend = legend;
    this.onPalette = onPalette;
    this.onTheme = onTheme;
    this.theme = themeOf(stage);
    /** @type {Colors} */
    this.colors = NO_COLORS;
    this.column = ""; // that the colours show
    /** @type {Set<number>} */
    this.hidden = new Set(); // codes of categories hidden in the legend
    /** @type {Uint8Array | null} */
    this.passing = null; // 1 for a point that passes the filters; null while all do
  }

  /** @param {Colors} colors */
  show(colors) {
    if (!isEqual([colors.kind, colors.legend], [this.colors.kind, this.colors.legend])) this.hidden = new Set();
    this.colors = colors;
    this.recolor();
  }

  /**
   * Whether the legend and the filters show the point.
   * @type {(id: number) => boolean}
   */
  accepts(id) {
    if (this.passing && !this.passing[id]) return false;
    return !this.hidden.size || !this.colors.codes || !this.hidden.has(this.colors.codes[id]);
  }

  /**
   * Name of the point's category; empty where there is none.
   * @type {(id: number) => string}
   */
  categoryOf(id) {
    const { kind, legend, codes } = this.colors;
    return kind === "category" ? (legend[codes[id]]?.[0] ?? "") : "";
  }

  followTheme() {
    const theme = themeOf(this.stage);
    if (isEqual(theme, this.theme)) return;
    this.theme = theme;
    this.onTheme();
    this.recolor();
  }

  recolor() {
    const { colors, hidden, theme } = this;
    this.onPalette(buildPalette(colors, hidden, theme));
    drawLegend(this.legend, colors, hidden, theme, {
      onToggle: (code) => this.toggle(code),
      onIsolate: (code) => this.isolate(code),
    });
  }

  /** @param {number} code of a category */
  toggle(code) {
    if (!this.hidden.delete(code)) this.hidden.add(code);
    this.recolor();
  }

  /**
   * Show one category alone, or all categories where it was alone already.
   * @param {number} code
   */
  isolate(code) {
    const others = [...this.colors.legend.keys()].filter((other) => other !== code);
    const isAlone = !this.hidden.has(code) && others.every((other) => this.hidden.has(other));
    this.hidden = new Set(isAlone ? [] : others);
    this.recolor();
  }
}
