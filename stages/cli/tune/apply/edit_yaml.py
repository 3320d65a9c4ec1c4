"""Sets a value in the text of a YAML file. No other byte changes: comments, order, quotes and layout stay."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from stages.cli.tune.yaml_text import quoted_text, value_text
from stages.config.source_lines import walk_nodes
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import Keys, dotted_path

BYTE_ORDER_MARK = "\ufeff"


def with_value(text: str, keys: Keys, value: Any, file: object = "text", before: Sequence[str] = ()) -> str:
    """The text with the value at these keys, which are added where they are missing.

    `before` are the keys of the top level that a new one precedes. Raises UserError, with `file` in its message, if
    something that the value does not replace would be lost.

    >>> with_value("a: {b: 1}  # one\\n", ("a", "b"), 2), with_value("a:\\n  b: 1\\n", ("a", "c", "d"), [3])
    ('a: {b: 2}  # one\\n', 'a:\\n  b: 1\\n  c: {d: [3]}\\n')
    """
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    return mark + _Edit(text.removeprefix(mark), keys, value, file, before).edited()


def has_key(text: str, keys: Keys) -> bool:
    """
    >>> has_key("a: {b: 1}", ("a", "b")), has_key("a: {b: 1}", ("a", "c"))
    (True, False)
    """
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    for key in keys:
        child = None if node is None else _child(node, key)
        if child is None:
            return False
        node = child.node
    return True


class _Place(NamedTuple):
    """A value, and where the name before it ends; an item of a list has no name."""

    node: yaml.Node
    name_end: int | None


class _Edit:
    """One change. Positions are those of PyYAML's nodes in the text."""

    def __init__(self, text: str, keys: Keys, value: Any, file: object, before: Sequence[str]) -> None:
        self.text, self.keys, self.value, self.file, self.before = text, keys, value, file, before
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def edited(self) -> str:
        root = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        if not isinstance(root, yaml.MappingNode):
            raise UserError(f"{self.file}: should be keys with values; write {self._wanted()} there")
        place = _Place(root, 0)
        for depth, key in enumerate(self.keys):
            parent = place.node
            child = _child(parent, key)
            if child is None:
                return self._add(place, depth)
            if child.node.start_mark.index < (child.name_end or parent.start_mark.index):
                raise self._by_hand(parent, "is an alias of another value")
            place = child
        return self._replace(place, self.value)

    def _add(self, place: _Place, depth: int) -> str:
        """The key at this depth, and all keys below it, as one new entry of the mapping."""
        parent, key, value = place.node, self.keys[depth], self.value
        for inner in reversed(self.keys[depth + 1 :]):
            value = {inner: value}
        if parent.tag == "tag:yaml.org,2002:null":
            return self._replace(place, {key: value})
        if not isinstance(parent, yaml.MappingNode):
            raise self._by_hand(parent, f"{dotted_path(self.keys[:depth])} is no mapping")
        entry = f"{key}: {value_text(value)}"
        if parent.flow_style:
            return self._add_to_flow(parent, entry)
        return self._add_section(parent, str(key), value) if depth == 0 else self._add_line(parent, entry)

    def _add_to_flow(self, parent: yaml.MappingNode, entry: str) -> str:
        if not parent.value:
            return self._spliced(parent.start_mark.index + 1, entry)
        name, last = parent.value[-1]
        if last.start_mark.index < name.start_mark.index:
            # It is an alias, whose node is elsewhere.
            return self._spliced(parent.start_mark.index + 1, f"{entry}, ")
        return self._spliced(_content_end(parent), f", {entry}")

    def _add_line(self, parent: yaml.MappingNode, entry: str) -> str:
        """Below the line of the last entry, whose comment stays with it."""
        indent = " " * parent.value[0][0].start_mark.column
        return self._with_line_after(_content_end(parent), indent + entry)

    def _add_section(self, root: yaml.MappingNode, name: str, value: Any) -> str:
        """A line with its name, and a line for each of its keys, after the sections that it follows."""
        entries = value.items() if isinstance(value, dict) else ()
        lines = [f"{name}:", *(f"  {key}: {value_text(each)}" for key, each in entries)]
        section = self.newline.join(lines if entries else [f"{name}: {value_text(value)}"])
        earlier = [pair for pair in root.value if pair[0].value not in self.before]
        if not earlier:
            return section + self.newline + self.text
        return self._with_line_after(_end_of_entry(*earlier[-1]), self.newline + section)

    def _with_line_after(self, position: int, line: str) -> str:
        end = self.text.find("\n", position)
        if end < 0:
            return f"{self.text}{self.newline}{line}{self.newline}"
        return self._spliced(end + 1, line + self.newline)

    def _replace(self, place: _Place, value: Any) -> str:
        node = place.node
        if self.text[node.start_mark.index :].startswith(("&", "!")):
            raise self._by_hand(node, "has an anchor or a tag")
        if isinstance(node, yaml.ScalarNode):
            return self._replace_scalar(node, value)
        return self._replace_collection(place, value)

    def _replace_scalar(self, node: yaml.ScalarNode, value: Any) -> str:
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in ("|", ">"):
            raise self._by_hand(node, "is a text of several lines")
        if node.style in ("'", '"') and isinstance(value, str):
            return self._spliced(start, quoted_text(value, node.style), end)
        # `key:` without a value may have no space behind it.
        space = " " if start == end and self.text[start - 1] == ":" else ""
        return self._spliced(start, space + value_text(value), end)

    def _replace_collection(self, place: _Place, value: Any) -> str:
        node = place.node
        start, end, new = node.start_mark.index, node.end_mark.index, value_text(value)
        assert isinstance(node, yaml.CollectionNode)
        if not node.flow_style:
            end = _content_end(node)
            if isinstance(node, yaml.SequenceNode) and isinstance(value, list) and value:
                new = f"{self.newline}{' ' * node.start_mark.column}".join(f"- {value_text(item)}" for item in value)
            elif place.name_end is not None:
                # What is no list of lines goes to the line of the name.
                start, new = place.name_end, f": {new}"
        if _has_comment(node, self.text, start, end):
            raise self._by_hand(node, "has a comment, an anchor or an alias inside, which would be lost")
        return self._spliced(start, new, end)

    def _spliced(self, start: int, new: str, end: int | None = None) -> str:
        return self.text[:start] + new + self.text[start if end is None else end :]

    def _by_hand(self, node: yaml.Node, reason: str) -> UserError:
        where = f"{self.file}:{node.start_mark.line + 1}"
        return UserError(f"{where}: {dotted_path(self.keys)}: {reason}; write {self._wanted()} by hand")

    def _wanted(self) -> str:
        return f"`{dotted_path(self.keys)}: {value_text(self.value)}`"


def _child(parent: yaml.Node, key: str | int) -> _Place | None:
    if isinstance(parent, yaml.MappingNode):
        return next((_Place(node, name.end_mark.index) for name, node in parent.value if name.value == str(key)), None)
    if isinstance(parent, yaml.SequenceNode) and isinstance(key, int) and key < len(parent.value):
        return _Place(parent.value[key], None)
    return None


def _content_end(node: yaml.CollectionNode) -> int:
    """Where the last entry ends. For PyYAML, a collection without brackets ends where what follows begins."""
    last = node.value[-1]
    return _end_of_entry(*last) if isinstance(last, tuple) else _end_of_entry(last, last)


def _end_of_entry(name: yaml.Node, node: yaml.Node) -> int:
    """`name` is for a value that is empty: it has no place of its own."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        return _content_end(node)
    # A text of several lines ends behind its last line break.
    of_lines = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return max(int(name.end_mark.index), int(node.end_mark.index) - of_lines)


def _has_comment(node: yaml.Node, text: str, start: int, end: int) -> bool:
    """Whether there is a comment, an anchor, an alias or a tag in this part of the text, outside of all scalars."""
    rest = list(text[start:end])
    for scalar in _scalars(node):
        if start <= scalar.start_mark.index < end:
            inside = slice(scalar.start_mark.index - start, scalar.end_mark.index - start)
            rest[inside] = " " * len(rest[inside])
    return bool({"#", "&", "*", "!"} & {*rest})


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    return (each for each in walk_nodes(node) if isinstance(each, yaml.ScalarNode))
