import assert from "node:assert/strict";
import { test } from "node:test";
import { placeLabels } from "../../embedviz/map_view/js/label_placement.js";
import { shorten } from "../../embedviz/map_view/js/labels.js";
import { randomPositions } from "./random_positions.js";

const LINE_HEIGHT = 15;
const options = { width: 800, height: 600, max: 100, lineHeight: LINE_HEIGHT, measure: (text) => 7 * text.length };
const candidate = (id, x, y, more = {}) => ({ id, text: `word${id}`, x, y, strong: false, gap: 6, ...more });

function boxOf({ text, align, dx, dy }, { x, y }) {
  const width = options.measure(text);
  const left = x + dx - { left: 0, right: width, center: width / 2 }[align];
  return { left, right: left + width, top: y + dy - LINE_HEIGHT / 2, bottom: y + dy + LINE_HEIGHT / 2 };
}

test("labels neither overlap nor leave the stage", () => {
  const places = randomPositions(500, 7);
  const candidates = Array.from({ length: 500 }, (_, id) =>
    candidate(id, (800 * places[2 * id]) / 65535, (600 * places[2 * id + 1]) / 65535, { strong: id < 20 }),
  );
  const placed = placeLabels(candidates, options);
  assert.ok(placed.length > 40);
  const boxes = placed.map((label) => boxOf(label, candidates[label.id]));
  boxes.forEach((a, i) => {
    assert.ok(a.left >= 0 && a.right <= 800 && a.top >= 0 && a.bottom <= 600);
    for (const b of boxes.slice(0, i)) {
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
    }
  });
});

test("a label stands to the right of its point, to the left where there is no room", () => {
  assert.deepEqual(placeLabels([candidate(1, 400, 300)], options)[0], {
    id: 1,
    text: "word1",
    strong: false,
    align: "left",
    dx: 6,
    dy: 0,
  });
  const [label] = placeLabels([candidate(1, 790, 300)], options);
  assert.deepEqual([label.align, label.dx], ["right", -6]);
});

test("of two labels on one spot the first is written, a strong one finds a place above", () => {
  const wide = { text: "x".repeat(50) };
  const crowd = [candidate(1, 400, 300, wide), candidate(2, 400, 300, wide), candidate(3, 400, 300, wide)];
  assert.deepEqual(placeLabels(crowd, options).map(({ id, align }) => [id, align]), [[1, "left"], [2, "right"]]); // biome-ignore format: one row
  const strong = crowd.map((each) => ({ ...each, strong: true, gap: 12 }));
  assert.deepEqual(placeLabels(strong, options).map(({ align }) => align), ["left", "right", "center"]); // biome-ignore format: one row
});

test("there are at most so many labels", () => {
  const candidates = Array.from({ length: 20 }, (_, id) => candidate(id, 100, 20 + 25 * id));
  assert.deepEqual(
    placeLabels(candidates, { ...options, max: 3 }).map(({ id }) => id),
    [0, 1, 2],
  );
});

test("a long label is cut to 48 characters in one line", () => {
  assert.equal(shorten("  a\n b "), "a b");
  assert.equal([...shorten("東".repeat(60))].length, 48);
  assert.ok(shorten("x".repeat(49)).endsWith("…"));
  assert.equal(shorten("x".repeat(48)), "x".repeat(48));
});

test("no label touches a reserved box", () => {
  const at = (x) => ({ id: x, text: "word", x, y: 50, strong: false, gap: 4 });
  const options = { width: 400, height: 100, max: 10, lineHeight: 15, measure: () => 30 };
  assert.equal(placeLabels([at(60), at(200)], options).length, 2);
  const reserved = [{ left: 0, right: 100, top: 0, bottom: 100 }];
  assert.deepEqual(
    placeLabels([at(60), at(200)], { ...options, reserved }).map(({ id }) => id),
    [200],
  );
});
