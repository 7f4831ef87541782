// @ts-check
// The 2-D map of a space: up to a million points. Streamlit calls update() whenever the component's data changes.

import { MapView } from "./map_view.js";

/** @import { MapMessage } from "./exchange.js" */
/** @import { EarlyRequests } from "./fetching.js" */
/** @import { SetState } from "./state_sender.js" */

/**
 * The element the map lives in. `early` holds the requests that were sent before these modules came.
 * @typedef {HTMLElement & {mapView?: MapView, early?: EarlyRequests}} MapRoot
 */

/**
 * Show or update the map; returns what is to be called at the end.
 * @param {{parentElement: ParentNode, data: MapMessage, setStateValue: SetState}} component
 */
export function update({ parentElement, data, setStateValue }) {
  const root = /** @type {MapRoot} */ (parentElement.querySelector(".embedviz-map"));
  root.mapView ??= new MapView(root, data);
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
