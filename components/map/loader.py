"""The script by which the components of a page load the map's modules: one request instead of one for each module."""

from __future__ import annotations

from embedviz.map_view.modules import LINK_MODULES

MODULES_PATH = "static/map.json"  # under the app's /embedviz/

# The script of a component lives at a blob address, so it finds the modules by the address of the page. They come in one
# file, and all components of a page share them.
LOADER = (
    LINK_MODULES
    + """
async function loadModules() {
  const answer = await fetch(new URL("embedviz/MODULES_PATH", document.baseURI));
  if (!answer.ok) throw new Error(`The map could not be loaded: the server answered ${answer.status}.`);
  return import(linkModules(await answer.json()));
}

function sharedModules() {
  globalThis.embedvizMap ??= loadModules().catch((error) => {
    globalThis.embedvizMap = undefined;
    throw error;
  });
  return globalThis.embedvizMap;
}
""".replace("MODULES_PATH", MODULES_PATH)
)
