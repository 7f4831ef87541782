// The 2-D map of a space: up to a million points, drawn here, chosen here, told to Python as small events.
//
// Streamlit calls update() with what map_view.py hands over whenever something in it changed; a MapView compares and
// does only what the change asks for. What a person does goes back as one state value, `event`:
//   {click: id | null, click_serial, region: {kind, polygon} | null, region_serial}

import { Camera } from "./camera.js";
import { PointsLayer } from "./points_layer.js";
import { PointIndex } from "./point_index.js";
import { Overlay } from "./overlay.js";
import { Labels } from "./labels.js";
import { Gestures } from "./gestures.js";
import { furnish, element } from "./furniture.js";
import { drawLegend } from "./legend.js";
import { buildPalette, themeOf } from "./palette.js";
import { countInside, regionFrom } from "./region.js";
import { paintPicture, downloadPicture } from "./picture.js";

const FRAME_BUDGET_MS = 40; // while the map moves; a machine that needs longer draws every second, fourth, … point
const SETTLE_MS = 160; // after so long without a move all points are drawn
const LABELS_EVERY_MS = 120;
const HOVER_RADIUS = 14; // pixels
const DIMMED = 0.16;

const rememberedViews = new Map(); // points address -> camera place: coming back to a page finds its map as it was left
let serial = Date.now(); // grows over remounts and reloads

const count = (n) => n.toLocaleString("en");
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

async function fetchBytes(address, expected, what, signal) {
  const answer = await fetch(new URL(address, document.baseURI), { signal });
  if (!answer.ok) throw new Error(`The map's ${what} could not be fetched: the server answered ${answer.status}.`);
  const bytes = await answer.arrayBuffer();
  if (bytes.byteLength !== expected) {
    throw new Error(`The map's ${what} should be ${count(expected)} bytes, but ${count(bytes.byteLength)} came.`);
  }
  return bytes;
}

class MapView {
  constructor(root) {
    this.root = root;
    this.data = null;
    this.send = () => {};
    this.event = { click: null, click_serial: 0, region: null, region_serial: 0 };
    this.positions = new Uint16Array(0);
    this.index = new PointIndex(this.positions);
    this.codes = null;
    this.labels = new Labels(null, 0, () => {});
    this.camera = new Camera();
    this.hovered = null;
    this.region = null;
    this.drawing = null;
    this.chosen = new Set(); // categories picked in the legend
    this.focus = null;
    this.stale = { points: true, labels: true };
    this.lastMove = -Infinity;
    this.loads = new AbortController();
    this.parts = furnish(root, {
      onTool: (tool) => this.pickTool(tool),
      onZoom: (factor) => this.zoomStep(factor),
      onHome: () => this.home(),
      onSave: () => this.save(),
      onClear: () => this.setRegion(null),
    });
    this.theme = themeOf(this.parts.stage);
    this.overlay = new Overlay(this.parts.overlay);
    try {
      this.layer = new PointsLayer(this.parts.points, { onRestored: () => this.redraw() });
    } catch (error) {
      this.layer = null;
      this.say(
        error.message === "no WebGL2"
          ? "This browser cannot draw the map: it has no WebGL2, or it is switched off. The tables work without it."
          : error.message,
      );
    }
    this.gestures = new Gestures(this.parts.stage, this.parts.overlay, this.actions());
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(this.parts.stage);
    // The stage's colour changes with the theme, in a transition too short to see whose end is the news of it.
    this.parts.stage.addEventListener("transitionend", (event) => {
      if (event.target === this.parts.stage && event.propertyName === "color") this.refreshTheme();
    });
    this.parts.stage.addEventListener("focusin", () => this.redraw({ points: false }));
    this.parts.stage.addEventListener("focusout", () => this.redraw({ points: false }));
    this.pickTool("pan");
    this.resize();
  }

  actions() {
    return {
      pan: (dx, dy) => this.move(() => this.camera.panBy(dx, dy)),
      zoom: (px, py, factor) => this.move(() => this.camera.zoomAt(px, py, factor)),
      hover: (px, py) => this.hover(this.pointAt(px, py), px, py),
      leave: () => this.hover(null),
      click: (px, py) => this.pick(this.pointAt(px, py)),
      pickCentre: () => this.pick(this.pointAt(this.camera.width / 2, this.camera.height / 2, 4)),
      drawing: (path) => {
        this.drawing = path;
        this.hover(null);
        this.redraw({ points: false });
      },
      drawn: (kind, path) => {
        this.drawing = null;
        const region = regionFrom(kind, path, this.camera);
        if (region) this.setRegion(region);
        else this.redraw({ points: false });
      },
      cancel: () => this.cancel(),
      home: () => this.home(),
    };
  }

  // --- what Python says -------------------------------------------------------------------------------------------

  update(data, send) {
    this.send = send;
    const before = this.data ?? {};
    this.data = data;
    const changed = (...names) => names.some((name) => !same(data[name], before[name]));
    if (changed("height")) this.root.style.setProperty("--map-height", `${data.height}px`);
    if (changed("region")) this.showRegion(data.region);
    if (changed("points_url", "n", "version")) this.loadPoints(before.points_url);
    if (changed("colours_url", "points_url", "n", "version")) this.loadColours();
    if (changed("labels_url", "n", "version")) this.loadLabels();
    if (changed("colour_kind", "legend", "colours_url")) this.chosen = new Set();
    const clicked = this.focus; // set at once by a click, ahead of Python's answer
    this.focus = data.focus;
    if (changed("focus", "focus_serial") && data.focus !== null) this.flyToFocus({ always: clicked !== data.focus });
    this.refreshTheme();
  }

  async loadPoints(previousAddress) {
    if (!this.layer) return;
    this.loads.abort();
    this.loads = new AbortController();
    const { signal } = this.loads;
    const { points_url: address, n } = this.data;
    this.parts.stage.dataset.state = "loading";
    this.parts.stage.setAttribute("aria-label", `Map of ${count(n)} points. Arrow keys move it, plus and minus zoom, 0 shows all, Enter picks the point in the middle, Escape clears.`);
    if (!this.positions.length) this.say(`Fetching ${count(n)} points…`, { patient: true });
    try {
      const bytes = await fetchBytes(address, 4 * n, "points", signal);
      this.positions = new Uint16Array(bytes);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.parts.stage.dataset.state = "failed";
      return this.say(error.message, { retry: () => this.loadPoints(previousAddress) });
    }
    this.say("");
    this.layer.setPoints(this.positions);
    this.index = new PointIndex(this.positions);
    this.camera.bounds = this.index.bounds;
    if (address !== previousAddress) this.camera.place(rememberedViews.get(address) ?? this.camera.home);
    if (this.focus !== null) this.flyToFocus({ always: false });
    this.hovered = null;
    this.countRegion();
    this.useCodes();
    this.redraw();
  }

  async loadColours() {
    const { colours_url: address, n } = this.data;
    const load = (this.colourLoad = {});
    this.codes = null;
    if (address) {
      try {
        const bytes = await fetchBytes(address, n, "colours");
        if (load !== this.colourLoad) return;
        this.codes = new Uint8Array(bytes);
      } catch (error) {
        console.warn(`embedviz map: ${error.message}`);
      }
    }
    this.useCodes();
    this.redraw();
  }

  // Colours and positions come apart; codes are used once there is one for every point.
  useCodes() {
    const ready = this.codes?.length === this.positions.length / 2 && this.positions.length > 0;
    this.layer?.setCodes(ready ? this.codes : null);
    this.layer?.setPalette(this.palette());
  }

  loadLabels() {
    this.labels.destroy();
    this.labels = new Labels(this.data.labels_url, this.data.n, () => {
      this.refreshTooltip();
      this.redraw({ points: false, labels: true });
    });
  }

  showRegion(region) {
    this.region = region;
    this.countRegion();
  }

  refreshTheme() {
    this.theme = themeOf(this.parts.stage);
    this.overlay.widths.clear();
    this.useCodes();
    drawLegend(this.parts.legend, {
      kind: this.data?.colour_kind ?? null,
      legend: this.data?.legend ?? [],
      chosen: this.chosen,
      theme: this.theme,
      onToggle: (code) => {
        if (!this.chosen.delete(code)) this.chosen.add(code);
        this.refreshTheme();
      },
    });
    this.redraw();
  }

  palette() {
    const kind = this.layer?.codes ? this.data.colour_kind : null;
    return buildPalette({ kind, legend: this.data?.legend ?? [], chosen: this.chosen, theme: this.theme });
  }

  // --- what a person does -----------------------------------------------------------------------------------------

  move(change) {
    change();
    this.lastMove = performance.now();
    this.hover(null);
    this.redraw({ labels: true });
  }

  zoomStep(factor) {
    const { x, y, zoom } = this.camera.flight?.to ?? this.camera;
    this.fly({ x, y, zoom: zoom * factor });
  }

  home() {
    this.fly(this.camera.home);
  }

  fly(target) {
    this.hover(null);
    this.camera.flyTo(target);
    this.redraw({ labels: true });
  }

  // Brings the focus into sight with the better part of its neighbours; stays put if it is well in sight already.
  flyToFocus({ always }) {
    if (!this.positions.length || this.focus >= this.positions.length / 2) return;
    const place = (id) => [this.positions[2 * id] / 65535, this.positions[2 * id + 1] / 65535];
    const [x, y] = place(this.focus);
    const [px, py] = this.camera.toScreen(x, y);
    const { width, height, fit } = this.camera;
    if (!always && px > 30 && py > 30 && px < width - 30 && py < height - 30) return;
    const away = this.links().map((id) => Math.hypot(place(id)[0] - x, place(id)[1] - y)).sort((a, b) => a - b);
    const radius = away.length ? Math.max(away[Math.floor(0.7 * (away.length - 1))] * 1.35, 1e-4) : Infinity;
    const zoom = away.length ? Math.min(width, height) / 2 / radius / fit : 5;
    this.fly({ x, y, zoom: Math.min(14, Math.max(2, zoom)) });
  }

  pointAt(px, py, reach = 1) {
    const [x, y] = this.camera.toWorld(px, py);
    return this.index.nearest(x, y, (reach * HOVER_RADIUS) / this.camera.scale, (id) => this.accepts(id));
  }

  accepts(id) {
    return !this.chosen.size || !this.codes || this.chosen.has(this.codes[id]);
  }

  hover(id, px, py) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.parts.overlay.classList.toggle("over-point", id !== null && this.gestures.tool === "pan");
    this.refreshTooltip();
    this.redraw({ points: false });
  }

  refreshTooltip() {
    const { tooltip, tooltipLabel, tooltipNote, spoken } = this.parts;
    const id = this.hovered;
    tooltip.hidden = id === null;
    if (id === null) return;
    this.labels.want([id]);
    tooltipLabel.textContent = this.labels.get(id) ?? "…";
    const category = this.data.colour_kind === "category" && this.codes ? this.data.legend[this.codes[id]] : null;
    tooltipNote.textContent = category ? category[0] : "";
    spoken.textContent = this.labels.get(id) ?? "";
    const [px, py] = this.screenPosition(id);
    const [width, height] = [tooltip.offsetWidth, tooltip.offsetHeight];
    const left = Math.min(Math.max(6, px - width / 2), this.camera.width - width - 6);
    const top = py - height - 14 < 6 ? py + 16 : py - height - 14;
    tooltip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  pick(id) {
    if (id === null && this.focus === null) return;
    this.focus = id;
    this.tell({ click: id, click_serial: ++serial });
    this.redraw({ labels: true });
  }

  setRegion(region) {
    if (!region && !this.region) return;
    this.showRegion(region);
    this.tell({ region, region_serial: ++serial });
    this.redraw({ points: false });
  }

  countRegion() {
    const { chip, chipText } = this.parts;
    chip.hidden = !this.region;
    if (!this.region) return;
    const inside = countInside(this.positions, this.region.polygon);
    chipText.textContent = inside === 1 ? "1 point selected" : `${count(inside)} points selected`;
  }

  // Escape: the tool first, then the region, then the focus.
  cancel() {
    if (this.gestures.tool !== "pan") return this.pickTool("pan");
    if (this.region) return this.setRegion(null);
    return this.pick(null);
  }

  pickTool(tool) {
    this.gestures.tool = tool;
    this.parts.overlay.dataset.tool = tool;
    for (const [name, node] of Object.entries(this.parts.tools)) node.setAttribute("aria-pressed", String(name === tool));
  }

  tell(news) {
    this.event = { ...this.event, ...news };
    this.send("event", this.event);
  }

  async save() {
    if (!this.layer) return;
    this.hovered = null;
    this.drawFrame({ step: 1 });
    const { points, overlay } = this.parts;
    const picture = paintPicture({
      points,
      overlay,
      pixelRatio: this.pixelRatio,
      height: this.camera.height,
      kind: this.layer.codes ? this.data.colour_kind : null,
      legend: this.data.legend,
      theme: this.theme,
    });
    downloadPicture(picture, "map.png");
  }

  // --- drawing ----------------------------------------------------------------------------------------------------

  resize() {
    const { stage, points } = this.parts;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    if (!width || !height) return; // not shown, or shown in a tab that is closed
    this.pixelRatio = Math.min(2, devicePixelRatio || 1);
    [this.camera.width, this.camera.height] = [width, height];
    [points.width, points.height] = [Math.round(width * this.pixelRatio), Math.round(height * this.pixelRatio)];
    this.overlay.resize(width, height, this.pixelRatio);
    this.redraw({ labels: true });
    this.frame(performance.now()); // at once: a resized canvas is empty
  }

  redraw({ points = true, labels = points } = {}) {
    this.stale.points ||= points;
    this.stale.labels ||= labels;
    this.request ??= requestAnimationFrame((now) => {
      this.request = null;
      this.frame(now);
    });
  }

  frame(now) {
    const flying = this.camera.step(now);
    if (flying) {
      this.lastMove = now;
      this.stale.points = this.stale.labels = true;
    }
    const moving = now - this.lastMove < SETTLE_MS;
    const step = moving ? (this.layer?.stepFor(FRAME_BUDGET_MS) ?? 1) : 1;
    this.drawFrame({ step });
    if (flying) this.redraw();
    clearTimeout(this.settling);
    if (moving && (step > 1 || this.stale.labels)) this.settling = setTimeout(() => this.redraw(), SETTLE_MS + 20);
  }

  drawFrame({ step }) {
    const { stage } = this.parts;
    const now = performance.now();
    if (this.layer && (this.stale.points || step === 1)) {
      this.layer.draw(this.camera, {
        size: this.pointSize(),
        opacity: (this.positions.length > 400000 ? 0.6 : 0.82) * (this.dimmed() ? DIMMED : 1),
        pixelRatio: this.pixelRatio,
        step,
        onDrawn: () => {
          if (!this.positions.length) return;
          stage.dataset.state = "drawn";
          stage.dataset.frameMs = this.layer.frameMs.toFixed(1);
          performance.mark("embedviz-map-drawn");
        },
      });
      this.stale.points = false;
    }
    if (!this.positions.length) return;
    const scene = this.scene();
    if (this.stale.labels && now - (this.labelsAt ?? 0) > LABELS_EVERY_MS) {
      this.overlay.chooseLabels(scene);
      this.labelsAt = now;
      this.stale.labels = false;
    }
    if (this.stale.labels && !this.camera.flight) {
      clearTimeout(this.relabel);
      this.relabel = setTimeout(() => this.redraw({ points: false, labels: true }), LABELS_EVERY_MS);
    }
    this.overlay.draw(scene);
    if (this.data) rememberedViews.set(this.data.points_url, { x: this.camera.x, y: this.camera.y, zoom: this.camera.zoom });
  }

  // Pixels across a point: smaller the more there are, larger the closer one looks.
  pointSize() {
    const n = Math.max(100, this.positions.length / 2);
    const small = Math.min(1, Math.sqrt(Math.min(this.camera.width, this.camera.height) / 560));
    const base = Math.max(1.5, (11.2 - 1.6 * Math.log10(n)) * small);
    return Math.min(12, base * Math.max(1, this.camera.zoom) ** 0.35);
  }

  links() {
    return this.focus !== null && this.focus === this.data?.focus ? this.data.links : [];
  }

  dimmed() {
    return Boolean(this.data?.dim && (this.focus !== null || this.data.highlight.length));
  }

  scene() {
    const { camera, positions, labels, theme, focus, hovered, region, drawing } = this;
    const n = positions.length / 2;
    const links = this.links().filter((id) => id < n);
    const highlight = (this.data?.highlight ?? []).filter((id) => id < n);
    const shownFocus = focus !== null && focus < n ? focus : null;
    const palette = this.layer?.palette;
    return {
      camera,
      positions,
      labels,
      theme,
      hovered,
      region,
      drawing,
      links,
      highlight,
      focus: shownFocus,
      marked: [...(shownFocus === null ? [] : [shownFocus]), ...links, ...highlight],
      dimmed: this.dimmed(),
      size: this.pointSize(),
      accepts: (id) => this.accepts(id),
      colourOf: (id) => [...palette.subarray(4 * (this.layer.codes?.[id] ?? 0)).subarray(0, 3)],
      crosshair: this.parts.stage.matches(":focus-visible"),
    };
  }

  // Where a point is drawn: [x, y] in CSS pixels of the stage.
  screenPosition(id) {
    return this.camera.toScreen(this.positions[2 * id] / 65535, this.positions[2 * id + 1] / 65535);
  }

  // A sentence over the map, or none. patient: show it only if it is still true after a moment.
  say(text, { patient = false, retry = null } = {}) {
    const { note } = this.parts;
    note.replaceChildren();
    note.hidden = !text;
    note.classList.toggle("patient", patient);
    if (!text) return;
    note.append(element("p", "", text));
    if (!retry) return;
    const again = element("button", "again", "Try again");
    again.type = "button";
    again.addEventListener("click", retry);
    note.append(again);
  }

  destroy() {
    this.loads.abort();
    this.colourLoad = null;
    this.labels.destroy();
    this.gestures.destroy();
    this.resizes.disconnect();
    cancelAnimationFrame(this.request);
    clearTimeout(this.settling);
    clearTimeout(this.relabel);
    this.layer?.destroy();
  }
}

// Called by Streamlit at the first showing and after every change; returns what is to be called at the end.
export function update({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".embedviz-map");
  root.mapView ??= new MapView(root);
  root.mapView.update(data, setStateValue);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: the map ends only once it left the page.
    setTimeout(() => {
      if (root.isConnected || !root.mapView) return;
      root.mapView.destroy();
      delete root.mapView;
    }, 0);
  };
}
