"""hosting/nginx.conf, with nginx, in front of two real servers on one store: one is killed while it trains, and the visitor goes on."""

import contextlib
import re
import shutil
import subprocess
import urllib.request

import pytest
from playwright.sync_api import expect

from embedviz.core.jobs.status import read_status
from tests.browser.acting import fill_number, press
from tests.browser.conftest import ROOT, Server, free_port, wait_until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(NGINX is None, reason="There is no nginx on this machine (apt-get install nginx-light)."),
]


@pytest.fixture
def replicas(tmp_path):
    home = tmp_path / "store"
    servers = [Server(home, EMBEDVIZ_MODE="shared") for _ in range(2)]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture
def proxy(replicas, tmp_path):
    """The address of nginx by the file in hosting/, with ports of this test."""
    port = free_port()
    text = (ROOT / "hosting" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("8501", replicas[0].port),
        ("8502", replicas[1].port),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
    ):
        assert old in text
        text = text.replace(old, str(new))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n" + text, encoding="utf-8")
    process = subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(conf)], stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    wait_until(lambda: answers(address), 30, "nginx did not answer")
    yield address
    process.terminate()
    process.wait(30)


def answers(address: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}embedviz/health", timeout=5) as answer:
        return answer.read() == b"ok"
    return False


def connected(server: Server) -> bool:
    """True when a browser's websocket is open at the server."""
    import psutil

    return any(
        one.status == psutil.CONN_ESTABLISHED and one.laddr.port == server.port
        for one in psutil.Process(server.process.pid).net_connections("tcp")
    )


def test_a_visitor_goes_on_at_the_other_server_when_one_is_killed(replicas, proxy, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(proxy + "data")
    press(page, "King James Bible")
    press(page, "Train on this")
    fill_number(page, "Epochs", "150")
    press(page, "Train")
    expect(page).to_have_url(re.compile(r"run=[0-9a-f]{32}"), timeout=60_000)
    run = re.search(r"run=([0-9a-f]{32})", page.url)[1]
    folder = replicas[0].home / "runs" / run
    wait_until(lambda: read_status(folder).state == "running", 90, "the training did not begin")
    page.wait_for_timeout(2000)

    (here,) = [server for server in replicas if connected(server)]
    (other,) = [server for server in replicas if server is not here]
    direct = context.new_page()  # as a visitor who has the address, at the other server
    direct.goto(f"{other.address}train?run={run}")
    expect(direct.get_by_text("King James Bible").first).to_be_visible(timeout=60_000)
    direct.close()

    here.kill()
    wait_until(lambda: read_status(folder).state == "interrupted", 60, "the run was not found to be interrupted")
    assert read_status(folder).reason
    wait_until(lambda: answers(proxy), 20, "nginx did not go on to the other server")
    page.goto(f"{proxy}train?run={run}")
    press(page, "Resume")
    wait_until(lambda: read_status(folder).state in ("running", "done"), 90, "the run was not resumed")
    assert connected(other)
    context.close()
