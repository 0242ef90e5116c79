"""A house writer: it learns, writes nothing but screenplays, copies nothing long, and is the same each time."""
# ruff: noqa: E402 - what it needs is looked for first

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `learning` (torch), which is not installed")
pytest.importorskip("tokenizers", reason="training needs the extra `learning` (tokenizers), which is not installed")

from rushlight.artifacts.screenplay import Element, Screenplay
from rushlight.core.errors import InputError, ModelError
from rushlight.create.storytellers.grammar import GrammarStoryteller
from rushlight.models.house_writer.folder import load_writer, save_writer
from rushlight.models.house_writer.network import NetworkConfig, WriterNetwork, attend
from rushlight.models.house_writer.ngrams import NgramModel
from rushlight.models.house_writer.training import Recipe, Trained, log_probabilities, split_scenes, train_writer
from rushlight.models.house_writer.vocabulary import Vocabulary, scenes_of
from rushlight.models.house_writer.writing import LONGEST_COPY_WORDS, Shingles, Wish, Writer, prose_of, words_of
from rushlight.timeline.screenplay.fountain import parse_fountain, write_fountain

TINY = Recipe(steps=40, width=32, layers=2, heads=2, context=96, batch=8, seed=1)


def stories(count: int) -> list[Screenplay]:
    """Screenplays by the grammar: licence-clean, and with phrases that come again."""
    grammar = GrammarStoryteller()
    found = []
    for seed in range(count):
        outline = grammar.outline(
            "A keeper finds a key", structure="three_act", scenes=6, language="en", seed=seed, keep=None
        )
        elements: tuple[Element, ...] = ()
        for plan in outline.scenes:
            elements += grammar.scene(outline, plan.id, elements, words=90, tone="", seed=seed)
        found.append(Screenplay(elements=elements))
    return found


@pytest.fixture(scope="module")
def scenes() -> list[tuple[Element, ...]]:
    return scenes_of(stories(8))


@pytest.fixture(scope="module")
def trained(scenes: list[tuple[Element, ...]]) -> Trained:
    torch.set_num_threads(1)
    return train_writer(scenes, TINY)


@pytest.fixture(scope="module")
def writer(trained: Trained, scenes: list[tuple[Element, ...]], tmp_path_factory: pytest.TempPathFactory) -> Writer:
    folder = tmp_path_factory.mktemp("writer") / "w"
    save_writer(trained, folder, name="w", recipe=TINY, corpus={"a.fountain": "0"}, scenes=scenes)
    return load_writer(folder)[0]


def test_attention_by_hand() -> None:
    """softmax(QKᵀ/√d_k)·V for two places of width one: the first sees itself only."""
    query = torch.tensor([[[[1.0], [2.0]]]])
    key = torch.tensor([[[[0.5], [1.5]]]])
    value = torch.tensor([[[[10.0], [20.0]]]])
    weights = [math.exp(2 * 0.5), math.exp(2 * 1.5)]
    second = (10 * weights[0] + 20 * weights[1]) / sum(weights)
    assert attend(query, key, value).flatten().tolist() == pytest.approx([10.0, second])
    wide = attend(torch.ones(1, 1, 1, 4), torch.full((1, 1, 1, 4), 3.0), torch.ones(1, 1, 1, 4))
    assert wide.flatten().tolist() == pytest.approx([1.0] * 4)


def test_no_place_sees_a_later_one() -> None:
    torch.manual_seed(0)
    network = WriterNetwork(NetworkConfig(vocabulary=50, context=16, layers=2, heads=2, width=16)).eval()
    tokens = torch.randint(0, 50, (1, 12))
    changed = tokens.clone()
    changed[0, 8:] = (changed[0, 8:] + 7) % 50
    one, other = network(tokens), network(changed)
    assert torch.allclose(one[0, :8], other[0, :8], atol=1e-5)
    assert not torch.allclose(one[0, 8:], other[0, 8:], atol=1e-3)
    with pytest.raises(ValueError, match="multiple"):
        WriterNetwork(NetworkConfig(vocabulary=50, heads=4, width=12))


def test_log_probabilities_are_the_same_however_the_windows_fall() -> None:
    torch.manual_seed(0)
    network = WriterNetwork(NetworkConfig(vocabulary=30, context=16, layers=1, heads=2, width=16)).eval()
    tokens = [int(t) for t in np.random.default_rng(0).integers(0, 30, 61)]
    found = log_probabilities(network, tokens)
    assert found.shape == (60,)
    assert (found < 0).all()
    short = log_probabilities(network, tokens[:17])
    assert found[:16] == pytest.approx(short)
    assert log_probabilities(network, tokens[:1]).size == 0


def test_kneser_ney_by_hand() -> None:
    """Two sequences over three tokens; every discount is 1 / (1 + 2·2) for single tokens."""
    model = NgramModel(2, 3, [[0, 1, 2], [0, 1, 1]])
    # 1 was seen after 0 and 1, 2 after 1 only, and 0 only begins: its own count, 2. What three discounts of 0.2
    # free of the total of 5 is shared evenly. 2 ends a sequence, so nothing is known after it.
    assert model.probabilities([2]).tolist() == pytest.approx([0.4, 0.4, 0.2])
    # After 1 came 2 once and 1 once; each discount is 1 / (1 + 0): too few to tell, so a half.
    assert model.probabilities([1]).tolist() == pytest.approx([0.5 * 0.4, 0.25 + 0.5 * 0.4, 0.25 + 0.5 * 0.2])
    for context in ([], [0], [1], [2], [0, 1]):
        row = model.probabilities(context)
        assert row.sum() == pytest.approx(1)
        assert row.min() > 0
    assert model.probabilities([0])[1] == max(model.probabilities([0]))


def test_any_text_has_tokens_and_comes_back(scenes: list[tuple[Element, ...]], tmp_path: Path) -> None:
    vocabulary = Vocabulary.learn(scenes, 400)
    for text in ("Hello, you.", "Чайка по имени Джонатан", "灯塔", "a{b}|c*d_e", "🙂 okay"):
        assert vocabulary.decode_text(vocabulary.encode_text(text)) == text
    vocabulary.write(tmp_path / "v.json")
    again = Vocabulary.read(tmp_path / "v.json")
    assert again.encode(scenes[0]) == vocabulary.encode(scenes[0])
    assert Vocabulary.learn(scenes, 400).encode(scenes[0]) == vocabulary.encode(scenes[0])
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ModelError, match="no vocabulary"):
        Vocabulary.read(tmp_path / "bad.json")


def test_it_learns(trained: Trained, scenes: list[tuple[Element, ...]]) -> None:
    figures = trained.figures
    assert figures["network_perplexity"] < 0.5 * figures["tokens"]
    assert figures["perplexity"] <= figures["ngram_perplexity"] * 1.02
    assert 0 <= trained.share <= 1
    train, tune, judge = split_scenes(scenes, 1)
    assert len(train) + len(tune) + len(judge) == len(scenes)


def test_the_same_seed_the_same_writer(scenes: list[tuple[Element, ...]], trained: Trained) -> None:
    again = train_writer(scenes, TINY)
    for name, value in trained.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name]), name
    assert again.figures == trained.figures


def structure_faults(elements: tuple[Element, ...]) -> list[str]:
    """What is no screenplay, judged apart from the writer's own rules."""
    faults = []
    if not elements or elements[0].kind != "scene_heading":
        faults.append("no heading first")
    for before, after in zip(elements, [*elements[1:], None], strict=True):
        if before.kind in ("character", "parenthetical") and (
            after is None or after.kind not in ("dialogue", "parenthetical", "lyrics")
        ):
            faults.append(f"{before.text} says nothing")
        if before.kind in ("dialogue", "parenthetical", "lyrics") and not before.text.strip():
            faults.append("empty words")
        if "\n" in before.text or "\ufffd" in before.text or "[[" in before.text:
            faults.append(f"unfit characters in {before.text!r}")
    back = parse_fountain(write_fountain(Screenplay(elements=elements)))
    if [(e.kind, e.text) for e in back.elements] != [(e.kind, e.text) for e in elements]:
        faults.append("reads otherwise than it was written")
    return faults


@pytest.mark.parametrize("temperature", [0.0, 0.8, 1.6])
def test_all_it_writes_is_a_screenplay(writer: Writer, temperature: float) -> None:
    for seed in range(6):
        wish = Wish(
            temperature=temperature, top_share=1.0, words=60, seed=seed, names=("ANNA", "ÉMILE") if seed % 2 else ()
        )
        scene = writer.scene((), "INT. KITCHEN - NIGHT" if seed % 3 else "", wish)
        assert structure_faults(scene) == []
        if seed % 2:
            assert {e.text for e in scene if e.kind == "character"} <= {"ANNA", "ÉMILE"}
        assert sum(len(e.text.split()) for e in scene) >= 40


def test_no_run_of_twelve_words_is_copied(writer: Writer, scenes: list[tuple[Element, ...]]) -> None:
    corpus = [words_of(prose_of(scene)) for scene in scenes]
    runs = {
        tuple(words[at : at + LONGEST_COPY_WORDS])
        for words in corpus
        for at in range(len(words) - LONGEST_COPY_WORDS + 1)
    }

    def copies(scene: tuple[Element, ...]) -> int:
        words = words_of(prose_of(scene))
        return sum(
            tuple(words[at : at + LONGEST_COPY_WORDS]) in runs for at in range(len(words) - LONGEST_COPY_WORDS + 1)
        )

    # Cold, it falls back on what it knows by heart: with copies allowed it copies, without it does not.
    wishes = [Wish(temperature=0.3, words=80, seed=seed) for seed in range(5)]
    allowed = sum(copies(writer.scene((), "", Wish(**{**vars(wish), "allow_copies": True}))) for wish in wishes)
    assert allowed > 0
    assert sum(copies(writer.scene((), "", wish)) for wish in wishes) == 0


def test_shingles() -> None:
    text = "one two three four five six seven eight nine ten eleven twelve thirteen"
    shingles = Shingles.of([[Element(kind="action", text=text[:27]), Element(kind="dialogue", text=text[28:])]])
    assert shingles.copied("ONE, two; three four five six seven (eight) nine ten eleven twelve!")
    assert not shingles.copied("one two three four five six seven eight nine ten eleven")
    assert not shingles.copied("one two three four five six seven eight nine ten eleven and twelve")
    assert sorted(Shingles(shingles.array().tolist()).array()) == shingles.array().tolist()


def test_it_is_repeatable_and_seeds_differ(writer: Writer) -> None:
    one, same, other = (writer.scene((), "", Wish(words=50, seed=seed)) for seed in (5, 5, 6))
    assert one == same
    assert one != other


def test_damaged_writers_are_refused(trained: Trained, scenes: list[tuple[Element, ...]], tmp_path: Path) -> None:
    folder = tmp_path / "w"
    save_writer(trained, folder, name="w", recipe=TINY, corpus={}, scenes=scenes)
    assert not list(folder.glob("*.bin")) + list(folder.glob("*.pt")) + list(folder.glob("*.pkl"))
    weights = folder / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-5] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelError, match=r"weights.safetensors .* changed"):
        load_writer(folder)
    with pytest.raises(ModelError, match="no house writer"):
        load_writer(tmp_path / "nothing")


def test_too_little_to_learn_from(scenes: list[tuple[Element, ...]]) -> None:
    with pytest.raises(InputError, match="at least"):
        train_writer(scenes[:4], TINY)


def test_what_is_not_learnt_is_left_out() -> None:
    play = parse_fountain("INT. A - DAY\n\n[[secret note]]\n\n= synopsis\n\nRain.\n\n# Act\n\nINT. B - DAY\n\n")
    assert scenes_of([play]) == [
        (Element(kind="scene_heading", text="INT. A - DAY"), Element(kind="action", text="Rain."))
    ]
    assert not re.search("secret", str(scenes_of([play])))
