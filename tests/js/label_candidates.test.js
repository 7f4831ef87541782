import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseCandidates } from "../../embedviz/map_view/js/label_candidates.js";

const MIDDLE = 32768;

/** A scene of n points in the middle, all in sight. */
function sceneOf(n, { first = [], marked = [], known = () => true, accepts = () => true, dimmed = false } = {}) {
  return {
    camera: { visible: () => ({ left: 0, right: 1, bottom: 0, top: 1 }), toScreen: (x, y) => [800 * x, 600 * y] },
    positions: new Uint16Array(2 * n).fill(MIDDLE),
    labels: { first, get: (id) => (known(id) ? `word${id}` : undefined) },
    look: { size: 6 },
    focus: marked[0] ?? null,
    ...{ marked, accepts, dimmed },
  };
}

const idsOf = (scene, max) => chooseCandidates(scene, max).candidates.map(({ id }) => id);

test("the most telling labels come first, then the others by id", () => {
  assert.deepEqual(idsOf(sceneOf(5, { first: [3, 1] }), 10), [3, 1, 0, 2, 4]);
});

test("points that are searched, selected or looked at are labelled whatever they tell", () => {
  const scene = sceneOf(900, { first: [3, 1], marked: [0, 899] });
  const { candidates, strongCount } = chooseCandidates(scene, 1);
  assert.deepEqual(
    candidates.slice(0, 4).map(({ id, strong }) => [id, strong]),
    [
      [0, true],
      [899, true],
      [3, false],
      [1, false],
    ],
  );
  assert.equal(strongCount, 2);
  assert.deepEqual(idsOf(sceneOf(9, { first: [3], marked: [0], dimmed: true }), 5), [0]);
});

test("points out of sight, hidden in the legend or of a larger map than this are left out", () => {
  const scene = sceneOf(4, { first: [7, 2, 1], accepts: (id) => id !== 1 });
  scene.positions[4] = 65535; // point 2, to the right
  scene.camera.visible = () => ({ left: 0, right: 0.9, bottom: 0, top: 1 });
  assert.deepEqual(idsOf(scene, 10), [0, 3]);
});

test("labels not known yet are named so that they can be fetched", () => {
  const { candidates, missing } = chooseCandidates(sceneOf(4, { first: [2], known: (id) => id === 2 }), 10);
  assert.deepEqual(
    candidates.map(({ id }) => id),
    [2],
  );
  assert.deepEqual(missing, [0, 1, 3]);
});
