"""Word error rate of the embedded draft recogniser, plain and with a project's own words.

Speech: LibriSpeech test-other utterances of the fixtures, evenly taken (UTTERANCES sets how many). Own words are the
three least likely words of each utterance by pocketsphinx's own language model, all in one list, as a person would
list names. Peer: pocketsphinx's Decoder with its defaults, the whole utterance at once.

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

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.results import write_results
from rushlight.media.sound import read_sound
from rushlight.models.pocketsphinx_recogniser import load

RATE = 16_000
FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))
SPEECH = FIXTURES / "speech" / "librispeech_test_other"
UTTERANCES = int(os.environ.get("UTTERANCES", "12"))


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Least number of words to change, add or leave out."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        last, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (word != other))
    return row[-1]


def main() -> None:
    plain = pocketsphinx.Decoder(samprate=float(RATE), logfn="/dev/null")
    model = plain.get_lm("_default")
    lines = list(csv.DictReader((SPEECH / "transcripts.tsv").open(), delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = lines[:: max(len(lines) // UTTERANCES, 1)][:UTTERANCES]
    own = sorted({word for line in lines
                  for word in sorted(set(line["text"].split()), key=lambda word: model.prob([word]))[:3]})  # fmt: skip
    counts = {"pocketsphinx Decoder": 0, "transcribe": 0, "transcribe with own words": 0}
    total, recogniser = 0, load("")
    for line in lines:
        sound = np.asarray(read_sound(SPEECH / line["file"], sample_rate=RATE, channels=1)[:, 0], np.float32)
        said = line["text"].lower().split()
        total += len(said)
        plain.start_utt()
        plain.process_raw((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        plain.end_utt()
        heard = plain.hyp().hypstr.split() if plain.hyp() else []
        counts["pocketsphinx Decoder"] += errors(said, heard)
        for name, words in (("transcribe", ()), ("transcribe with own words", tuple(own))):
            found = [word.text.lower() for word in recogniser.recognise(sound, words=words)]
            counts[name] += errors(said, found)
    rows = [["method", "words", "word error rate"]]
    rows += [[name, str(total), f"{100 * count / total:.1f} %"] for name, count in counts.items()]
    write_results(__file__, __doc__ or "", rows, [f"Own words: {len(own)}."])


if __name__ == "__main__":
    main()
