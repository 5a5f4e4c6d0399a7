"""Edits of a stack file that leave everything else in it as it is: comments, order, quotes, line endings.

The place of a value comes from the YAML parser's own marks; what is written is one value, in flow style. After each edit
the file is parsed again and must say exactly what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from components.spec.loader import CONFIG_KEY

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_ROOT = ("config", CONFIG_KEY)


class CannotEdit(Exception):
    """The text has a form in which this value cannot be placed by itself."""


def edited(text: str, path: str, value: Any) -> str:
    """The text of a stack file with `value` at a dotted path of its spec, or without it where that is None.

    Raises CannotEdit.
    """
    steps = [*_ROOT, *path.split(".")]
    before = _load(text)
    made = _removed(text, steps) if value is None else _set(text, steps, value)
    if _load(made) != _meant(before, steps, value):
        raise CannotEdit(f"{path} cannot be edited by itself")
    return made


def _set(text: str, steps: Sequence[str], value: Any) -> str:
    node: Node | None = yaml.compose(text, yaml.SafeLoader)
    for depth, step in enumerate(steps):
        if not isinstance(node, MappingNode):
            return _replaced(text, node, _flow_of(steps[depth:], value))
        found = _entry(node, step)
        if found is None:
            return _added(text, node, step, _flow_of(steps[depth + 1 :], value))
        node = found[1]
    return _replaced(text, node, _flow(value))


def _replaced(text: str, node: Node | None, new: str) -> str:
    if node is None:
        raise CannotEdit("the file is empty")
    start, end = node.start_mark.index, _end(node)
    if isinstance(node, ScalarNode) and node.value == "" and start == end:  # `key:` and nothing
        return f"{text[:start].rstrip(' ')} {new}{text[start:]}"
    if _is_block(node):  # from behind the key's colon
        start = text.rindex(":", 0, start) + 1
        return f"{text[:start]} {new}{text[end:]}"
    return text[:start] + new + text[end:]


def _added(text: str, node: MappingNode, key: str, new: str) -> str:
    entry = f"{_flow(key)}: {new}"
    if not _is_block(node):
        end = node.end_mark.index - 1
        return f"{text[:end].rstrip()}{', ' if node.value else ''}{entry}{text[end:]}"
    end = _end(node)
    line_end = text.find("\n", end)
    newline = "\r\n" if "\r\n" in text else "\n"
    head, tail = (text, "") if line_end < 0 else (text[: line_end + 1], text[line_end + 1 :])
    if line_end < 0:
        head += newline
    return f"{head}{' ' * node.value[0][0].start_mark.column}{entry}{newline}{tail}"


def _removed(text: str, steps: Sequence[str]) -> str:
    """Without the entry at a path; what holds nothing else goes with it."""
    chain: list[tuple[MappingNode, Node, Node]] = []
    node: Node | None = yaml.compose(text, yaml.SafeLoader)
    for step in steps:
        found = _entry(node, step) if isinstance(node, MappingNode) else None
        if found is None or not isinstance(node, MappingNode):
            raise CannotEdit(f"{'.'.join(steps)} is not in the file")
        chain.append((node, *found))
        node = found[1]
    while len(chain[-1][0].value) == 1 and len(chain) > len(_ROOT) + 1:
        chain.pop()
    parent, key, value = chain[-1]
    start, end = key.start_mark.index, _end(value)
    if _is_block(parent):
        start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", end)
        return text[:start] + ("" if line_end < 0 else text[line_end + 1 :])
    after = re.match(r"\s*,\s*", text[end:])
    if after:
        return text[:start] + text[end + after.end() :]
    return re.sub(r",\s*$", "", text[:start]) + text[end:]


def _entry(node: MappingNode, key: str) -> tuple[Node, Node] | None:
    return next((pair for pair in node.value if pair[0].value == key), None)


def _is_block(node: Node) -> bool:
    return isinstance(node, MappingNode | SequenceNode) and not node.flow_style


def _end(node: Node) -> int:
    """Where a node's own text ends: a block's mark lies behind the comments that follow it."""
    if _is_block(node) and node.value:
        last: Any = node.value[-1]
        return _end(cast("Node", last[1] if isinstance(last, tuple) else last))
    return node.end_mark.index


def _flow_of(steps: Sequence[str], value: Any) -> str:
    """A value below some keys: `{train: {nodes: 0..8}}`."""
    text = _flow(value)
    for step in reversed(steps):
        text = f"{{{_flow(step)}: {text}}}"
    return text


def _flow(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and isinstance(yaml.safe_load(value), str)
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, cast('Sequence[Any]', value)))}]"
    return str(value)


class _Texts(yaml.SafeLoader):
    """Everything as text, so that a file means the same before and after whatever a value looks like."""


_Texts.yaml_implicit_resolvers = {}


def _load(text: str) -> Any:
    return yaml.load(text, _Texts)


def _meant(value: Any, steps: Sequence[str], new: Any, depth: int = 0) -> Any:
    """What the file says with the edit made; an entry that holds nothing any more goes, below the spec itself."""
    if not steps:
        return _load(_flow(new))
    here = dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else dict[str, Any]()
    last = len(steps) == 1
    inner: Any = {} if last and new is None else _meant(here.get(steps[0]), steps[1:], new, depth + 1)
    if new is None and not inner and (last or depth >= len(_ROOT)):
        here.pop(steps[0], None)
        return here
    return {**here, steps[0]: inner}
