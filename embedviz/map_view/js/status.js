// @ts-check
// State of the map, in its `data-state` for tests and style sheets, and in a message where a person has to know.

import { formatCount } from "./fetching.js";
import { Notice } from "./notice.js";

const BRIEF_MS = 2500;

export class Status {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.notice = new Notice(stage);
  }

  /** @type {(n: number, hasPoints: boolean) => void} */
  loading(n, hasPoints) {
    this.stage.dataset.state = "loading";
    if (!hasPoints) this.notice.show(`Loading ${formatCount(n)} points…`, { patient: true });
  }

  arrived() {
    this.notice.hide();
  }

  /** @type {(message: string, retry?: () => void) => void} */
  failed(message, retry) {
    this.stage.dataset.state = "failed";
    this.notice.show(message, { retry });
  }

  /** @param {number} ms that the frame took */
  drawn(ms) {
    Object.assign(this.stage.dataset, { state: "drawn", frameMs: ms.toFixed(1) });
    performance.mark("embedviz-map-drawn");
  }

  /**
   * Show a message for a moment, unless a failure takes its place.
   * @param {string} message
   */
  brief(message) {
    this.notice.show(message);
    setTimeout(() => this.stage.dataset.state !== "failed" && this.notice.hide(), BRIEF_MS);
  }
}
