"""The caption of an exported map: what it shows, how it was drawn, and how faithful it is."""

from __future__ import annotations

from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.quality_text import quality_text
from embedviz.projection.settings import ProjectionSettings

METHOD_TITLES = {
    "umap": "UMAP",
    "tsne": "t-SNE",
    "pca": "principal components",
    "axes": "cosine similarity with two named directions",
    "as in the file": "the layout in the file",
}
NAMED_APART = ("method", "n_components", "n_points")


def caption(displayed: DisplayedMap) -> str:
    """Return the method, the settings that a form shows first or that are not the defaults, and the quality of a map."""
    settings = displayed.settings
    values = ", ".join(_chosen_values(settings))
    drawn = f"{len(displayed.points):,} points by {METHOD_TITLES[settings.method]}{f' ({values})' if values else ''}."
    quality = f" {quality_text(displayed.quality)}" if displayed.quality else ""
    return f"{drawn}{quality} Drawn with embedviz."


def _chosen_values(settings: ProjectionSettings) -> list[str]:
    found: list[str] = []
    for name, field in ProjectionSettings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        only_for = extra.get("only_for")
        methods = only_for["method"] if isinstance(only_for, dict) else [settings.method]
        applies = isinstance(methods, list) and settings.method in methods
        value = getattr(settings, name)
        if name not in NAMED_APART and applies and (extra.get("basic") or value != field.default):
            title = (field.title or name.replace("_", " ")).lower()
            found.append(f"{title}: {value}" if isinstance(value, str) else f"{title} {value:g}")
    return found
