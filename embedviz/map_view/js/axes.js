// @ts-check
// The axes of a map along named directions: lines at zero, ticks and titles along the lower and the left edge.

/** @import { Camera } from "./camera.js" */
/** @import { Axis } from "./exchange.js" */

/** @typedef {{x1: number, y1: number, x2: number, y2: number, strong: boolean}} AxisLine in pixels of the stage */

/**
 * @typedef {object} AxisText
 * @property {string} text
 * @property {number} x pixels of the stage
 * @property {number} y of the middle of the line
 * @property {"left" | "right" | "center"} align
 * @property {boolean} upwards whether it is turned to run from below to above
 * @property {boolean} strong
 */

/** @typedef {{lines: AxisLine[], texts: AxisText[]}} AxisMarks */

const TICK_PX = 5;
const TICK_SPACING_PX = 90; // at least
const TEXT_PX = 14; // from an edge to the middle of the tick's text
const TITLE_PX = 32; // from the lower edge to the middle of the title
const SIDE_TITLE_PX = 58; // from the left edge, past the ticks' texts
const END_PX = 14; // from the end of an axis to that of its title
const CORNER_PX = 40; // without ticks, where the two axes meet
const STEPS = [1, 2, 5, 10];

/**
 * Round values between two others, at most `max` of them.
 * @type {(low: number, high: number, max: number) => {values: number[], digits: number}}
 */
export function ticksBetween(low, high, max) {
  const rough = (high - low) / Math.max(1, max);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * /** @type {number} */ (STEPS.find((factor) => factor * power >= rough * (1 - 1e-9)));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const values = Array.from({ length: count }, (_, i) => (first + i) * step);
  return { values, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** @type {(value: number, digits: number) => string} */
const tickText = (value, digits) => (Math.abs(value) < 1e-12 ? 0 : value).toFixed(digits).replace("-", "−");

/**
 * What is drawn of the axes in a view; nothing for a map without.
 * @type {(axes: Axis[], camera: Camera) => AxisMarks}
 */
export function describeAxes(axes, camera) {
  /** @type {AxisMarks} */
  const marks = { lines: [], texts: [] };
  if (axes.length < 2) return marks;
  const { width, height } = camera;
  const { left, right, bottom, top } = camera.visible();
  const [across, up] = axes;
  /** @type {(axis: Axis, unit: number) => number} */
  const valueAt = (axis, unit) => axis.low + unit * (axis.high - axis.low);
  /** @type {(axis: Axis, value: number) => number} */
  const unitOf = (axis, value) => (value - axis.low) / (axis.high - axis.low);
  const ticks = {
    across: ticksBetween(valueAt(across, left), valueAt(across, right), width / TICK_SPACING_PX),
    up: ticksBetween(valueAt(up, bottom), valueAt(up, top), height / TICK_SPACING_PX),
  };
  for (const value of ticks.across.values) {
    const [x] = camera.toScreen(unitOf(across, value), 0);
    if (value === 0) marks.lines.push({ x1: x, y1: 0, x2: x, y2: height, strong: true });
    if (x < CORNER_PX || x > width - CORNER_PX / 2) continue;
    marks.lines.push({ x1: x, y1: height, x2: x, y2: height - TICK_PX, strong: false });
    const text = tickText(value, ticks.across.digits);
    marks.texts.push({ text, x, y: height - TEXT_PX, align: "center", upwards: false, strong: false });
  }
  for (const value of ticks.up.values) {
    const [, y] = camera.toScreen(0, unitOf(up, value));
    if (value === 0) marks.lines.push({ x1: 0, y1: y, x2: width, y2: y, strong: true });
    if (y > height - CORNER_PX || y < CORNER_PX / 2) continue;
    marks.lines.push({ x1: 0, y1: y, x2: TICK_PX, y2: y, strong: false });
    const text = tickText(value, ticks.up.digits);
    marks.texts.push({ text, x: TICK_PX + 4, y, align: "left", upwards: false, strong: false });
  }
  marks.texts.push(
    { text: across.title, x: width - END_PX, y: height - TITLE_PX, align: "right", upwards: false, strong: true },
    { text: up.title, x: SIDE_TITLE_PX, y: END_PX, align: "right", upwards: true, strong: true },
  );
  return marks;
}
