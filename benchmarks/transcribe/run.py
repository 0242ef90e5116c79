"""Word error rate of the embedded draft recogniser, plain and with a project's own words; and who speaks when.

Words: LibriSpeech test-other utterances of the fixtures, evenly taken (UTTERANCES sets how many). Own words are the
three least likely words of each utterance by pocketsphinx's own language model, all in one list, as a person would
list names. Peer: pocketsphinx's Decoder with its defaults, the whole utterance at once.

Speakers: conversations of one, two and three readers, none of whom the discriminant was learned on: of LibriSpeech
test-other (several chapters each, recorded at different times) and the last 15 of the speakers' folder (one recording
each). Each turn is what a reader says up to a pause, 1.5 to 8 s; between turns pass 0.15 to 0.8 s; everything has the
same level, over noise 30 dB below. Speech is what lies within 20 dB of a turn's loud parts, holes under 0.15 s
filled: less may be the reader's room. The error is the share of speech, by time, that is missed or given to the wrong
person, under the best matching of numbers to readers, without a forgiving collar, plus what is called speech in pauses
between turns of 0.5 s and more. Peers: everybody is one person; and the distance of one Gaussian a stretch (Siegler
1997), told how many people there are.

Run: `python benchmarks/transcribe/run.py`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pocketsphinx
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.find_silence.sessions import FIXTURES, RATE, sound
from benchmarks.results import write_results
from benchmarks.transcribe.conversations import Spoken, conversation, turns_of
from rushlight.edit.listening.bands import band_levels, cepstra
from rushlight.edit.listening.voices import speakers_of
from rushlight.models.pocketsphinx_recogniser import load

Floats = NDArray[np.float32]
SPEECH = FIXTURES / "speech" / "librispeech_test_other"
SPEAKERS = FIXTURES / "speech" / "librispeech_speakers"
UTTERANCES = int(os.environ.get("UTTERANCES", "12"))
CONVERSATIONS = 5


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Least number of words to change, add or leave out."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        last, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (word != other))
    return row[-1]


def lines() -> list[dict[str, str]]:
    return list(csv.DictReader((SPEECH / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE))


def words() -> tuple[list[list[str]], str]:
    """Rows of word error rates, and a note."""
    plain = pocketsphinx.Decoder(samprate=float(RATE), logfn="/dev/null")
    model = plain.get_lm("_default")
    chosen = lines()
    chosen = chosen[:: max(len(chosen) // UTTERANCES, 1)][:UTTERANCES]
    own = sorted({word for line in chosen
                  for word in sorted(set(line["text"].split()), key=lambda word: model.prob([word]))[:3]})  # fmt: skip
    counts = {"pocketsphinx Decoder": 0, "transcribe": 0, "transcribe with own words": 0}
    total, recogniser = 0, load("")
    for line in chosen:
        samples = sound(SPEECH / line["file"])
        said = line["text"].lower().split()
        total += len(said)
        plain.start_utt()
        plain.process_raw((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        plain.end_utt()
        heard = plain.hyp().hypstr.split() if plain.hyp() else []
        counts["pocketsphinx Decoder"] += errors(said, heard)
        for name, given in (("transcribe", ()), ("transcribe with own words", tuple(own))):
            found = [word.text.lower() for word in recogniser.recognise(samples, words=given)]
            counts[name] += errors(said, found)
    rows = [[name, f"{total} words", "word error rate", f"{100 * count / total:.1f} %"]
            for name, count in counts.items()]  # fmt: skip
    better = 1 - counts["transcribe with own words"] / max(counts["transcribe"], 1)
    return rows, f"Own words: {len(own)}; with them {100 * better:.1f} % fewer errors. Target: 10 %."


def frames_of(spoken: Spoken, count: int) -> NDArray[np.int_]:
    found = np.full(count, -1)
    for start, end, who in spoken:
        found[round(start * 100) : round(end * 100)] = who
    return found


def diarisation_error(truth: Spoken, found: Spoken, seconds: float) -> float:
    """Share of speech that is missed, given to another, or made up."""
    count = int(seconds * 100)
    real, heard = frames_of(truth, count), frames_of(found, count)
    table = np.array([[((real == who) & (heard == label)).sum() for label in range(heard.max() + 1)]
                      for who in range(real.max() + 1)])  # fmt: skip
    right = table[linear_sum_assignment(-table)].sum()
    spoken = (real >= 0).sum()
    between = sum(((heard >= 0) & (real < 0))[round(a * 100) : round(b * 100)].sum()
                  for (_, a, _), (b, _, _) in zip(truth, truth[1:], strict=False) if b - a >= 0.5)  # fmt: skip
    return float(spoken - right + between) / float(spoken)


def by_gaussians(samples: Floats, stretches: Spoken, people: int) -> Spoken:
    frames = cepstra(band_levels(samples), 20)[:, 1:]
    parts = [frames[int(start * 100) : int(end * 100) + 1].astype(float) for start, end, _ in stretches]
    means = np.stack([part.mean(axis=0) for part in parts])
    spreads = np.stack([part.var(axis=0) + 1e-3 for part in parts])
    pairs = []
    for one in range(len(parts)):
        for two in range(one + 1, len(parts)):
            apart = (means[one] - means[two]) ** 2
            pairs.append(((spreads[one] + apart) / spreads[two] + (spreads[two] + apart) / spreads[one] - 2).mean())
    labels = fcluster(linkage(np.array(pairs), "average"), people, "maxclust") if len(parts) > 1 else [1]
    return [(start, end, int(label) - 1) for (start, end, _), label in zip(stretches, labels, strict=True)]


def speakers() -> list[list[str]]:
    """Rows of errors in who speaks when."""
    by_reader: dict[str, list[Floats]] = {}
    for line in lines():
        by_reader.setdefault(line["speaker"], []).extend(turns_of(sound(SPEECH / line["file"])))
    groups = {
        "test-other": list(by_reader.values()),
        "one recording each": [turns for path in sorted(SPEAKERS.glob("*.flac"))[85:]
                               if len(turns := turns_of(sound(path))) >= 2],
    }  # fmt: skip
    rows = []
    for name, readers in groups.items():
        for people in (1, 2, 3):
            found: dict[str, list[float]] = {"transcribe": [], "one Gaussian a turn": [], "everybody is one": []}
            right = 0
            for number in range(CONVERSATIONS):
                rng = np.random.default_rng((people, number))
                chosen = [readers[place] for place in rng.permutation(len(readers))[:people]]
                samples, truth = conversation(chosen, rng, 30.0)
                mine = speakers_of(samples)
                right += len({who for _, _, who in mine}) == len({who for _, _, who in truth})
                tried = {"transcribe": mine, "one Gaussian a turn": by_gaussians(samples, mine, people),
                         "everybody is one": [(start, end, 0) for start, end, _ in mine]}  # fmt: skip
                for method, spoken in tried.items():
                    found[method].append(diarisation_error(truth, spoken, len(samples) / RATE))
            what = f"{people} of {name}"
            rows += [[method, what, "speaker error", f"{100 * np.mean(values):.1f} %"]
                     for method, values in found.items()]  # fmt: skip
            rows.append(["transcribe", what, "number of people right", f"{right} of {CONVERSATIONS}"])
    return rows


def main() -> None:
    found, note = words()
    write_results(__file__, __doc__ or "", [["method", "what", "measure", "value"], *found, *speakers()], [note])


if __name__ == "__main__":
    main()
