"""The house rules that a reader cannot see at a glance: who may import whom, what stands where."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pipeline"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each room with the rooms it may use. Modules that lie beside the rooms stand by their own name.
VALUES = {"schema", "errors", "kinds", "problems", "rows", "entities", "guard"}
ARROWS: dict[str, set[str]] = {
    "schema": set(),
    "errors": set(),
    "clocks": set(),
    "collecting": set(),
    "json_text": set(),
    "guard": set(),
    "state": {"errors"},
    "kinds": {"schema"},
    "problems": {"schema"},
    "rows": {"schema"},
    "entities": {"schema", "kinds"},
    "mapping": VALUES | {"sheets"},
    "certificate": set(),
    "comparison": VALUES | {"planning"},
    "figures": VALUES,
    "filtering": VALUES | {"mapping", "planning"},
    "selection": VALUES | {"mapping"},
    "series": VALUES | {"comparison", "planning", "state"},
    "sheets": VALUES | {"planning", "certificate", "comparison", "figures"},
    "header": VALUES | {"mapping", "sheets"},
    "checks": VALUES | {"mapping", "sheets", "header"},
    "foreign": VALUES | {"mapping", "sheets", "header"},
    "children": VALUES | {"sheets", "planning"},
    "edits": VALUES | {"sheets", "header", "checks"},
    "base": VALUES | {"sheets", "header", "edits"},
    "rules": VALUES | {"sheets"},
    "planning": VALUES | {"mapping", "rules"},
    "prepared": VALUES
    | {"sheets", "header", "checks", "children", "base", "edits", "rules", "planning", "mapping"}
    | {"staleness", "foreign", "collecting"},
    "config": {"errors", "api"},
    "api": VALUES | {"config", "clocks", "json_text"},
    "runs": VALUES | {"api", "planning", "config", "clocks", "state", "json_text"},
    "naming": VALUES | {"api", "planning"},
    "live": VALUES | {"api", "planning", "naming", "sheets"},
    "staleness": VALUES | {"planning", "sheets"},
    "importing": VALUES | {"api", "planning", "prepared", "runs", "naming", "collecting"},
    "accounting": VALUES | {"api", "sheets", "certificate", "figures"},
    "exporting": VALUES
    | {"api", "sheets", "filtering", "selection", "naming", "series"}
    | {"accounting", "certificate", "comparison", "figures"},
    "report": VALUES
    | {"planning", "prepared", "runs", "sheets", "certificate", "comparison", "figures"},
    "sandbox": {"schema", "kinds", "entities"},
}
LIBRARIES = {  # outside libraries that one room owns
    "httpx": {"api/wire.py"},
    "orjson": {"json_text.py"},
    "pandera": {"checks.py"},
    "flask": {"sandbox"},
    "werkzeug": {"sandbox"},
    "lxml": {"sheets"},
    "python_calamine": {"sheets"},
    "xlsxwriter": {"sheets"},
    "openpyxl": {"sheets", "cli/demo.py"},
    "numpy": {"sheets"},
    "pandas": {"sheets", "mapping", "checks.py"},
    "rapidfuzz": {"mapping"},
    "tomlkit": {"mapping"},
    "sqlite3": {"runs", "series", "sandbox", "state.py"},
    "matplotlib": {"report"},
    "jinja2": {"report"},
    "pyarrow": {"sheets"},
    "filelock": {"state.py"},
    "click": {"cli"},
    "tqdm": {"cli"},
}


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path):
    """A room imports only what the design lets it use; the command line may use everything."""
    here = room(path)
    if here in {"cli", "__init__", "__main__"}:
        return
    used = {name.split(".")[1] for name in imports(path) if name.startswith("pipeline.")}

    assert used - ARROWS[here] - {here, "__version__"} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_is_used_in_one_room(path):
    """An outside library is imported where the design says, so that it can be replaced there."""
    place = str(path.relative_to(PACKAGE))
    for name in imports(path):
        owners = LIBRARIES.get(name.split(".")[0])
        assert owners is None or any(place == owner or room(path) == owner for owner in owners)


def test_an_installed_program_has_all_rooms_and_what_they_read():
    """Each package and each file beside its modules is named where the wheel is made from."""
    setup = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    said = setup["tool"]["setuptools"]
    rooms = {".".join(path.relative_to(PACKAGE.parent).parent.parts) for path in MODULES}
    shipped = {
        found
        for package, patterns in said["package-data"].items()
        for pattern in patterns
        for found in (PACKAGE.parent / package.replace(".", "/")).glob(pattern)
    }
    files = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path.name != "py.typed"
    }

    assert set(said["packages"]) - {"pipeline.samples"} == rooms
    assert files - shipped == set()


def test_only_runs_writes_to_an_account():
    """POST, PUT and DELETE are named in runs/ and, for replies and tokens, in api/."""
    named = re.compile(r"\"(POST|PUT|DELETE)\"")
    users = {room(path) for path in MODULES if named.search(path.read_text(encoding="utf-8"))} - {
        "sandbox"
    }

    assert users == {"api", "runs"}


def test_api_names_stand_in_the_tables_only():
    """A field's name is written where the table is: elsewhere it would be a second truth."""
    from pipeline.entities import ENTITIES  # noqa: PLC0415 - the other tests need no package

    fields = {field.name for entity in ENTITIES.values() for field in entity.fields}
    names = {name for name in fields if len(name) > len("Visible")}
    for path in MODULES:
        if room(path) in {"entities", "sandbox"} or path.name == "demo.py":
            continue
        strings = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert strings & names == set(), path


def test_no_module_catches_everything():
    """A broad except would hide what nobody foresaw."""
    for path in MODULES:
        assert not re.search(r"except( Exception| BaseException)?:", path.read_text("utf-8")) or (
            path.name == "journal.py"  # rolls back and raises again
        ), path
