from fractions import Fraction
from pathlib import Path

import pytest

from rushlight.artifacts import Audio, Beat, Line, Script
from rushlight.core.artifact import FileRef, canonical_json
from rushlight.core.errors import InputError


def test_digest_ignores_where_files_lie_and_nothing_else(tmp_path: Path) -> None:
    one, two = tmp_path / "one.wav", tmp_path / "deep" / "two.wav"
    two.parent.mkdir()
    one.write_bytes(b"sound")
    two.write_bytes(b"sound")
    first = Audio(file=FileRef.of(one), sample_rate=48000, channels=2, duration=Fraction(1))
    second = Audio(file=FileRef.of(two), sample_rate=48000, channels=2, duration=Fraction(1))
    assert first.digest() == second.digest()
    assert first.digest() != second.model_copy(update={"channels": 1}).digest()
    two.write_bytes(b"other")
    assert Audio(file=FileRef.of(two), sample_rate=48000, channels=2, duration=Fraction(1)).digest() != first.digest()


def test_digest_knows_the_kind_of_artifact() -> None:
    script = Script(title="a", beats=(), writer="x")
    assert script.digest() != type("Other", (Script,), {})(title="a", beats=(), writer="x").digest()


def test_round_trip_through_json_keeps_exact_time() -> None:
    line = Line(text="Hello.", pause_seconds=Fraction(1, 3))
    script = Script(title="t", beats=(Beat(id="b01", role="hook", lines=(line,)),), writer="x")
    again = Script.model_validate_json(script.model_dump_json())
    assert again == script
    assert again.beats[0].lines[0].pause_seconds == Fraction(1, 3)


def test_artifacts_are_frozen() -> None:
    script = Script(title="t", beats=(), writer="x")
    with pytest.raises(ValueError, match="frozen"):
        script.title = "u"


def test_files_are_found_and_moved_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"x")
    file = FileRef.of(path)
    audio = Audio(file=file, sample_rate=1, channels=1, duration=Fraction(1), stems={"speech": file})
    assert list(audio.files()) == [file, file]
    moved = audio.with_files(lambda f: f.model_copy(update={"path": Path("/elsewhere")}))
    assert {f.path for f in moved.files()} == {Path("/elsewhere")}
    assert moved.digest() == audio.digest()


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        FileRef.of(tmp_path / "none.txt")
    with pytest.raises(InputError, match="is a folder"):
        FileRef.of(tmp_path)


def test_canonical_json_refuses_what_has_no_value() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))
