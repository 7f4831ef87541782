// @ts-check
// The map: puts its modules together and follows what Python sends.

import { Camera } from "./camera.js";
import { Coloring } from "./coloring.js";
import { Commands } from "./commands.js";
import { Covering } from "./covering.js";
import { Density } from "./density.js";
import { isEqual } from "./equality.js";
import { formatCount, messageOf } from "./fetching.js";
import { MapEnd } from "./focus_link.js";
import { Gestures } from "./gestures.js";
import { Keyboard } from "./keyboard.js";
import { Labels } from "./labels.js";
import { buildLayout } from "./layout.js";
import { MapLink } from "./linked_maps.js";
import { Loading } from "./loading.js";
import { Navigation } from "./navigation.js";
import { Overlay } from "./overlay.js";
import { PanelKeys } from "./panel_keys.js";
import { Painter } from "./painter.js";
import { PartialLayoutPoller } from "./partial_layout.js";
import { Placement } from "./placement.js";
import { PointDetails } from "./point_details.js";
import { Pointing } from "./pointing.js";
import { Points } from "./points.js";
import { PointsLayer } from "./points_layer.js";
import { MAX_SVG_POINTS } from "./saving.js";
import { describeScene } from "./scene.js";
import { Selecting } from "./selecting.js";
import { SnapshotSlider } from "./snapshots.js";
import { StateSender } from "./state_sender.js";
import { Status } from "./status.js";
import { Tools } from "./tools.js";
import { Tooltip } from "./tooltip.js";
import { Viewport } from "./viewport.js";
import { Views } from "./views.js";

/** @import { MapMessage } from "./exchange.js" */
/** @import { EarlyRequests, Fetcher } from "./fetching.js" */
/** @import { MapSide } from "./focus_link.js" */
/** @import { Arrival, BufferName } from "./loading.js" */
/** @import { SetState } from "./state_sender.js" */

const NO_WEBGL =
  "This browser cannot draw the map: it has no WebGL2, or it is switched off. The tables work without it.";
const STILL_MOVING = "The points are still moving. Select when the layout is ready.";
const IN_THE_PAST = "This is an earlier snapshot of the training. Go to the last snapshot to select points.";

/**
 * Pixels, or null for a map that fills what it is in.
 * @type {(root: HTMLElement, height: number | null) => void}
 */
function showHeight(root, height) {
  root.classList.toggle("fill", height === null);
  if (height !== null) root.style.setProperty("--map-height", `${height}px`);
}

export class MapView {
  /**
   * @param {HTMLElement} root
   * @param {MapMessage} data the first message
   * @param {Fetcher} fetcher
   */
  constructor(root, data, fetcher) {
    this.root = root;
    this.data = data;
    this.fetcher = fetcher;
    /** @type {Partial<MapMessage>} */
    this.previous = {};
    /** @type {(change?: {points?: boolean, labels?: boolean}) => void} */
    const redraw = (change) => this.painter.redraw(change);

    // state
    this.camera = new Camera();
    this.points = new Points();
    this.views = new Views(this.camera);
    this.labels = new Labels(fetcher, null, 0, () => {});
    this.sender = new StateSender(() => this.camera.target);
    this.details = new PointDetails(fetcher);
    this.cardLink = new MapEnd();
    /** @type {MapSide} */
    this.side = {
      pick: (id) => {
        this.pointing.pick(id);
        this.navigation.flyToFocus({ always: false });
      },
      joined: (id, links) => this.pointing.joinTo(id, links),
      enter: () => this.layout.stage.focus(),
    };
    this.link = new MapLink({
      markHovered: (id) => this.pointing.markHovered(id),
      takeOverSelection: (mask) => this.selecting.takeOver(mask),
    });

    // what is seen
    this.layout = buildLayout(root, () => this.commands);
    const { stage, points: canvas, overlay, chip, chipText } = this.layout;
    this.status = new Status(stage);
    this.layer = this.openLayer(canvas);
    this.overlay = new Overlay(overlay);
    this.coloring = new Coloring(stage, this.layout.legend, {
      onPalette: (palette) => {
        this.layer?.setPalette(palette);
        redraw();
      },
      onTheme: () => this.overlay.widths.clear(),
    });
    this.density = new Density(this.points, this.layout.density, redraw);
    this.placement = new Placement(this.points, this.camera, this.layer, this.density, this.views);
    this.painter = new Painter(
      this.camera,
      this.layer,
      this.overlay,
      () => this.describe(),
      (ms) => this.onWholeFrame(ms),
    );

    // what a person does
    this.tools = new Tools(this.layout);
    const { camera, points, coloring, link, sender } = this;
    this.pointing = new Pointing({
      ...{ points, camera, coloring, link, sender, redraw, details: this.details },
      tooltip: new Tooltip(stage),
      onPicked: (id) => this.cardLink.card?.follow(id),
      labels: () => this.labels,
      onOverPoint: (isOver) => overlay.classList.toggle("over-point", isOver && this.tools.tool === "pan"),
    });
    this.selecting = new Selecting({
      ...{ points, camera, coloring, link, sender, redraw, chip, chipText },
      obstacle: () => (this.data.partial_layout_url ? STILL_MOVING : this.snapshots.isPast ? IN_THE_PAST : null),
      onRefused: (message) => this.status.brief(message),
      onMask: (mask) => this.layer?.setChosen(mask),
    });
    this.navigation = new Navigation(camera, points, this.pointing, this.painter);
    this.commands = new Commands({
      ...{ camera, points, coloring, sender, layer: this.layer, overlay: this.overlay, layout: this.layout },
      ...{ painter: this.painter, density: this.density, tools: this.tools, navigation: this.navigation },
      ...{ pointing: this.pointing, selecting: this.selecting, message: () => this.data },
      viewport: () => this.viewport,
      card: () => this.cardLink.card,
      isCovered: () => this.covering.isCovered,
    });
    this.gestures = new Gestures(overlay, this.tools, this.commands);
    this.keyboard = new Keyboard(
      root,
      this.commands,
      () => camera.middle,
      () => this.gestures.stopDrawing(),
    );

    // what is fetched
    this.loading = new Loading(fetcher, {
      onStart: () => this.status.loading(this.data.n, points.count > 0),
      onArrival: (arrival) => this.show(arrival),
      onFailure: (message) => this.status.failed(message, () => this.loading.fetch(this.data, [])),
    });
    this.partialLayout = new PartialLayoutPoller(fetcher, (positions) => this.movePoints(positions));
    this.snapshots = new SnapshotSlider(fetcher, this.layout.snapshots, (positions) => this.movePoints(positions));

    this.covering = new Covering(root);
    this.panelKeys = new PanelKeys(root, () => this.commands.closePanel());
    this.viewport = new Viewport(this.layout, this.overlay, camera, () => {
      redraw();
      if (points.count) this.painter.frame(performance.now()); // at once: a resized canvas is empty
    });
    // The stage's colour follows the theme in a transition too short to see, whose end is the news of it.
    stage.addEventListener("transitionend", (event) => {
      if (event.target === stage && event.propertyName === "color") coloring.followTheme();
    });
    for (const name of ["focusin", "focusout"]) stage.addEventListener(name, () => redraw({ points: false }));
    this.viewport.measure();
  }

  /** @param {HTMLCanvasElement} canvas */
  openLayer(canvas) {
    try {
      return new PointsLayer(canvas, { onRestored: () => this.painter.redraw() });
    } catch (error) {
      const message = messageOf(error);
      this.status.failed(message === "no WebGL2" ? NO_WEBGL : message);
      return null;
    }
  }

  /**
   * Follow a message, and do only what its changes ask for.
   * @type {(data: MapMessage, setState: SetState, early?: EarlyRequests) => void}
   */
  update(data, setState, early) {
    const { previous, pointing, selecting, painter } = this;
    /** @type {(...names: (keyof MapMessage)[]) => boolean} */
    const changed = (...names) => names.some((name) => !isEqual(data[name], previous[name]));
    const isFirst = !("n" in previous);
    this.sender.setState = setState;
    this.data = data;
    this.previous = data;
    this.coloring.column = data.color_column;
    this.link.join(data.link);
    this.root.classList.toggle("with-axes", data.axes.length > 0);
    this.cardLink.join(data.card, this.side);
    this.details.follow(data.point_url);
    if (changed("height")) showHeight(this.root, data.height);
    this.covering.follow(data.covered_by);
    this.panelKeys.follow(data.covered_by);
    if (changed("n")) selecting.selection.clear();
    if (this.layer) {
      /** @type {BufferName[]} */
      const stale = [];
      if (changed("points_url", "n", "version")) stale.push("points");
      if (changed("colors_url", "color_kind", "legend", "n", "version")) stale.push("colors");
      if (changed("sizes_url", "n", "version")) stale.push("sizes");
      if (changed("passing_url", "n", "version")) stale.push("passing");
      this.loading.fetch(data, stale, early);
    }
    if (changed("labels_url", "n", "version")) this.fetchLabels();
    if (this.loading.hasPoints) selecting.adopt(data);
    pointing.adopt(data);
    if (changed("focus", "focus_serial")) {
      const isOwn = pointing.takePicked();
      this.navigation.flyToFocus({ always: changed("focus_serial") || !isOwn });
    }
    this.partialLayout.follow(data.partial_layout_url, data.n);
    this.snapshots.offer(data);
    if (data.view && !isFirst && changed("view_serial")) this.navigation.fly(data.view);
    if (changed("png")) this.layout.showPngSize(data.png);
    if (!isFirst && data.png.serial !== previous.png?.serial) this.commands.savePng();
    if (changed("can_undo", "can_redo")) this.layout.showSteps(data.can_undo, data.can_redo);
    if (changed("focus", "links", "highlight", "dim", "axes")) painter.redraw();
    this.coloring.followTheme();
    this.placement.rememberView(data.view_in_address);
  }

  /** @param {Arrival} arrival */
  show({ positions, colors, sizes, passing }) {
    this.status.arrived();
    if (positions) this.showPoints(positions);
    if (sizes !== undefined) this.layer?.setSizes(sizes);
    if (passing !== undefined) {
      this.coloring.passing = passing;
      this.layer?.setPassing(passing);
    }
    if (colors) {
      this.layer?.setCodes(colors.codes);
      this.coloring.show(colors);
      this.viewport.measure(); // the legend takes room: fit the points into the rest before they are drawn, not after
    } else this.painter.redraw();
  }

  /** @param {Uint16Array} positions */
  showPoints(positions) {
    const hadPoints = this.points.count > 0;
    this.pointing.hover(null);
    this.placement.show(positions, this.data.points_url);
    this.layout.saveSvg.hidden = this.points.count > MAX_SVG_POINTS;
    this.layout.stage.setAttribute(
      "aria-label",
      `Map of ${formatCount(this.points.count)} points. Arrow keys move it, plus and minus zoom, 0 shows all, ` +
        "Enter picks the point in the middle. From there arrow keys lead to the next point, Shift and arrow keys " +
        "move the map, and Enter leads to the card. Escape clears, Ctrl+Z undoes the last step.",
    );
    if (!hadPoints) this.navigation.flyToFocus({ always: !this.placement.hasKnownView });
    this.selecting.adopt(this.data);
  }

  /** @param {Uint16Array} positions */
  movePoints(positions) {
    if (!this.layer || !this.loading.hasPoints) return;
    this.pointing.hover(null);
    this.placement.move(positions);
  }

  fetchLabels() {
    this.labels.destroy();
    this.labels = new Labels(this.fetcher, this.data.labels_url, this.data.n, () => {
      this.pointing.refreshTooltip();
      this.painter.redraw({ points: false, labels: true });
    });
  }

  describe() {
    const { camera, points, labels, pointing, selecting, coloring, density, data, layer } = this;
    return describeScene({
      camera,
      positions: points.positions,
      labels,
      theme: coloring.theme,
      hovered: pointing.hovered,
      focus: pointing.focus,
      links: pointing.links,
      highlight: data.highlight,
      dim: data.dim,
      regions: selecting.selection.regions,
      drawing: selecting.drawing,
      contours: density.contours,
      axes: data.axes,
      crosshair: this.layout.stage.matches(":focus-visible") && (pointing.focus === null || !this.cardLink.card),
      pixelRatio: this.viewport.pixelRatio,
      accepts: (id) => coloring.accepts(id) && layer?.chosen?.[id] !== 0,
      colorOf: (id) => layer?.colorOf(id) ?? coloring.theme.primary,
    });
  }

  /** @param {number} ms */
  onWholeFrame(ms) {
    if (!this.points.count || !this.loading.hasPoints) return;
    this.status.drawn(ms);
    this.placement.rememberView(this.data.view_in_address);
  }

  destroy() {
    this.placement.rememberView(false); // the last whole frame may have been drawn before the last move
    this.link.join(null);
    this.cardLink.leave(this.side);
    this.views.stop();
    this.partialLayout.stop();
    this.snapshots.destroy();
    this.loading.stop();
    this.labels.destroy();
    this.gestures.destroy();
    this.keyboard.destroy();
    this.covering.destroy();
    this.panelKeys.destroy();
    this.viewport.destroy();
    this.painter.destroy();
    this.layer?.destroy();
  }
}
