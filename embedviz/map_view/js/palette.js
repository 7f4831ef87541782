// @ts-check
// Colours: CSS colours as numbers, the scale for numbers, and the 256 rows that the points are coloured from.

import { MAX_NUMBER_CODE, NO_VALUE } from "./exchange.js";

/** @typedef {[number, number, number]} Rgb red, green, blue from 0 to 255 */
/** @typedef {[name: string, css: string, shape: string]} Category shape: "disc" or "ring" */
/** @typedef {[min: number | string, max: number | string]} NumberRange */

/**
 * The colours of the points. `codes` holds a byte for each point; null paints all in the primary colour.
 * @typedef {(
 *   | {kind: "category", legend: Category[], codes: Uint8Array}
 *   | {kind: "number", legend: NumberRange, codes: Uint8Array}
 *   | {kind: null, legend: [], codes: null}
 * )} Colors
 */

/**
 * The colours and the font in force around the map.
 * @typedef {{background: Rgb, text: Rgb, primary: Rgb, dark: boolean, font: string}} Theme
 */

/** @type {Colors} */
export const NO_COLORS = { kind: null, legend: [], codes: null };

// Cividis (Nuñez, Anderton and Renslow 2018) at ten even steps: as even to colour-blind eyes as to others.
const CIVIDIS = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
];
/** @type {Rgb} */
const UNKNOWN = [128, 128, 128];
export const PALETTE_SIZE = 2 * 256 * 4; // a row of colours and a row of shapes
const FILTERED_ALPHA = 0.07; // hidden categories stay as a shadow

/** @type {OffscreenCanvasRenderingContext2D | null} */
let parser = null;

/**
 * Any CSS colour as numbers; `fallback` where CSS does not know it.
 * @type {(css: string, fallback?: Rgb) => Rgb}
 */
export function rgb(css, fallback = UNKNOWN) {
  if (!CSS.supports("color", css)) return fallback;
  parser ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (!parser) return fallback;
  parser.clearRect(0, 0, 1, 1);
  parser.fillStyle = css;
  parser.fillRect(0, 0, 1, 1);
  const [red, green, blue] = parser.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** @type {(color: number[], alpha?: number) => string} */
export const cssColor = ([red, green, blue], alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;

/** @type {(color: Rgb) => number} */
const luminance = ([red, green, blue]) => (0.299 * red + 0.587 * green + 0.114 * blue) / 255;

/**
 * The theme in force on an element, from Streamlit's variables.
 * @param {Element} element
 * @returns {Theme}
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const background = rgb(style.backgroundColor, [255, 255, 255]);
  return {
    background,
    text: rgb(style.getPropertyValue("--st-text-color").trim(), rgb(style.color)), // style.color lags by its transition
    primary: rgb(style.getPropertyValue("--st-primary-color").trim(), [0, 114, 178]),
    dark: luminance(background) < 0.5,
    font: style.fontFamily,
  };
}

/**
 * The colour at a share from 0 to 1 of the scale. Its ends are cut where they would sink into the background.
 * @type {(share: number, theme: Theme) => Rgb}
 */
export function numberColor(share, theme) {
  const [low, high] = theme.dark ? [0.14, 1] : [0, 0.92];
  const place = (low + share * (high - low)) * (CIVIDIS.length - 1);
  const below = Math.min(CIVIDIS.length - 2, Math.floor(place));
  const [red, green, blue] = CIVIDIS[below].map((value, k) =>
    Math.round(value + (CIVIDIS[below + 1][k] - value) * (place - below)),
  );
  return [red, green, blue];
}

/** @type {(css: string, theme: Theme) => Rgb} */
export function categoryColor(css, theme) {
  return css === "currentColor" ? theme.text : rgb(css);
}

/** @type {(theme: Theme) => Rgb} */
const noValueColor = (theme) => (theme.dark ? [120, 124, 134] : [150, 154, 162]);

/**
 * 256 × RGBA, and 256 × 4 once more whose first tells how hollow a point is: 255 for a ring. hidden: codes of the
 * categories hidden in the legend.
 * @type {(colors: Colors, hidden: Set<number>, theme: Theme) => Uint8Array}
 */
export function buildPalette(colors, hidden, theme) {
  const palette = new Uint8Array(PALETTE_SIZE);
  for (let code = 0; code < 256; code++) {
    /** @type {Rgb} */
    let color = noValueColor(theme);
    if (colors.kind === "number" && code !== NO_VALUE) color = numberColor(code / MAX_NUMBER_CODE, theme);
    else if (colors.kind === "category" && code < colors.legend.length) {
      color = categoryColor(colors.legend[code][1], theme);
      palette[4 * (256 + code)] = colors.legend[code][2] === "ring" ? 255 : 0;
    } else if (!colors.kind) color = theme.primary;
    const shown = colors.kind !== "category" || !hidden.has(code);
    palette.set([...color, Math.round(255 * (shown ? 1 : FILTERED_ALPHA))], 4 * code);
  }
  return palette;
}
