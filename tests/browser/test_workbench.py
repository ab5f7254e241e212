"""The workbench: one cursor, steps of every size, ways to hold, presentation, states, all bytes, links and figures."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LESSON, TWIN

COUNT = ".stagebar .count b"
OPEN_FIELD = ".close:visible .close-h b"


def _ready(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".where output")).not_to_be_empty()


def test_a_byte_is_pinned_and_let_go_of(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?step=3")
    pin = page.get_by_role("button", name="Pinned; let go of it")
    expect(pin).to_be_hidden()
    page.locator('.hex .hb[data-b="3"]').click()
    expect(page.locator(".where output")).to_have_text("masking key byte 3.0, 1 byte, on the wire")
    expect(page.locator(OPEN_FIELD)).to_have_text("masking key")
    expect(page.locator('.hex .ac.selb[data-b="3"]')).to_have_count(1)
    page.keyboard.press("Escape")
    expect(pin).to_be_hidden()
    expect(page.locator(OPEN_FIELD)).to_have_text("payload")
    page.locator("tr.plain td").nth(1).click()
    expect(page.locator(".where output")).to_have_text("payload byte 1.0, 1 byte, unmasked")


def test_pointing_at_a_row_lights_its_transition(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?step=2")
    page.locator(".states summary").click()
    client = page.locator('.sd[data-peer="client"]')
    expect(client.locator(".sd-why")).to_have_text("CONNECTING → OPEN: receives 101")
    expect(client.locator(".sd-n.on")).to_have_attribute("data-state", "OPEN")
    page.locator(".rung .lane").nth(1).hover()
    expect(client.locator(".sd-e.hot")).to_have_attribute("data-to", "OPEN")
    page.locator("body").press("End")
    expect(client.locator(".sd-n.on")).to_have_attribute("data-state", "CLOSED")
    client.locator('.sd-e[data-from="OPEN"][data-to="CLOSING"] .sd-hit').dispatch_event("click")
    expect(page.locator(".rung.cur")).to_contain_text("CLOSE")


def _step_by(page: Page, unit: str) -> None:
    page.get_by_label("One step is").select_option(unit)
    page.locator("ss-scope").focus()


def test_one_step_can_be_a_field_or_a_byte(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?step=3&field=key")
    _step_by(page, "field")
    page.locator("body").press("ArrowRight")
    expect(page.locator(OPEN_FIELD)).to_have_text("payload")
    page.locator("body").press(".")
    expect(page.locator(COUNT)).to_have_text("4")
    expect(page.locator(OPEN_FIELD)).to_have_text("FIN")
    page.locator("body").press(",")
    expect(page.locator(COUNT)).to_have_text("3")
    expect(page.locator(OPEN_FIELD)).to_have_text("payload")
    _step_by(page, "byte")
    page.locator('.hex .hb[data-b="10"]').click()
    page.locator("body").press(".")
    expect(page.locator(COUNT)).to_have_text("4")
    expect(page.locator('.hex .hb.selb[data-b="0"]')).to_be_visible()
    page.locator("body").press(">")
    expect(page.locator('.hex .hb.selb[data-b="1"]')).to_be_visible()


def test_one_step_can_be_a_message_or_a_frame(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?seq=0")
    page.locator("body").press("]")
    expect(page.locator(COUNT)).to_have_text("3")
    _step_by(page, "message")
    for wanted in ("4", "6", "7", "8", "9"):
        page.locator("body").press("ArrowRight")
        expect(page.locator(COUNT)).to_have_text(wanted)
    slider = page.get_by_label("Place in the conversation")
    slider.fill("2")
    expect(page.locator(COUNT)).to_have_text("2")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("Step 2 of 13: 101"))


def test_the_letters_of_the_map(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?step=8")
    body = page.locator("body")
    body.press("b")
    expect(page.locator(".n32")).to_be_hidden()
    body.press("b")
    expect(page.locator(".n32")).to_be_visible()
    body.press("z")
    expect(page.locator('[data-lens="message"] .h-asc').first).to_have_text("Hello")
    body.press("z")
    expect(page.locator('[data-lens="wire"]')).to_be_visible()
    body.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    _ready(page, f"{TWIN}?seq=0")
    body.press("n")
    expect(page.locator(".rung.cur")).to_have_class(re.compile("err"))
    expect(page.locator(".versus").last).to_contain_text("The receiver")
    body.press("m")
    body.press("N")
    expect(page.locator(".rung.cur")).to_have_class(re.compile("err"))


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1024, 768)])
def test_a_presentation_fits_the_wall(silent: Page, size: tuple[int, int]) -> None:
    page = silent
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{LESSON}?present=1")
    for number in range(1, 14):
        expect(page.locator(COUNT)).to_have_text(str(number))
        seq = (page.locator(".rung.cur .lane").get_attribute("data-key") or "")[1:]
        expect(page.locator(f'.explain[data-seq="{seq}"]')).to_be_visible()
        foot = page.locator(".stagebar").bounding_box()
        assert foot and abs(foot["y"] + foot["height"] - size[1]) < 2
        if page.locator(".close:visible").count():
            box = page.locator(".close:visible").bounding_box()
            assert box and box["y"] + box["height"] <= foot["y"] + 1, number
        small = page.evaluate("""() => [...document.querySelectorAll('.n32 .bit')].filter(bit => bit.offsetParent
            && parseFloat(getComputedStyle(bit).fontSize) < 28).length""")
        assert small == 0
        assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
        page.locator("body").press("PageDown")
    for hidden in (".lesson .lede", ".top", ".ladder", ".fields"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_the_spotlight_moves_and_the_presentation_ends(silent: Page) -> None:
    page = silent
    page.goto(f"{LESSON}?step=3&field=opcode&present=1")
    expect(page.locator(OPEN_FIELD)).to_have_text("opcode")
    page.locator("body").press("ArrowDown")
    expect(page.locator(OPEN_FIELD)).to_have_text("MASK")
    page.locator("body").press("f")
    expect(page.locator(".lesson .lede")).to_be_visible()
    assert "present" not in page.url


def test_a_link_leads_back_to_the_same_bits(unfolded: Page) -> None:
    page = unfolded
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _ready(page, f"{LESSON}?step=3")
    page.locator('.hex .hb[data-b="8"]').click()
    page.get_by_role("button", name="Copy a link to this place").click()
    expect(page.locator(".where .said")).to_have_text("Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"#e=\d+&s=64\.8$", link)
    page.get_by_label("Copy as").select_option("python")
    expect(page.locator(".where .said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == 'bytes.fromhex("4d")'
    page.goto("/")
    page.goto(link)
    expect(page.locator('.hex .hb.selb[data-b="8"]')).to_be_visible()
    expect(page.locator(COUNT)).to_have_text("3")


def test_a_figure_is_saved_as_svg_and_png(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?step=3")
    for name, start in (("Save the figure as SVG", b"<svg"), ("Save the figure as PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        assert waiting.value.path().read_bytes().startswith(start)


def test_every_byte_of_a_side_can_be_reached(unfolded: Page) -> None:
    page = unfolded
    _ready(page, f"{LESSON}?step=3")
    page.get_by_role("button", name="All bytes of this side").click()
    expect(page.locator(".bg-size")).to_have_text("237 bytes")
    page.keyboard.press("Control+Home")
    expect(page.locator(".bg-say output")).to_contain_text("byte 0: 47. GET")
    page.keyboard.press("Control+End")
    expect(page.locator(".bg-say output")).to_contain_text("byte 236: 9f. CLOSE")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.all-bytes")).to_be_hidden()
    expect(page.locator(".rung.cur")).to_contain_text("CLOSE")


def test_a_large_stream_has_few_nodes_and_every_row(unfolded: Page, server_port: int) -> None:
    from websockets.sync.client import connect

    page = unfolded
    size = 4 * 2**20
    with connect(f"ws://127.0.0.1:{server_port}/ws/large", compression=None, max_size=None) as ws:
        ws.send(bytes(range(256)) * (size // 256))
        assert len(ws.recv()) == size
        page.goto("/live/large")
        expect(page.locator(".rung")).not_to_have_count(0)
        expect(page.locator(".where output")).not_to_be_empty()
        page.locator(".rung", has_text="BIN").first.locator(".lane").click()
        page.get_by_role("button", name="All bytes of this side").click()
        expect(page.locator(".bg-size")).to_contain_text("4,194,")
        page.keyboard.press("Control+End")
        expect(page.locator(".bg-row", has_text=re.compile(r"^0040")).first).to_be_visible()
        assert page.evaluate("document.querySelectorAll('ss-bytes *').length") < 120
        assert page.evaluate("document.querySelectorAll('body *').length") < 2000


def test_holding_by_field_says_what_goes_next(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=2")
    page.get_by_role("button", name="Open your own and hold each message").click()
    expect(page.locator(".h-waits")).to_contain_text("Chromium waits for the answer to its request, and gives up in")
    page.get_by_role("button", name="How to hold").click()
    page.get_by_label("one field").check()
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.locator(".h-part")).to_contain_text("0 of")
    page.get_by_role("button", name="Next field").click()
    expect(page.locator(".h-part")).to_have_text(re.compile(r"^[1-9]\d* of"))
    page.locator(".holdnote").get_by_role("button", name="Let everything run").click()
    expect(page.locator(".rung.end")).to_have_count(2)


def test_holding_only_what_matches(unfolded: Page) -> None:
    page = unfolded
    page.goto(f"{LESSON}?step=2")
    page.get_by_role("button", name="Open your own", exact=True).click()
    expect(page.locator(".rung.end")).to_have_count(2)
    page.get_by_role("button", name="How to hold").click()
    page.get_by_label("of opcode").select_option("ping")
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.locator(".gate")).to_contain_text("waiting for what matches")
    page.get_by_role("button", name="Open again").click()
    expect(page.locator(".rung.held")).to_contain_text("PING")
    page.locator("body").press(" ")
    expect(page.locator(".rung.end")).to_have_count(2)


def test_who_looks_elsewhere_is_told_of_what_comes(unfolded: Page, server_port: int) -> None:
    from websockets.sync.client import connect

    page = unfolded
    page.goto("/live/tail")
    expect(page.locator(".gate b").first).to_have_text("Waiting for a client")
    with connect(f"ws://127.0.0.1:{server_port}/ws/tail", compression=None) as ws:
        ws.send("one")
        expect(page.locator(".rung.cur", has_text="one")).to_have_class(re.compile("s2c"))
        page.locator(".rung .lane").first.click()
        ws.send("two")
        newest = page.get_by_role("button", name="2 new events, jump to the newest")
        expect(newest).to_be_visible()
        expect(page.locator(".rung.cur")).to_contain_text("GET")
        newest.click()
        expect(page.locator(".rung.cur", has_text="two")).to_have_class(re.compile("s2c"))
        for word in range(120):
            ws.send(f"word {word}")
        expect(page.locator(".rung.cur", has_text="word 119")).to_have_count(1)
        assert page.locator(".rung").count() < 60


@pytest.mark.parametrize("step", range(1, 12))
def test_the_page_has_few_nodes(unfolded: Page, step: int) -> None:
    _ready(unfolded, f"{LESSON}?step={step}")
    assert unfolded.evaluate("document.querySelectorAll('*').length") < 2000
