"""What holds for every file: small, explained, no facts in code, no traces of where it was written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import components
from components.catalog import CLOUDS, load
from tests.architecture.source import PRODUCT, ROOT, functions, python_files, text_of, texts, tracked, tree_of

FILE_LINES = 300
FUNCTION_LINES = 40

LONG_FILES = {
    "tests/unit/spec/test_reader.py": "one table of YAML that readers disagree on, and what this reader says of each",
    "tests/unit/spec/test_quantities.py": "one table of texts that quantities accept and refuse",
}
LONG_FUNCTIONS = {
    "tests/support/aws_plan.py:make_plan": "one plan written out, so that a test can change any part of it",
    "tests/unit/cost/clusters.py:cluster": "one plan written out, so that its figures can be checked by hand",
    "tests/unit/preview/test_capture.py:program": "one program that uses every option a resource can have",
}
CATCH_ALL = {
    "components/aws/deployed.py": "the SDK has no class for what the engine refuses; raises what is not exactly that",
    "scripts/cli/app.py": "the last line: what no one foresaw ends as one line with an exit status",
    "scripts/preview/capture.py": "keeps the error of the user's program and raises it after the loop has ended",
}

# Written in two parts, since this file is tracked too.
TRACES = re.compile(
    "|".join(
        [
            r"(?<![\w.~-])/wo" + r"rk/",
            r"(?<![\w/-])sha" + r"red/(?:design|engine|facts|data|hooks)\b",
            r"(?i:\biss" + r"ue #\d)",
            # EKS and Pulumi have some that are part of the subject.
            r"(?i:\b(?:sub-?|ai[ -]|coding[ -]|llm[ -])ag" + r"ents?\b)",
            r"/ro" + r"ot/",
            r"(?i:py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.(?:org|com)|proxy\.gol" + r"ang\.org)",
        ]
    )
)
LOCK = Path("uv.lock")  # it names the index by nature


def test_imports_come_from_this_checkout() -> None:
    assert Path(components.__file__).resolve().parent == ROOT / "components"


def test_files_are_short_or_say_why_not() -> None:
    long = {str(path) for path in python_files(*PRODUCT, "tests") if len(text_of(path).splitlines()) > FILE_LINES}
    assert long == set(LONG_FILES)


def test_functions_are_short_or_say_why_not() -> None:
    long = {
        f"{path}:{name}"
        for path in python_files(*PRODUCT, "tests")
        for name, lines in functions(path)
        if lines > FUNCTION_LINES
    }
    assert long == set(LONG_FUNCTIONS)


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path)
        for path in python_files(*PRODUCT, "tests")
        if not ast.get_docstring(tree_of(path)) and text_of(path).strip()
    ]
    assert silent == []


def test_no_error_is_caught_that_nobody_expects() -> None:
    found = {str(path) for path in python_files(*PRODUCT) for node in ast.walk(tree_of(path)) if _catches_all(node)}
    assert found == set(CATCH_ALL)


def _catches_all(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id in ("Exception", "BaseException")) for one in caught
    )


def test_machines_are_named_in_the_catalogue_only() -> None:
    """A docstring or a comment may name one as an example; what the program can read may not."""
    pattern = _machine_names()
    assert pattern.search('startswith("p5.")') and not pattern.search("pp5 x.p5 p5x")
    named = [
        f"{path}:{line} {text}"
        for path in python_files("components", "policies", "scripts", "stacks")
        for line, text in texts(path)
        if pattern.search(text)
    ]
    named += [
        f"{path} {found.group()}"
        for path in tracked()
        if path.parts[0] == "stacks" and path.suffix == ".yaml" and (found := pattern.search(text_of(path)))
    ]
    assert named == []


def _machine_names() -> re.Pattern[str]:
    """Every machine of every cloud, and every family of machines, as a word of its own."""
    names = {name for cloud in CLOUDS for name in load(cloud).machines}
    names |= {name.partition(".")[0] for name in names}
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?![\w-])")


def test_no_file_tells_where_it_was_written() -> None:
    traces: list[str] = []
    for path in tracked():
        if path == LOCK:
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if found := TRACES.search(line):
                traces.append(f"{path}:{number} {found.group()}")
    assert traces == []
