// @ts-check
// The map as a widget of a notebook: a bar, the map, and over its edge the card of the point in focus.

import { Bar } from "./bar.js";
import { element } from "./dom.js";
import { KernelAnswers } from "./kernel_answers.js";
import { update, updateCard } from "./map.js";
import { watchTheme } from "./page_theme.js";

/** @import { CardMessage, MapMessage } from "./exchange.js" */
/** @import { WidgetModel } from "./kernel_answers.js" */
/** @import { MapRoot } from "./map.js" */

const LOW_PX = 480; // of a map on which the whole toolbar has no room

let shown = 0;

/**
 * Show a view of the widget; returns what is to be called at its end.
 * @param {{model: WidgetModel, el: HTMLElement}} context
 * @param {{map: string, card: string}} css of the bar and the map, and of the card
 */
export function render({ model, el }, css) {
  const name = `embedviz-widget-${++shown}`;
  const host = element("div", "embedviz-widget");
  host.setAttribute("data-lm-suppress-shortcuts", "true"); // keys are the map's: JupyterLab would delete cells by them
  const style = element("style", "", css.map);
  const frame = element("div", "frame");
  const map = element("div", "embedviz-map");
  const card = element("div", "embedviz-card");
  card.hidden = true;
  const cardHost = element("div", "card-host");
  cardHost.id = name;
  const cardRoot = cardHost.attachShadow({ mode: "open" });
  cardRoot.append(element("style", "", css.card), card);
  frame.append(map, cardHost);
  /** @type {(name: string, value: unknown) => void} */
  const save = (trait, value) => {
    model.set(trait, value);
    model.save_changes();
  };
  const bar = new Bar({ onColor: (column) => save("color_by", column), onSearch: (query) => save("search", query) });
  // a shadow root, so that neither the notebook's style changes the map nor the map's the notebook
  const root = host.attachShadow({ mode: "open" });
  root.append(style, bar.root, frame);
  el.append(host);

  const answers = new KernelAnswers(model);
  const { fetcher } = answers;
  const showBar = () => {
    bar.showColumns(model.get("_columns"), model.get("color_by"));
    bar.showSearch(model.get("search"), model.get("_found"));
  };
  const show = () => {
    const message = /** @type {MapMessage} */ (model.get("_message"));
    const data = { ...message, card: name, covered_by: `#${name}` };
    /** @type {CardMessage} */
    const cardData = {
      map: name,
      point_url: message.point_url ?? "",
      focus: message.focus,
      metric: model.get("metric"),
      metrics: model.get("_metrics"),
    };
    frame.classList.toggle("low", (message.height ?? LOW_PX) < LOW_PX);
    host.style.setProperty("--card-height", `${message.height}px`);
    update({ parentElement: root, data, setStateValue: (_, state) => save("_event", state), fetcher });
    updateCard({
      parentElement: cardRoot,
      data: cardData,
      setStateValue: (_, metric) => save("metric", metric),
      fetcher,
    });
  };
  const listeners = [
    ["change:_message", show],
    ["change:metric", show],
    ["change:color_by change:search change:_found change:_columns", showBar],
  ];
  for (const [events, handler] of /** @type {[string, () => void][]} */ (listeners)) model.on(events, handler);
  showBar();
  show();
  const stopWatching = watchTheme(() => /** @type {MapRoot} */ (map).mapView?.coloring.followTheme());
  return () => {
    for (const [events, handler] of /** @type {[string, () => void][]} */ (listeners)) model.off(events, handler);
    answers.stop();
    stopWatching();
    /** @type {MapRoot} */ (map).mapView?.destroy();
    /** @type {HTMLElement & {card?: {destroy(): void}}} */ (card).card?.destroy();
  };
}
