"""The map a visitor requested: its job, and the map that is displayed until it is there."""

from __future__ import annotations

from components import session
from components.map.address import SettingValue
from components.map.session import MapSession
from embedviz.core.errors import EmbedvizError
from embedviz.projection.map_folder import Map
from embedviz.projection.settings import GIVEN, ProjectionSettings
from embedviz.store.maps import draw_given, draw_pca, map_of
from embedviz.store.open_spaces import open_finished_map

ITERATIVE_METHODS = ("umap", "tsne")  # whose layouts another one can start from


def request_map(state: MapSession, settings: dict[str, SettingValue]) -> None:
    """Request a map with these settings. It starts from the layout of the one requested before where that is possible."""
    previous = requested_map(state) if state.settings is not None else None
    wanted = ProjectionSettings.from_values(settings)
    state.init = _init_of(state, wanted, previous)
    state.settings, state.submitted = settings, ""


def _init_of(state: MapSession, wanted: ProjectionSettings, previous: Map | None) -> str:
    """Return the id of the map that the wanted one starts from; empty for none."""
    if previous is None or not wanted.continues_last_map or not previous.has_coords:
        return ""
    settings = previous.settings
    if settings.method not in ITERATIVE_METHODS or settings.n_components != wanted.n_components:
        return ""
    # the same settings again are the same map, not one that starts from itself
    return state.init if settings == wanted else previous.id


def requested_map(state: MapSession) -> Map:
    """Return the requested map, under way or done; submit it once when it is new or was interrupted."""
    settings = ProjectionSettings.from_values(state.settings or {})
    found = map_of(state.run, state.space.name, settings, state.init)
    if found.state.is_final and found.status != "done" and state.submitted != found.id:
        state.submitted = found.id
        session.submit(found)
    return found


def displayed_map(requested: Map, state: MapSession) -> Map:
    """Return the map to display: the requested one, until it is there the one it starts from, or else a PCA map."""
    if requested.has_coords:
        return open_finished_map(state.run, requested.id)
    if requested.settings.method == GIVEN:
        return draw_given(state.run, state.space, requested.settings)
    if requested.init:
        try:
            before = open_finished_map(state.run, requested.init)
        except EmbedvizError:
            before = None
        if before is not None and before.has_coords:
            return before
    return draw_pca(state.run, state.space, requested.settings)
