"""JupyterLab on a free port, with settings of its own, and a notebook open in a page."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_S = 100
MAP = 'document.querySelector(".embedviz-widget").shadowRoot.querySelector(".embedviz-map").mapView'
# in the page: runs code in the kernel of the open notebook, beside its cells, and returns what it printed
RUN = """async (code) => {
  const { kernel } = jupyterapp.shell.currentWidget.context.sessionContext.session;
  const request = kernel.requestExecute({ code });
  let printed = "";
  request.onIOPub = ({ header, content }) => {
    if (header.msg_type === "stream") printed += content.text;
    if (header.msg_type === "error") printed += `${content.ename}: ${content.evalue}`;
  };
  await request.done;
  return printed.trim();
}"""
IS_IDLE = "globalThis.jupyterapp?.shell?.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"


class JupyterLab:
    """A server with its own folder, without a token: it listens on this machine alone."""

    def __init__(self, folder: Path):
        self.folder, self.opened = folder, 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        own = {
            f"{name}_DIR": str(folder / name.lower())
            for name in (
                "JUPYTER_CONFIG",
                "JUPYTER_RUNTIME",
                "JUPYTERLAB_SETTINGS",
                "JUPYTERLAB_WORKSPACES",
                "JUPYTER_DATA",
            )
        }
        options = ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}"]
        options += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
        settings = folder / "jupyterlab_settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={self.port}", *options],
            env={**os.environ, **own, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + START_S
        while not self._answers():
            if time.monotonic() > end:
                self.stop()
                raise TimeoutError(f"JupyterLab did not answer within {START_S} s")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api", timeout=2).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    def open(self, page, *cells: str) -> None:
        """Open a notebook of these cells in a page, and wait for its kernel."""
        code = [
            {
                "cell_type": "code",
                "id": f"cell-{at}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": cell,
            }
            for at, cell in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = {"cells": code, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        self.opened += 1
        name = f"test-{self.opened}.ipynb"
        (self.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
        page.goto(f"http://127.0.0.1:{self.port}/doc/tree/{name}")
        page.wait_for_function(IS_IDLE, timeout=100_000)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:  # a kernel that does not end
            self.process.kill()
            self.process.wait()


def close(page) -> None:
    """Close the page of a notebook, and end its kernel."""
    page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    page.close()


def run_all(page) -> None:
    """Run all cells, and return at once."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")


def run(page, code: str) -> str:
    """Run code in the kernel, and return what it printed."""
    return page.evaluate(RUN, code)
