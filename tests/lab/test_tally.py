from app.lab.tally import Bytes, Tally


def test_bytes_add_and_subtract_by_side_and_layer() -> None:
    some, more = Bytes({("client", "payload"): 5}), Bytes({("client", "payload"): 2, ("server", "network"): 52})
    assert (some + more).total() == 59
    assert (some + more - some) == more
    assert some.json()["client"]["payload"] == 5 and some.json()["server"]["framing"] == 0


def test_a_probe_counts_until_it_is_settled() -> None:
    tally, found = Tally(), Bytes({("server", "network"): 10})

    def probe() -> Bytes:
        return found

    tally.watch(probe)
    assert tally.read().total() == 10
    found = Bytes({("server", "network"): 15})
    tally.settle(probe)
    found = Bytes({("server", "network"): 99})
    assert tally.read().total() == 15
    tally.settle(probe)
    assert tally.read().total() == 15


def test_only_the_message_to_look_at_is_kept() -> None:
    tally = Tally()
    tally.add("server", "payload", b"no")
    tally.sampling = True
    tally.add("server", "payload", b"yes")
    assert tally.sample_json() == [{"side": "server", "layer": "payload", "hex": "796573"}]
    assert tally.read().of("server", "payload") == 5
