// @ts-check
// The map's DOM: stage, canvases, toolbar, the chip with the size of the selection, the legend, the slider.

import { element, iconButton } from "./dom.js";
import { formatCount } from "./fetching.js";

/** @import { PngExport, Region } from "./exchange.js" */

/** @typedef {"pan" | "box" | "lasso"} Tool */

/**
 * Callbacks of the toolbar and the chip.
 * @typedef {object} ToolbarCommands
 * @property {(tool: Tool) => void} pickTool
 * @property {(mode: Region["mode"]) => void} pickMode
 * @property {(factor: number) => void} zoomStep
 * @property {() => void} home
 * @property {() => void} toggleDensity
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => void} savePng
 * @property {() => void} saveSvg
 * @property {() => void} clearSelection
 */

const ZOOM_FACTOR = 1.6;

/** @typedef {ReturnType<typeof buildLayout>} Layout */

/**
 * Build everything inside `root` and return the parts by name.
 * @param {HTMLElement} root
 * @param {() => ToolbarCommands} commands called at each click, since the commands are created after the layout
 */
export function buildLayout(root, commands) {
  const stage = element("div", "stage");
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  const points = element("canvas", "points");
  const overlay = element("canvas", "overlay");
  stage.append(points, overlay);
  const { chip, chipText } = buildChip(commands);
  const { toolbar, ...controls } = buildToolbar(commands);
  const free = element("div", "free"); // the part of the stage that no control lies on
  const legend = element("div", "legend");
  legend.hidden = true;
  const snapshots = element("div", "snapshots");
  snapshots.hidden = true;
  const board = element("div", "board");
  board.append(toolbar, stage, free, chip, legend, snapshots);
  root.append(board);
  return { stage, points, overlay, free, chip, chipText, legend, snapshots, toolbar, ...controls };
}

/** @param {() => ToolbarCommands} commands */
function buildChip(commands) {
  const chip = element("button", "chip");
  chip.type = "button";
  chip.hidden = true;
  chip.title = "Clear the selection (Escape)";
  const chipText = element("span");
  const cross = element("span", "cross", "×");
  cross.setAttribute("role", "img");
  cross.setAttribute("aria-label", "clear the selection");
  chip.append(chipText, cross);
  chip.addEventListener("click", () => commands().clearSelection());
  return { chip, chipText };
}

/** @param {() => ToolbarCommands} commands */
function buildToolbar(commands) {
  const tools = {
    pan: iconButton("pan", "Move the map by dragging", () => commands().pickTool("pan")),
    box: iconButton("box", "Select with a box (or drag with Shift)", () => commands().pickTool("box")),
    lasso: iconButton("lasso", "Select with a lasso", () => commands().pickTool("lasso")),
  };
  const modes = {
    new: iconButton("new", "Replace the selection", () => commands().pickMode("new")),
    add: iconButton("add", "Add to the selection (or hold Shift)", () => commands().pickMode("add")),
    remove: iconButton("remove", "Remove from the selection (or hold Alt)", () => commands().pickMode("remove")),
  };
  const density = iconButton("density", "Show density contours", () => commands().toggleDensity());
  const savePng = iconButton("save", "Save as PNG", () => commands().savePng());
  /** @param {PngExport} size */
  const showPngSize = ({ scale, width }) => {
    const size = width === null ? `${scale} × the size on the screen` : `${formatCount(width)} pixels wide`;
    savePng.title = `Save as PNG, ${size}`;
    savePng.setAttribute("aria-label", savePng.title);
  };
  const saveSvg = iconButton("svg", "Save as SVG, for drawing programs", () => commands().saveSvg());
  const undo = iconButton("undo", "Undo (Ctrl+Z)", () => commands().undo());
  const redo = iconButton("redo", "Redo (Ctrl+Y)", () => commands().redo());
  const selecting = group(...Object.values(modes));
  selecting.classList.add("modes");
  const steps = group(undo, redo);
  /** @type {(canUndo: boolean, canRedo: boolean) => void} */
  const showSteps = (canUndo, canRedo) => {
    steps.hidden = !canUndo && !canRedo;
    undo.disabled = !canUndo;
    redo.disabled = !canRedo;
  };
  showSteps(false, false);
  const toolbar = element("div", "toolbar");
  toolbar.setAttribute("role", "group"); // not "toolbar", whose arrow keys would go from tool to tool
  toolbar.setAttribute("aria-label", "Map tools");
  toolbar.append(
    group(tools.pan, tools.box, tools.lasso),
    selecting,
    group(
      iconButton("in", "Zoom in (+)", () => commands().zoomStep(ZOOM_FACTOR)),
      iconButton("out", "Zoom out (−)", () => commands().zoomStep(1 / ZOOM_FACTOR)),
      iconButton("home", "Reset the view (0)", () => commands().home()),
    ),
    steps,
    group(density, savePng, saveSvg),
  );
  return { toolbar, tools, modes, selecting, density, saveSvg, showSteps, showPngSize };
}

/** @param {HTMLElement[]} nodes */
function group(...nodes) {
  const node = element("div", "group");
  node.append(...nodes);
  return node;
}
