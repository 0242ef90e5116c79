from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight.trust.watermarks.code import CODED_BITS, coded_bits, decode_word, encode_word


@given(st.integers(0, 2**64 - 1))
@settings(deadline=None, max_examples=8)
def test_a_word_comes_back(payload: int) -> None:
    coded = encode_word(payload)
    assert coded.shape == (CODED_BITS,)
    word = decode_word(coded.astype(np.float32))
    assert (word.payload, word.is_checked, word.agreement) == (payload, True, CODED_BITS)


def test_a_word_comes_back_from_evidence_that_is_mostly_noise() -> None:
    rng = np.random.default_rng(1)
    for bits in (32, 64):
        payload = int(rng.integers(1 << bits - 1))
        evidence = encode_word(payload, bits) + rng.normal(0, 0.9, coded_bits(bits))
        word = decode_word(evidence.astype(np.float32))
        assert word.is_checked
        assert word.payload == payload


def test_noise_alone_has_no_right_check_sum() -> None:
    rng = np.random.default_rng(2)
    assert not any(decode_word(rng.normal(0, 1, CODED_BITS).astype(np.float32)).is_checked for _ in range(6))


@pytest.mark.parametrize("payload", [-1, 2**64])
def test_what_does_not_fit_is_refused(payload: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        encode_word(payload)
