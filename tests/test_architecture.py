"""The shape of the house: who may import whom, which parts are pure, and that every module is tested and explained."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
LONGEST = 400

LEAVES = {"trace", "words", "settings", "terminal"}
# A part of the app -> the parts it may import, itself always included. A part that is not listed fails the test.
MAY_IMPORT: dict[str, set[str]] = {
    "trace": set(),
    "words": set(),
    "settings": set(),
    "terminal": set(),
    "protocol": {"trace"},
    "anatomy": {"trace", "protocol"},
    "importers": {"trace", "protocol", "anatomy"},
    "exporters": {"trace", "protocol", "anatomy"},
    "lessons": {"trace", "protocol", "anatomy"},
    "reference": {"trace", "protocol", "anatomy"},
    "live": {"trace", "protocol", "settings", "words"},
    "lab": {"trace", "protocol", "settings", "words"},
}
EVERYTHING = {"web", "__init__", "__main__"}
KNOW_FLASK = {"web", "__init__"}

# Clock, keys, randomness and bytes come in as arguments: the same input always gives the same explanation.
PURE = {"trace", "protocol", "anatomy", "importers", "exporters"}
IMPURE_MODULES = {"socket", "ssl", "threading", "time", "random", "os", "flask"}
IMPURE_MODULES |= {"asyncio", "pathlib", "secrets", "select", "selectors", "shutil", "subprocess", "tempfile"}
IMPURE_BUILTINS = {"open", "input", "print", "eval", "exec", "breakpoint"}


class Module(NamedTuple):
    """One file of the app and what it is made of."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def names(self) -> tuple[str, ...]:
        """("app", "protocol", "frames") for app/protocol/frames.py."""
        return self.path.relative_to(ROOT).with_suffix("").parts

    @property
    def part(self) -> str:
        return self.names[1]

    def imports(self) -> Iterator[tuple[str, ...]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (tuple(alias.name.split(".")) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self.names[: -node.level] if node.level else ()
                target = (*base, *(node.module.split(".") if node.module else ()))
                # `from app import words` names a module, `from app.words import t` a thing in one
                yield from ((*target, alias.name) for alias in node.names) if target == ("app",) else (target,)


def read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, text, ast.parse(text))


MODULES = [read(path) for path in sorted(APP.rglob("*.py"))]
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: "/".join(module.names))


@every_module
def test_a_part_imports_only_what_the_design_allows(module: Module) -> None:
    if module.part in EVERYTHING:
        return
    allowed = MAY_IMPORT[module.part] | {module.part}
    used = {names[1] for names in module.imports() if names[0] == "app" and len(names) > 1}
    assert used <= allowed


def test_leaves_import_nothing_of_ours() -> None:
    assert all(MAY_IMPORT[leaf] == set() for leaf in LEAVES)


@every_module
def test_only_the_web_knows_flask(module: Module) -> None:
    if module.part not in KNOW_FLASK:
        assert not {names[0] for names in module.imports()} & {"flask", "flask_sock"}


@every_module
def test_pure_parts_do_no_io(module: Module) -> None:
    if module.part not in PURE:
        return
    assert not {names[0] for names in module.imports()} & IMPURE_MODULES
    assert not {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)} & IMPURE_BUILTINS


def test_pure_parts_run_without_flask() -> None:
    """Importing `app.protocol` runs app/__init__.py: it must not bring the web with it."""
    pure = [".".join(module.names).removesuffix(".__init__") for module in MODULES if module.part in PURE]
    program = f"import {', '.join(pure)}, sys; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


@every_module
def test_a_module_says_what_it_owns(module: Module) -> None:
    assert (ast.get_docstring(module.tree) or "").strip()


@every_module
def test_a_module_is_short(module: Module) -> None:
    assert module.text.count("\n") <= LONGEST


@every_module
def test_a_module_has_its_test(module: Module) -> None:
    """app/a/b.py is tested by tests/a/test_b.py; a package may be tested as one, app/a/b/ by tests/a/test_b.py.

    A module that only declares (constants, tables, plain data) has nothing to run.
    """
    if not any(isinstance(node, ast.FunctionDef) for node in ast.walk(module.tree)):
        return
    *folders, name = module.names[1:]
    if name == "__init__":
        name = folders[-1] if folders else "app"
    mirrors = [Path(*folders, f"test_{name.strip('_')}.py")]
    mirrors += [Path(*folders[:depth], f"test_{folder}.py") for depth, folder in enumerate(folders)]
    assert any((ROOT / "tests" / mirror).exists() for mirror in mirrors), f"no tests/{mirrors[0]}"


@pytest.mark.parametrize("path", sorted((ROOT / "static").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_is_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST
