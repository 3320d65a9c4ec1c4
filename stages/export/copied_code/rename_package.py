"""Source text whose imports name another package than `stages`."""

import ast
import re
from collections.abc import Iterator

OLD = "stages"
# In a docstring, modules of the packages that are copied.
_IN_DOCSTRING = re.compile(rb"\bstages(?=\.(core|inference)\b)")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_FROM = re.compile(rb"from\s+stages\b")


def rename_package(source: str, name: str) -> str:
    """The source with `name` in place of `stages` in its imports and in the docstrings that name modules.

    The places are those of the syntax tree: no other text is changed. Raises ValueError for an import that binds the
    name `stages` itself, and for a relative one.

    >>> print(rename_package("from stages.core import paths  # not stages\\nx = 'stages.core'", "model"))
    from model.core import paths  # not stages
    x = 'stages.core'
    """
    text = source.encode()
    starts = _line_starts(text)
    tree = ast.parse(source)
    changes = [change for node in ast.walk(tree) for change in _changes(node, text, starts)]
    for begin, end in sorted(changes, reverse=True):
        text = text[:begin] + name.encode() + text[end:]
    return text.decode()


def _changes(node: ast.AST, text: bytes, starts: list[int]) -> Iterator[tuple[int, int]]:
    """The places of the name, as positions of bytes."""
    match node:
        case ast.ImportFrom(level=level) if level > 0:
            raise ValueError(f"line {node.lineno}: a relative import")
        case ast.ImportFrom(module=str(module)) if module.partition(".")[0] == OLD:
            found = _FROM.match(text, starts[node.lineno - 1] + node.col_offset)
            assert found is not None
            yield found.end() - len(OLD), found.end()
        case ast.Import(names=names):
            for alias in names:
                if alias.name.partition(".")[0] == OLD:
                    if alias.asname is None:
                        raise ValueError(f"line {node.lineno}: `import {alias.name}` binds the name {OLD}")
                    begin = starts[alias.lineno - 1] + alias.col_offset
                    yield begin, begin + len(OLD)
        case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _in_docstring(node, text, starts)


def _in_docstring(node: Documented, text: bytes, starts: list[int]) -> Iterator[tuple[int, int]]:
    match node.body[:1]:
        case [ast.Expr(value=ast.Constant(value=str(), end_lineno=int(last), end_col_offset=int(column)) as docstring)]:
            begin = starts[docstring.lineno - 1] + docstring.col_offset
            end = starts[last - 1] + column
            yield from (found.span() for found in _IN_DOCSTRING.finditer(text, begin, end))


def _line_starts(text: bytes) -> list[int]:
    """The position of the first byte of each line."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts
