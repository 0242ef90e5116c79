from __future__ import annotations

import pytest

from rushlight.cli.watching import watching


def test_sentences_with_brackets_and_of_any_length_stay_whole(capsys: pytest.CaptureFixture[str]) -> None:
    message = "pictures/[final] cut [/1].jpg was left out: " + "it is damaged, " * 12
    with watching() as watcher:
        watcher.on_step("render_film", False)
        watcher.on_progress(0.5, "[/] half")
        watcher.on_weak(message)
    said = capsys.readouterr()
    assert message.strip() in said.err
    assert said.out == ""


def test_steps_that_take_turns_are_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    with watching() as watcher:
        for _ in range(4):
            watcher.on_step("write_script", False)
            watcher.on_step("speak_script", True)
    said = capsys.readouterr().err
    assert said.count("write script") == said.count("speak script") == 1
