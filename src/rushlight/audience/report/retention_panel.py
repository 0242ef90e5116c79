"""The panel of curves: how many still watch, over frames of the film."""

from __future__ import annotations

import base64
import io
from fractions import Fraction

from markupsafe import Markup

from rushlight.artifacts.media import Media
from rushlight.artifacts.retention import RetentionCurve
from rushlight.audience.measure_retention import measure_retention
from rushlight.audience.report.charts import WIDE, clock, curve
from rushlight.audience.report.panels import Context, Panel

__all__ = ["retention_panel"]

_MOST_TITLES = 12
_FRAMES = 16
_STRIP_HIGH_PX = 54
_KINDS = {"intro": "intro", "top": "holds", "spike": "seen again", "dip": "jumped over", "drop": "many leave"}


def retention_panel(context: Context) -> Panel | None:
    """Curves of the most watched titles with their moments, over frames where the film is at hand."""
    found = measure_retention(
        context.events, most=_MOST_TITLES, least_viewers=context.least_viewers, engine=context.engine
    )
    if not found.curves:
        return None
    parts = [_figure(one, context) for one in found.curves]
    return Panel("retention", "How long they stay", 100, Markup("").join(parts), found.notes)


def _figure(one: RetentionCurve, context: Context) -> Markup:
    name = context.warehouse.manifest().titles.get(one.title_id, {}).get("name", one.title_id)
    share = one.average_seconds / one.duration_seconds if one.duration_seconds else 0.0
    people = f" by {one.viewers:,} viewers" if one.viewers else ""
    origin = "" if one.source == "events" else f" An aggregate as {one.source} gives it."
    watched = f"{clock(one.average_seconds)} of {clock(one.duration_seconds)} watched on average ({share:.0%})"
    facts = f"{one.views:,} views{people}; {watched}.{origin}"
    moments = [(m.kind, m.start_seconds, m.end_seconds, m.reason) for m in one.moments]
    chart = curve(
        one.watching, one.low, one.high, one.plays, step_seconds=one.step_seconds, moments=moments,
        label=f"Retention of {name}: {facts}",
    )  # fmt: skip
    film = context.films.get(one.title_id)
    strip = _strip(film, one.duration_seconds) if film is not None else Markup("")
    listed = [
        Markup('<li class="{}"><b>{}</b> <span class="at">{}–{}</span> {}.</li>').format(
            m.kind, _KINDS[m.kind], clock(m.start_seconds), clock(m.end_seconds), m.reason
        )
        for m in one.moments
    ]
    return Markup('<figure><h3>{}</h3><p class="soft">{}</p>{}{}<ul class="moments">{}</ul></figure>').format(
        name, facts, chart, strip, Markup("").join(listed)
    )


def _strip(film: Media, duration: float) -> Markup:
    """Frames of the film under its curve, each where it stands; none when the film cannot be read."""
    from PIL import Image

    from rushlight.core.errors import RushlightError
    from rushlight.media.colour import i420_to_rgb
    from rushlight.media.decode import VideoReader

    if film.video is None:
        return Markup("")
    wide = max(
        round(_STRIP_HIGH_PX * 1.6 * film.video.display_width_px / max(film.video.display_height_px, 1) / 2) * 2, 2
    )
    high = round(_STRIP_HIGH_PX * 1.6 / 2) * 2
    images = []
    try:
        with VideoReader(film.file.path, width_px=wide, height_px=high, rate=film.video.rate) as reader:
            for number in range(_FRAMES):
                at = Fraction(round(1000 * duration * (number + 0.5) / _FRAMES), 1000)
                kept = io.BytesIO()
                Image.fromarray(i420_to_rgb(reader.frame_at(at))).save(kept, "JPEG", quality=72)
                code = base64.b64encode(kept.getvalue()).decode()
                images.append(
                    Markup('<img alt="The film at {}" src="data:image/jpeg;base64,{}">').format(clock(float(at)), code)
                )
    except RushlightError as error:
        return Markup('<p class="soft">No frames: {}</p>').format(error.message)
    return Markup('<div class="strip" style="margin-left:{:.2f}%">{}</div>').format(
        100 * 44 / WIDE, Markup("").join(images)
    )
