"""What `write_script` promises whichever writer writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rushlight.artifacts import Source
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import Run, running
from rushlight.create.read_source import load_source
from rushlight.create.write_script import count_words, write_script
from rushlight.create.writers import find_writer, writer_names

from .script_sources import EXAMPLES, SERIES, lighthouses, table


def every_example() -> list[Source]:
    documents = (path for path in sorted(EXAMPLES.glob("*/*.*")) if path.parent.name != "screenplays")
    return [load_source(path) for path in documents]


def test_auto_chooses_by_source(tmp_path: Path) -> None:
    assert write_script(lighthouses(), length_seconds=20).writer == "extractive"
    assert write_script(table(tmp_path, SERIES), length_seconds=20).writer == "data"


@pytest.mark.parametrize("seconds", [30, 60, 90])
def test_examples_meet_the_length(seconds: int) -> None:
    for source in every_example():
        script = write_script(source, length_seconds=seconds)
        assert abs(count_words(script) - seconds * 2.5) <= 0.08 * seconds * 2.5, source.title
        assert script.notes == ()


def test_same_input_same_script_and_seed_only_words(tmp_path: Path) -> None:
    source = table(tmp_path, SERIES)
    assert write_script(source, seed=3) == write_script(source, seed=3)
    wordings = {tuple(line.text for _, line in write_script(source, seed=seed).lines()) for seed in range(4)}
    assert len(wordings) > 1


def test_beats_are_named_once_and_moods_change_slowly() -> None:
    for source in every_example():
        script = write_script(source, length_seconds=120)
        names = [beat.id for beat in script.beats]
        assert len(set(names)) == len(names)
        assert script.beats[0].role == "hook"
        assert script.beats[-1].role == "close"
        for before, after in zip(script.beats, script.beats[1:], strict=False):
            assert abs(before.valence - after.valence) <= 0.8
            assert abs(before.arousal - after.arousal) <= 0.5
        assert all(beat.picture for beat in script.beats)


def test_too_short_a_source_is_said_in_notes_and_to_the_run(tmp_path: Path) -> None:
    run = Run(scratch=tmp_path)
    with running(run):
        script = write_script(lighthouses(), length_seconds=3600)
    assert "too short" in script.notes[0]
    assert run.weak == list(script.notes)
    assert run.figures["target_words"] == 9000


def test_title_and_refusals(tmp_path: Path) -> None:
    source = lighthouses()
    assert write_script(source, title="Other", length_seconds=10).title == "Other"
    with pytest.raises(InputError, match="above zero"):
        write_script(source, length_seconds=0)
    with pytest.raises(InputError, match="needs a table"):
        write_script(source, writer="data")
    with pytest.raises(InputError, match="needs text"):
        write_script(table(tmp_path, SERIES), writer="extractive")
    with pytest.raises(ModelError, match="no writer named 'poet'"):
        write_script(source, writer="poet")


def test_writer_names_and_settings() -> None:
    assert {"extractive", "data"} <= set(writer_names())
    write, rest = find_writer("extractive:anything:else")
    assert rest == "anything:else"
    assert write.__module__ == "rushlight.create.writers.extractive"
