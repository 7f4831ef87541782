// @ts-check
// Sends what a person does to Python, as the component's state `event`.

/** @import { MapState, View } from "./exchange.js" */

/** @typedef {(name: "event", state: MapState) => void} SetState */

let serial = Date.now(); // grows over remounts and reloads

export class StateSender {
  /** @param {() => View} currentView sent along with every action */
  constructor(currentView) {
    this.currentView = currentView;
    /** @type {SetState} */
    this.setState = () => {};
    /** @type {MapState} */
    this.state = { click: null, click_serial: 0, regions: [], regions_serial: 0, step: null, step_serial: 0 };
  }

  /**
   * @template {"click" | "regions" | "step"} Name
   * @param {Name} name
   * @param {MapState[Name]} value
   */
  send(name, value) {
    serial += 1;
    this.state = { ...this.state, [name]: value, [`${name}_serial`]: serial, view: this.currentView() };
    this.setState("event", this.state);
  }
}
