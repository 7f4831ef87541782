// @ts-check
// Answers the map's requests in a notebook: buffers come with the widget's state, the rest is asked of the kernel.

/** @import { Fetcher } from "./fetching.js" */

/**
 * The part of a widget's model (as anywidget hands it over) that the map needs.
 * @typedef {object} WidgetModel
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(content: unknown) => void} send
 * @property {(event: string, handler: (...values: any[]) => void) => void} on
 * @property {(event: string, handler: (...values: any[]) => void) => void} off
 */

/** @typedef {{id: string, status: number, answer: unknown}} KernelAnswer */

/** @type {Record<string, string>} */
const TRAITS = { points: "_points", colors: "_colors", sizes: "_sizes" };
const TIMEOUT_MS = 60000; // a kernel that runs a cell answers after it

export class KernelAnswers {
  /** @param {WidgetModel} model */
  constructor(model) {
    this.model = model;
    this.prefix = Math.random().toString(36).slice(2); // other pages may show the same widget, and hear all answers
    this.count = 0;
    /** @type {Map<string, (answer: KernelAnswer) => void>} */
    this.pending = new Map();
    /** @param {KernelAnswer} answer */
    this.receive = (answer) => this.pending.get(answer?.id)?.(answer);
    model.on("msg:custom", this.receive);
  }

  /** @type {Fetcher} */
  fetcher = async (address) => {
    const [name, query = ""] = address.split("?");
    if (name in TRAITS) return new Response(this.model.get(TRAITS[name]));
    const parameters = Object.fromEntries(new URLSearchParams(query));
    const first = this.model.get("_first_labels");
    if (name === "labels" && "first" in parameters && first) return Response.json(first);
    return this.ask(name, parameters);
  };

  /**
   * @param {string} name
   * @param {Record<string, string>} parameters
   * @returns {Promise<Response>}
   */
  ask(name, parameters) {
    const id = `${this.prefix}-${this.count++}`;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.pending.delete(id);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error("the kernel does not answer"));
      }, TIMEOUT_MS);
      this.pending.set(id, ({ status, answer }) => {
        end();
        resolve(Response.json(answer, { status }));
      });
      this.model.send({ id, name, parameters });
    });
  }

  stop() {
    this.model.off("msg:custom", this.receive);
  }
}
