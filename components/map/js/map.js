// The 2-D map of a space: up to a million points, drawn here, chosen here, told to Python as small events.
//
// Streamlit calls update() with what map_view.py hands over whenever something in it changed; a MapView compares and
// does only what the change asks for. What a person does goes back as one state value, `event`:
//   {click: id | null, click_serial, regions: [{kind, polygon, mode, without}], regions_serial, step, step_serial, view}

import { Camera } from "./camera.js";
import { PointsLayer } from "./points_layer.js";
import { PointIndex } from "./point_index.js";
import { Overlay } from "./overlay.js";
import { sceneOf } from "./scene.js";
import { Painter } from "./painter.js";
import { Tooltip } from "./tooltip.js";
import { Labels } from "./labels.js";
import { Gestures } from "./gestures.js";
import { Loading, NO_COLOURS } from "./loading.js";
import { Frames } from "./frames.js";
import { Forming } from "./forming.js";
import { Selecting } from "./selecting.js";
import { Link } from "./link.js";
import { furnish, say } from "./furniture.js";
import { drawLegend } from "./legend.js";
import { buildPalette, themeOf } from "./palette.js";
import { contoursOf } from "./contours.js";
import { Views, viewOf } from "./views.js";
import { MOST_AS_SVG, savePng, saveSvg } from "./saving.js";
import { count } from "./fetching.js";

const STEP_MS = 320; // of gliding from one step of a map on its way to the next, which comes soon
const HOVER_RADIUS = 14; // pixels
const CROWDED = 50000; // points from which their density is shown without being asked for
const NO_WEBGL = "This browser cannot draw the map: it has no WebGL2, or it is switched off. The tables work without it.";

let serial = Date.now(); // grows over remounts and reloads

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

class MapView {
  constructor(root) {
    this.root = root;
    this.data = null;
    this.send = () => {};
    this.event = { click: null, click_serial: 0, regions: [], regions_serial: 0, step: null, step_serial: 0 };
    this.loading = new Loading({
      onStart: () => this.startLoading(),
      onArrival: (arrived) => this.show(arrived),
      onFailure: (sentence) => this.fail(sentence, { retry: () => this.loading.fetch(this.data, []) }),
    });
    this.positions = new Uint16Array(0); // x, y, x, y, …
    this.index = new PointIndex(this.positions);
    this.colours = NO_COLOURS;
    this.hidden = new Set(); // categories put out in the legend
    this.labels = new Labels(null, 0, () => {});
    this.forming = new Forming((positions) => this.movePoints(positions));
    this.selecting = new Selecting(this);
    this.link = new Link(this);
    this.hovered = this.focus = this.picked = this.drawing = null;
    this.parts = furnish(root, {
      onTool: (tool) => this.pickTool(tool),
      onMode: (mode) => this.pickMode(mode),
      onZoom: (factor) => this.zoomStep(factor),
      onHome: () => this.fly(this.camera.home),
      onSave: () => savePng(this),
      onSaveSvg: () => saveSvg(this),
      onDensity: () => this.showDensity(!this.density),
      onStep: (step) => this.takeStep(step),
      onClear: () => this.selecting.clear(),
    });
    this.frames = new Frames(root, (positions) => this.movePoints(positions));
    const { stage, overlay } = this.parts;
    this.tooltip = new Tooltip(stage);
    this.theme = themeOf(stage);
    this.camera = new Camera();
    this.views = new Views(this.camera);
    this.overlay = new Overlay(overlay);
    this.layer = this.openLayer();
    this.painter = new Painter(
      this.camera,
      this.layer,
      this.overlay,
      () => sceneOf(this),
      (ms) => this.onWholeFrame(ms),
    );
    this.gestures = new Gestures(root, overlay, this.actions());
    this.resizes = new ResizeObserver(() => this.resize());
    this.resizes.observe(stage);
    // The stage's colour follows the theme in a transition too short to see, whose end is the news of it.
    stage.addEventListener("transitionend", (event) => {
      if (event.target === stage && event.propertyName === "color") this.followTheme();
    });
    for (const name of ["focusin", "focusout"]) {
      stage.addEventListener(name, () => this.painter.redraw({ points: false }));
    }
    this.pickTool("pan");
    this.pickMode("new");
    this.resize();
  }

  openLayer() {
    try {
      return new PointsLayer(this.parts.points, { onRestored: () => this.painter.redraw() });
    } catch (error) {
      this.fail(error.message === "no WebGL2" ? NO_WEBGL : error.message);
      return null;
    }
  }

  get selection() {
    return this.selecting.selection;
  }

  actions() {
    return {
      pan: (dx, dy) => this.move(() => this.camera.panBy(dx, dy)),
      zoom: (px, py, factor) => this.move(() => this.camera.zoomAt(px, py, factor)),
      home: () => this.fly(this.camera.home),
      hover: (px, py) => this.hover(this.pointAt(px, py)),
      leave: () => this.hover(null),
      click: (px, py) => this.pick(this.pointAt(px, py)),
      pickCentre: () => this.pick(this.pointAt(this.camera.width / 2, this.camera.height / 2, 4)),
      cancel: () => this.cancel(),
      drawing: (path) => {
        this.drawing = path;
        this.hover(null);
        this.painter.redraw({ points: false });
      },
      drawn: (kind, path, mode) => {
        this.drawing = null;
        this.selecting.draw(kind, path, mode);
      },
      undo: () => this.takeStep("undo"),
      redo: () => this.takeStep("redo"),
    };
  }

  // --- what Python says -------------------------------------------------------------------------------------------

  update(data, send) {
    this.send = send;
    const before = this.data ?? {};
    this.data = data;
    const changed = (...names) => names.some((name) => !same(data[name], before[name]));
    this.link.join(data.link);
    if (changed("height")) this.root.style.setProperty("--map-height", `${data.height}px`);
    if (changed("n")) this.selection.clear();
    if (this.layer) {
      const stale = {
        points: changed("points_url", "n", "version"),
        colours: changed("colours_url", "colour_kind", "legend", "n", "version"),
        sizes: changed("sizes_url", "n", "version"),
      };
      this.loading.fetch(
        data,
        Object.keys(stale).filter((name) => stale[name]),
        this.root.early,
      );
    }
    if (changed("labels_url", "n", "version")) this.fetchLabels();
    if (this.loading.hasPoints) this.selecting.adopt();
    this.focus = data.focus;
    if (changed("focus", "focus_serial")) {
      this.flyToFocus({ always: changed("focus_serial") || this.picked !== data.focus });
      this.picked = null;
    }
    this.forming.follow(data.forming_url, data.n);
    this.frames.offer(data);
    if (data.view && "view_serial" in before && changed("view_serial")) this.fly(data.view);
    if (changed("can_undo", "can_redo")) this.parts.showSteps(data.can_undo, data.can_redo);
    if (changed("focus", "links", "highlight", "dim")) this.painter.redraw();
    this.followTheme();
    this.rememberView();
  }

  startLoading() {
    this.parts.stage.dataset.state = "loading";
    if (!this.positions.length) say(this.parts.note, `Fetching ${count(this.data.n)} points…`, { patient: true });
  }

  // What was fetched: null for colours and points that are as they were, undefined for sizes that are.
  show({ positions, colours, sizes }) {
    say(this.parts.note, "");
    if (positions) this.showPoints(positions, this.data.points_url);
    if (sizes !== undefined) this.layer.setSizes(sizes);
    if (colours) this.showColours(colours);
    else this.painter.redraw();
  }

  fail(sentence, how) {
    this.parts.stage.dataset.state = "failed";
    say(this.parts.note, sentence, how);
  }

  showPoints(positions, address) {
    const hadPoints = this.positions.length > 0;
    this.place(positions);
    if (address !== this.address) {
      const place = this.views.left(address);
      if (hadPoints && place) this.camera.flyTo(place);
      else if (!hadPoints) this.camera.place(place ?? this.views.inAddress() ?? this.camera.home);
    }
    this.address = address;
    this.parts.saveSvg.hidden = positions.length / 2 > MOST_AS_SVG;
    this.parts.stage.setAttribute(
      "aria-label",
      `Map of ${count(positions.length / 2)} points. Arrow keys move it, plus and minus zoom, 0 shows all, ` +
        "Enter picks the point in the middle, Escape clears, Control and Z takes the last step back.",
    );
    const placed = this.views.left(address) ?? this.views.inAddress();
    if (this.data.focus !== null && !hadPoints) this.flyToFocus({ always: !placed });
    this.selecting.adopt();
  }

  // New places for the points, to which they glide for so many milliseconds, or the layer's usual time. Who sees the whole
  // map goes on seeing it, who is close to a part stays there.
  place(positions, ms) {
    const hadPoints = this.positions.length > 0;
    const seesAll = same(this.camera.home, viewOf(this.camera.flight?.to ?? this.camera));
    this.positions = positions;
    this.hover(null);
    this.layer.setPoints(positions, { morph: hadPoints, ms });
    this.index = new PointIndex(positions);
    this.camera.bounds = this.index.bounds;
    if (hadPoints && seesAll) this.camera.flyTo(this.camera.home);
    this.contours = null;
    this.showDensity(this.density ?? positions.length / 2 >= CROWDED);
  }

  movePoints(positions) {
    if (!this.layer || !this.loading.hasPoints || positions.length !== this.positions.length) return;
    this.place(positions, STEP_MS);
  }

  showColours(colours) {
    if (!same([colours.kind, colours.legend], [this.colours.kind, this.colours.legend])) this.hidden = new Set();
    this.colours = colours;
    this.layer.setCodes(colours.codes);
    this.recolour();
  }

  fetchLabels() {
    this.labels.destroy();
    this.labels = new Labels(this.data.labels_url, this.data.n, () => {
      this.refreshTooltip();
      this.painter.redraw({ points: false, labels: true });
    });
  }

  followTheme() {
    const theme = themeOf(this.parts.stage);
    if (same(theme, this.theme)) return;
    this.theme = theme;
    this.overlay.widths.clear();
    this.recolour();
  }

  recolour() {
    const { colours, hidden, theme } = this;
    this.layer?.setPalette(buildPalette({ ...colours, hidden, theme }));
    drawLegend(this.parts.legend, {
      ...colours,
      hidden,
      theme,
      onToggle: (code) => this.toggleCategory(code),
      onAlone: (code) => this.showAlone(code),
    });
    this.painter.redraw();
  }

  // --- what a person does -----------------------------------------------------------------------------------------

  move(change) {
    change();
    this.hover(null);
    this.painter.moved();
  }

  fly(target) {
    this.hover(null);
    this.camera.flyTo(target);
    this.painter.redraw();
  }

  zoomStep(factor) {
    const { x, y, zoom } = this.camera.flight?.to ?? this.camera;
    this.fly({ x, y, zoom: zoom * factor });
  }

  // Brings the focus into sight with the better part of its neighbours; unless `always`, only if it is out of sight.
  flyToFocus({ always }) {
    if (this.focus === null || this.focus >= this.positions.length / 2) return;
    const { width, height, fit } = this.camera;
    const [px, py] = this.screenPosition(this.focus);
    if (!always && px > 30 && py > 30 && px < width - 30 && py < height - 30) return;
    const [x, y] = this.worldPosition(this.focus);
    const distance = (id) => Math.hypot(this.worldPosition(id)[0] - x, this.worldPosition(id)[1] - y);
    const away = this.links().map(distance).sort((a, b) => a - b); // prettier-ignore
    const radius = away.length ? 1.35 * away[Math.floor(0.7 * (away.length - 1))] : 0;
    const zoom = radius > 0 ? Math.min(width, height) / 2 / radius / fit : 5;
    this.fly({ x, y, zoom: Math.min(14, Math.max(1.6, zoom)) });
  }

  pointAt(px, py, reach = 1) {
    const [x, y] = this.camera.toWorld(px, py);
    return this.index.nearest(x, y, (reach * HOVER_RADIUS) / this.camera.scale, (id) => this.accepts(id));
  }

  accepts(id) {
    return !this.hidden.size || !this.hidden.has(this.colours.codes[id]);
  }

  hover(id) {
    this.point(id);
    for (const other of this.link.others) other.point(id);
  }

  point(id) {
    if (id === this.hovered) return;
    this.hovered = id;
    this.parts.overlay.classList.toggle("over-point", id !== null && this.gestures.tool === "pan");
    this.refreshTooltip();
    this.painter.redraw({ points: false });
  }

  refreshTooltip() {
    const { hovered, colours } = this;
    if (hovered === null) return this.tooltip.hide();
    this.labels.want([hovered]);
    const category = colours.kind === "category" ? colours.legend[colours.codes[hovered]] : null;
    this.tooltip.show(this.labels.get(hovered), category ? category[0] : "", this.screenPosition(hovered));
  }

  pick(id) {
    if (id === null && this.focus === null) return;
    this.focus = this.picked = id; // at once, ahead of Python's answer
    this.tell("click", id);
    this.painter.redraw();
  }

  // Escape: the tool first, then the selection, then the focus.
  cancel() {
    if (this.gestures.tool !== "pan") return this.pickTool("pan");
    if (!this.selection.isEmpty) return this.selecting.clear();
    return this.pick(null);
  }

  pickTool(tool) {
    this.gestures.tool = tool;
    this.parts.overlay.dataset.tool = tool;
    this.parts.selecting.hidden = tool === "pan";
    for (const [name, node] of Object.entries(this.parts.tools)) node.setAttribute("aria-pressed", String(name === tool));
  }

  pickMode(mode) {
    this.gestures.mode = mode;
    for (const [name, node] of Object.entries(this.parts.modes)) node.setAttribute("aria-pressed", String(name === mode));
  }

  takeStep(step) {
    if (step === "undo" ? this.data.can_undo : this.data.can_redo) this.tell("step", step);
  }

  showDensity(shown) {
    this.density = shown;
    this.parts.density.setAttribute("aria-pressed", String(shown));
    if (shown) this.contours ??= contoursOf(this.positions, this.index.bounds);
    this.painter.redraw();
  }

  toggleCategory(code) {
    if (!this.hidden.delete(code)) this.hidden.add(code);
    this.recolour();
  }

  // One category alone, or all of them where it was alone already.
  showAlone(code) {
    const others = this.colours.legend.map((_, other) => other).filter((other) => other !== code);
    const alone = !this.hidden.has(code) && others.every((other) => this.hidden.has(other));
    this.hidden = new Set(alone ? [] : others);
    this.recolour();
  }

  // name: "click", "regions" or "step".
  tell(name, value) {
    const view = viewOf(this.camera.flight?.to ?? this.camera);
    this.event = { ...this.event, [name]: value, [`${name}_serial`]: ++serial, view };
    this.send("event", this.event);
  }

  // --- what is to be seen -----------------------------------------------------------------------------------------

  resize() {
    const { stage, points } = this.parts;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const pixelRatio = Math.min(2, devicePixelRatio || 1);
    if (!width || !height) return; // in a tab that is closed
    if (same([width, height, pixelRatio], [this.camera.width, this.camera.height, this.pixelRatio])) return;
    this.pixelRatio = pixelRatio;
    [this.camera.width, this.camera.height] = [width, height];
    [points.width, points.height] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    this.overlay.resize(width, height, pixelRatio);
    this.painter.redraw();
    if (this.positions.length) this.painter.frame(performance.now()); // at once: a resized canvas is empty
  }

  links() {
    return this.focus !== null && this.focus === this.data?.focus ? this.data.links : [];
  }

  worldPosition(id) {
    return [this.positions[2 * id] / 65535, this.positions[2 * id + 1] / 65535];
  }

  // Where a point is drawn: [x, y] in CSS pixels of the stage.
  screenPosition(id) {
    return this.camera.toScreen(...this.worldPosition(id));
  }

  onWholeFrame(ms) {
    if (!this.positions.length || !this.loading.hasPoints) return;
    Object.assign(this.parts.stage.dataset, { state: "drawn", frameMs: ms.toFixed(1) });
    performance.mark("embedviz-map-drawn");
    this.rememberView();
  }

  rememberView() {
    this.views.remember(this.address, { inAddress: this.data.in_address });
  }

  destroy() {
    this.link.join(null);
    this.views.stop();
    this.forming.follow(null);
    this.frames.stop();
    this.loading.stop();
    this.labels.destroy();
    this.gestures.destroy();
    this.resizes.disconnect();
    this.painter.destroy();
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
