// @ts-check
// The labels that may be drawn in a view: those of marked points, then the most telling ones of the points in sight.

import { MAX_COORDINATE } from "./exchange.js";
import { shorten } from "./labels.js";

/** @import { Candidate } from "./label_placement.js" */
/** @import { Scene } from "./scene.js" */

const CANDIDATES_PER_LABEL = 4;
const MAX_MARKED = 80;
const MAX_LABELS = 140;
const PIXELS_PER_LABEL = 8000; // square pixels of the stage

/** @type {(width: number, height: number) => number} */
export const maxLabels = (width, height) => Math.round(Math.min(MAX_LABELS, (width * height) / PIXELS_PER_LABEL));

/**
 * @param {Scene} scene
 * @param {number} max labels to be drawn beside those of marked points
 */
export function chooseCandidates(scene, max) {
  const { camera, positions, labels, marked, accepts, dimmed } = scene;
  /** @type {number[]} */
  const missing = [];
  /** @type {Candidate[]} */
  const candidates = [];
  const gap = scene.look.size / 2 + 4;
  /** @type {(id: number, strong: boolean) => void} */
  const add = (id, strong) => {
    const label = labels.get(id);
    if (label === undefined) {
      missing.push(id);
      return;
    }
    const [x, y] = camera.toScreen(positions[2 * id] / MAX_COORDINATE, positions[2 * id + 1] / MAX_COORDINATE);
    const ownGap = id === scene.focus ? gap + 7 : strong ? gap + 2 : gap;
    candidates.push({ id, text: shorten(label), x, y, strong, gap: ownGap });
  };
  const first = new Set(marked.slice(0, MAX_MARKED));
  for (const id of first) add(id, true);
  if (!dimmed) {
    const { left, right, bottom, top } = camera.visible();
    const [minX, maxX, minY, maxY] = [left, right, bottom, top].map((value) => value * MAX_COORDINATE);
    let room = max * CANDIDATES_PER_LABEL;
    const seen = new Set(first);
    /** @param {number} id */
    const consider = (id) => {
      const [x, y] = [positions[2 * id], positions[2 * id + 1]];
      if (!(x >= minX && x <= maxX && y >= minY && y <= maxY) || seen.has(id) || !accepts(id)) return;
      seen.add(id);
      add(id, false);
      room--;
    };
    for (const id of labels.first) if (room > 0) consider(id);
    for (let id = 0; id < positions.length / 2 && room > 0; id++) consider(id);
  }
  return { candidates, missing, strongCount: first.size };
}
