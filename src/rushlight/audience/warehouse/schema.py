"""What an event is: one schema for every source, names after Snowplow's media schemas, versioned."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "EVENTS",
    "FIELDS",
    "NO_PSEUDONYM",
    "SCHEMA_VERSION",
    "Field",
    "Rule",
    "describe_schema",
    "problem_of",
    "rules",
]

SCHEMA_VERSION = "1.0"

# What a player says, then what we add: what was shown, and what people did about it.
PLAYER_EVENTS = (
    "ready", "play", "pause", "seek_start", "seek_end", "ping", "percent_progress", "buffer_start", "buffer_end",
    "playback_rate_change", "quality_change", "end", "error",
)  # fmt: skip
SOCIAL_EVENTS = ("impression", "click", "like", "comment", "share", "exposure")
EVENTS = (*PLAYER_EVENTS, *SOCIAL_EVENTS)


@dataclass(frozen=True)
class Field:
    """One column: its type in SQL, whether an event without it is refused, and what it means."""

    name: str
    type: str
    description: str
    required: bool = False


FIELDS: tuple[Field, ...] = (
    Field("event_id", "VARCHAR", "Unique for each event; a second one with the same id is dropped.", required=True),
    Field("event", "VARCHAR", "What happened: one of the names in EVENTS.", required=True),
    Field("ts_client", "TIMESTAMP", "When it happened by the viewer's clock, UTC.", required=True),
    Field("ts_server", "TIMESTAMP", "When it arrived by the collector's clock, UTC."),
    Field("viewer", "VARCHAR", "Pseudonym of the viewer, made with the warehouse's own key.", required=True),
    Field("consent", "VARCHAR", "Purposes the viewer agreed to, separated by spaces, such as `measure personalise`."),
    Field("title_id", "VARCHAR", "Which title.", required=True),
    Field("cut_id", "VARCHAR", "Which cut of the title: the identity of its timeline."),
    Field(
        "view_id", "VARCHAR", "One playing of a title by a viewer; made from pauses of 30 minutes where it is absent."
    ),
    Field("current_time_seconds", "DOUBLE", "Position in the title."),
    Field("duration_seconds", "DOUBLE", "Length of the title as the player knows it."),
    Field("playback_rate", "DOUBLE", "Speed of playing; 1 is normal."),
    Field("muted", "BOOLEAN", "Whether sound is off."),
    Field("fullscreen", "BOOLEAN", "Whether it fills the screen."),
    Field("visible", "BOOLEAN", "Whether the page or app is in front; false in a background tab."),
    Field("percent_progress", "DOUBLE", "For `percent_progress`: how much was reached, 0 to 100."),
    Field("quality", "VARCHAR", "For `quality_change`: the rendition, such as 720p."),
    Field("error_code", "VARCHAR", "For `error`: the player's code; those that start with `network` censor, not end."),
    Field("text", "VARCHAR", "For `comment`: what was said."),
    Field("experiment_id", "VARCHAR", "Which experiment the viewer was in."),
    Field("variant", "VARCHAR", "Which variant was assigned."),
    Field("policy_id", "VARCHAR", "Which policy chose what was shown."),
    Field("action_set", "VARCHAR", "What it could choose from, as a JSON list."),
    Field("propensity", "DOUBLE", "Probability with which it chose what was shown, above 0 and at most 1."),
    Field("position", "INTEGER", "Place on the page or row where it was shown, from 1."),
    Field("traffic_source", "VARCHAR", "Where the viewer came from, such as search, home, share."),
    Field("device", "VARCHAR", "Such as mobile, desktop, tv."),
    Field("tz", "VARCHAR", "The viewer's time zone, such as Europe/Berlin."),
)

# A day of drift between clocks is a wrong clock; a position this far past the end is a wrong position.
MOST_CLOCK_SECONDS = 86_400
MOST_OVERRUN_SECONDS = 5.0
# Does not hold of ids that are yet to be replaced.
NO_PSEUDONYM = "viewer is not a pseudonym"
_MOST_CHARACTERS = 256
_MOST_TEXT = 10_000


@dataclass(frozen=True)
class Rule:
    """Why an event is refused: the reason, the SQL condition that holds then, and the column it is about."""

    reason: str
    condition: str
    about: str


def rules() -> list[Rule]:
    """The rules of refusing an event; the first that holds gives the reason.

    Conditions stand on the typed columns; a column that could not be cast is NULL while its text, `raw_NAME`, is not.
    A rule about a column that does not occur cannot hold, except that a required one is missing.
    """
    names = ", ".join(f"'{name}'" for name in EVENTS)
    return [
        *(Rule(f"{field.name} is missing", f"{_raw(field)} IS NULL", field.name) for field in FIELDS if field.required),
        *(
            Rule(
                f"{field.name} is not a {_SAID[field.type]}",
                f"{_raw(field)} IS NOT NULL AND {field.name} IS NULL",
                field.name,
            )
            for field in FIELDS
            if field.type != "VARCHAR"
        ),
        Rule(NO_PSEUDONYM, "NOT regexp_full_match(viewer, 'v_[0-9a-f]{16}')", "viewer"),
        Rule("event is not a known name", f"event NOT IN ({names})", "event"),
        Rule("current_time_seconds is negative", "current_time_seconds < 0", "current_time_seconds"),
        Rule("current_time_seconds is not finite", "NOT isfinite(current_time_seconds)", "current_time_seconds"),
        Rule(
            "duration_seconds is not above 0", "duration_seconds <= 0 OR NOT isfinite(duration_seconds)",
            "duration_seconds",
        ),
        Rule(
            "current_time_seconds is beyond the end",
            f"current_time_seconds > duration_seconds + {MOST_OVERRUN_SECONDS}",
            "duration_seconds",
        ),
        Rule("playback_rate is not between 0 and 16", "playback_rate <= 0 OR playback_rate > 16", "playback_rate"),
        Rule("propensity is not above 0 and at most 1", "propensity <= 0 OR propensity > 1", "propensity"),
        Rule(
            "percent_progress is not between 0 and 100", "percent_progress < 0 OR percent_progress > 100",
            "percent_progress",
        ),
        Rule("position is below 1", "position < 1", "position"),
        Rule(
            "ts_client is before 2000 or after tomorrow",
            "ts_client < TIMESTAMP '2000-01-01' OR "
            f"ts_client > coalesce(ts_server, now()::TIMESTAMP) + INTERVAL {MOST_CLOCK_SECONDS} SECOND",
            "ts_client",
        ),
        Rule(
            "a playing event has no current_time_seconds",
            "event IN ('ping', 'seek_start', 'seek_end', 'end') AND current_time_seconds IS NULL",
            "event",
        ),
        *(
            # Bytes are counted at no cost, and there are never fewer than characters.
            Rule(
                f"{field.name} is longer than {_most(field)} characters",
                f"strlen({field.name}) > {_most(field)} AND length({field.name}) > {_most(field)}",
                field.name,
            )
            for field in FIELDS
            if field.type == "VARCHAR"
        ),
    ]  # fmt: skip


_SAID = {"TIMESTAMP": "time", "DOUBLE": "number", "BOOLEAN": "true or false", "INTEGER": "whole number"}


def _raw(field: Field) -> str:
    return field.name if field.type == "VARCHAR" else f"raw_{field.name}"


def _most(field: Field) -> int:
    return _MOST_TEXT if field.name in ("text", "action_set") else _MOST_CHARACTERS


_NUMBERS: dict[str, tuple[float, float]] = {
    "current_time_seconds": (0.0, 1e7),
    "duration_seconds": (1e-9, 1e7),
    "playback_rate": (1e-9, 16.0),
    "percent_progress": (0.0, 100.0),
    "propensity": (1e-300, 1.0),
    "position": (1, 1e9),
}
_REQUIRED = tuple(item.name for item in FIELDS if item.required)
_TEXTS = {item.name: _most(item) for item in FIELDS if item.type == "VARCHAR"}


def problem_of(row: object) -> str:
    """What is wrong with an event as it arrives; empty when nothing is. Import checks all of it again."""
    if not isinstance(row, dict):
        return "event is no object"
    for name in _REQUIRED:
        if row.get(name) in (None, ""):
            return f"{name} is missing"
    if row["event"] not in EVENTS:
        return "event is not a known name"
    for name, most in _TEXTS.items():
        value = row.get(name)
        if value is not None and len(str(value)) > most:
            return f"{name} is longer than {most} characters"
    for name, (low, high) in _NUMBERS.items():
        value = row.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return f"{name} is not a number"
        if not low <= value <= high:
            return f"{name} is out of range"
    return ""


def describe_schema() -> str:
    """The schema as a table in Markdown, for the reference."""
    lines = [
        f"Event schema {SCHEMA_VERSION}. Events: {', '.join(EVENTS)}.",
        "",
        "| field | type | needed | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{field.name}` | {field.type.lower()} | {'yes' if field.required else ''} | {field.description} |"
        for field in FIELDS
    ]
    return "\n".join(lines) + "\n"
