import assert from "node:assert/strict";
import { test } from "node:test";
import { describeLegend } from "../../embedviz/map_view/js/legend_marks.js";

const THEME = { text: [0, 0, 0], background: [255, 255, 255], primary: [0, 0, 255], dark: false, font: "sans-serif" };
const measure = (text, strong) => (strong ? 8 : 7) * text.length;
const legendOf = (colors, title = "cluster", height = 400) => describeLegend(colors, title, THEME, height, measure);
// "currentColor" needs no browser to be understood
const categories = (n) => Array.from({ length: n }, (_, i) => [`name ${i}`, "currentColor", i ? "disc" : "ring"]);

test("a legend names every category beside its disc or ring, under the column's name", () => {
  const { discs, texts, width } = legendOf({ kind: "category", legend: categories(3), codes: new Uint8Array() });
  assert.deepEqual(
    texts.map(({ text }) => text),
    ["cluster", "name 0", "name 1", "name 2"],
  );
  assert.deepEqual(
    discs.map(({ isRing }) => isRing),
    [true, false, false],
  );
  discs.forEach(({ x, y, radius }, i) => {
    assert.equal(texts[i + 1].y, y);
    assert.ok(texts[i + 1].x > x + radius);
  });
  assert.ok(texts.every(({ x, text, strong }) => x + measure(text, strong) < width));
});

test("more categories than there are rows go on in another column", () => {
  const { discs, texts, width } = legendOf(
    { kind: "category", legend: categories(14), codes: new Uint8Array() },
    "",
    100,
  );
  assert.equal(discs.length, 14);
  assert.ok(discs.every(({ y }) => y > 0 && y < 100));
  assert.ok(new Set(discs.map(({ x }) => x)).size > 1);
  assert.ok(texts.every(({ x, text }) => x + measure(text) < width));
});

test("numbers have a scale with the greatest above", () => {
  const { bar, texts } = legendOf({ kind: "number", legend: [3, 63921], codes: new Uint8Array() }, "count");
  assert.deepEqual(
    texts.map(({ text }) => text),
    ["count", "63,921", "3"],
  );
  assert.ok(texts[1].y < texts[2].y);
  assert.ok(bar[0].y < bar.at(-1).y && bar.length > 20);
});

test("without colours a picture has no legend", () => {
  assert.equal(legendOf({ kind: null, legend: [], codes: null }).width, 0);
});
