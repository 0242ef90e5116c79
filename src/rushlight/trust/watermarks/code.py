"""The code of a watermark: a payload of 64 bits (32 in sound), a check sum, a convolutional code that is read softly.

What reaches the reader is far below the noise, so every bit is a sum of weak evidence and never decided on its own: the
whole word is found that agrees best with all of it.

Reference:
    Ma, Wolf 1986, "On tail biting convolutional codes"; Shao, Lin, Fossorier 2003, "Two decoding algorithms for
    tailbiting codes" (wrap-around Viterbi); generators of largest free distance at rate ¼ from Larsen 1973.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["CODED_BITS", "PAYLOAD_BITS", "Word", "coded_bits", "decode_word", "encode_word"]

PAYLOAD_BITS = 64
_CHECK_BITS = 16
_MEMORY = 12
_GENERATORS = (0o11145, 0o12477, 0o15537, 0o16727)
CODED_BITS = (PAYLOAD_BITS + _CHECK_BITS) * len(_GENERATORS)
"""Bits that a mark of a whole payload carries."""
_CHECK_POLYNOMIAL = 0x1021
_WRAPS = 3
_ENDS_TRIED = 4

Soft = NDArray[np.float32]


@dataclass(frozen=True)
class Word:
    """A word that was read."""

    payload: int
    is_checked: bool
    """Whether its check sum is right."""
    agreement: float
    """Sum of all evidence, each with the sign that the word says it has."""


def coded_bits(payload_bits: int) -> int:
    """How many bits a mark with a payload of so many carries."""
    return (payload_bits + _CHECK_BITS) * len(_GENERATORS)


def encode_word(payload: int, payload_bits: int = PAYLOAD_BITS) -> NDArray[np.int8]:
    """The coded bits of a payload as ±1, shape (coded_bits(payload_bits),).

    Raises:
        ValueError: it does not fit into so many bits.
    """
    if not 0 <= payload < 1 << payload_bits:
        raise ValueError(f"A payload has {payload_bits} bits.")
    word = payload << _CHECK_BITS | _check_sum(payload, payload_bits)
    return _encoded(_bits(word, payload_bits + _CHECK_BITS))


def decode_word(evidence: Soft) -> Word:
    """The word that agrees best with the evidence for each coded bit: positive for +1.

    Wrap-around Viterbi: the trellis is a ring, walked three times; of the best ends, the first that closes the ring
    with a right check sum wins.
    """
    steps = evidence.reshape(-1, len(_GENERATORS)).astype(np.float32)
    payload_bits = len(steps) - _CHECK_BITS
    gains = steps @ _branch_signs()
    came_from, closing = _walk(gains)
    best: Word | None = None
    for state in np.argsort(closing)[::-1][:_ENDS_TRIED]:
        bits = _traced(came_from, int(state), len(steps))
        if bits is None:
            continue
        agreement = float(_encoded(bits) @ evidence)
        value = int("".join(map(str, bits)), 2)
        payload = value >> _CHECK_BITS
        word = Word(payload, _check_sum(payload, payload_bits) == value & ((1 << _CHECK_BITS) - 1), agreement)
        if best is None or (word.is_checked, word.agreement) > (best.is_checked, best.agreement):
            best = word
    return best or Word(0, False, 0.0)


def _bits(value: int, count: int) -> NDArray[np.int8]:
    return np.array([value >> at & 1 for at in range(count - 1, -1, -1)], np.int8)


def _check_sum(payload: int, payload_bits: int) -> int:
    """CRC-16 (CCITT) of the payload; begun with ones, so that nothing but zeros is no word."""
    register = 0xFFFF
    for at in range(payload_bits - 1, -1, -1):
        high = register >> 15 ^ payload >> at & 1
        register = (register << 1 & 0xFFFF) ^ (_CHECK_POLYNOMIAL if high else 0)
    return register


def _encoded(bits: NDArray[np.int8]) -> NDArray[np.int8]:
    """Each output is the parity of the newest bits under a generator; the register begins with the last bits."""
    newest_first = np.stack([np.roll(bits, delay) for delay in range(_MEMORY + 1)])
    rows = [_taps(generator) @ newest_first % 2 for generator in _GENERATORS]
    return (1 - 2 * np.stack(rows, axis=1)).astype(np.int8).ravel()


def _taps(generator: int) -> NDArray[np.int8]:
    return np.array([generator >> (_MEMORY - delay) & 1 for delay in range(_MEMORY + 1)], np.int8)


@cache
def _branch_signs() -> Soft:
    """±1 for each output and each branch; branch = register before, oldest bit lowest, with the new bit on top."""
    branches = np.arange(2 << _MEMORY)
    rows = [1.0 - 2.0 * (np.bitwise_count(branches & generator) % 2) for generator in _GENERATORS]
    return np.array(rows, np.float32)


def _walk(gains: Soft) -> tuple[NDArray[np.bool_], Soft]:
    """Which of two states each best path came from, for every step of every round, and the sums at the end."""
    half = 1 << (_MEMORY - 1)
    sums = np.zeros(1 << _MEMORY, np.float32)
    came_from = np.empty((_WRAPS * len(gains), 2 * half), np.bool_)
    for step in range(len(came_from)):
        # A state holds the newest bit on top; branch (bit, state) leads to (bit, state without its oldest bit).
        reached = gains[step % len(gains)].reshape(2, half, 2) + sums.reshape(1, half, 2)
        came_from[step] = (reached[:, :, 1] > reached[:, :, 0]).ravel()
        sums = reached.max(axis=2).ravel()
        sums -= sums.max()
    return came_from, sums


def _traced(came_from: NDArray[np.bool_], end: int, count: int) -> NDArray[np.int8] | None:
    """The bits of the last round before a state, None when the round does not begin where it ends."""
    state = end
    bits = np.empty(count, np.int8)
    for at in range(count - 1, -1, -1):
        step = (_WRAPS - 1) * count + at
        bits[at] = state >> (_MEMORY - 1)
        state = (state << 1 & ((1 << _MEMORY) - 1)) | int(came_from[step, state])
    return bits if state == end else None
