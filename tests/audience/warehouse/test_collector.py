from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from rushlight.audience.warehouse.collector import Inbox, Live, collector_app, import_inbox
from rushlight.audience.warehouse.engine import open_engine
from rushlight.audience.warehouse.people import pseudonym
from rushlight.audience.warehouse.warehouse import Warehouse
from tests.audience.viewing import event, played

fastapi_client = pytest.importorskip("fastapi.testclient", reason="FastAPI's test client needs httpx").TestClient


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse.create(tmp_path / "audience", buckets=4)


def stored(warehouse: Warehouse) -> list[dict]:
    with open_engine() as engine:
        return engine.rows(warehouse.table(engine, "events").order_by("event_id"))


def test_accepted_events_are_on_disk_with_pseudonyms_before_the_answer(warehouse: Warehouse) -> None:
    rows = played("ann@example.org", (0, 40))
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        answer = client.post("/v1/events", content=json.dumps(rows))
        assert answer.json() == {"accepted": len(rows), "without_consent": 0, "refused": []}
        (file,) = (warehouse.folder / "inbox").iterdir()
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        assert len(lines) == len(rows)
        assert {line["viewer"] for line in lines} == {pseudonym(warehouse, "ann@example.org")}
    assert import_inbox(warehouse) == len(rows)
    assert not list((warehouse.folder / "inbox").iterdir())
    assert warehouse.events().views == 1


def test_what_is_wrong_is_answered_and_what_is_right_is_kept(warehouse: Warehouse) -> None:
    rows = [
        event(0, "play", 0, 0.0), event(1, "dance", 1, 1.0), event(2, "ping", 2, -5.0), "text",
        event(3, "ping", 5, 5.0, consent="marketing"), {**event(4, "ping", 6, 6.0), "viewer": None},
        event(5, "ping", 7, 7.0, propensity=2), event(6, "ping", 8, True),
    ]  # fmt: skip
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        said = client.post("/v1/events", content="\n".join(json.dumps(row) for row in rows)).json()
    assert (said["accepted"], said["without_consent"]) == (1, 1)
    assert {one["index"]: one["reason"] for one in said["refused"]} == {
        1: "event is not a known name", 2: "current_time_seconds is out of range", 3: "event is no object",
        5: "viewer is missing", 6: "propensity is out of range", 7: "current_time_seconds is not a number",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"), [(b"", 400), (b"{nope", 400), (b"\xff\xfe", 400), (b"[" + b"1," * 600_000, 413)]
)
def test_what_is_no_batch_is_refused(warehouse: Warehouse, body: bytes, code: int) -> None:
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        answer = client.post("/v1/events", content=body)
    assert answer.status_code == code
    assert "error" in answer.json()
    assert not list((warehouse.folder / "inbox").iterdir())


def test_a_disk_that_cannot_keep_up_pushes_back(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        monkeypatch.setattr(Inbox, "is_full", property(lambda self: True))
        answer = client.post("/v1/events", content=json.dumps(played("ann", (0, 20))))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


def test_a_disk_that_is_full_acknowledges_nothing(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Inbox, lines: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Inbox, "_write", full)
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        assert client.post("/v1/events", content=json.dumps(played("ann", (0, 20)))).status_code == 503


def test_live_figures_follow_and_forget() -> None:
    clock = [0.0]
    live = Live(lambda: clock[0])
    live.note(
        [event(0, "play", 0, 0.0, viewer="a"), event(1, "ping", 5, 50.0, viewer="b"), event(2, "click", 5, viewer="c")]
    )
    assert live.figures()["watching"] == 2
    assert live.figures()["titles"] == [{"title_id": "harbour", "watching": 2, "median_seconds": 50.0}]
    live.note([event(3, "pause", 9, 9.0, viewer="a")])
    assert live.figures()["watching"] == 1
    clock[0] = 31.0
    assert live.figures()["watching"] == 0
    assert live.figures()["accepted"] == 4


def test_live_figures_are_told_within_two_seconds_and_on_this_machine_only(warehouse: Warehouse) -> None:
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        client.post("/v1/events", content=json.dumps(played("ann", (0, 40))[:-1]))
        assert client.get("/v1/live").json()["watching"] == 1
    with fastapi_client(collector_app(warehouse, import_seconds=0), client=("10.0.0.7", 4000)) as stranger:
        assert stranger.get("/v1/live").status_code == 403


def test_a_viewer_always_gets_the_same_variant(warehouse: Warehouse) -> None:
    with fastapi_client(collector_app(warehouse, import_seconds=0)) as client:
        asked = {"experiment_id": "intro", "viewer": "ann", "variants": "a,b"}
        found = {client.get("/v1/variant", params=asked).json()["variant"] for _ in range(5)}
        others = {client.get("/v1/variant", params={**asked, "viewer": f"v{n}"}).json()["variant"] for n in range(30)}
    assert len(found) == 1
    assert others == {"a", "b"}


def test_pages_of_strangers_may_not_send(warehouse: Warehouse) -> None:
    app = collector_app(warehouse, import_seconds=0, origins=("https://films.example",))
    with fastapi_client(app) as client:
        ours = client.post("/v1/events", content="[]", headers={"Origin": "https://films.example"})
        other = client.post("/v1/events", content="[]", headers={"Origin": "https://evil.example"})
    assert ours.headers["access-control-allow-origin"] == "https://films.example"
    assert "access-control-allow-origin" not in other.headers


def _started(warehouse: Warehouse, port: int) -> subprocess.Popen[bytes]:
    code = (
        "import sys; from pathlib import Path; from rushlight.audience.warehouse.collector import serve;"
        "from rushlight.audience.warehouse.warehouse import Warehouse;"
        "serve(Warehouse(Path(sys.argv[1])), host='127.0.0.1', port=int(sys.argv[2]), import_seconds=0, origins=())"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(warehouse.folder), str(port)])
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/v1/live", timeout=1)
            return child
        except httpx.HTTPError:
            time.sleep(0.1)
    child.kill()
    raise AssertionError("the collector does not start")


def test_a_kill_loses_and_doubles_nothing_that_was_acknowledged(warehouse: Warehouse) -> None:
    port = 20_000 + os.getpid() % 20_000
    sent = [event(n, "ping", n % 80, float(n % 80), viewer=f"v{n % 9}", view=f"{n}") for n in range(1200)]
    batches = [sent[start : start + 40] for start in range(0, len(sent), 40)]

    async def send(batch: list[dict], client: httpx.AsyncClient) -> bool:
        try:
            return (
                await client.post(f"http://127.0.0.1:{port}/v1/events", content=json.dumps(batch))
            ).status_code == 200
        except httpx.HTTPError:
            return False

    async def send_all(waiting: list[list[dict]], child: subprocess.Popen[bytes]) -> list[list[dict]]:
        async with httpx.AsyncClient(timeout=5) as client:
            tasks = [asyncio.create_task(send(batch, client)) for batch in waiting]
            await asyncio.sleep(0.03)
            os.kill(child.pid, signal.SIGKILL)
            answered = await asyncio.gather(*tasks)
        return [batch for batch, done in zip(waiting, answered, strict=True) if not done]

    for _ in range(3):
        child = _started(warehouse, port)
        batches = asyncio.run(send_all(batches, child))
        child.wait()
    child = _started(warehouse, port)
    for batch in batches:
        assert (
            httpx.post(f"http://127.0.0.1:{port}/v1/events", content=json.dumps(batch), timeout=10).status_code == 200
        )
    child.kill()
    child.wait()
    import_inbox(warehouse)
    assert [row["event_id"] for row in stored(warehouse)] == sorted(row["event_id"] for row in sent)
