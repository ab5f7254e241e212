"""Rules about Ping and Pong. One rule is one block: edit it by hand."""

from app.protocol.rules.rule import Rule

GROUP = "Control frames"

# fmt: off
ROWS = (
    Rule("ctl.len", "5.5", "MUST", "both", seen=("F",), observe="violation", severity="error", close_code=1002,
         text="Control payload is at most 125 bytes.",
         breach="Opcode 8/9/A with 7-bit length 126 or 127.",
         outcome="1002"),
    Rule("ctl.fin", "5.5, 5.4", "MUST NOT", "both", seen=("F",), observe="violation", severity="error", close_code=1002,
         text="Control frames are not fragmented.",
         breach="Opcode 8/9/A with FIN=0.",
         outcome="1002"),
    Rule("ctl.handle", "6.2", "MUST", "both", seen=("C",), observe="behaviour",
         text="Received control frames are processed as such."),
    Rule("ping.any-time", "5.5.2", "MAY", "both", seen=("F",), observe="behaviour",
         text="A Ping may be sent whenever the connection is open, with up to 125 bytes."),
    Rule("ping.reply", "5.5.2", "MUST", "both", seen=("T",), observe="violation", severity="warning",
         text="Each Ping is answered by a Pong unless a Close was received.",
         breach="No Pong within ten seconds after a Ping.",
         outcome="After a while the sender may give the connection up."),
    Rule("ping.soon", "5.5.2", "SHOULD", "both", seen=("T",), observe="violation", severity="warning",
         text="The Pong comes as soon as practical.",
         breach="More than a second between Ping and Pong.",
         outcome="The connection goes on."),
    Rule("pong.echo", "5.5.3", "must", "both", seen=("C",), observe="violation", severity="warning",
         text="The Pong carries the same bytes as its Ping.",
         breach="Payload differs from the latest unanswered Pings.",
         outcome="Treated as unsolicited; the connection goes on."),
    Rule("pong.latest-only", "5.5.3", "MAY", "both", seen=("C",), observe="behaviour",
         text="Only the newest of several Pings needs a Pong.",
         outcome="The newest Ping is matched."),
    Rule("pong.unsolicited", "5.5.3", "MAY", "both", seen=("C",), observe="behaviour",
         text="Pongs without a Ping are legal and need no answer."),
)
# fmt: on
