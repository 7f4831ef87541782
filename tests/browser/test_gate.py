"""A shared server's gate in a real browser: who a visitor is, what the policy lets a page load, how much one may upload."""

import re

import httpx2
import psutil
import pytest
from playwright.sync_api import expect

import embedviz as ev
from components.owner_cookie import COOKIE, owner_of
from embedviz.store.store import Store
from tests.browser.acting import press, settle
from tests.browser.conftest import ROOT, wait_until

pytestmark = pytest.mark.browser
PAGES = ["", *sorted({path.stem for path in (ROOT / "pages").glob("*.py")} - {"home", "frame"})]
MB = 1 << 20
WORDS = "Content Security Policy"
WATCH_POLICY = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""


@pytest.fixture(scope="module")
def shared(serve):
    return serve(EMBEDVIZ_MODE="shared")


@pytest.fixture
def visitor(chromium):
    """A browser that has never been here."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1200})
    yield context
    context.close()


def cookies_of(context) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in context.cookies()}


@pytest.mark.timeout(240)
def test_the_first_page_has_the_owner_that_the_second_has(shared, visitor, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(shared.home))
    page = visitor.new_page()
    page.goto(shared.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    (cookie,) = [cookie for cookie in visitor.cookies() if cookie["name"] == COOKIE]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    owner = owner_of(cookies_of(visitor))
    assert [run.owner for run in Store().runs()] == [owner]
    second = visitor.new_page()
    second.goto(shared.address + "runs")
    expect(second.get_by_role("combobox", name="Open run")).to_be_visible()
    visitor_id = cookie["value"].split(".")[1]
    written = [
        path for path in shared.home.rglob("*.json*") if path.is_file() and visitor_id in path.read_text("utf-8")
    ]
    assert written == []


@pytest.fixture
def watched(visitor):
    """A page, and what its policy has refused so far."""
    page, refused = visitor.new_page(), []
    page.set_default_timeout(90_000)
    page.add_init_script(WATCH_POLICY)
    page.on("console", lambda message: refused.append(message.text) if WORDS in message.text else None)
    return page, refused


@pytest.mark.slow
@pytest.mark.timeout(600)  # every page
def test_no_page_is_refused_what_it_loads(shared, watched, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(shared.home))
    run = ev.train("sentiment", "movie_reviews", preset="fast", epochs=1, seed=0).folder.name
    page, refused = watched
    for name in PAGES:
        page.goto(f"{shared.address}{name}" + (f"?run={run}" if name else ""))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settle(page)
        page.wait_for_timeout(1000)  # what a page asks for after its script
        refused += page.evaluate("violations")
    assert refused == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_neither_uploads_nor_maps_of_two_and_three_dimensions_are_refused(shared, watched):
    page, refused = watched
    page.goto(shared.address + "data")
    settle(page)
    table = b"review,stars\n" + b"so very good a film,5\na bad film it was,1\n" * 9
    page.set_input_files("input[type=file]", files=[{"name": "r.csv", "mimeType": "text/csv", "buffer": table}])
    expect(page.get_by_text("18 rows read from r.csv")).to_be_visible()
    refused += page.evaluate("violations")
    page.goto(shared.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    run = re.search(r"run=([0-9a-f]{32})", page.url)[1]
    refused += page.evaluate("violations")
    for components, drawn in ((2, '.stage[data-state="drawn"]'), (3, ".js-plotly-plot .gl-container canvas")):
        page.goto(f"{shared.address}map?run={run}&method=pca&n_points=500&n_components={components}")
        expect(page.locator(drawn).first).to_be_attached(timeout=90_000)
        settle(page)
        page.wait_for_timeout(2000)
        refused += page.evaluate("violations")
    assert refused == []


def test_an_upload_leaves_the_memory_once_it_is_kept(serve, visitor):
    server, token = serve(EMBEDVIZ_MODE="shared", EMBEDVIZ_METRICS_TOKEN="token"), {"Authorization": "Bearer token"}
    page = visitor.new_page()
    page.goto(server.address + "data")
    settle(page)
    table = b"review,stars\n" + b"so very good a film,5\na bad film it was,1\n" * 9000
    with page.expect_request(re.compile("upload_file")):
        page.set_input_files("input[type=file]", files=[{"name": "r.csv", "mimeType": "text/csv", "buffer": table}])
    expect(page.get_by_text("18,000 rows read from r.csv")).to_be_visible(timeout=60_000)

    def is_held() -> bool:
        answer = httpx2.get(server.address + "_stcore/metrics", headers=token, timeout=30)
        assert answer.status_code == 200
        return "UploadedFileManager" in answer.text

    wait_until(lambda: not is_held(), 30, "the upload was still in memory")  # Streamlit counts every ten seconds
    page.close()


def test_uploads_to_made_up_files_leave_the_memory_bounded(shared, visitor):
    page = visitor.new_page()
    page.goto(shared.address + "data")
    settle(page)
    with page.expect_request(re.compile("upload_file")) as sent:
        page.set_input_files("input[type=file]", files=[{"name": "a.txt", "mimeType": "text/plain", "buffer": b"a b"}])
    address, token = sent.value.url.rpartition("/")[0], sent.value.headers["x-xsrftoken"]
    process = psutil.Process(shared.process.pid)
    before, answers = process.memory_info().rss, []
    with httpx2.Client(cookies=cookies_of(visitor), headers={"X-Xsrftoken": token}, timeout=60) as client:
        for number in range(40):
            file = {"f": ("x.txt", b"x" * (20 * MB))}
            answers.append(client.put(f"{address}/made-up-{number}", files=file))
    assert "of your files can be open at once" in answers[-1].text
    assert set(statuses := [answer.status_code for answer in answers]) == {204, 429}
    assert statuses.count(204) <= 3
    assert process.memory_info().rss - before < 150 * MB
    page.close()


def test_a_page_past_the_last_place_says_so_and_comes_when_there_is_room(serve, chromium):
    server = serve(EMBEDVIZ_MODE="shared", EMBEDVIZ_LIMIT_SESSIONS="1")
    first, second = chromium.new_context(), chromium.new_context()
    page, other = first.new_page(), second.new_page()
    page.goto(server.address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert other.goto(server.address).status == 503
    expect(other.get_by_role("heading", name="No room at the moment")).to_be_visible()
    page.close()
    wait_until(lambda: other.request.get(server.address, headers={"accept": "text/html"}).ok, 20, "no place got free")
    other.reload()
    expect(other.get_by_role("link", name="Train", exact=True)).to_be_visible()
    first.close()
    second.close()
