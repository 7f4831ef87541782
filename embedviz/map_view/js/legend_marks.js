// @ts-check
// The legend of a picture: a column to the right of the map, so that it covers no points.

import { shorten } from "./labels.js";
import { formatNumber } from "./legend.js";
import { categoryColor, numberColor } from "./palette.js";

/** @import { Colors, Rgb, Theme } from "./palette.js" */

/** @typedef {{x: number, y: number, text: string, strong: boolean}} LegendText y is that of the middle of the line */

/**
 * What is drawn, in pixels from the legend's upper left corner. The bar of a scale runs from above to below.
 * @typedef {object} LegendMarks
 * @property {number} width 0 where there is no legend
 * @property {{x: number, y: number, radius: number, color: Rgb, isRing: boolean}[]} discs
 * @property {{x: number, y: number, width: number, height: number, color: Rgb}[]} bar
 * @property {LegendText[]} texts
 */

const ROW_PX = 20;
const MARGIN_PX = 16;
const TEXT_PX = 20; // from a disc's middle or the bar's left edge to its text
const RADIUS_PX = 5;
const BAR = { width: 12, height: 160, parts: 40 };

/**
 * @param {Colors} colors
 * @param {string} title
 * @param {Theme} theme
 * @param {number} height of the picture
 * @param {(text: string, strong: boolean) => number} measure pixels across a text
 * @returns {LegendMarks}
 */
export function describeLegend({ kind, legend }, title, theme, height, measure) {
  /** @type {LegendMarks} */
  const marks = { width: 0, discs: [], bar: [], texts: [] };
  if (!kind || !legend.length) return marks;
  const top = MARGIN_PX + ROW_PX / 2;
  if (title) marks.texts.push({ x: MARGIN_PX, y: top, text: shorten(title), strong: true });
  const first = top + (title ? ROW_PX * 1.3 : 0);
  if (kind === "category") {
    const inColumn = Math.max(1, Math.floor((height - first) / ROW_PX));
    let left = MARGIN_PX;
    for (let start = 0; start < legend.length; start += inColumn) {
      const rows = legend.slice(start, start + inColumn);
      for (const [row, [name, css, shape]] of rows.entries()) {
        const [x, y] = [left + RADIUS_PX, first + row * ROW_PX];
        marks.discs.push({ x, y, radius: RADIUS_PX, color: categoryColor(css, theme), isRing: shape === "ring" });
        marks.texts.push({ x: x + TEXT_PX - RADIUS_PX, y, text: shorten(name), strong: false });
      }
      left = MARGIN_PX + rightEdge(marks, measure);
    }
  } else {
    const part = BAR.height / BAR.parts;
    for (let i = 0; i < BAR.parts; i++) {
      const color = numberColor(1 - i / (BAR.parts - 1), theme);
      marks.bar.push({ x: MARGIN_PX, y: first + i * part, width: BAR.width, height: part, color });
    }
    for (const [end, y] of /** @type {const} */ ([
      [legend[1], first + ROW_PX / 4],
      [legend[0], first + BAR.height - ROW_PX / 4],
    ])) {
      marks.texts.push({ x: MARGIN_PX + TEXT_PX, y, text: formatNumber(end), strong: false });
    }
  }
  marks.width = Math.ceil(rightEdge(marks, measure) + MARGIN_PX);
  return marks;
}

/** @type {(marks: LegendMarks, measure: (text: string, strong: boolean) => number) => number} */
const rightEdge = ({ texts }, measure) => Math.max(...texts.map(({ x, text, strong }) => x + measure(text, strong)));
