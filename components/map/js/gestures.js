// Mouse, touch and keys, turned into what the map is asked to do.
//
// `actions` is what they are told to: pan(dx, dy), zoom(px, py, factor), hover(px, py), leave(), click(px, py),
// drawing(path), drawn(kind, path, mode), cancel(), home(), pickCentre(), undo(), redo(). Pixels are CSS pixels of the stage.

const CLICK_SLACK = { mouse: 4, pen: 6, touch: 10 }; // pixels a press may move and still be a click
const KEY_PAN = 70;
const KEY_ZOOM = 1.35;

export class Gestures {
  constructor(root, surface, actions) {
    this.surface = surface;
    this.actions = actions;
    this.tool = "pan"; // or "box", "lasso"
    this.mode = "new"; // what a drawn region does to the selection, or "add", "remove"
    this.pointers = new Map(); // pressed pointers: id -> [x, y]
    this.press = null; // {kind, path, moved} of the gesture under way
    this.listeners = new AbortController();
    const on = (target, name, listener, options = {}) =>
      target.addEventListener(name, listener, { signal: this.listeners.signal, ...options });
    on(surface, "pointerdown", (event) => this.down(event));
    on(surface, "pointermove", (event) => this.move(event));
    on(surface, "pointerup", (event) => this.up(event));
    on(surface, "pointercancel", (event) => this.drop(event));
    on(surface, "pointerleave", () => actions.leave());
    on(surface, "wheel", (event) => this.wheel(event), { passive: false });
    on(root, "keydown", (event) => this.key(event));
  }

  place(event) {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.surface.setPointerCapture(event.pointerId);
    const at = this.place(event);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size === 2) {
      this.stopDrawing();
      this.press = { kind: "pinch", ...this.grip() };
    } else if (this.pointers.size === 1) {
      const withKey = event.shiftKey || event.altKey;
      const kind = withKey && this.tool === "pan" ? "box" : this.tool;
      const mode = event.altKey ? "remove" : event.shiftKey ? "add" : this.mode;
      this.press = { kind, mode, path: [at], moved: false };
    }
  }

  // Where two fingers are: the middle between them and how far apart.
  grip() {
    const [[ax, ay], [bx, by]] = [...this.pointers.values()];
    return { middle: [(ax + bx) / 2, (ay + by) / 2], apart: Math.max(1, Math.hypot(ax - bx, ay - by)) };
  }

  move(event) {
    const at = this.place(event);
    if (!this.pointers.has(event.pointerId)) {
      if (event.pointerType !== "touch") this.actions.hover(...at);
      return;
    }
    const before = this.pointers.get(event.pointerId);
    this.pointers.set(event.pointerId, at);
    const { press } = this;
    if (!press) return;
    if (press.kind === "pinch") {
      const { middle, apart } = this.grip();
      this.actions.pan(middle[0] - press.middle[0], middle[1] - press.middle[1]);
      this.actions.zoom(...middle, apart / press.apart);
      Object.assign(press, { middle, apart });
      return;
    }
    const [startX, startY] = press.path[0];
    const wasMoved = press.moved;
    press.moved ||= Math.hypot(at[0] - startX, at[1] - startY) > (CLICK_SLACK[event.pointerType] ?? 4);
    if (!press.moved) return;
    if (press.kind === "pan") {
      const from = wasMoved ? before : press.path[0];
      this.actions.pan(at[0] - from[0], at[1] - from[1]);
      return;
    }
    const last = press.path[press.path.length - 1];
    if (press.kind === "box") press.path[1] = at;
    else if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= 2) press.path.push(at);
    this.actions.drawing(press.kind === "box" ? boxCorners(press.path) : press.path);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { press } = this;
    if (press?.kind === "pinch") {
      // One finger left goes on panning; lifted, it is not a click.
      const rest = [...this.pointers.values()][0];
      this.press = rest ? { kind: "pan", path: [rest], moved: true } : null;
      return;
    }
    this.press = null;
    if (!press) return;
    if (!press.moved) this.actions.click(...this.place(event));
    else if (press.kind !== "pan") this.actions.drawn(press.kind, press.path, press.mode);
  }

  drop(event) {
    this.pointers.delete(event.pointerId);
    this.stopDrawing();
  }

  // Gives up what is being drawn; true when there was something.
  stopDrawing() {
    const drawing = this.press && this.press.kind !== "pan" && this.press.kind !== "pinch" && this.press.moved;
    this.press = null;
    if (drawing) this.actions.drawing(null);
    return Boolean(drawing);
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    const pace = event.ctrlKey ? 0.01 : 0.0018; // browsers report a pinch on a touch pad as a wheel with ctrl
    this.actions.zoom(...this.place(event), Math.exp(-Math.max(-300, Math.min(300, pixels)) * pace));
  }

  key(event) {
    const { actions } = this;
    const undone = (event.ctrlKey || event.metaKey) && !event.altKey && { z: "undo", y: "redo" }[event.key.toLowerCase()];
    if (undone) {
      event.preventDefault();
      event.stopPropagation();
      return undone === "undo" && !event.shiftKey ? actions.undo() : actions.redo();
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && event.target.closest("button")) return; // the button's own
    const box = this.surface.getBoundingClientRect();
    const middle = [box.width / 2, box.height / 2];
    const moves = {
      ArrowLeft: () => actions.pan(KEY_PAN, 0),
      ArrowRight: () => actions.pan(-KEY_PAN, 0),
      ArrowUp: () => actions.pan(0, KEY_PAN),
      ArrowDown: () => actions.pan(0, -KEY_PAN),
      "+": () => actions.zoom(...middle, KEY_ZOOM),
      "=": () => actions.zoom(...middle, KEY_ZOOM),
      "-": () => actions.zoom(...middle, 1 / KEY_ZOOM),
      0: () => actions.home(),
      Enter: () => actions.pickCentre(),
      Escape: () => this.stopDrawing() || actions.cancel(),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  }

  destroy() {
    this.listeners.abort();
  }
}

export function boxCorners([[ax, ay], [bx, by]]) {
  return [
    [ax, ay],
    [bx, ay],
    [bx, by],
    [ax, by],
  ];
}
