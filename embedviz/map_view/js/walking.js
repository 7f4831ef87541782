// @ts-check
// From one point to the next, by the arrow keys.

/** @import { Points } from "./points.js" */

const ASIDE_WEIGHT = 2; // a point straight ahead comes before a nearer one to the side

/**
 * The next point in a direction, within 45 degrees of it, among those that `accepts`; null where there is none.
 * @type {(points: Points, from: number, direction: [number, number], accepts: (id: number) => boolean) => number | null}
 */
export function nextPoint({ positions, count }, from, [right, up], accepts) {
  const [x, y] = [positions[2 * from], positions[2 * from + 1]];
  /** @type {number | null} */
  let next = null;
  let least = Number.POSITIVE_INFINITY;
  for (let id = 0; id < count; id++) {
    const [dx, dy] = [positions[2 * id] - x, positions[2 * id + 1] - y];
    const ahead = dx * right + dy * up;
    const aside = Math.abs(dx * up - dy * right);
    if (ahead <= 0 || aside > ahead) continue;
    const cost = ahead + ASIDE_WEIGHT * aside;
    if (cost < least && accepts(id)) [next, least] = [id, cost];
  }
  return next;
}
