"""Every text that is put into markup is escaped, whatever it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.report.html.markup import Markup, data, join, tag, text
from tests.support.reports import parsed

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- --><b>&amp;",
    "]]>\x00\x1b[31m",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_content_and_attributes_are_escaped(words: str) -> None:
    made = tag("p", words, title=words)
    (element,) = parsed(made).children
    shown = words.replace("\x00", "�").replace("\x1b", "�")
    assert element.children == []
    assert element.text == shown
    assert element.attributes == {"title": shown}


def test_only_what_was_built_here_is_taken_as_it_is() -> None:
    assert tag("p", tag("b", "x"), "<b>") == "<p><b>x</b>&lt;b&gt;</p>"
    assert join(("<", Markup("<i></i>")), "&") == "&lt;&amp;<i></i>"
    assert not isinstance(tag("p") + "<b>", Markup)


def test_attributes_by_their_kind() -> None:
    made = tag("input", cls="a", for_="b", aria_label="c", hidden=True, open=False, title=None, tabindex=0)
    assert made == '<input class="a" for="b" aria-label="c" hidden tabindex="0">'


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_comes_back_from_a_parser(words: str) -> None:
    (element,) = parsed(tag("p", words)).children
    assert element.children == []
    assert element.text.replace("�", "") == "".join(one for one in words if text(one) != "�" and one != "�")


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=9), st.lists(st.text(max_size=30) | st.none(), max_size=3), max_size=4))
def test_no_data_ends_its_block(value: object) -> None:
    made = data("d", value)
    inner = made.removeprefix('<script type="application/json" id="d">').removesuffix("</script>")
    assert not set("<>&") & set(inner)
    assert json.loads(inner) == value
