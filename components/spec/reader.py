"""The one reader of YAML: a restricted YAML 1.2 that every other reader understands in the same way.

It takes mappings, lists and YAML 1.2 core scalars, and remembers the line of every value. What two readers could
understand differently (tags, anchors, merge keys, duplicate keys, unquoted dates and times, octal numbers) is refused.
The tree is built from parser events without recursion and nothing is ever expanded, so hostile text cannot exhaust
the stack or the memory. Every refusal is an `InputError` whose findings have the id `yaml`.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias, cast

import yaml

from components.errors import Finding, InputError, Level, Place, nearest
from components.records import record
from components.spec.scalars import is_text, resolve, short

KeyPath: TypeAlias = "tuple[str | int, ...]"
Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | Decimal | bool | None"

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_FINDINGS = 50  # a wrong file is told at length, a hostile one not for ever

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# The parser's words -> what is wrong, and what to do. The first that occurs is taken.
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("while scanning a quoted scalar", "a quote that opens at line {start} is not closed", "close the quote"),
    ("while parsing a flow", "the [ or {{ of line {start} is not closed, or a comma is missing", "check the brackets"),
    ("mapping values are not allowed", "a ': ' where no key can stand", "quote text that holds ': ', or check indents"),
    ("expected ':'", "a line that is neither a key with a colon nor part of a list", "write `key: value`"),
    ("expected key", "a line whose indentation fits no level above it", "indent the keys of a mapping alike"),
    ("expected '-'", "a line whose indentation fits no level above it", "indent the items of a list alike"),
    ("sequence entries are not allowed", "a list item where none can stand", "start the list on a line of its own"),
    ("expected <block end>", "a line whose indentation fits no level above it", "indent keys and items alike"),
    ("maximum nesting depth", f"nested deeper than {MAX_DEPTH} levels", "write it flatter"),
    ("document start", "text after the end of the document", "keep one document, with one level of top keys"),
    ("escape", "a \\ in double quotes that escapes nothing", "use single quotes, or write \\\\"),
)


@record
class Document:
    """What a file says: `places` has the line of each key or list item by its path; `()` is the document itself."""

    value: Value
    places: dict[KeyPath, Place]
    file: str


def read(path: Path, *, shown: str | None = None) -> Document:
    """The document in the file `path`, called `shown` in findings (default: the path). Raises InputError."""
    name = str(path) if shown is None else shown
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            raise _error(name, "is a folder, not a file", "name a YAML file in it")
        if not stat.S_ISREG(found.st_mode):  # a pipe or a device may never end
            raise _error(name, "is not a regular file", "name a YAML file")
        _check_size(name, found.st_size)
        with open(path, "rb") as file:
            return read_text(file.read(MAX_BYTES + 1), name)  # it may have grown since it was measured
    except (FileNotFoundError, NotADirectoryError):
        raise _error(name, "does not exist", _neighbour(path, name)) from None
    except PermissionError:
        raise _error(name, "may not be read by you", "check its permissions") from None
    except OSError as error:
        raise _error(name, f"cannot be read: {error.strerror or error}", "") from None
    except ValueError:  # a NUL in the path
        raise _error(name, "is not a possible file name", "") from None


def read_text(text: str | bytes, shown: str) -> Document:
    """The document in `text`, called `shown` in findings; bytes are UTF-8. Raises InputError with all findings."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    _check_size(shown, len(raw))
    decoded = (text if isinstance(text, str) else _decode(text, shown)).removeprefix("\ufeff")
    odd = _UNPRINTABLE.search(decoded)
    if odd is not None:
        line = decoded.count("\n", 0, odd.start()) + 1
        raise _error(shown, f"has the unprintable character U+{ord(odd[0]):04X}", "remove it", line)
    builder = _Builder(shown)
    try:
        for event in yaml.parse(decoded, Loader=_LOADER):
            if not builder.take(event):
                break
    except yaml.YAMLError as error:
        builder.findings.append(_syntax(error, decoded, shown))
    if not builder.findings and builder.root is None:
        builder.findings.append(_finding(shown, "is empty", "write at least one `key: value`"))
    if builder.findings:
        raise InputError(builder.findings)
    return Document(builder.root, builder.places, shown)


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is open. Without a `path` it is refused already and no place in it is kept."""

    value: dict[str, Value] | list[Value]
    path: KeyPath | None
    is_key: bool = False  # it stands where a key belongs
    has_key: bool = False  # a key was read and its value is next
    key: str | None = None  # that key, None if it was refused
    lines: dict[str, int] = field(default_factory=dict[str, int])


class _Builder:
    """Builds the tree from events; `findings` is all that was refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Value = None
        self.places: dict[KeyPath, Place] = {}
        self.findings: list[Finding] = []
        self._open: list[_Frame] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Takes one event in; False when reading on makes no sense."""
        line = int(cast("Any", event.start_mark).line) + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(line, "a second document starts here", "keep one document in a file", ())
                return False
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(line, f"an alias (*{short(str(event.anchor))})", "write the value out")
            self._node(event, line)
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            self._check_marks(event, line)
            self._node(event, line)
            if len(self._open) > MAX_DEPTH:
                self._refuse(line, f"nested deeper than {MAX_DEPTH} levels", "write it flatter", ())
                return False
        elif isinstance(event, yaml.CollectionEndEvent) and self._open.pop().is_key:
            self._open[-1].has_key = True
        return len(self.findings) < MAX_FINDINGS

    def _check_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, f"an anchor (&{short(event.anchor)})", "write the value out where it is needed")
        if event.tag is not None:
            self._refuse(line, f"a tag ({short(event.tag)})", "remove it; quote what is text")

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        """A key, or a value with its place."""
        top = self._open[-1] if self._open else None
        if top is not None and isinstance(top.value, dict) and not top.has_key:
            self._key(top, event, line)
            return
        path = self._next_path(top)
        if path is not None and (top is None or isinstance(top.value, list)):
            self.places[path] = Place(self.file, line)
        value = self._value(event, line, path)
        if top is None:
            self.root = value
        elif isinstance(top.value, list):
            top.value.append(value)
        else:
            if top.key is not None:
                top.value[top.key] = value
            top.key, top.has_key = None, False
        if isinstance(value, (dict, list)):
            self._open.append(_Frame(value, path))

    @staticmethod
    def _next_path(top: _Frame | None) -> KeyPath | None:
        if top is None:
            return ()
        last = len(top.value) if isinstance(top.value, list) else top.key
        return None if top.path is None or last is None else (*top.path, last)

    def _value(self, event: yaml.NodeEvent, line: int, path: KeyPath | None) -> Value:
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        if not isinstance(event, yaml.ScalarEvent) or event.style:
            return str(getattr(event, "value", ""))
        try:
            return resolve(str(event.value))
        except ValueError as error:
            message, hint = error.args
            self._refuse(line, message, hint, path)
            return None

    def _key(self, top: _Frame, event: yaml.NodeEvent, line: int) -> None:
        """Reads a key of `top`; one that is refused stays out, with its value."""
        top.key, top.has_key = None, True
        if isinstance(event, yaml.CollectionStartEvent):
            self._refuse(line, "a key that is a mapping or a list", "a key is text; quote text that starts with [ or {")
            value: Value = [] if isinstance(event, yaml.SequenceStartEvent) else {}
            self._open.append(_Frame(cast("dict[str, Value] | list[Value]", value), None, is_key=True))
        elif isinstance(event, yaml.ScalarEvent):
            text = str(event.value)
            if text == "<<":
                self._refuse(line, "a merge key (<<)", "write the keys out")
            elif not event.style and not is_text(text):
                self._refuse(line, f"the key {short(text) or '(nothing)'} is not text", f'quote it: "{short(text)}"')
            elif text in top.lines:
                message = f"the key {short(text)!r} stands twice, at lines {top.lines[text]} and {line}"
                self._refuse(line, message, "keep one of them", None if top.path is None else (*top.path, text))
            else:
                top.key, top.lines[text] = text, line
                if top.path is not None:
                    self.places[(*top.path, text)] = Place(self.file, line)

    def _refuse(self, line: int, message: str, hint: str, path: KeyPath | None = None) -> None:
        where = self._next_path(self._open[-1] if self._open else None) if path is None else path
        if where is None:  # under a key that was refused: name the mapping around it
            where = next((frame.path for frame in reversed(self._open) if frame.path is not None), ())
        self.findings.append(_finding(self.file, message, hint, line, ".".join(map(str, where))))


def _finding(file: str, message: str, hint: str, line: int | None = None, path: str = "") -> Finding:
    return Finding("yaml", Level.ERROR, message, path, hint, file, line)


def _error(file: str, message: str, hint: str, line: int | None = None) -> InputError:
    return InputError(_finding(file, message, hint, line))


def _check_size(file: str, size: int) -> None:
    if size > MAX_BYTES:
        raise _error(
            file, f"is larger than {MAX_BYTES >> 20} MiB", "a spec takes a few kilobytes; is it the right file?"
        )


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _error(
            file, f"is not UTF-8: byte {error.start} is 0x{raw[error.start]:02x}", "save it as UTF-8", line
        ) from None


def _neighbour(path: Path, shown: str) -> str:
    """A hint with the most similar file of the same folder."""
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(entry.name for entry in itertools.islice(entries, 2000) if entry.is_file())
    except OSError:
        return f"there is no folder {Path(shown).parent}"
    near = nearest(path.name, names)
    return f"did you mean {Path(shown).parent / near}?" if near else "check the path"


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Finding:
    """A syntax error in our words; the parser's words only where we have none."""
    mark: Any = getattr(error, "problem_mark", None)
    if mark is None:
        return _finding(file, "is not YAML", "check the file")
    line = int(mark.line) + 1
    here = "".join(text.splitlines()[line - 1 : line])
    rest = here[int(mark.column) :]
    if rest[:1] == "\t" or re.match(r" *\t", here):
        return _finding(file, "a tab where only spaces can stand", "indent with spaces", line)
    if rest[:1] in {"@", "`", "%"}:
        return _finding(file, f"a value cannot start with {rest[0]}", "quote it", line)
    context = getattr(error, "context_mark", None)
    start = line if context is None else int(context.line) + 1
    said = f"{getattr(error, 'context', '') or ''}; {getattr(error, 'problem', '') or ''}"
    for needle, message, hint in _SYNTAX:
        if needle in said:
            return _finding(file, message.format(start=start), hint, line)
    return _finding(file, f"is not YAML: {said.strip('; ')}", "check this line and the one above", line)
