"""Whether the mark in a still survives what happens to pictures.

Real pictures (photographs, and single frames of the film fixtures, one every two seconds) are marked and then: JPEG 50,
half size, a crop that leaves 80 % both ways off centre, scaled to 83 % and JPEG 85 as a screenshot would, and half size
with JPEG 50. Read counts when the payload is right at the reader's default bound (1e-6).

Peer: dwtDct of invisible-watermark (64 bits), when it can be imported.

Run: `python benchmarks/mark_stills/run.py [PICTURES]`; fixtures from RUSHLIGHT_FIXTURES or ../shared/fixtures.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import cv2
import numpy as np

from results import write_results
from rushlight.trust.watermarks.picture_mark import LEAST_ROOT_PX, PictureMarker, PictureReader

FIXTURES = Path(os.environ.get("RUSHLIGHT_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))
PAYLOAD = 0x00C0FFEE12345678
ATTACKS = ("none", "JPEG 50", "half size", "crop 20 %", "screenshot", "half + JPEG 50")
Picture = Any


def pictures(count: int) -> list[Picture]:
    folder = FIXTURES / "images"
    found = [cv2.imread(str(path)) for path in sorted([*folder.glob("*.png"), *folder.glob("mdn/*.jpg")])]
    films = sorted(path for path in (FIXTURES / "video").rglob("*.*") if path.suffix in (".mp4", ".webm", ".mkv"))
    turn = 0
    while len(found) < count and turn < 12:
        for film in films:
            capture = cv2.VideoCapture(str(film))
            capture.set(cv2.CAP_PROP_POS_MSEC, 500 + 2000 * turn)
            good, frame = capture.read()
            if good and (frame.shape[0] * frame.shape[1]) ** 0.5 >= LEAST_ROOT_PX:
                found.append(frame)
        turn += 1
    return found[:count]


def attacked(picture: Picture, name: str) -> Picture:
    height, width = picture.shape[:2]
    if name.startswith("half"):
        picture = cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    if name == "crop 20 %":
        top, left = round(height * 0.07), round(width * 0.13)
        return picture[top : top + round(height * 0.8), left : left + round(width * 0.8)]
    if name == "screenshot":
        small = cv2.resize(picture, (round(width * 0.83), round(height * 0.83)), interpolation=cv2.INTER_LINEAR)
        return cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], cv2.IMREAD_COLOR)
    if name.endswith("JPEG 50"):
        return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], cv2.IMREAD_COLOR)
    return picture


def main() -> None:
    found = pictures(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
    try:
        from imwatermark import WatermarkDecoder, WatermarkEncoder

        encoder, decoder = WatermarkEncoder(), WatermarkDecoder("bytes", 64)
        encoder.set_watermark("bytes", PAYLOAD.to_bytes(8, "big"))
    except ImportError:
        encoder = decoder = None
    read, peer, near, false = Counter[str](), Counter[str](), [], 0
    for picture in found:
        height, width = picture.shape[:2]
        luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        added = PictureMarker(width, height, PAYLOAD).mark([luma])[0]
        made = np.clip(picture.astype(np.int16) + added[..., None], 0, 255).astype(np.uint8)
        near.append(cv2.PSNR(picture, made))
        for name in ATTACKS:
            seen = attacked(made, name)
            reader = PictureReader(seen.shape[1], seen.shape[0])
            reader.add(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY))
            got = reader.read()
            read[name] += got.is_checked and got.payload == PAYLOAD and got.false_positive_probability <= 1e-6
            if encoder is not None and decoder is not None:
                try:
                    said = decoder.decode(attacked(encoder.encode(picture, "dwtDct"), name), "dwtDct")
                    peer[name] += int.from_bytes(said, "big") == PAYLOAD
                except (RuntimeError, ValueError):
                    pass
        reader = PictureReader(width, height)
        reader.add(luma)
        got = reader.read()
        false += got.is_checked and got.false_positive_probability <= 1e-6
    total = sum(read.values()) - read["none"]
    rows = [["attack", "read", "dwtDct"]]
    for name in ATTACKS:
        rows.append(
            [name, f"{read[name]} of {len(found)}", f"{peer[name]} of {len(found)}" if encoder else "not installed"]
        )
    rows.append(["all but none", f"{total / (len(found) * (len(ATTACKS) - 1)):.1%} (target 95 %)", ""])
    rows.append(["PSNR, mean and least", f"{np.mean(near):.1f}, {min(near):.1f} dB (target 42)", ""])
    rows.append(["reported in unmarked pictures", f"{false} of {len(found)}", ""])
    write_results(__file__, (__doc__ or "").split("\n\nRun:")[0], rows)


if __name__ == "__main__":
    main()
