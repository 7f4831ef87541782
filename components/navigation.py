"""Origin of a page's address: a step back or forward in the browser, or because a page wrote it."""

from streamlit.runtime.scriptrunner import get_script_run_ctx


def is_history_step() -> bool:
    """Return True when the browser's back or forward button caused this run of the page.

    Only then, or when a session starts, does the address say something new. At all other times the session goes ahead:
    what the browser sends before it has received the page's last address still carries the one before, and whoever took
    that for a wish would undo what the visitor did a moment ago.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation
