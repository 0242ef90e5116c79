"""A tiny, untrained Llama, saved and loaded in the normal way: what it says means nothing and is always well formed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from rushlight.core.errors import CancelledError, LimitError, ModelError
from rushlight.core.run import Run, running
from rushlight.create.check_grounding import check_grounding
from rushlight.create.read_source import load_source
from rushlight.create.storytellers import find_storyteller
from rushlight.create.write_script import write_script
from rushlight.models.text import Message, load_text_model, text_model_revision
from rushlight.models.text.json_answers import ask_for, schema_of

for package in ("torch", "transformers", "llguidance"):
    pytest.importorskip(package, reason=f"{package} comes with the extra local-models")

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


class Part(BaseModel):
    text: str = Field(min_length=1, max_length=40)
    kind: Literal["hook", "close"]
    numbers: list[int] = Field(min_length=1, max_length=3)


class Form(BaseModel):
    title: str = Field(max_length=30)
    level: int = Field(ge=1, le=5)
    sure: bool
    parts: list[Part] = Field(min_length=2, max_length=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    target = tmp_path_factory.mktemp("tiny-llama")
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    plain.train_from_iterator([(EXAMPLES / "articles" / "lighthouses.md").read_text()], trainer)
    PreTrainedTokenizerFast(tokenizer_object=plain, bos_token="<s>", eos_token="</s>").save_pretrained(target)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=600, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=16384, bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(target)
    return target


TALK = (Message("system", "Be brief."), Message("user", "List parts."))


@pytest.mark.parametrize("most_tokens", [1, 60, 3000])
@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_well_formed(folder: Path, seed: int, most_tokens: int) -> None:
    model = load_text_model(f"transformers:{folder}")
    answer = model.answer(TALK, schema_of(Form), seed=seed, temperature=1.0, most_tokens=most_tokens)
    assert answer.whole
    assert set(json.loads(answer.text)) == set(Form.model_fields)
    found = ask_for(model, TALK, Form, seed=seed, most_tokens=most_tokens, repairs=0)
    assert 2 <= len(found.parts) <= 4


def test_the_same_seed_gives_the_same_answer(folder: Path) -> None:
    first, second = (load_text_model(f"transformers:{folder}") for _ in range(2))
    schema = schema_of(Form)
    assert first.answer(TALK, schema, seed=7) == second.answer(TALK, schema, seed=7)
    assert first.answer(TALK, schema, seed=7) != first.answer(TALK, schema, seed=8)


def test_a_chat_template_is_used_where_there_is_one(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from rushlight.models.text.folder import _prompt

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.decode(_prompt(tokenizer, TALK)) == "System: Be brief.\n\nUser: List parts.\n\nAssistant: "
    tokenizer.chat_template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
    )
    assert tokenizer.decode(_prompt(tokenizer, TALK)) == "<user>Be brief.\n\nList parts.<assistant>"


def test_an_untrained_model_cannot_make_a_script_false(folder: Path, tmp_path: Path) -> None:
    """Every line it dreams up is replaced by the source's own, and that is said."""
    source = load_source(EXAMPLES / "articles" / "lighthouses.md")
    run = Run(scratch=tmp_path)
    with running(run):
        try:
            script = write_script(source, writer=f"transformers:{folder}", length_seconds=10)
        except ModelError as error:
            assert "names no sentence" in error.message or "no line" in error.message
        else:
            assert check_grounding(script, source).grounded_share == 1.0
            assert any("not grounded" in note for note in script.notes)
    assert run.models[0].revision == text_model_revision(f"transformers:{folder}")
    assert run.figures["model_tokens_out"] > 0


def test_an_untrained_model_tells_a_story_of_valid_form(folder: Path) -> None:
    teller = find_storyteller(f"transformers:{folder}")
    (idea,) = teller.ideas("A clock stops.", 1, language="en", seed=1)
    assert idea.title
    assert teller.note == ""


def test_what_could_run_code_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    setting = f"transformers:{tmp_path}"
    with pytest.raises(ModelError, match="no safetensors"):
        load_text_model(setting)
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    with pytest.raises(ModelError, match="pickles"):
        load_text_model(setting)
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    load_text_model(setting)
    (tmp_path / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../../other.safetensors"}}')
    with pytest.raises(ModelError, match="not its own weights"):
        load_text_model(setting)
    (tmp_path / "model.safetensors.index.json").unlink()
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModelForCausalLM": "evil.Evil"}}))
    with pytest.raises(ModelError, match="program of its own"):
        load_text_model(setting)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match="cannot be read"):
        load_text_model(setting)
    with pytest.raises(ModelError, match="no such model folder"):
        load_text_model("transformers:/nowhere/at/all")


def test_damaged_weights_are_one_error(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 100)
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_text_model(f"transformers:{tmp_path}").answer(TALK, schema_of(Form), seed=1)


def test_the_revision_follows_the_weights(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert text_model_revision(f"transformers:{tmp_path}") == text_model_revision(f"transformers:{folder}")
    weights = bytearray((tmp_path / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(weights)
    assert text_model_revision(f"transformers:{tmp_path}") != text_model_revision(f"transformers:{folder}")
    assert text_model_revision("http://localhost/v1#m") == ""


def test_limits_hold_and_cancelling_stops(folder: Path, tmp_path: Path) -> None:
    model = load_text_model(f"transformers:{folder}")
    with pytest.raises(ModelError, match="so long a text"):
        model.answer((Message("user", "light " * 20_000),), schema_of(Form), seed=1)
    with running(Run(scratch=tmp_path, is_cancelled=lambda: True)), pytest.raises(CancelledError):
        model.answer(TALK, schema_of(Form), seed=1)
    model._started -= 10**6  # type: ignore[attr-defined]
    with pytest.raises(LimitError, match="budget"):
        model.answer(TALK, schema_of(Form), seed=1)
