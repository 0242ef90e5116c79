"""The capability `find_similar`."""

from __future__ import annotations

from fractions import Fraction

from rushlight.artifacts import Document, Media
from rushlight.artifacts.similar import Similar, SimilarWork
from rushlight.core.capability import capability
from rushlight.core.run import current_run
from rushlight.trust.similarity.catalogue import Catalogue
from rushlight.trust.similarity.matching import match
from rushlight.trust.similarity.prints import take_print

__all__ = ["find_similar"]

_NOTES = ("Alike is not unlawful, and what is in no index is not found: a person compares and decides.",)


@capability(version=1, metrics=("alike", "protected"))
def find_similar(media: Media, index: Document, /) -> Similar:
    """Find works of an index that a picture, film or sound is taken from, before it is released.

    Pictures are told by points that they share under one scaling and turning, so crops, mirror images, captions and
    logos laid over, other sizes and codings are seen through. Frames of films have to follow along one line of time,
    at any speed from half to double; sound is told by its own bits, also at another speed or pitch within a tenth.

    Args:
        media: what is asked about.
        index: made by `rushlight trust catalogue`.

    Returns:
        Works that are alike, where, and whose they are.

    Raises:
        InputError: the index cannot be read.
        MediaError: nothing of the media can be decoded.
    """
    run = current_run()
    run.progress(0.0, "taking its print")
    asked = take_print(media.file.path, mirrored=True)
    works = list(Catalogue(index.file.path).works())
    found = []
    for number, work in enumerate(works):
        run.progress(0.3 + 0.7 * number / len(works), work.title)
        if work.sha256 == media.file.sha256:
            by, share, rest = "content", 1.0, {}
        else:
            told = match(asked, work.kept)
            if told is None:
                continue
            by, share = told.by, told.share
            moves = told.by == "picture" and work.kept.moves
            rest = {
                "points": told.points, "speed": told.speed, "is_mirrored": told.is_mirrored,
                "start": Fraction(round(told.start * 1000), 1000) if moves else None,
                "end": Fraction(round(told.end * 1000), 1000) if moves else None,
            }  # fmt: skip
        found.append(
            SimilarWork.model_validate(
                {"title": work.title, "whose": work.whose, "holder": work.holder, "by": by, "share": share,
                 "place": work.place, **rest}
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.whose != "protected", -one.share, -one.points))
    run.figure("alike", len(found))
    run.figure("protected", sum(one.whose == "protected" for one in found))
    return Similar(
        title=media.file.path.name, file_sha256=media.file.sha256, works=tuple(found), looked_at=len(works),
        notes=(*asked.notes, *_NOTES),
    )  # fmt: skip
