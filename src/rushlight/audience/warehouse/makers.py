"""Events as other systems write them, turned into ours line by line: Snowplow, xAPI Video, CMCD v2, comments.

What a source does not say stays empty; nothing is guessed. An event of a kind that ours has no name for is left out.

Reference:
    Snowplow media schemas (com.snowplowanalytics.snowplow.media, player version 2); xAPI Video Profile 1.0.3;
    CTA-5004-A, Common Media Client Data version 2; YouTube Data API v3, commentThreads; PeerTube REST API, comments.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from rushlight.core.errors import InputError

__all__ = ["MAKERS", "MARKS", "rewrite"]

Row = dict[str, Any]
_MOST_BYTES = 2_000_000_000
_SNOWPLOW = "snowplowanalytics_snowplow_media"
_XAPI = "https://w3id.org/xapi/video"
# What in the first lines of a file tells whose it is.
MARKS: dict[str, tuple[str, ...]] = {
    "snowplow": (_SNOWPLOW, "com.snowplowanalytics.snowplow.media"),
    "xapi": (_XAPI, "adlnet.gov/expapi/verbs"),
    "cmcd": ('"sta"', '"cmcd"', "CMCD="),
    "comments": ('"textDisplay"', '"textOriginal"', '"inReplyToCommentId"'),
}


def rewrite(form: str, path: Path, target: Path) -> None:
    """Write a file of this form as lines of our schema.

    Raises:
        InputError: it is no such file.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("This file is larger than 2 GB.", path=path, hint="Split it by days.")
    found = 0
    try:
        with target.open("w", encoding="utf-8") as file:
            for row in MAKERS[form](_objects(path)):
                file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
                found += 1
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"This is no {form} file ({type(error).__name__}: {error}).", path=path) from error
    if not found:
        raise InputError(f"This file holds no {form} event that is one of ours.", path=path, hint="Check --form.")


def _objects(path: Path) -> Iterator[Any]:
    """JSON objects of a file: an array, an object, or one a line; other lines as text."""
    text = path.read_text(encoding="utf-8-sig", errors="replace").strip()
    try:
        whole = json.loads(text)
    except ValueError:
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                yield line
        return
    yield from whole if isinstance(whole, list) else [whole]


def _id(*parts: object) -> str:
    """An id for an event that has none: the same parts give the same id, so a second import adds nothing."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:24]


# -- Snowplow -----------------------------------------------------------------------------------


def snowplow(objects: Iterable[Any]) -> Iterator[Row]:
    """Enriched Snowplow events as JSON, with the media player and media session entities."""
    for item in objects:
        if not isinstance(item, dict):
            continue
        name = _snowplow_name(item)
        if not name:
            continue
        player = _entity(item, "media_player") or {}
        session = _entity(item, "media_session") or {}
        own: Row = (
            next((value for key, value in item.items() if key.startswith(f"unstruct_event_com_{_SNOWPLOW}_")), {}) or {}
        )
        yield {
            "event_id": item.get("event_id"),
            "event": name,
            "ts_client": item.get("dvce_created_tstamp") or item.get("derived_tstamp"),
            "ts_server": item.get("collector_tstamp"),
            "viewer": item.get("user_id") or item.get("domain_userid") or item.get("network_userid"),
            "view_id": session.get("mediaSessionId"),
            "title_id": player.get("label") or item.get("page_url"),
            "current_time_seconds": player.get("currentTime"),
            "duration_seconds": player.get("duration"),
            "playback_rate": player.get("playbackRate"),
            "muted": player.get("muted"),
            "fullscreen": player.get("fullscreen"),
            "percent_progress": own.get("percentProgress"),
            "quality": player.get("quality"),
            "error_code": own.get("errorCode") or own.get("errorName"),
            "traffic_source": item.get("mkt_medium") or item.get("refr_medium"),
            "device": item.get("dvce_type"),
            "tz": item.get("os_timezone"),
        }


def _snowplow_name(item: Row) -> str:
    from rushlight.audience.warehouse.schema import PLAYER_EVENTS

    named = str(item.get("event_name") or "").removesuffix("_event")
    if named in PLAYER_EVENTS:
        return named
    for key in item:
        if key.startswith(f"unstruct_event_com_{_SNOWPLOW}_"):
            found = key.removeprefix(f"unstruct_event_com_{_SNOWPLOW}_").rsplit("_event_", 1)[0]
            return found if found in PLAYER_EVENTS else ""
    return ""


def _entity(item: Row, name: str) -> Row | None:
    for key, value in item.items():
        if key.startswith(f"contexts_com_{_SNOWPLOW}_{name}_") and value:
            found: Row = value[0] if isinstance(value, list) else value
            return found
    return None


# -- xAPI Video ---------------------------------------------------------------------------------

_VERBS = {
    "initialized": "ready", "played": "play", "paused": "pause", "completed": "end", "terminated": "pause",
    "interacted": "", "seeked": "seek",
}  # fmt: skip


def xapi(objects: Iterable[Any]) -> Iterator[Row]:
    """xAPI Video statements. A session that has only `played-segments` is played back from them."""
    statements = [
        statement for item in objects if isinstance(item, dict) for statement in item.get("statements", [item])
    ]
    sessions: dict[str, list[Row]] = {}
    for statement in statements:
        sessions.setdefault(_xapi_session(statement), []).append(statement)
    for session, found in sessions.items():
        found.sort(key=lambda statement: str(statement.get("timestamp") or statement.get("stored")))
        verbs = {_verb(statement) for statement in found}
        if "played" not in verbs:
            yield from _segments(session, found)
        else:
            for statement in found:
                yield from _statement(session, statement)


def _verb(statement: Row) -> str:
    return str(statement["verb"]["id"]).rstrip("/").rsplit("/", 1)[-1]


def _extensions(statement: Row, where: str) -> Row:
    found = ((statement.get(where) or {}).get("extensions")) or {}
    return {key.rsplit("/", 1)[-1]: value for key, value in found.items() if key.startswith(_XAPI)}


def _xapi_session(statement: Row) -> str:
    session = _extensions(statement, "context").get("session-id") or (statement.get("context") or {}).get(
        "registration"
    )
    return f"{_actor(statement)}|{statement['object']['id']}|{session or ''}"


def _actor(statement: Row) -> str:
    actor = statement["actor"]
    account = actor.get("account") or {}
    return str(account.get("name") or actor.get("mbox") or actor.get("mbox_sha1sum") or actor.get("openid") or "")


def _common(session: str, statement: Row) -> Row:
    context = _extensions(statement, "context")
    return {
        "ts_client": statement.get("timestamp") or statement.get("stored"),
        "ts_server": statement.get("stored"),
        "viewer": _actor(statement),
        "view_id": session.rsplit("|", 1)[-1] or None,
        "title_id": statement["object"]["id"],
        "duration_seconds": context.get("length"),
        "playback_rate": _speed(context.get("speed")),
        "fullscreen": context.get("full-screen"),
    }


def _speed(value: Any) -> float | None:
    try:
        return float(str(value).removesuffix("x"))
    except ValueError:
        return None


def _statement(session: str, statement: Row) -> Iterator[Row]:
    name, result = _VERBS.get(_verb(statement), ""), _extensions(statement, "result")
    key = statement.get("id") or _id(session, _verb(statement), statement.get("timestamp"))
    if name == "seek":
        for number, (part, place) in enumerate((("seek_start", "time-from"), ("seek_end", "time-to"))):
            yield {
                **_common(session, statement), "event_id": f"{key}-{number}", "event": part,
                "current_time_seconds": result.get(place),
            }  # fmt: skip
    elif name:
        yield {
            **_common(session, statement), "event_id": key, "event": name,
            "current_time_seconds": result.get("time", 0.0 if name == "ready" else None),
        }  # fmt: skip


def _segments(session: str, statements: list[Row]) -> Iterator[Row]:
    """Plays and pauses made from the last `played-segments` of a session, laid end to end before its time stamp."""
    last = next((item for item in reversed(statements) if _extensions(item, "result").get("played-segments")), None)
    if last is None:
        return
    parts = [
        tuple(float(value) for value in part.split("[.]"))
        for part in str(_extensions(last, "result")["played-segments"]).split("[,]")
        if "[.]" in part
    ]
    ended = datetime.fromisoformat(str(last.get("timestamp") or last["stored"]).replace("Z", "+00:00"))
    clock = ended - timedelta(seconds=sum(end - start for start, end in parts))
    for number, (start, end) in enumerate(parts):
        for name, place in (("play", start), ("pause", end)):
            clock += timedelta(seconds=end - start if name == "pause" else 0)
            yield {
                **_common(session, last), "event_id": _id(session, number, name), "event": name,
                "ts_client": clock.astimezone(UTC).isoformat(), "current_time_seconds": place,
            }  # fmt: skip


# -- CMCD ---------------------------------------------------------------------------------------

_STATES = {
    "s": "ready", "p": "play", "a": "pause", "k": "seek_start", "r": "buffer_start", "w": "buffer_start",
    "f": "error", "e": "end", "q": "pause", "d": "ready",
}  # fmt: skip


def cmcd(objects: Iterable[Any]) -> Iterator[Row]:
    """CMCD version 2 reports: JSON objects, or lines of a log that hold `CMCD=` as a query argument.

    `sid` is the view and, as CMCD names no viewer, the viewer too. A seek ends with the next state that plays.
    """
    seeking: dict[str, bool] = {}
    for item in objects:
        data = item if isinstance(item, dict) else _cmcd_arguments(str(item))
        data = data.get("cmcd", data) if isinstance(data.get("cmcd"), dict) else data
        if not data.get("sid") or data.get("ts") is None:
            continue
        state, kind, session = str(data.get("sta", "")), str(data.get("e", "")), str(data["sid"])
        name = (
            "error" if kind == "e" else _STATES.get(state, "") if kind in ("ps", "") else "ping" if kind == "t" else ""
        )
        if state == "p" and kind != "ps":
            name = "ping"
        if not name:
            continue
        if seeking.get(session) and name in ("play", "ping"):
            name = "seek_end"
        seeking[session] = name == "seek_start"
        played = data.get("pt")
        yield {
            "event_id": _id(session, data["ts"], data.get("sn", ""), name, played),
            "event": name,
            "ts_client": data["ts"],
            "viewer": session,
            "view_id": session,
            "title_id": data.get("cid"),
            "current_time_seconds": None if played is None else float(played) / 1000,
            "playback_rate": data.get("pr"),
            "visible": None if data.get("bg") is None else not _true(data["bg"]),
            "error_code": data.get("ec"),
        }


def _true(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1", "?1")


def _cmcd_arguments(line: str) -> Row:
    """The keys of `CMCD=` in a line of a log."""
    for part in line.replace('"', " ").split():
        if "CMCD=" not in part:
            continue
        query = urlsplit(part).query or part
        value = parse_qs(query).get("CMCD", [""])[0] or unquote(part.split("CMCD=", 1)[1])
        found: Row = {}
        for pair in value.split(","):
            key, equals, text = pair.partition("=")
            found[key.strip()] = text.strip('" ') if equals else True
        return found
    return {}


# -- Comments -----------------------------------------------------------------------------------


def comments(objects: Iterable[Any]) -> Iterator[Row]:
    """Comments of YouTube (commentThreads), PeerTube (comment threads), or objects with `text`."""
    for item in objects:
        if not isinstance(item, dict):
            continue
        for one in item.get("items") or item.get("data") or item.get("comments") or [item]:
            yield from _comment(one)


def _comment(item: Row) -> Iterator[Row]:
    snippet = item.get("snippet") or {}
    if "topLevelComment" in snippet:
        replies = (item.get("replies") or {}).get("comments") or []
        for one in (snippet["topLevelComment"], *replies):
            said = one["snippet"]
            author = (said.get("authorChannelId") or {}).get("value") or said.get("authorDisplayName")
            yield _said(one.get("id"), author, said.get("videoId") or snippet.get("videoId"), said.get("publishedAt"),
                        said.get("textOriginal") or said.get("textDisplay"))  # fmt: skip
        return
    if "text" in item:
        account = item.get("account") or item.get("author") or item.get("viewer") or item.get("user")
        author = account.get("name") or account.get("url") if isinstance(account, dict) else account
        title = (
            item.get("title_id") or item.get("videoId") or item.get("video_id") or (item.get("video") or {}).get("uuid")
        )
        when = item.get("createdAt") or item.get("created_at") or item.get("time") or item.get("ts_client")
        row = _said(item.get("id") or item.get("event_id"), author, title, when, item["text"])
        row["current_time_seconds"] = item.get("current_time_seconds")
        yield row


def _said(key: Any, author: Any, title: Any, when: Any, text: Any) -> Row:
    return {
        "event_id": f"comment-{key}" if key is not None else _id("comment", author, title, when, text),
        "event": "comment", "ts_client": when, "viewer": author, "title_id": title, "text": text,
    }  # fmt: skip


MAKERS: dict[str, Callable[[Iterable[Any]], Iterator[Row]]] = {
    "snowplow": snowplow,
    "xapi": xapi,
    "cmcd": cmcd,
    "comments": comments,
}
