"""Training a house writer on somebody's own screenplays."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rushlight.artifacts.screenplay import Element
from rushlight.core.errors import InputError
from rushlight.models.house_writer.network import NetworkConfig, WriterNetwork
from rushlight.models.house_writer.ngrams import NgramModel
from rushlight.models.house_writer.vocabulary import Vocabulary

__all__ = ["Recipe", "Trained", "log_probabilities", "split_scenes", "train_writer"]

LEAST_SCENES, LEAST_WORDS = 8, 1500
ORDER = 5


@dataclass(frozen=True)
class Recipe:
    """How to train. The defaults suit a few scripts on two cores, in minutes."""

    seed: int = 0
    vocabulary: int = 0
    """Number of tokens; 0 for one that suits the size of the corpus."""
    context: int = 256
    layers: int = 4
    heads: int = 4
    width: int = 160
    dropout: float = 0.25
    batch: int = 16
    rate: float = 2e-3
    steps: int = 0
    """0 for as many as suit the size of the corpus; it stops earlier when held-out scenes get no better."""
    device: str = "auto"
    """`auto` takes a GPU when there is one."""


@dataclass
class Trained:
    """A trained writer and how good it is on scenes it was not trained on."""

    vocabulary: Vocabulary
    network: WriterNetwork
    ngrams: NgramModel
    share: float
    """Share of the network in the mixture with the n-grams."""
    figures: dict[str, float]


def split_scenes(
    scenes: Sequence[tuple[Element, ...]], seed: int
) -> tuple[list[tuple[Element, ...]], list[tuple[Element, ...]], list[tuple[Element, ...]]]:
    """Scenes to train on, to stop and mix by (a tenth), and to judge by (a tenth)."""
    order = list(range(len(scenes)))
    Random(seed).shuffle(order)  # noqa: S311
    tenth = max(len(scenes) // 10, 1)
    parts = (sorted(order[2 * tenth :]), sorted(order[:tenth]), sorted(order[tenth : 2 * tenth]))
    train, tune, judge = ([scenes[number] for number in part] for part in parts)
    return train, tune, judge


def train_writer(
    scenes: Sequence[tuple[Element, ...]],
    recipe: Recipe = Recipe(),
    progress: Callable[[float, str], None] = lambda done, what: None,
) -> Trained:
    """Train on scenes; the same scenes, recipe and machine give the same writer.

    Args:
        scenes: as `scenes_of` gives them.
        recipe: how.
        progress: told how far it is, 0 to 1, and what is being done.

    Returns:
        The writer with `perplexity` per token on held-out scenes, that of the n-grams alone (`ngram_perplexity`) and
        of the network alone (`network_perplexity`), and sizes.

    Raises:
        InputError: too little to learn from.
    """
    words = sum(len(re.findall(r"\w+", element.text)) for scene in scenes for element in scene)
    if len(scenes) < LEAST_SCENES or words < LEAST_WORDS:
        raise InputError(
            f"The corpus has {len(scenes)} scenes and {words:,} words; a writer needs at least {LEAST_SCENES} scenes "
            f"and {LEAST_WORDS:,} words.",
            hint="Add more screenplays (.fountain, .fdx) to the folder.",
        )
    torch.manual_seed(recipe.seed)
    train, tune, judge = split_scenes(scenes, recipe.seed)
    size = recipe.vocabulary or min(max(400 + words // 150, 512), 8192)
    vocabulary = Vocabulary.learn(train, size)
    coded = [[*vocabulary.encode(scene), vocabulary.end] for scene in train]
    tuned = [[*vocabulary.encode(scene), vocabulary.end] for scene in tune]
    judged = [[*vocabulary.encode(scene), vocabulary.end] for scene in judge]
    device = _device(recipe.device)
    config = NetworkConfig(
        vocabulary=vocabulary.size, context=recipe.context, layers=recipe.layers, heads=recipe.heads,
        width=recipe.width, dropout=recipe.dropout,
    )  # fmt: skip
    network = WriterNetwork(config).to(device)
    steps = _fit(network, coded, tuned, recipe, device, progress)
    network = network.to("cpu").eval()
    progress(0.95, "mixing")
    ngrams = NgramModel(ORDER, vocabulary.size, coded)
    share = _best_share(network, ngrams, tuned)
    by_network = np.concatenate([log_probabilities(network, scene) for scene in judged])
    by_ngrams = np.concatenate([_ngram_log_probabilities(ngrams, scene) for scene in judged])
    mixed = np.logaddexp(by_network + _log(share), by_ngrams + _log(1 - share))
    letters = sum(len(element.text) + 1 for scene in judge for element in scene)
    figures = {
        "perplexity": math.exp(-mixed.mean()),
        "network_perplexity": math.exp(-by_network.mean()),
        "ngram_perplexity": math.exp(-by_ngrams.mean()),
        "bits_per_letter": float(-mixed.sum() / math.log(2) / max(letters, 1)),
        "network_share": share,
        "scenes": float(len(scenes)),
        "words": float(words),
        "tokens": float(vocabulary.size),
        "parameters": float(sum(parameter.numel() for parameter in network.parameters())),
        "steps": float(steps),
    }
    # With everything measured, the memory may know all of it.
    return Trained(vocabulary, network, NgramModel(ORDER, vocabulary.size, [*coded, *tuned]), share, figures)


def _device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


def _fit(
    network: WriterNetwork,
    train: Sequence[Sequence[int]],
    tune: Sequence[Sequence[int]],
    recipe: Recipe,
    device: str,
    progress: Callable[[float, str], None],
) -> int:
    """Train until held-out scenes get no better; the best weights are kept. Cross-entropy, AdamW, cosine rate."""
    stream = torch.tensor([token for scene in train for token in scene], dtype=torch.long)
    context = min(recipe.context, len(stream) - 2)
    per_pass = max(len(stream) // (recipe.batch * context), 1)
    steps = recipe.steps or min(max(40 * per_pass, 300), 6000)
    every = max(min(per_pass * 2, steps // 12), 20)
    optimiser = torch.optim.AdamW(_groups(network), lr=recipe.rate, betas=(0.9, 0.98))
    draw = torch.Generator().manual_seed(recipe.seed)
    best, since, kept = math.inf, 0, {name: value.clone() for name, value in network.state_dict().items()}
    for step in range(steps):
        network.train()
        warm = min((step + 1) / max(steps // 20, 1), 1.0)
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * warm * (0.05 + 0.95 * (1 + math.cos(math.pi * step / steps)) / 2)
        starts = torch.randint(0, len(stream) - context - 1, (recipe.batch,), generator=draw)
        rows = torch.stack([stream[start : start + context + 1] for start in starts.tolist()]).to(device)
        logits = network(rows[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % every == 0 or step + 1 == steps:
            network.eval()
            held = np.concatenate([log_probabilities(network, scene, device) for scene in tune])
            score = float(-held.mean())
            if score < best - 1e-4:
                best, since = score, 0
                kept = {name: value.clone() for name, value in network.state_dict().items()}
            else:
                since += 1
            progress(0.9 * (step + 1) / steps, f"training, perplexity {math.exp(score):.1f} on held-out scenes")
            if since >= 4:
                break
    network.load_state_dict(kept)
    return step + 1


def _groups(network: WriterNetwork) -> list[dict[str, object]]:
    """Weights are kept small; biases and norms are not."""
    matrices = [parameter for parameter in network.parameters() if parameter.dim() > 1]
    rest = [parameter for parameter in network.parameters() if parameter.dim() <= 1]
    return [{"params": matrices, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}]


@torch.no_grad()
def log_probabilities(network: WriterNetwork, tokens: Sequence[int], device: str = "cpu") -> NDArray[np.float64]:
    """Natural log of the probability of every token but the first, given those before it.

    Windows overlap by half, so that no token but the first few has less than half a context before it.
    """
    context = network.config.context
    found = []
    start, done = 0, 1
    while done < len(tokens):
        window = tokens[start : start + context + 1]
        logits = network(torch.tensor([window[:-1]], dtype=torch.long, device=device))
        scores = torch.log_softmax(logits[0].double(), dim=-1)
        wanted = torch.tensor(window[1:], dtype=torch.long, device=device)
        found.append(scores.gather(1, wanted[:, None])[done - start - 1 :, 0].cpu().numpy())
        done = start + len(window)
        start = max(done - context // 2 - 1, 0)
    return np.concatenate(found) if found else np.zeros(0)


def _ngram_log_probabilities(ngrams: NgramModel, tokens: Sequence[int]) -> NDArray[np.float64]:
    return np.log([ngrams.probabilities(tokens[:at])[tokens[at]] for at in range(1, len(tokens))])


def _best_share(network: WriterNetwork, ngrams: NgramModel, scenes: Sequence[Sequence[int]]) -> float:
    by_network = np.concatenate([log_probabilities(network, scene) for scene in scenes])
    by_ngrams = np.concatenate([_ngram_log_probabilities(ngrams, scene) for scene in scenes])
    shares = [number / 20 for number in range(21)]
    return max(
        shares, key=lambda share: float(np.logaddexp(by_network + _log(share), by_ngrams + _log(1 - share)).mean())
    )


def _log(share: float) -> float:
    return math.log(share) if share > 0 else -math.inf
