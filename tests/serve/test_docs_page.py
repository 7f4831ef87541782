"""The page of the OpenAPI description names nothing from elsewhere; tests/browser opens it."""

import re


def test_the_page_and_its_script_name_no_other_host(client):
    page, script = client.get("/docs"), client.get("/docs.js")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for text in (page.text, script.text):
        assert not re.search(r"(https?:)?//[\w-]+\.", text)
    assert "innerHTML" not in script.text
