"""The server: `streamlit run app.py` or `uvicorn app:app`. Starts the workers, serves the map's bytes beside the pages.

What takes long to import is imported once the server answers.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []  # pages and components, from whatever folder it is run

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from streamlit import config  # noqa: E402

from components.gate import gate  # noqa: E402
from components.routes import routes  # noqa: E402
from components.style import style_sheets  # noqa: E402
from components.warm_up import WarmUp  # noqa: E402
from embedviz.core.errors import SettingsError  # noqa: E402
from embedviz.core.logs import set_up_logs  # noqa: E402


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncGenerator[None]:
    """Set up the logs; warm up after the first page; let the workers write their checkpoints before the server leaves."""
    set_up_logs()
    warming = WarmUp()
    warming.start()
    yield
    warming.close()


def middleware(base: str) -> list[Middleware]:
    """Return what stands before the pages. What the environment sets wrongly ends the server with a sentence."""
    try:
        return [*gate(base), *style_sheets()]
    except SettingsError as error:
        sys.exit(str(error))


base = (config.get_option("server.baseUrlPath") or os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH") or "").strip("/")
app = st.App(ROOT / "pages" / "frame.py", lifespan=lifespan, routes=routes(base), middleware=middleware(base))
