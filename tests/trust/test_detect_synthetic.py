from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from rushlight.artifacts import Detection
from rushlight.media.colour import rgb_to_i420
from rushlight.media.encode import VideoWriter, write_wav
from rushlight.media.probe import probe
from rushlight.trust.detect_synthetic import detect_synthetic

Scene = Callable[[int, int], np.ndarray]


def still(path: Path, luma: np.ndarray) -> Path:
    Image.fromarray(np.repeat(luma[..., None], 3, axis=2)).save(path)
    return path


def signal(found: Detection, name: str) -> float | None:
    (one,) = [one for one in found.signals if one.name == name]
    return one.log_ratio


def test_an_enlarged_picture_is_likelier_changed_than_the_same_unchanged(tmp_path: Path, scene: Scene) -> None:
    before = scene(3, 640)
    after = np.asarray(cv2.resize(before[:320, :320], (640, 640), interpolation=cv2.INTER_LANCZOS4), np.uint8)
    one, other = (
        detect_synthetic(probe(still(tmp_path / name, luma)))
        for name, luma in (("before.png", before), ("after.png", after))
    )
    unchanged, changed = signal(one, "Enlarged"), signal(other, "Enlarged")
    # Leaves that were drawn are not photographs; where they are taken for foreign, that is an answer too.
    if unchanged is not None and changed is not None:
        assert changed > unchanged + 1
    assert other.page is not None
    assert one.page is not None
    # Some part of every picture differs most; without evidence it is not drawn.
    assert "data:image/png" not in one.page.path.read_text() or any((x.log_ratio or 0) >= 1 for x in one.signals)


def test_the_prior_is_part_of_the_answer(tmp_path: Path, scene: Scene) -> None:
    media = probe(still(tmp_path / "a.png", scene(1, 400)))
    told = [detect_synthetic(media, prior=prior) for prior in (0.01, 0.5)]
    assert told[0].log_ratio == told[1].log_ratio
    if told[0].probability is not None and told[1].probability is not None:
        assert told[0].probability < told[1].probability
        assert told[0].at_prior(0.5) == pytest.approx(told[1].probability)


@pytest.mark.parametrize(("side", "flat", "said"), [(300, True, "flat"), (100, False, "smaller than")])
def test_flat_and_tiny_pictures_are_not_judged(tmp_path: Path, scene: Scene, side: int, flat: bool, said: str) -> None:
    luma = np.full((side, side), 128, np.uint8) if flat else scene(2, side)
    found = detect_synthetic(probe(still(tmp_path / "a.png", luma)))
    assert found.probability is None
    assert found.verdict == "Not judged: every signal abstains."
    assert all(said in one.abstains for one in found.signals)


def test_a_film_is_looked_at_in_places_and_its_silence_is_not_judged(tmp_path: Path, scene: Scene) -> None:
    path = tmp_path / "film.mp4"
    with VideoWriter(path, width_px=320, height_px=256, rate=Fraction(10)) as writer:
        for number in range(20):
            luma = scene(5, 512)[number : number + 256, number : number + 320]
            writer.write(rgb_to_i420(np.repeat(luma[..., None], 3, axis=2)))
    found = detect_synthetic(probe(path))
    assert [one.name for one in found.signals] == ["Enlarged", "Put together", "Face made apart"]
    sound = tmp_path / "silence.wav"
    write_wav(sound, np.zeros((48_000 * 5, 1), np.float32), 48_000)
    silent = detect_synthetic(probe(sound))
    assert silent.probability is None
    assert "too little speech" in silent.signals[0].abstains


def test_a_machines_voice_that_was_learned_from_is_told(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="eSpeak NG is not installed")
    from rushlight.models import espeak
    from rushlight.models.reading import SpokenWord

    text = "The keeper of the harbour clock winds it by hand each Monday, whatever the weather, and goes home again."
    (spoken,) = espeak.load("en-gb").speak([[SpokenWord(word, word) for word in text.split()]], words_per_minute=150)
    path = tmp_path / "voice.wav"
    write_wav(path, spoken.samples[:, None], espeak.EspeakVoice.sample_rate)
    found = detect_synthetic(probe(path), prior=0.5)
    assert found.probability is None or found.probability > 0.6


def test_the_same_file_gives_the_same_answer(tmp_path: Path, scene: Scene) -> None:
    media = probe(still(tmp_path / "a.png", scene(4, 400)))
    one, other = detect_synthetic(media), detect_synthetic(media)
    assert one.log_ratio == other.log_ratio
    assert [signal.says for signal in one.signals] == [signal.says for signal in other.signals]


def test_the_text_is_plain_about_its_limits(tmp_path: Path, scene: Scene) -> None:
    found = detect_synthetic(probe(still(tmp_path / "<b>.png", scene(6, 400))))
    assert "generated as a whole" in found.as_text()
    assert "<b>.png" not in found.as_html()
    assert found.as_csv().startswith("signal,log_ratio")
