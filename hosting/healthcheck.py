"""Exit code 0 when the server of this container answers: the image has neither curl nor wget."""

import os
import sys
import urllib.request

TIMEOUT_S = 4

port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
address = f"http://127.0.0.1:{port}/{base + '/' if base else ''}embedviz/health"
try:
    with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:
        sys.exit(0 if answer.read() == b"ok" else 1)
except OSError as error:
    sys.exit(f"{address}: {error}")
