// @ts-check
// The scene: everything that is drawn in one frame.

/** @import { Camera } from "./camera.js" */
/** @import { Axis, Region } from "./exchange.js" */
/** @import { Labels } from "./labels.js" */
/** @import { Theme } from "./palette.js" */
/** @import { Pixel } from "./region.js" */

/**
 * Parts of a scene, as the map's modules hold it.
 * @typedef {object} SceneSource
 * @property {Camera} camera
 * @property {Uint16Array} positions
 * @property {Labels} labels
 * @property {Theme} theme
 * @property {number | null} hovered
 * @property {number | null} focus
 * @property {number[]} links neighbours of the focus
 * @property {number[]} highlight
 * @property {boolean} dim whether the message asks to dim the rest
 * @property {Region[]} regions drawn to select
 * @property {Pixel[] | null} drawing what is being drawn to select
 * @property {Path2D[]} contours none while density is not shown
 * @property {Axis[]} axes none for a map without named directions
 * @property {boolean} crosshair
 * @property {number} pixelRatio
 * @property {(id: number) => boolean} accepts whether the point may be labelled: the legend and the selection leave it in
 * @property {(id: number) => number[]} colorOf
 */

/**
 * The source's fields without ids of points that are not there, and what follows from them.
 * @typedef {Omit<SceneSource, "dim" | "pixelRatio"> & {
 *   marked: number[],
 *   dimmed: boolean,
 *   contourStrength: number,
 *   look: {size: number, opacity: number, pixelRatio: number},
 * }} Scene
 */

const DIMMED_OPACITY = 0.16; // of the rest while a point and its neighbours are looked at
const CROWDED = 200000; // points from which each is fainter
const [FAR_ZOOM, NEAR_ZOOM] = [2, 5]; // between them the contours give way to the points

/**
 * Pixels across a point: smaller the more there are, larger the closer one looks.
 * @type {(n: number, camera: Camera) => number}
 */
function pointSize(n, camera) {
  const small = Math.min(1, Math.sqrt(Math.min(camera.width, camera.height) / 560));
  const base = Math.max(1.5, (11.2 - 1.6 * Math.log10(Math.max(100, n))) * small);
  return Math.min(12, base * Math.max(1, camera.zoom) ** 0.35);
}

/**
 * @param {SceneSource} source
 * @returns {Scene}
 */
export function describeScene({ dim, pixelRatio, ...source }) {
  const { camera, positions } = source;
  const n = positions.length / 2;
  const focus = source.focus !== null && source.focus < n ? source.focus : null;
  const links = source.links.filter((id) => id < n);
  const highlight = source.highlight.filter((id) => id < n);
  const dimmed = dim && (focus !== null || highlight.length > 0);
  const nearness = (NEAR_ZOOM - camera.zoom) / (NEAR_ZOOM - FAR_ZOOM);
  const contourStrength = source.contours.length ? Math.min(1, Math.max(0, nearness)) : 0;
  const opacity = (n > CROWDED ? 0.6 : 0.82) * (dimmed ? DIMMED_OPACITY : 1) * (1 - 0.4 * contourStrength);
  return {
    ...source,
    focus,
    links,
    highlight,
    marked: [...(focus === null ? [] : [focus]), ...links, ...highlight], // the most important first
    dimmed,
    contours: contourStrength > 0 ? source.contours : [],
    contourStrength,
    look: { size: pointSize(n, camera), opacity, pixelRatio },
  };
}
