"""Every field that is drawn, in the order of the wire: where it lies, what it may be, and what it is for."""

from __future__ import annotations

from typing import NamedTuple


class FieldDoc(NamedTuple):
    """One field. `ids` are the names by which explanations call it; `section` is RFC 6455 unless it names another."""

    ids: tuple[str, ...]
    where: str
    allowed: str
    section: str
    text: str

    @property
    def id(self) -> str:
        return self.ids[0]


REQUEST = (
    FieldDoc(
        ("req.method",),
        "up to the first space",
        "GET",
        "4.1(2)",
        "The handshake starts life as an ordinary web request, and only GET may be upgraded.",
    ),
    FieldDoc(
        ("req.target",),
        "between the two spaces",
        "path[?query], no #",
        "3, 4.1(3)",
        "Names the service on this server, just as for a web page.",
    ),
    FieldDoc(
        ("req.version",),
        "after the second space",
        "HTTP/1.1",
        "4.1(2)",
        "1.0 knows no Upgrade; HTTP/2 and 3 use another handshake (RFC 8441/9220).",
    ),
    FieldDoc(
        ("req.host",),
        "header",
        "authority, port if not 80/443",
        "4.1(4); 9112 3.2",
        "Says which site is wanted, because many share one address.",
    ),
    FieldDoc(
        ("req.upgrade",),
        "header",
        "list containing websocket, any case",
        "4.1(5)",
        "The invitation: “may we speak WebSocket on this connection?”",
    ),
    FieldDoc(
        ("req.connection",),
        "header",
        "list containing Upgrade, any case",
        "4.1(6)",
        "Marks Upgrade as meant for the next hop only, so an unaware proxy drops it rather than passing it on.",
    ),
    FieldDoc(
        ("req.key",),
        "header",
        "base64 of 16 random bytes = 24 chars; last letter A/Q/g/w + ==",
        "4.1(7), 11.3.1",
        "A random challenge: the answer proves that the server understood it. No password, no encryption key.",
    ),
    FieldDoc(
        ("req.wsversion",),
        "header",
        "13",
        "4.1(9), 11.3.5",
        "The only version in use; drafts used 0-8, and 9-12 were never used.",
    ),
    FieldDoc(
        ("req.origin",),
        "header",
        "scheme://host[:port] or null",
        "4.1(8), 10.2; 6454",
        "The browser states which site's script is asking; scripts cannot fake it, other programs can.",
    ),
    FieldDoc(
        ("req.protocol",),
        "header(s)",
        "unique names, best first",
        "4.1(10), 11.3.4, 1.9; 7936",
        "Languages the client can speak on top (graphql-transport-ws, mqtt); case-sensitive.",
    ),
    FieldDoc(
        ("req.ext",),
        "header(s)",
        "names, each with ;parameters",
        "4.1(11), 9.1",
        "Changes to the framing the client can handle, today practically only permessage-deflate.",
    ),
    FieldDoc(
        ("req.ext.param",), "inside", "see permessage-deflate below", "7692 7.1", "Settings of one extension offer."
    ),
    FieldDoc(
        ("req.cookie",),
        "header",
        "cookie-pairs",
        "4.1(12), 10.5; 6265",
        "Sent by itself, for scripts of foreign sites too where SameSite allows it: the reason to check Origin.",
    ),
    FieldDoc(
        ("req.authorization",),
        "header",
        "scheme credentials",
        "4.1(12), 10.5",
        "Possible for programs; browser scripts cannot set it on a WebSocket.",
    ),
    FieldDoc(
        ("req.user-agent", "req.accept-*", "req.pragma", "req.cache-control"),
        "headers",
        "any",
        "4.1(12)",
        "Ordinary browser luggage; Accept-Encoding has nothing to do with WebSocket compression.",
    ),
    FieldDoc(
        ("req.sec-*",),
        "every name with this prefix",
        "as registered",
        "8441 8; Fetch",
        "Header names beginning Sec- cannot be set by page scripts, so an XHR cannot forge this handshake.",
    ),
    FieldDoc(
        ("req.end",),
        "0d 0a 0d 0a",
        "nothing else",
        "9112 2",
        "Empty line; the client now must stay silent until the answer.",
    ),
)
RESPONSE = (
    FieldDoc(("res.version",), "start", "HTTP/1.1", "4.2.2(5.1)", "The last line spoken in HTTP."),
    FieldDoc(
        ("res.status",),
        "3 digits",
        "101",
        "4.2.2(5.1); 9110 15.2.2",
        "101 means “switching now”; anything else is a normal HTTP refusal.",
    ),
    FieldDoc(("res.reason",), "to CRLF", "any text", "9112 4", "Decoration; clients ignore it."),
    FieldDoc(
        ("res.upgrade",),
        "header",
        "websocket, any case",
        "4.2.2(5.2)",
        "Names the protocol that starts after the empty line.",
    ),
    FieldDoc(("res.connection",), "header", "contains Upgrade", "4.2.2(5.3)", "Pairs with Upgrade."),
    FieldDoc(
        ("res.accept",),
        "header",
        "base64, 28 chars ending =",
        "4.2.2(5.4), 11.3.3",
        "Fingerprint of the key and a fixed text: a WebSocket server answers, no fooled cache. Nothing secret.",
    ),
    FieldDoc(
        ("res.protocol",),
        "header",
        "one name from the offer",
        "4.2.2(5.5), 11.3.4",
        "The one language chosen; none when it is absent.",
    ),
    FieldDoc(
        ("res.ext",),
        "header(s)",
        "subset of the offer",
        "4.2.2(5.6), 9.1; erratum 3433",
        "The extensions that are now in force, in processing order.",
    ),
    FieldDoc(("res.set-cookie",), "header", "cookie", "4.1", "Cookies may be set as with any response."),
    FieldDoc(
        ("res.wsversion",),
        "header, errors only",
        "13, perhaps others",
        "4.2.2, 4.4, 11.3.5",
        "“I speak these versions”.",
    ),
    FieldDoc(
        ("res.location", "res.www-authenticate", "res.retry-after"),
        "errors only",
        "as in HTTP",
        "4.2.2(2,3)",
        "Redirect or login offers; browsers follow neither for WebSocket.",
    ),
    FieldDoc(
        ("res.end",),
        "0d 0a 0d 0a",
        "nothing else",
        "9112 2",
        "From the next byte on there is no more HTTP; a frame may come in the same TCP segment.",
    ),
)
FRAME = (
    FieldDoc(("fin",), "bit 0: byte 0 & 80", "0/1", "5.2", "1: the last frame of this message."),
    FieldDoc(
        ("rsv1",),
        "bit 1: byte 0 & 40",
        "0; 1 with permessage-deflate on the first frame of a message",
        "5.2; 7692 6",
        "“This message is compressed.”",
    ),
    FieldDoc(("rsv2", "rsv3"), "bits 2, 3: byte 0 & 20, 10", "0", "5.2", "Kept for future extensions."),
    FieldDoc(
        ("opcode",),
        "bits 4-7: byte 0 & 0f",
        "0 cont, 1 text, 2 binary, 8 close, 9 ping, A pong",
        "5.2, 11.8",
        "What the frame is; its top bit (8-F) marks control frames.",
    ),
    FieldDoc(
        ("mask",),
        "bit 8: byte 1 & 80",
        "1 from client, 0 from server",
        "5.1, 5.2",
        "Tells whether a 4-byte key follows.",
    ),
    FieldDoc(
        ("len7",),
        "bits 9-15: byte 1 & 7f",
        "0-125 = length; 126, 127 = look further",
        "5.2",
        "The short length, or a signpost to a longer one.",
    ),
    FieldDoc(
        ("len16",),
        "bits 16-31: bytes 2-3",
        "126-65535",
        "5.2",
        "Length when len7 = 126, big-endian, shortest form required.",
    ),
    FieldDoc(("len64",), "bits 16-79: bytes 2-9", "65536 to 2^63 - 1", "5.2", "Length when len7 = 127; first bit 0."),
    FieldDoc(
        ("key",),
        "32 bits, from byte 2, 4 or 10",
        "random",
        "5.3, 10.3",
        "The XOR pattern; sent in clear, so it hides nothing.",
    ),
    FieldDoc(
        ("payload",),
        "the rest: from byte 2, 4 or 10, and 4 more if masked",
        "by opcode",
        "5.2",
        "Content as it travels (masked in client frames).",
    ),
    FieldDoc(
        ("payload.unmasked",),
        "worked out: byte i XOR key byte i mod 4",
        "by opcode",
        "5.3",
        "Content after removing the mask.",
    ),
    FieldDoc(
        ("ext-data",),
        "first bytes of the payload",
        "none today",
        "5.2",
        "Room for extensions; permessage-deflate uses none.",
    ),
    FieldDoc(("app-data",), "rest of the payload", "by opcode", "5.2", "What the application sent."),
    FieldDoc(
        ("text",),
        "payload of opcode 1, and of 0 after it",
        "UTF-8 over the whole message",
        "5.6, 8.1; 3629",
        "Characters; one may be split over two frames.",
    ),
    FieldDoc(
        ("close.code",),
        "payload bytes 0-1, unmasked",
        "see close codes",
        "5.5.1, 7.4",
        "Why the connection ends, big-endian number.",
    ),
    FieldDoc(
        ("close.reason",),
        "payload from byte 2, unmasked",
        "UTF-8, at most 123 bytes",
        "5.5.1",
        "Words for developers, not for users.",
    ),
    FieldDoc(
        ("ping.data", "pong.data"),
        "payload, unmasked",
        "0-125 bytes; pong = copy of ping",
        "5.5.2, 5.5.3",
        "A token that comes back, so round trips can be matched.",
    ),
)
DEFLATE = (
    FieldDoc(
        ("pmd.server_no_context_takeover",),
        "offer, response",
        "no value",
        "7692:7.1.1.1",
        "The server starts every message with an empty dictionary.",
    ),
    FieldDoc(
        ("pmd.client_no_context_takeover",),
        "offer (a hint), response (an order)",
        "no value",
        "7692:7.1.1.2",
        "The client starts every message with an empty dictionary.",
    ),
    FieldDoc(
        ("pmd.server_max_window_bits",),
        "offer, response",
        "8-15",
        "7692:7.1.2.1",
        "The server may look back at most 2^n bytes.",
    ),
    FieldDoc(
        ("pmd.client_max_window_bits",),
        "offer (value optional), response (value needed)",
        "8-15",
        "7692:7.1.2.2",
        "The client may look back at most 2^n bytes; only after it was offered.",
    ),
    FieldDoc(
        ("deflate.bfinal",),
        "bit 0 (LSB first) of a block",
        "0/1",
        "7692:7.2.1",
        "Last block of a DEFLATE stream; senders normally use 0.",
    ),
    FieldDoc(
        ("deflate.btype",),
        "bits 1-2",
        "00 stored, 01 fixed, 10 dynamic, 11 error",
        "1951:3.2.3",
        "How the block is coded.",
    ),
    FieldDoc(
        ("deflate.len", "deflate.nlen", "deflate.size", "deflate.stored"),
        "stored block",
        "LEN, one's complement",
        "1951:3.2.4",
        "Raw bytes that follow.",
    ),
    FieldDoc(
        ("deflate.tables", "deflate.hlit", "deflate.hdist", "deflate.hclen", "deflate.width", "deflate.lengths"),
        "behind the header of a dynamic block",
        "three counts, the code that the lengths are written in, the lengths",
        "1951:3.2.7",
        "The two codes of the block, written as how many bits each symbol has.",
    ),
    FieldDoc(
        ("deflate.pad",),
        "up to the next whole byte",
        "zeros",
        "1951:3.2.4",
        "A stored block, and what follows a final one, begins with a whole byte; these bits are skipped.",
    ),
    FieldDoc(
        ("deflate.symbol", "deflate.literal", "deflate.length", "deflate.length.extra", "deflate.end"),
        "Huffman code",
        "literal 0-255, 256 end, 257-285 length",
        "1951:3.2.5",
        "A byte, or “copy n bytes”.",
    ),
    FieldDoc(
        ("deflate.distance", "deflate.distance.extra"),
        "after a length",
        "1-32768, at most 2^window",
        "1951:3.2.5; 7692 7.2.1",
        "“From d bytes ago”: it may reach into the previous message with context takeover.",
    ),
    FieldDoc(
        ("pmd.tail", "deflate.tail"),
        "implied",
        "00 00 ff ff",
        "7692:7.2.1, 7.2.2",
        "End mark of a flush: sender cuts it, receiver adds it back.",
    ),
)

GROUPS = {"request": REQUEST, "response": RESPONSE, "frame": FRAME, "deflate": DEFLATE}


def field_doc(name: str) -> FieldDoc | None:
    """What the table says about a field, or about the field that it is part of."""
    while name:
        for group in GROUPS.values():
            for doc in group:
                if name in doc.ids:
                    return doc
        name = name.rpartition(".")[0]
    return None
