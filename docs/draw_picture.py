"""Draw the README's picture: frames of the example films, `python docs/draw_picture.py PROJECT…`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

OUT = Path(__file__).parent / "pictures" / "first-film.jpg"
COLUMNS, WIDTH, HEIGHT, GAP = 3, 480, 270, 6


def main() -> None:
    """Tile six panels of the given projects' storyboards."""
    panels = [path for root in sys.argv[1:] for path in sorted(Path(root).glob("storyboards/*/[0-9]*.jpg"))[:3]][:6]
    rows = -(-len(panels) // COLUMNS)
    size = (COLUMNS * WIDTH + (COLUMNS - 1) * GAP, rows * HEIGHT + (rows - 1) * GAP)
    sheet = Image.new("RGB", size, "white")
    for number, path in enumerate(panels):
        at = ((number % COLUMNS) * (WIDTH + GAP), (number // COLUMNS) * (HEIGHT + GAP))
        sheet.paste(Image.open(path).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), at)
    OUT.parent.mkdir(exist_ok=True)
    sheet.save(OUT, quality=86, optimize=True)


if __name__ == "__main__":
    main()
