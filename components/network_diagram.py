"""The layers of a trained model as a diagram. It is text in boxes, so that a screen reader and a search find it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st
from streamlit.components.v2 import component

from embedviz.core.plurals import counted
from embedviz.training.architecture import Architecture, Layer, Network, Shape

MAX_BRANCHES = 4  # side by side; the others are counted

_HTML = '<div class="embedviz-network"></div>'
_CSS = """
.embedviz-network { font-size: .85rem; line-height: 1.35; }
.network { margin: 0 0 .5rem; font-size: .95rem; font-weight: 600; }
section + section { margin-top: 1.4rem; }
.branches { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: flex-end; }
ol { list-style: none; margin: 0; padding: 0; flex: 1 1 8.5rem; min-width: 0; }
li { text-align: center; overflow-wrap: anywhere; }
.box { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .45rem; padding: .35rem .6rem; }
.box.weights { background: color-mix(in srgb, var(--st-primary-color) 14%, transparent); border-color: var(--st-primary-color); }
.title { font-weight: 600; }
.size { font-variant-numeric: tabular-nums; }
.output { padding: .1rem 0 .3rem; }
.output::before { content: "\\2193"; display: block; line-height: 1.1; }
.more { text-align: center; padding: .3rem 0; }
"""
_SCRIPT = """
const element = (name, className, ...children) => {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
};
const layer = ({ title, sizes, output }) => element("li", "",
  element("div", sizes.length ? "box weights" : "box", element("div", "title", title),
    ...sizes.map((size) => element("div", "size", size))),
  element("div", "output", output));
const layers = (list) => element("ol", "", ...list.map(layer));

export default function (component) {
  const root = component.parentElement.querySelector(".embedviz-network");
  root.replaceChildren(...component.data.networks.map(({ title, branches, more, layers: joined }) => element("section", "",
    ...(title ? [element("div", "network", title)] : []),
    element("div", "branches", ...branches.map(layers)),
    ...(more ? [element("div", "more", more)] : []),
    layers(joined))));
}
"""
_component = component("embedviz_network", html=_HTML, css=_CSS, js=_SCRIPT)


class ShownLayer(TypedDict):
    """A layer as the browser draws it. sizes: a line for the shape and one for the number of its parameters."""

    title: str
    sizes: list[str]
    output: str


class ShownNetwork(TypedDict):
    """A network as the browser draws it. more: how many branches are not drawn."""

    title: str
    branches: list[list[ShownLayer]]
    more: str
    layers: list[ShownLayer]


def network_diagram(architecture: Architecture, *, key: str) -> None:
    """Show the layers from the inputs to the answer, with shapes and numbers of parameters, and their sum."""
    _component(key=key, data={"networks": [shown_network(network) for network in architecture.networks]})
    fixed = architecture.fixed_parameters
    total = counted(architecture.parameters, "trained parameter", "trained parameters")
    more = f", and {fixed:,} numbers that were not trained" if fixed else ""
    st.caption(" ".join(filter(None, (architecture.combination, f"In all {total}{more}."))))


def shown_network(network: Network) -> ShownNetwork:
    """Return what is drawn of a network."""
    left_out = network.branches[MAX_BRANCHES:]
    more = ""
    if left_out:
        size = sum(layer.parameters for branch in left_out for layer in branch)
        more = (
            f"and {counted(len(left_out), 'more input', 'more inputs')} with {counted(size, 'parameter', 'parameters')}"
        )
    return {
        "title": network.title,
        "branches": [[_shown(layer) for layer in branch] for branch in network.branches[:MAX_BRANCHES]],
        "more": more,
        "layers": [_shown(layer) for layer in network.layers],
    }


def _shown(layer: Layer) -> ShownLayer:
    sizes = []
    if layer.arrays:
        shapes = [_shape(shape) for _, shape in layer.arrays]
        sizes.append(" + ".join(_grouped(shapes)))
    if layer.parameters:
        sizes.append(counted(layer.parameters, "parameter", "parameters"))
    if layer.fixed_parameters:
        sizes.append(f"{layer.fixed_parameters:,} not trained")
    return {"title": layer.title, "sizes": sizes, "output": layer.output}


def _shape(shape: Shape) -> str:
    return " × ".join(f"{size:,}" for size in shape)


def _grouped(shapes: Sequence[str]) -> list[str]:
    """Return the shapes, those that occur several times once with their number."""
    counts = {shape: shapes.count(shape) for shape in shapes}
    return [shape if n == 1 else f"{n} × ({shape})" for shape, n in counts.items()]
