"""What `preview` needs, and says when it is not there."""

from __future__ import annotations

from importlib.util import find_spec as real_find_spec

import pytest

from scripts.cli import main as entry


def test_without_the_clouds_sdk_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "scripts.cli.verbs.preview.find_spec", lambda name: None if name == "pulumi_aws" else real_find_spec(name)
    )
    assert entry.main(["preview", "prod-aws"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "preview of a cluster on aws needs pulumi-aws, not installed here\n"
        "  hint: pip install 'gpu-fleet[aws]'; in a clone: uv sync --extra aws\n"
    )
