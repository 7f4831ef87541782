// @ts-check
// Escape in the panel over the map closes it, unless a part of the panel takes the key for itself.

import { findNear } from "./dom.js";

const TAKES_ESCAPE = '[aria-expanded="true"], [role="dialog"], [data-testid="stDataFrame"] input';

export class PanelKeys {
  /**
   * @param {HTMLElement} root of the map
   * @param {() => void} onEscape
   */
  constructor(root, onEscape) {
    this.root = root;
    this.onEscape = onEscape;
    /** @type {Element | null} */
    this.panel = null;
    this.listeners = new AbortController();
  }

  /** @param {string | null} selector of the panel, in the page */
  follow(selector) {
    const panel = findNear(this.root, selector);
    if (panel === this.panel) return;
    this.listeners.abort();
    this.listeners = new AbortController();
    this.panel = panel;
    panel?.addEventListener("keydown", (event) => this.press(/** @type {KeyboardEvent} */ (event)), {
      signal: this.listeners.signal,
      capture: true, // before a menu that is open closes on the key
    });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { target } = event;
    if (event.key !== "Escape" || !(target instanceof Element) || target.shadowRoot || target.closest(TAKES_ESCAPE))
      return;
    this.onEscape();
  }

  destroy() {
    this.listeners.abort();
  }
}
