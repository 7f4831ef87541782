"""What is added to the page that Streamlit serves."""

import gzip

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components.style import HEAD, styled_pages

PAGE = b"<html><head><title>Streamlit</title></head><body>" + b"x" * 5000 + b"</body></html>"


def page(request):
    if request.headers.get("if-none-match"):
        return PlainTextResponse(status_code=304)
    return HTMLResponse(PAGE, headers={"etag": '"1"'})


def client() -> TestClient:
    routes = [Route("/", page), Route("/data", lambda _: PlainTextResponse(PAGE))]
    return TestClient(Starlette(routes=routes, middleware=[*styled_pages(), Middleware(GZipMiddleware)]))


def test_a_page_brings_the_styles_and_the_title():
    answer = client().get("/", headers={"accept": "text/html", "accept-encoding": "gzip", "if-none-match": '"1"'})
    assert answer.content == PAGE.replace(b"<title>Streamlit</title>", HEAD)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers  # it would name Streamlit's page


def test_what_is_no_page_stays_as_it_is():
    answer = client().get("/data", headers={"accept": "text/html"})
    assert answer.content == PAGE
    with client().stream("GET", "/", headers={"accept": "*/*", "accept-encoding": "gzip"}) as answer:
        assert gzip.decompress(b"".join(answer.iter_raw())) == PAGE
