// @ts-check
// Sends what a person does to Python, as the component's state `event`.

import { MAX_STEPS_SENT } from "./exchange.js";

/** @import { MapState, MapStep, View } from "./exchange.js" */

/** @typedef {(name: "event", state: MapState) => void} SetState */

let serial = Date.now(); // grows over remounts and reloads

export class StateSender {
  /** @param {() => View} currentView sent along with every action */
  constructor(currentView) {
    this.currentView = currentView;
    /** @type {SetState} */
    this.setState = () => {};
    /** @type {MapState} */
    this.state = { click: null, click_serial: 0, regions: [], regions_serial: 0, steps: [] };
  }

  /**
   * @template {"click" | "regions"} Name
   * @param {Name} name
   * @param {MapState[Name]} value
   */
  send(name, value) {
    serial += 1;
    this.update({ [name]: value, [`${name}_serial`]: serial });
  }

  /**
   * @param {MapStep["name"]} name
   * @param {number} after serial of the last step that the latest message from Python includes
   */
  sendStep(name, after) {
    serial += 1;
    this.update({ steps: [...this.state.steps, { name, serial, after }].slice(-MAX_STEPS_SENT) });
  }

  /** @param {Partial<MapState>} changed */
  update(changed) {
    this.state = { ...this.state, ...changed, view: this.currentView() };
    this.setState("event", this.state);
  }
}
