"""The words of the code: no name uses the private vocabulary that the field's terms replaced."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    path
    for folder in ("digitdraw", "tests", "benchmarks", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path != Path(__file__).resolve()
]
# Words that say nothing as the whole name of a variable, parameter, function or class.
WHOLE = re.findall(
    r"\w+",
    "each some others one made kept said asked told tells goes came seen find finds tall wide "
    "haste habits hand hands harm doors bodies aside patience strip strips corpus team feed "
    "judge cases lineup asker album intake",
)
# Words that no part of a name may be. "hand", "pool" or "strip" may: handwriting, thread_pool.
PARTS = set(
    re.findall(
        r"\w+",
        "finds finder halves mended grown haste habits continental doors aside patience lineup "
        "asker album intake told judge strips corpus sheets evened",
    )
)


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and text of every name that the code defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def words(name: str) -> list[str]:
    """Split snake_case and CamelCase into lower-case words."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_are_the_terms_of_the_field(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [
        f"line {line}: {name}"
        for line, name in names(tree)
        if name.strip("_").lower() in WHOLE or PARTS & set(words(name))
    ] == []
