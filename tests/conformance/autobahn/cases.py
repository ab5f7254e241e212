"""Load the cases of the Autobahn test suite on Python 3.

The package is marked for Python 3 but its code is Python 2, so it is never imported. Only its case modules are loaded,
through an import hook that makes a handful of substitutions. They are decoded as latin-1: a Python 2 byte string
becomes a `str` whose code points are the bytes; `as_bytes` turns it into bytes at the wire.
"""

import binascii
import fnmatch
import importlib.abc
import importlib.util
import os
import re
import sys
import types

from autobahn.websocket import utf8validator as _u8


def as_bytes(x):
    return x.encode("latin-1") if isinstance(x, str) else x


class _Utf8Validator(_u8.Utf8Validator):
    def validate(self, data):
        return super().validate(as_bytes(data))


_shim = types.ModuleType("_ab3_shim")
_shim.Utf8Validator = _Utf8Validator
_bin = types.SimpleNamespace(
    b2a_hex=lambda x: binascii.b2a_hex(as_bytes(x)).decode(), hexlify=lambda x: binascii.hexlify(as_bytes(x)).decode()
)

PKG = "_ab3_cases"
_spec = importlib.util.find_spec("autobahntestsuite")  # locates, does not execute it
ROOT = list(_spec.submodule_search_locations)[0]

SUBS = [
    (re.compile(p, re.M), r)
    for p, r in [
        (r"^from (case\w*) import", r"from .\1 import"),  # implicit relative imports
        (r"^from case9_9_1 import.*$|^from \.case9_9_1 import.*$", ""),  # never listed in Cases; py2-only zope API
        (r"^from autobahn\.websocket\.utf8validator import.*$", "from _ab3_shim import Utf8Validator"),
        (r"^import binascii\s*$", "from _ab3_shim import binascii"),
        (
            r"^import copy, os, pkg_resources, hashlib, binascii\s*$",
            "import copy, os, hashlib\nfrom _ab3_shim import binascii, pkg_resources",
        ),
        (r"^( *)print\b.*$", r"\1pass"),  # only in self-tests that never run
        (r"\bxrange\b", "range"),
        (r"\bunichr\b", "chr"),
        (r"\(object, Case, \)", "(Case,)"),  # MRO error on Python 3
        (r"len\(self\.payload\) / self\.p", "len(self.payload) // self.p"),
        (r"\b(request|accept)NoContextTakeover\b", r"\1_no_context_takeover"),
        (r"\b(request|accept)MaxWindowBits\b", r"\1_max_window_bits"),
    ]
]


class _Loader(importlib.abc.Loader):
    def __init__(self, path):
        self.path = path

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        with open(self.path, "rb") as f:
            text = f.read().decode("latin-1")
        for rx, rep in SUBS:
            text = rx.sub(rep, text)
        exec(compile(text, self.path, "exec"), module.__dict__)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == PKG:
            p = os.path.join(ROOT, "case", "__init__.py")
            return importlib.util.spec_from_file_location(
                name, p, loader=_Loader(p), submodule_search_locations=[os.path.join(ROOT, "case")]
            )
        if name.startswith(PKG + "."):
            p = os.path.join(ROOT, "case", name.rsplit(".", 1)[1] + ".py")
            if os.path.exists(p):
                return importlib.util.spec_from_file_location(name, p, loader=_Loader(p))


_shim.binascii = _bin
_shim.pkg_resources = types.SimpleNamespace(resource_filename=lambda pkg, rel: os.path.join(ROOT, rel))
sys.modules["_ab3_shim"] = _shim
sys.meta_path.insert(0, _Finder())
_cases = importlib.import_module(PKG)
Case, CASES = _cases.Case, _cases.Cases


def _norm(x):
    if isinstance(x, (list, tuple)):
        return [_norm(y) for y in x]
    return as_bytes(x)


Case.compare = lambda self, a, b: _norm(a) == _norm(b)


def case_id(cls):
    return ".".join(cls.__name__[4:].split("_"))


def id_key(i):
    return tuple(int(x) for x in i.split("."))


BY_ID = {case_id(c): c for c in CASES}


def select(patterns, exclude=()):
    def hit(i, pats):
        return any(fnmatch.fnmatchcase(i, p) or (p.isdigit() and i.split(".")[0] == p) for p in pats)

    return sorted([i for i in BY_ID if hit(i, patterns) and not hit(i, exclude)], key=id_key)
