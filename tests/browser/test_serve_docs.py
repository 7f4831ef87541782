"""The page of `embedviz serve` in Chromium: a request is tried, and nothing comes from elsewhere."""

import threading
import time

import numpy as np
import pytest
import uvicorn

from embedviz.serve.app import create_app
from embedviz.serve.server import bound_socket
from embedviz.serve.service import Service
from embedviz.space import EmbeddingSpace

pytestmark = pytest.mark.browser


@pytest.fixture
def address():
    vectors = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    service = Service("<b>words</b>", {"word": EmbeddingSpace([f"word{i}" for i in range(9)], vectors)})
    with bound_socket("127.0.0.1", 0) as bound:
        server = uvicorn.Server(uvicorn.Config(create_app(service, token="secret"), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_a_request_is_tried_on_the_page(address, chromium):
    page = chromium.new_page()
    errors, hosts = [], set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{address}/docs")
    page.get_by_text("This server asks for its token.").wait_for()
    page.get_by_label("Token").fill("secret")
    page.get_by_label("Token").press("Tab")
    page.get_by_text("'<b>words</b>'").wait_for()  # as text, not as HTML
    page.get_by_text("The nearest neighbours of a label").click()
    operation = page.locator("details[open]")
    operation.get_by_label("k", exact=True).fill("2")
    operation.get_by_role("button", name="Send").click()
    operation.get_by_text('"similarity":').first.wait_for()
    assert operation.locator("pre").nth(0).inner_text().startswith(f"curl '{address}/neighbors?label=word0&k=2'")
    assert "secret" not in operation.inner_text()
    assert operation.locator("pre").nth(1).inner_text().count('"similarity":') == 2
    page.get_by_text("The neighbours of several labels, or of a vector").click()
    several = page.locator("details[open]").nth(1)
    several.get_by_label("Body, as JSON").fill('{"labels": ["word1"], "k": 0}')
    several.get_by_role("button", name="Send").click()
    several.get_by_text("422 (a field is wrong)").wait_for()
    assert errors == []
    assert hosts == {address.removeprefix("http://")}
    page.close()
