"""Picture against sound through the whole chain: a flash and a click at the same time, laid, rendered and read back.

Times are drawn from a seed and lie anywhere, also between frames, as the words of a narration do. A picture can only
change on a frame, so half a frame is the least largest error there can be; the aim is one frame. The last row is ten
minutes long. Error: first bright frame less the onset of the click; positive: the picture is late. Drift: mean error
of the last third less that of the first.
"""

from __future__ import annotations

import random
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from flashes import measure_flashes

from results import write_results

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60000, 1001))
SEED = 4


def main() -> int:
    """Render at every rate and write RESULTS.md."""
    rows = [["rate", "length s", "flashes", "mean frames", "largest frames", "drift frames"]]
    worst = 0.0
    for rate, seconds in [*((rate, 40) for rate in RATES), (Fraction(30000, 1001), 600)]:
        draw = random.Random(SEED)
        step = Fraction(seconds, 20)
        times = [step * (n + Fraction(1, 4)) + Fraction(draw.randrange(500), 1000) for n in range(20)]
        with tempfile.TemporaryDirectory() as folder:
            errors = [e.frames for e in measure_flashes(Path(folder), rate, times, Fraction(seconds))]
        drift = float(np.mean(errors[-7:]) - np.mean(errors[:7]))
        worst = max(worst, *map(abs, errors))
        rows.append([str(rate), str(seconds), str(len(errors)), f"{np.mean(errors):+.2f}",
                     f"{max(map(abs, errors)):.2f}", f"{drift:+.2f}"])  # fmt: skip
    write_results(__file__, __doc__ or "", rows)
    return 0 if worst <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
