"""What came out: two JSON files and one line."""

import json
import os

from cases import id_key

ORDER = ["OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED", "FAILED"]


def short(ids, n=30):
    return (",".join(ids[:n]) + (f",+{len(ids) - n} more" if len(ids) > n else "")) or "-"


def write(out, agent, results, wall, total=None):
    os.makedirs(out, exist_ok=True)
    n = {k: [] for k in ORDER}
    for i in sorted(results, key=id_key):
        n.setdefault(results[i]["behavior"], []).append(i)
    bad_close = [i for i in sorted(results, key=id_key) if results[i]["behaviorClose"] not in ("OK", "INFORMATIONAL")]
    failed = n["FAILED"]
    by = {}
    for i in bad_close:
        by.setdefault(results[i]["behaviorClose"], []).append(i)
    with open(os.path.join(out, "index.json"), "w") as f:
        json.dump(
            {
                agent: {
                    i: {
                        k: v
                        for k, v in results[i].items()
                        if k in ("behavior", "behaviorClose", "remoteCloseCode", "duration")
                    }
                    for i in sorted(results, key=id_key)
                }
            },
            f,
            indent=1,
        )
    with open(os.path.join(out, "problems.json"), "w") as f:
        json.dump(
            {i: r for i, r in results.items() if "wirelog" in r or r["behavior"] == "FAILED"}, f, indent=1, default=repr
        )
    counts = " ".join(f"{name.lower()}={len(n[name])}" for name in ORDER)
    closes = "; ".join(f"{kind} x{len(found)} ({short(found, 6)})" for kind, found in sorted(by.items())) or "-"
    print(
        f"AUTOBAHN agent={agent!r} cases={len(results)} {counts} close-problems={len(bad_close)} wall={wall:.1f}s"
        f" | failed: {short(failed)} | non-strict: {short(n['NON-STRICT'])} | close: {closes}",
        flush=True,
    )
    return failed, bad_close
