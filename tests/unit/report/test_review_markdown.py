"""The comment stays below what forges take, and what a stranger wrote stays text."""

from __future__ import annotations

from datetime import date

import pytest
from markdown_it import MarkdownIt

from components.errors import Finding, Level
from scripts.report.markdown import LIMIT, MARKER, text
from scripts.report.marks import code, html, plain
from scripts.report.review import Review, StackReview

DAY = date(2026, 11, 24)
FORGES_TAKE = 65_536  # characters of a comment on GitHub


def stack(name: str, *messages: str, level: Level = Level.MANDATORY) -> StackReview:
    findings = tuple(Finding(id="a-rule", level=level, message=message, path="pools.train") for message in messages)
    return StackReview(stack=name, file=f"stacks/Pulumi.{name}.yaml", findings=findings)


def review(*stacks: StackReview) -> Review:
    return Review(verb="check", on=DAY, stacks=stacks)


@pytest.mark.parametrize(("count", "length"), [(1, 200_000), (300, 400), (5000, 10), (40, 5000)])
def test_it_is_never_longer_than_forges_take(count: int, length: int) -> None:
    made = text(review(*(stack(f"stack-{number}", "ä" * length) for number in range(count))))
    assert len(made) <= FORGES_TAKE
    assert len(made.encode()) <= LIMIT
    assert made.startswith(MARKER)
    assert made.count("<details>") == made.count("</details>")


def test_what_has_no_room_is_counted() -> None:
    made = text(review(*(stack(f"stack-{number}", "x" * 500) for number in range(500))))
    shown = made.count("<details>")
    assert 0 < shown < 500
    assert f"{500 - shown} stacks without details: this comment has no room for more." in made


def test_rows_that_have_no_room_are_counted() -> None:
    made = text(review(*(stack(f"stack-{number:04}", "x") for number in range(3000))))
    rows = sum(line.startswith("| ❌") for line in made.splitlines())
    assert f"… and {3000 - rows} more" in made


def test_many_findings_of_one_stack_are_counted() -> None:
    made = text(review(stack("pilot", *(f"problem {number}" for number in range(40)))))
    assert "- … and 15 more" in made


HOSTILE = [
    "<script>alert(1)</script>",
    "</details><h1>good</h1>",
    "[click](https://evil.example)",
    "![](https://evil.example/pixel)",
    "@everybody and @org/team",
    "a | b | c",
    "one\n\n# two",
    "`code` and ``more``",
    "**bold** _it_ ~~gone~~",
    "<!-- gpu-fleet: review of stacks -->",
    "https://evil.example",
    "$\\alpha$",
]


@pytest.mark.parametrize("said", HOSTILE)
def test_what_a_stranger_wrote_stays_text(said: str) -> None:
    made = text(review(stack("pilot", said)))
    rendered = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(made)
    for tag in ("<script", "<h1", "<a ", "<img", "<del", "<s>", "evil.example</a>"):
        assert tag not in rendered
    assert rendered.count("<table>") == 1
    assert made.count(MARKER) == 1
    assert "@everybody" not in made.replace("`", "")


@pytest.mark.parametrize("said", HOSTILE)
def test_code_spans_end_where_they_should(said: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False}).renderInline(f"before {code(said)} after")
    assert rendered.startswith("before <code>")
    assert rendered.endswith("</code> after")


def test_text_in_html_is_escaped() -> None:
    assert html("<b>&@x") == "&lt;b&gt;&amp;@\u200bx"
    assert plain("a_b") == "a\\_b"


def test_what_stands_in_backticks_is_code() -> None:
    assert plain("set `nodes: 0..N`, or `a|b`") == "set `nodes: 0..N`, or `a¦b`"
    assert plain("one ` alone") == "one \\` alone"
