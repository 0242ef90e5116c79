from __future__ import annotations

import json
from pathlib import Path

import pytest

from rushlight.audience.warehouse.aggregates import import_aggregate, read_aggregates, read_traffic
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.importing import import_events
from rushlight.audience.warehouse.warehouse import Warehouse
from rushlight.core.errors import InputError

MEDIA = "com_snowplowanalytics_snowplow_media"
VIDEO = "https://w3id.org/xapi/video"


def read(tmp_path: Path, name: str, content: str, *tables: str) -> tuple[Warehouse, list[list[dict]]]:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "audience", buckets=2)
    import_events(warehouse, [file], consent="measure")
    with open_engine() as engine:
        found = [engine.rows(warehouse.table(engine, table)) for table in tables]
    return warehouse, found


def snowplow(number: int, name: str, place: float) -> dict:
    return {
        "event_id": f"e{number}", "event_name": f"{name}_event",
        "dvce_created_tstamp": f"2026-10-01T12:00:{number:02}.000Z",
        "collector_tstamp": f"2026-10-01T12:00:{number:02}.400Z", "domain_userid": "u1", "os_timezone": "Europe/Paris",
        f"unstruct_event_{MEDIA}_{name}_event_1": {},
        f"contexts_{MEDIA}_media_player_2": [{"currentTime": place, "duration": 60, "label": "film", "playbackRate": 1,
                                             "muted": True, "fullscreen": False}],
        f"contexts_{MEDIA}_media_session_1": [{"mediaSessionId": "s1"}],
    }  # fmt: skip


def test_snowplow_media(tmp_path: Path) -> None:
    rows = [snowplow(0, "play", 0), snowplow(10, "ping", 10), snowplow(12, "seek_start", 12),
            snowplow(12, "seek_end", 30), snowplow(20, "pause", 38)]  # fmt: skip
    rows[3]["event_id"] = "e12b"
    _, (views, spans) = read(tmp_path, "snow.jsonl", "\n".join(map(json.dumps, rows)), "views", "spans")
    assert sorted((one["start_seconds"], one["end_seconds"]) for one in spans) == [(0, 12), (30, 38)]
    assert views[0]["title_id"] == "film"
    assert views[0]["tz"] == "Europe/Paris"


def statement(number: int, verb: str, second: int, result: dict) -> dict:
    return {
        "id": f"s{number}", "actor": {"mbox": "mailto:ann@example.org"},
        "verb": {"id": f"https://w3id.org/xapi/video/verbs/{verb}"},
        "object": {"id": "https://films.example/harbour"}, "timestamp": f"2026-10-01T12:00:{second:02}Z",
        "result": {"extensions": {f"{VIDEO}/extensions/{key}": value for key, value in result.items()}},
        "context": {"extensions": {f"{VIDEO}/extensions/session-id": "one", f"{VIDEO}/extensions/length": 60}},
    }  # fmt: skip


def test_xapi_statements(tmp_path: Path) -> None:
    rows = [
        statement(0, "initialized", 0, {}), statement(1, "played", 0, {"time": 0}),
        statement(2, "seeked", 10, {"time-from": 10, "time-to": 40}), statement(3, "paused", 20, {"time": 50}),
    ]  # fmt: skip
    _, (spans,) = read(tmp_path, "xapi.json", json.dumps(rows), "spans")
    assert sorted((one["start_seconds"], one["end_seconds"]) for one in spans) == [(0, 10), (40, 50)]


def test_xapi_played_segments(tmp_path: Path) -> None:
    rows = {"statements": [statement(0, "terminated", 50, {"time": 45, "played-segments": "0[.]12[,]30[.]45"})]}
    _, (spans, views) = read(tmp_path, "xapi.json", json.dumps(rows), "spans", "views")
    assert sorted((one["start_seconds"], one["end_seconds"]) for one in spans) == [(0, 12), (30, 45)]
    assert views[0]["content_seconds"] == 27


def test_cmcd_reports_and_logs(tmp_path: Path) -> None:
    base = 1_790_000_000_000
    rows = [
        {"sid": "s", "cid": "film", "e": "ps", "sta": "p", "ts": base, "pt": 0},
        {"sid": "s", "cid": "film", "e": "t", "sta": "p", "ts": base + 10_000, "pt": 10_000},
        {"sid": "s", "cid": "film", "e": "ps", "sta": "k", "ts": base + 12_000, "pt": 12_000},
        {"sid": "s", "cid": "film", "e": "ps", "sta": "p", "ts": base + 13_000, "pt": 40_000},
        {"sid": "s", "cid": "film", "e": "t", "sta": "p", "ts": base + 23_000, "pt": 50_000, "bg": True},
    ]
    _, (spans, views) = read(tmp_path, "cmcd.jsonl", "\n".join(map(json.dumps, rows)), "spans", "views")
    assert sorted((one["start_seconds"], one["end_seconds"]) for one in spans) == [(0, 12), (40, 50)]
    assert views[0]["ended"] == "background"
    line = '10.0.0.1 - - "GET /seg4.m4s?CMCD=cid%3D%22film%22%2Csid%3D%22t%22%2Csta%3Dp%2Cts%3D{}%2Cpt%3D{} HTTP/2" 200'
    log = tmp_path / "access.log"
    log.write_text("\n".join(line.format(base + 1000 * n, 1000 * n) for n in (0, 4, 8)), encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "logs", buckets=2)
    assert import_events(warehouse, [log], form="cmcd", consent="measure").kept == 3
    with open_engine() as engine:
        assert engine.rows(warehouse.table(engine, "views"))[0]["content_seconds"] == 8


def test_comments_of_platforms(tmp_path: Path) -> None:
    said = {"videoId": "v1", "publishedAt": "2026-10-01T12:00:00Z", "authorChannelId": {"value": "c1"}}
    youtube = {"items": [{
        "snippet": {"videoId": "v1",
        "topLevelComment": {"id": "k1", "snippet": {**said, "textDisplay": "what a shot"}}},
        "replies": {"comments": [{"id": "k2", "snippet": {**said, "textOriginal": "at 1:20 he lies"}}]},
    }]}  # fmt: skip
    warehouse, (events,) = read(tmp_path, "yt.json", json.dumps(youtube), "events")
    assert {row["text"] for row in events} == {"what a shot", "at 1:20 he lies"}
    peertube = {"data": [{"id": 7, "text": "superbe", "account": {"name": "zoe"},
                          "createdAt": "2026-10-02T10:00:00.000Z",
                          "videoId": "v1", "inReplyToCommentId": None}]}  # fmt: skip
    file = tmp_path / "pt.json"
    file.write_text(json.dumps(peertube), encoding="utf-8")
    assert import_events(warehouse, [file], consent="measure").kept == 1


def test_a_peertube_aggregate_and_youtube_traffic(tmp_path: Path) -> None:
    warehouse = Warehouse.create(tmp_path / "audience")
    retention, traffic = tmp_path / "harbour.json", tmp_path / "traffic.csv"
    retention.write_text(
        json.dumps({"data": [{"second": n, "retentionPercent": 100 - n} for n in range(60)]}), encoding="utf-8"
    )
    assert import_aggregate(warehouse, retention) == "retention"
    traffic.write_text("Traffic source,Views\nYouTube search,420\nExternal,80\nTotal,500\n", encoding="utf-8")
    assert import_aggregate(warehouse, traffic, title_id="harbour") == "traffic"
    (curve,) = read_aggregates(warehouse)
    assert (curve.source, curve.title_id, curve.viewers) == ("peertube", "harbour", 0)
    assert curve.watching[30] == pytest.approx(0.695, abs=0.006)
    assert [row["views"] for row in read_traffic(warehouse)["harbour"]] == [420, 80]


@pytest.mark.parametrize(
    "content",
    [
        '{"data": [{"second": 1, "retentionPercent": -4}]}',
        "a,b\n1,2\n",
        '{"data": []}',
        "{",
        "second,retentionPercent\n1,x\n",
    ],
)
def test_what_is_no_report_of_a_platform(tmp_path: Path, content: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        import_aggregate(Warehouse.create(tmp_path / "audience"), file)


@pytest.mark.parametrize(
    ("form", "content"), [("xapi", '[{"verb": 3}]'), ("snowplow", '[{"event_name": "page_view"}]'), ("cmcd", "no log")]
)
def test_a_file_of_another_maker(tmp_path: Path, form: str, content: str) -> None:
    file = tmp_path / "events.json"
    file.write_text(content, encoding="utf-8")
    warehouse = Warehouse.create(tmp_path / "audience", buckets=2)
    try:
        assert import_events(warehouse, [file], form=form, consent="measure").kept == 0
    except InputError as error:
        assert str(file) in str(error) or form in str(error)
