"""A label as it fits into a sentence or a legend."""

LONGEST = 40  # characters


def short_label(label: str) -> str:
    """On one line, cut after 40 characters."""
    plain = " ".join(label.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + "…"
