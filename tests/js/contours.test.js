import assert from "node:assert/strict";
import { test } from "node:test";
import { contourLines, SHARES } from "../../embedviz/map_view/js/contours.js";
import { boundsOf } from "../../embedviz/map_view/js/points.js";
import { randomPositions } from "./random_positions.js";

const MAX = 65535;

// Seven heaps: the mean of four even numbers lies near the middle of each.
function heaps(n) {
  const parts = Array.from({ length: 4 }, (_, seed) => randomPositions(n, seed + 1));
  return Uint16Array.from({ length: 2 * n }, (_, at) => {
    const heap = (at >> 1) % 7;
    const center = at % 2 ? 0.2 + (0.6 * ((heap * 3) % 7)) / 7 : 0.15 + (0.7 * heap) / 7;
    const spread = parts.reduce((sum, part) => sum + part[at] / MAX, 0) / 4 - 0.5;
    return Math.round(MAX * (center + 0.25 * spread));
  });
}

// A point lies inside when a ray to the right crosses the lines an odd number of times.
function shareInside(positions, lines) {
  let held = 0;
  for (let id = 0; id < positions.length / 2; id++) {
    const [x, y] = [positions[2 * id] / MAX, positions[2 * id + 1] / MAX];
    let odd = false;
    for (let k = 0; k < lines.length; k += 4) {
      const [ax, ay, bx, by] = lines.slice(k, k + 4);
      if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) odd = !odd;
    }
    held += odd;
  }
  return held / (positions.length / 2);
}

test("the contours hold the shares of the points they stand for", () => {
  const positions = heaps(5000);
  const contours = contourLines(positions, boundsOf(positions));
  assert.equal(contours.length, SHARES.length);
  contours.forEach((lines, i) => {
    const share = shareInside(positions, lines);
    assert.ok(Math.abs(share - SHARES[i]) < 0.04, `${share} of the points for ${SHARES[i]}`);
  });
});

test("points on one spot have contours around that spot", () => {
  const positions = new Uint16Array(200).fill(30000);
  const contours = contourLines(positions, boundsOf(positions));
  for (const lines of contours) {
    assert.ok(lines.length > 0);
    assert.ok(lines.every((value) => Math.abs(value - 30000 / MAX) < 1e-3));
  }
});

test("no points have no contours", () => {
  assert.deepEqual(contourLines(new Uint16Array(0), { left: 0, right: 1, bottom: 0, top: 1 }), []);
});
