"""Names that others import from here; the code lives in embedviz.store and embedviz.jobs."""
