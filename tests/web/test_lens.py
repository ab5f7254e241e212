"""The lens inside permessage-deflate."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode

from tests.web.conftest import Caller


def post(call: Caller, text: str, **more: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", call.port, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/lens/deflate", urlencode({"text": text, **more}), form)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def test_the_example_of_the_rfc(call: Caller) -> None:
    answer = call("GET", "/lens/deflate")
    page = answer.body.decode()
    assert answer.status == 200 and "copy 4 bytes from 5 back" in page and "12 sent for 10: 2 bytes lost" in page
    assert "takes 42, 5 and 4 bytes" in page and "style=" not in page


def test_text_of_ones_own_is_compressed_line_by_line(call: Caller) -> None:
    line = '{"user":"ana","room":"4821","typing":true}'
    status, page = post(call, "\n".join([line] * 3), bits="15", takeover="1")
    assert status == 200 and "51 sent for 126: 75 bytes saved" in page
    status, page = post(call, "\n".join([line] * 3), bits="9")
    assert status == 200 and "126 sent for 126: nothing saved" in page and "empty when a message begins" in page


def test_text_is_never_markup(call: Caller) -> None:
    page = post(call, "<script>alert(1)</script>")[1]
    assert "<script>alert" not in page and "&lt;" in page


def test_what_is_odd_is_put_right_or_refused(call: Caller) -> None:
    assert post(call, "x" * 5000)[0] == 413
    assert post(call, "", bits="99")[0] == 200
    assert post(call, "\n" * 40, bits="nine")[0] == 200
