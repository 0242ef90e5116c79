from __future__ import annotations

import numpy as np

from rushlight.models.shot_detector.lures import EFFECTS, LENGTHS, Moment, new_lure
from rushlight.models.shot_detector.staging import KINDS, SEEN, make_film


def test_the_same_seed_makes_the_same_film() -> None:
    one, other = (make_film(np.random.default_rng(5), None, 120) for _ in range(2))
    assert np.array_equal(one.frames, other.frames)
    assert np.array_equal(one.gaps, other.gaps)
    assert one.frames.shape == (120, SEEN[1], SEEN[0], 3)
    assert len(one.gaps) == 119


def test_labelled_cuts_change_the_picture_more_than_what_surrounds_them() -> None:
    jumps, usual = [], []
    for seed in range(12):
        film = make_film(np.random.default_rng(seed), None, 200)
        change = np.abs(np.diff(film.frames.astype(float), axis=0)).mean(axis=(1, 2, 3))
        jumps += change[film.gaps == KINDS.index("cut")].tolist()
        usual += change[film.gaps == 0].tolist()
    assert len(jumps) > 5
    assert np.median(jumps) > 4 * np.median(usual)


def test_every_kind_of_transition_is_made() -> None:
    seen: set[int] = set()
    for seed in range(30):
        seen |= set(np.unique(make_film(np.random.default_rng(seed), None, 200).gaps).tolist())
    assert seen == set(range(len(KINDS)))


def test_every_effect_leaves_a_picture() -> None:
    picture = np.full((54, 96, 3), 120, np.float32)
    for kind, effect in EFFECTS.items():
        lure = new_lure(np.random.default_rng(1), kind, 10, LENGTHS[kind][1])
        for number in (10, lure.end - 1):
            shown = effect(picture, Moment(lure, number))
            assert shown.shape == picture.shape
            assert np.isfinite(shown).all()
