"""The style sheets in the document."""

import gzip

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from components.style import SHEETS, style_sheets

BROWSER = {"accept": "text/html,*/*;q=0.8", "accept-encoding": "gzip"}


def document(request: Request) -> Response:
    if request.headers.get("if-none-match"):
        return Response(status_code=304)
    body = "<html><head><title>Streamlit</title></head><body><div></div></body></html>"
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(gzip.compress(body.encode()), media_type="text/html", headers={"content-encoding": "gzip"})
    return HTMLResponse(body, headers={"etag": '"of the document alone"'})


client = TestClient(
    Starlette(
        routes=[Route("/", document), Route("/text", lambda request: PlainTextResponse("</body>"))],
        middleware=style_sheets(),
    )
)


def test_the_document_holds_every_style_sheet_at_its_end():
    answer = client.get("/", headers=BROWSER)
    for sheet in SHEETS:
        assert sheet.read_text() in answer.text
    assert answer.text.endswith("</style>\n</body></html>")
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_title_is_ours_from_the_first_moment():
    assert "<title>embedviz</title>" in client.get("/", headers={**BROWSER, "if-none-match": '"old"'}).text


def test_a_browser_does_not_keep_the_document_of_an_earlier_release():
    assert "etag" not in client.get("/", headers=BROWSER).headers


def test_other_answers_pass_unchanged():
    assert client.get("/text", headers=BROWSER).text == "</body>"
    assert "<style>" not in client.get("/", headers={"accept": "*/*"}).text
