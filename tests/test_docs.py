"""Documentation that is checked: docstrings, links, headings of word lists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path
    for package in ("quotes", "api")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
PAGES = sorted(
    path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "fixtures").rglob("*.md"),
        *(ROOT / "quotes").rglob("*.md"),
    )
    if path.exists()
)
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def undocumented(path: Path) -> list[str]:
    """Return what is public in a module and has no docstring, as "name:line"."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [f"{node.name}:{node.lineno}" for node in public(tree) if not ast.get_docstring(node)]


def public(tree: ast.Module) -> Iterator[Definition]:
    """Yield public classes and functions, and the public methods of classes that inherit nothing.

    A method of a subclass mostly answers to a framework's name (`clean`, `get_queryset`, `handle`)
    and is documented there; `class Meta` is a setting.
    """
    for node in tree.body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        yield node
        if isinstance(node, ast.ClassDef) and not node.bases:
            yield from (
                inner
                for inner in node.body
                if isinstance(inner, Definition) and not inner.name.startswith("_")
            )


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_public_names_have_docstrings(path: Path) -> None:
    assert undocumented(path) == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.stat().st_size], ids=relative)
def test_modules_say_what_they_are(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_check_sees_a_missing_docstring(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('class A:\n    """Doc."""\n    def b(self): ...\n    def _c(self): ...\n')
    assert undocumented(module) == ["b:3"]


def links(page: Path) -> list[str]:
    """Return the link targets of a page, outside code, that point into this repository."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    return [target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_relative_links_resolve(page: Path) -> None:
    dead = []
    for target in links(page):
        place, _, anchor = target.partition("#")
        there = page if not place else (page.parent / place).resolve()
        if not there.exists() or (anchor and anchor not in anchors(there)):
            dead.append(target)
    assert dead == []


def anchors(page: Path) -> set[str]:
    """Return the anchors that a Markdown page's headings make: lower case, words by hyphens."""
    if page.suffix != ".md":
        return set()
    headings = re.findall(r"^#+\s+(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert all(number.isdigit() for number in numbers)
    assert sorted(set(numbers)) == sorted(numbers)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda p: p.name
)
def test_a_decision_has_a_date_and_a_status(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.search(r"^Date: \d{4}-\d\d-\d\d\. Status: \w+", text, re.MULTILINE)


DECISION = re.compile(r"docs/decisions/([\w-]+\.md)")


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_decisions_that_code_cites_exist(path: Path) -> None:
    cited = set(DECISION.findall(path.read_text(encoding="utf-8")))
    missing = {name for name in cited if not (ROOT / "docs" / "decisions" / name).exists()}
    assert missing == set()


WORD_LISTS = sorted((ROOT / "quotes" / "nlp" / "data").iterdir())


@pytest.mark.parametrize("path", WORD_LISTS, ids=lambda p: p.name)
def test_word_lists_name_columns_source_and_licence(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    first_row = next(i for i, line in enumerate(lines) if line and not line.startswith("#"))
    heading = " ".join(lines[:first_row]).lower()
    for word in ("columns", "source", "licence"):
        assert word in heading, f"{path.name}: its heading names no {word}"
