import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, Points } from "../../embedviz/map_view/js/points.js";

const MAX = 65535;

test("the bounds hold all points", () => {
  const bounds = boundsOf(Uint16Array.of(100, 900, 300, 200, 200, 500));
  assert.deepEqual(bounds, { left: 100 / MAX, right: 300 / MAX, bottom: 200 / MAX, top: 900 / MAX });
  assert.deepEqual(boundsOf(new Uint16Array(0)), { left: 0, right: 1, bottom: 0, top: 1 });
});

test("the index is that of the points shown last, and is built when it is asked for", () => {
  const points = new Points();
  points.replace(Uint16Array.of(0, 0, MAX, MAX));
  assert.equal(points.built, null);
  assert.equal(points.index.nearest(1, 1, 0.1), 1);
  assert.equal(points.index, points.index);
  points.replace(Uint16Array.of(MAX, MAX, 0, 0));
  assert.equal(points.index.nearest(1, 1, 0.1), 0);
});
