// @ts-check
// A panel of the page that lies over the map: the map's controls and points keep clear of it.

import { findNear } from "./dom.js";

const SIDE_SHARE = 0.75; // of the map's width: a wider panel lies over its lower edge, not over its side

/** @typedef {{right: number, bottom: number}} Covered pixels along the map's right and lower edge */

/**
 * The part of a map that a panel covers.
 * @type {(map: DOMRect, panel: DOMRect) => Covered}
 */
export function coveredPart(map, panel) {
  const isBeside = panel.left >= map.right || panel.top >= map.bottom || panel.right <= map.left;
  if (!panel.width || !panel.height || isBeside) return { right: 0, bottom: 0 };
  if (panel.width < SIDE_SHARE * map.width) return { right: Math.round(map.right - panel.left), bottom: 0 };
  return { right: 0, bottom: Math.round(map.bottom - panel.top) };
}

export class Covering {
  /** @param {HTMLElement} root of the map; its style gets --covered-right and --covered-bottom, in pixels; a low one has little height left */
  constructor(root) {
    this.root = root;
    /** @type {Element | null} */
    this.panel = null;
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(root);
  }

  /**
   * @param {string | null} selector of the panel, in the page
   */
  follow(selector) {
    const panel = findNear(this.root, selector);
    if (panel !== this.panel) {
      if (this.panel) this.observer.unobserve(this.panel);
      if (panel) this.observer.observe(panel);
      this.panel = panel;
    }
    this.measure();
  }

  get isCovered() {
    return (this.panel?.getBoundingClientRect().height ?? 0) > 0;
  }

  measure() {
    const panel = this.panel?.isConnected ? this.panel.getBoundingClientRect() : new DOMRect();
    const { right, bottom } = coveredPart(this.root.getBoundingClientRect(), panel);
    this.root.style.setProperty("--covered-right", `${right}px`);
    this.root.style.setProperty("--covered-bottom", `${bottom}px`);
    this.root.classList.toggle("low", bottom > 0);
  }

  destroy() {
    this.observer.disconnect();
  }
}
