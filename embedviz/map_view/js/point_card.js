// @ts-check
// The card of the point in focus: its columns, and its nearest neighbours in the original space.

import { element } from "./dom.js";
import { CardEnd } from "./focus_link.js";
import { PointDetails } from "./point_details.js";

/** @import { CardMessage, PointAnswer } from "./exchange.js" */
/** @import { Fetcher } from "./fetching.js" */

/** @typedef {(name: "metric", metric: string) => void} SetMetric */

const CONFIRM_MS = 3000; // within which Python has to confirm a point that was clicked on the map

export class PointCard {
  /**
   * @param {HTMLElement} root
   * @param {Fetcher} fetcher
   */
  constructor(root, fetcher) {
    this.root = root;
    this.isEntering = false; // the keyboard comes as soon as the point is shown
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // the panel stays open
      this.close();
    });
    this.link = new CardEnd();
    this.details = new PointDetails(fetcher);
    /** @type {SetMetric} */
    this.setMetric = () => {};
    /** @type {string[]} */
    this.metrics = [];
    this.metric = "";
    /** @type {number | null} */
    this.shown = null;
    this.expectedUntil = 0;
  }

  /**
   * Follow a message from Python; one from before a click on the map is passed over.
   * @type {(data: CardMessage, setMetric: SetMetric) => void}
   */
  update(data, setMetric) {
    this.setMetric = setMetric;
    this.metrics = data.metrics;
    this.link.join(data.map, this);
    const isOther = data.point_url !== this.details.address || data.metric !== this.metric;
    this.details.follow(data.point_url);
    this.metric = data.metric;
    if (data.focus === this.shown) this.expectedUntil = 0;
    else if (performance.now() < this.expectedUntil) return;
    if (isOther || data.focus !== this.shown) this.show(data.focus);
  }

  /**
   * A point was picked on the map. Resolves once it is shown.
   * @param {number | null} id
   */
  follow(id) {
    this.expectedUntil = performance.now() + CONFIRM_MS;
    return this.show(id);
  }

  enter() {
    this.isEntering = true;
    this.show(this.shown);
  }

  close() {
    this.link.map?.pick(null);
    this.link.map?.enter();
  }

  /** The element of the card that has the keyboard. */
  get active() {
    const { activeElement } = /** @type {Document | ShadowRoot} */ (this.root.getRootNode());
    return this.root.contains(activeElement) ? activeElement : null;
  }

  /** @param {number | null} id */
  async show(id) {
    this.shown = id;
    if (id === null) {
      this.root.hidden = true;
      this.root.replaceChildren();
      return;
    }
    const { metric } = this;
    const answer = await this.details.fetch(id, metric);
    if (this.shown !== id || this.metric !== metric) return;
    this.root.hidden = false;
    const { active } = this;
    this.root.replaceChildren(
      ...(answer ? this.build(answer) : [element("p", "failed", "This point could not be loaded.")]),
    );
    this.root.scrollTop = 0;
    if (active || this.isEntering) this.focusPart(active?.matches("select") ? "select" : ".label, .failed");
    this.isEntering = false;
    performance.mark("embedviz-card-shown");
    const links = (answer?.neighbors ?? []).flatMap(([, , place]) => (place === null ? [] : [place]));
    this.link.map?.joined(id, links);
  }

  /** @param {string} selector */
  focusPart(selector) {
    const part = /** @type {HTMLElement | null} */ (this.root.querySelector(selector));
    if (part && part.tabIndex < 0) part.tabIndex = -1; // read out, but no stop on the way through the page
    part?.focus();
  }

  /** @param {PointAnswer} answer */
  build({ label, columns, neighbors, measure }) {
    const head = element("div", "head");
    const close = element("button", "close", "×");
    close.type = "button";
    close.title = "Close (Escape)";
    close.setAttribute("aria-label", "Close the card");
    close.addEventListener("click", () => this.close());
    head.append(element("h2", "label", label), close);
    const values = element("dl", "columns");
    for (const [name, value] of columns) {
      const term = element("dt", "", name);
      term.title = name;
      values.append(term, element("dd", "", value));
    }
    const how = element("div", "how");
    how.append(element("p", "", `Nearest to “${label}” in the original space`), this.metricMenu());
    const list = element("ol");
    for (const neighbor of neighbors) list.append(this.row(neighbor, measure));
    return [head, values, how, list];
  }

  metricMenu() {
    const menu = element("select");
    menu.setAttribute("aria-label", "Metric");
    for (const name of this.metrics) menu.add(new Option(name, name, false, name === this.metric));
    menu.addEventListener("change", () => {
      this.metric = menu.value;
      this.setMetric("metric", menu.value);
      this.show(this.shown);
    });
    return menu;
  }

  /** @type {(neighbor: PointAnswer["neighbors"][number], measure: string) => HTMLLIElement} */
  row([label, value, place], measure) {
    const item = element("li");
    const button = element("button", "neighbor");
    button.type = "button";
    button.disabled = place === null;
    button.title = place === null ? `${label} is not on this map` : label;
    button.setAttribute("aria-label", `${label}, ${measure} ${value.toFixed(3)}`);
    button.addEventListener("click", () => place !== null && this.link.map?.pick(place));
    const track = element("span", "track");
    if (measure === "similarity" && value <= 1) {
      const bar = element("span", "bar");
      bar.style.width = `${100 * Math.max(0, value)}%`;
      track.append(bar);
    } else track.style.visibility = "hidden";
    button.append(element("span", "name", label), track, element("span", "value", value.toFixed(3)));
    item.append(button);
    return item;
  }

  destroy() {
    this.link.leave(this);
  }
}
