import assert from "node:assert/strict";
import { test } from "node:test";
import { describeAxes, ticksBetween } from "../../embedviz/map_view/js/axes.js";
import { Camera } from "../../embedviz/map_view/js/camera.js";

const AXES = [
  { title: "she - he", low: -0.5, high: 0.5 },
  { title: "good - bad", low: -0.2, high: 0.8 },
];

function cameraOf(width, height) {
  const camera = new Camera();
  Object.assign(camera, { width, height });
  return camera;
}

test("ticks are round numbers within the ends", () => {
  assert.deepEqual(ticksBetween(-0.5, 0.5, 5), { values: [-0.4, -0.2, 0, 0.2, 0.4], digits: 1 });
  assert.deepEqual(ticksBetween(0, 10, 2), { values: [0, 5, 10], digits: 0 });
  assert.deepEqual(
    ticksBetween(0.101, 0.1049, 4).values.map((value) => value.toFixed(3)),
    ["0.101", "0.102", "0.103", "0.104"],
  );
});

test("a map without named directions has no axes", () => {
  assert.deepEqual(describeAxes([], cameraOf(800, 600)), { lines: [], texts: [] });
});

test("zero is a line across the stage where it is in sight, and has a tick", () => {
  const camera = cameraOf(800, 600);
  const { lines, texts } = describeAxes(AXES, camera);
  const [upright, level] = lines.filter(({ strong }) => strong);
  const [x, y] = camera.toScreen(0.5, 0.2);
  assert.ok(Math.abs(upright.x1 - x) < 1e-9 && upright.y1 === 0 && upright.y2 === 600);
  assert.ok(Math.abs(level.y1 - y) < 1e-9 && level.x2 === 800);
  assert.equal(texts.filter(({ text }) => Number(text.replace("−", "-")) === 0).length, 2);
  camera.place({ x: 0.9, y: 0.9, zoom: 20 });
  assert.equal(describeAxes(AXES, camera).lines.filter(({ strong }) => strong).length, 0);
});

test("ticks lie where the camera has their values, and titles name the directions", () => {
  const camera = cameraOf(800, 600);
  camera.place({ x: 0.4, y: 0.6, zoom: 3 });
  const { texts } = describeAxes(AXES, camera);
  const [first] = texts.filter(({ y }) => y > 580);
  assert.ok(Math.abs(camera.toWorld(first.x, 0)[0] - 0.5 - Number(first.text.replace("−", "-"))) < 1e-9);
  const titles = texts.filter(({ strong }) => strong);
  assert.deepEqual(
    titles.map(({ text, upwards }) => [text, upwards]),
    [
      ["she - he", false],
      ["good - bad", true],
    ],
  );
});

test("on a small stage the texts of ticks stay apart and inside", () => {
  const { texts } = describeAxes(AXES, cameraOf(340, 300));
  const below = texts.filter(({ strong, align }) => !strong && align === "center").map(({ x }) => x);
  assert.ok(below.length >= 2 && below.every((x) => x > 20 && x < 330));
  assert.ok(below.slice(1).every((x, i) => x - below[i] >= 60));
});
