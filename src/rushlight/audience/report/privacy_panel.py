"""The panel that says what is known of viewers, and what is not."""

from __future__ import annotations

from markupsafe import Markup

from rushlight.audience.report.panels import Context, Panel

__all__ = ["privacy_panel"]


def privacy_panel(context: Context) -> Panel:
    """The privacy statement of this report."""
    events = context.events
    days = f"{events.first_date} to {events.last_date}" if events.first_date else "no day"
    said = [
        f"This page rests on {events.rows:,} events of {days}.",
        "Viewers are pseudonyms made with a key that stays with the warehouse; the page holds none of them.",
        "Only events of viewers who agreed to be measured were kept.",
        f"Groups of fewer than {context.least_viewers} viewers are left out.",
        "A viewer may see what is kept of them and have it erased: rushlight audience access, erase.",
    ]
    body = Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(one) for one in said))
    return Panel("privacy", "What is known of viewers", 900, body)
