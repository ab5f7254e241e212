from app.protocol.fault import Fault
from app.protocol.frames import Opcode, write_frame
from app.protocol.items import Frame, with_frames


def test_a_frame_comes_before_what_it_completes_and_after_what_is_wrong_with_it() -> None:
    first, second = write_frame(Opcode.TEXT, b"Hel", fin=False), write_frame(Opcode.CONT, b"lo")
    fault = Fault("msg.utf8", 106 * 8, 8)
    message = (1, b"Hello", 0, 1)
    starts = [100, 100 + len(first), 100 + len(first + second)]
    found = with_frames(first + second, 100, starts, 0, [fault, message])
    assert [type(item) for item in found] == [Frame, Fault, Frame, tuple]
    assert found[0][1:] == (100, 105)


def test_a_fault_where_an_empty_payload_would_be_is_not_lost() -> None:
    frame = write_frame(Opcode.TEXT, rsv1=True)
    fault = Fault("pmd.deflate.valid", len(frame) * 8, 0)
    assert with_frames(frame, 0, [0, len(frame)], 0, [fault])[0] == fault
