"""`rushlight models`, as a person types it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rushlight.cli.models_command import models
from rushlight.core.errors import ApprovalError
from tests.models.model_server import Plan, serving

BODY = b"\x08\x09 a very small network"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()


def add_card(url: str, **changes: object) -> None:
    digest = hashlib.sha256(BODY).hexdigest()
    lines = {"name": "tiny", "task": "voice", "licence": "CC-BY-NC-4.0", "summary": "a tiny one", "needs_consent": True}
    text = "[[model]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in {**lines, **changes}.items())
    text += f'files = [{{name = "net.onnx", url = "{url}/net.onnx", bytes = {len(BODY)}, sha256 = "{digest}"}}]\n'
    Path("models/models.toml").write_text(text)


def test_list_shows_licence_size_and_whether_it_is_here() -> None:
    add_card("https://example.org")
    shown = CliRunner().invoke(models, ["list"]).output
    assert "Apache-2.0" in shown
    assert "340 MB" in shown
    answer = json.loads(CliRunner().invoke(models, ["list", "--json"]).output)
    tiny = next(card for card in answer["models"] if card["name"] == "tiny")
    assert (tiny["bytes"], tiny["fetchable"], tiny["present"]) == (len(BODY), True, False)


def test_fetch_shows_the_licence_asks_and_brings_it() -> None:
    with serving(Plan(BODY)) as url:
        add_card(url)
        result = CliRunner().invoke(models, ["fetch", "tiny"], input="y\n")
    assert result.exit_code == 0, result.output
    assert result.output.index("CC-BY-NC-4.0 (use is limited") < result.output.index("Do you accept")
    assert Path("models/tiny/net.onnx").read_bytes() == BODY
    assert "is in" in result.output


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_consent_nothing_is_fetched(answer: str) -> None:
    plan = Plan(BODY)
    with serving(plan) as url:
        add_card(url)
        result = CliRunner().invoke(models, ["fetch", "tiny"], input=answer)
    assert isinstance(result.exception, ApprovalError)
    assert result.exception.exit_code == 10
    assert plan.seen == []
    assert not Path("models/tiny").exists()


def test_yes_asks_nothing_and_from_takes_a_folder() -> None:
    add_card("https://example.org")
    Path("given").mkdir()
    Path("given/net.onnx").write_bytes(BODY)
    result = CliRunner().invoke(models, ["fetch", "tiny", "--yes", "--from", "given"])
    assert result.exit_code == 0, result.output
    assert "Do you accept" not in result.output
    assert Path("models/tiny/net.onnx").read_bytes() == BODY


def test_unpinned_files_show_their_hash() -> None:
    Path("given").mkdir()
    for name in ("en_GB-alba-medium.onnx", "en_GB-alba-medium.onnx.json"):
        Path("given", name).write_bytes(BODY)
    result = CliRunner().invoke(models, ["fetch", "piper-en_GB-alba-medium", "--yes", "--from", "given"])
    assert result.exit_code == 0, result.output
    assert hashlib.sha256(BODY).hexdigest() in result.output
    assert "piper/en_GB-alba-medium" in result.output
