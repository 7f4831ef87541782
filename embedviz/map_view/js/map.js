// @ts-check
// The 2-D map of a space, up to a million points, and the card of its point in focus. Streamlit calls update() or
// updateCard() whenever the component's data changes.

import { fetchFromServer } from "./fetching.js";
import { MapView } from "./map_view.js";
import { PointCard } from "./point_card.js";

/** @import { CardMessage, MapMessage } from "./exchange.js" */
/** @import { EarlyRequests, Fetcher } from "./fetching.js" */
/** @import { SetMetric } from "./point_card.js" */
/** @import { SetState } from "./state_sender.js" */

/**
 * The element the map lives in. `early` holds the requests that were sent before these modules came.
 * @typedef {HTMLElement & {mapView?: MapView, early?: EarlyRequests}} MapRoot
 */

/**
 * Show or update the map; returns what is to be called at the end.
 * @param {{parentElement: ParentNode, data: MapMessage, setStateValue: SetState, fetcher?: Fetcher}} component the fetcher is
 *   that of the first call
 */
export function update({ parentElement, data, setStateValue, fetcher = fetchFromServer }) {
  const root = /** @type {MapRoot} */ (parentElement.querySelector(".embedviz-map"));
  root.mapView ??= new MapView(root, data, fetcher);
  root.mapView.update(data, setStateValue, root.early);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: the map ends only once it left the page.
    setTimeout(() => {
      if (root.isConnected || !root.mapView) return;
      root.mapView.destroy();
      root.mapView = undefined;
    }, 0);
  };
}

/**
 * Show or update the card of the point in focus; returns what is to be called at the end.
 * @param {{parentElement: ParentNode, data: CardMessage, setStateValue: SetMetric, fetcher?: Fetcher}} component
 */
export function updateCard({ parentElement, data, setStateValue, fetcher = fetchFromServer }) {
  const root = /** @type {HTMLElement & {card?: PointCard}} */ (parentElement.querySelector(".embedviz-card"));
  root.card ??= new PointCard(root, fetcher);
  root.card.update(data, setStateValue);
  return () => {
    setTimeout(() => {
      if (root.isConnected || !root.card) return;
      root.card.destroy();
      root.card = undefined;
    }, 0);
  };
}
