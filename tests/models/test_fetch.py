"""Fetching: resumed, pinned, refused, with a real server on this machine."""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rushlight.core.errors import InputError, ModelError
from rushlight.models.cards import Card, CardFile
from rushlight.models.fetch import check_weights, fetch_model
from tests.models.model_server import Plan, serving

BODY = np.random.default_rng(5).integers(0, 120, 700_000, dtype=np.uint8).tobytes()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHLIGHT_MODELS", str(tmp_path / "models"))


def card(url: str, body: bytes = BODY, name: str = "net.onnx", **changes: object) -> Card:
    file = {"name": name, "url": f"{url}/{name}", "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    return Card(name="tiny", task="other", licence="MIT", files=(CardFile.model_validate({**file, **changes}),))


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "models" / "tiny").glob("*")) if folder.exists() else []


def test_whole_file_arrives_and_is_not_fetched_twice(tmp_path: Path) -> None:
    plan = Plan(BODY)
    told: list[tuple[str, int, int]] = []
    with serving(plan) as url:
        folder = fetch_model(card(url), on_progress=lambda *step: told.append(step))
        fetch_model(card(url))
    assert (folder / "net.onnx").read_bytes() == BODY
    assert leftovers(tmp_path) == ["net.onnx"]
    assert len(plan.seen) == 1
    assert told[-1] == ("net.onnx", len(BODY), len(BODY))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_broken_connection_goes_on_where_it_was(tmp_path: Path) -> None:
    plan = Plan(BODY, break_after=[300_000, 200_000])
    with serving(plan) as url:
        folder = fetch_model(card(url))
    assert (folder / "net.onnx").read_bytes() == BODY
    assert [seen.get("Range") for seen in plan.seen] == [None, "bytes=300000-", "bytes=500000-"]
    assert [seen.get("If-Range") for seen in plan.seen] == [None, '"one"', '"one"']
    assert leftovers(tmp_path) == ["net.onnx"]


def test_a_later_run_resumes_what_an_earlier_one_left(tmp_path: Path) -> None:
    plan = Plan(BODY, break_after=[100_000, 1000, 1000, 1000])
    with serving(plan) as url:
        with pytest.raises(ModelError, match=r"could not be fetched|breaking off"):
            fetch_model(card(url))
        assert not (tmp_path / "models/tiny/net.onnx").exists()
        assert (fetch_model(card(url)) / "net.onnx").read_bytes() == BODY
    assert plan.seen[-1]["Range"] == "bytes=103000-"


def test_server_without_ranges_starts_over(tmp_path: Path) -> None:
    plan = Plan(BODY, ranges=False, break_after=[400_000])
    with serving(plan) as url:
        assert (fetch_model(card(url)) / "net.onnx").read_bytes() == BODY
    assert len(plan.seen) == 2


def test_file_that_changed_meanwhile_starts_over() -> None:
    plan = Plan(BODY, break_after=[100_000, 1, 1, 1])
    with serving(plan) as url:
        with pytest.raises(ModelError):
            fetch_model(card(url))
        plan.etag = '"two"'
        assert (fetch_model(card(url)) / "net.onnx").read_bytes() == BODY


def test_damaged_leftover_is_fetched_anew(tmp_path: Path) -> None:
    plan = Plan(BODY)
    with serving(plan) as url:
        wanted = card(url)
        folder = tmp_path / "models/tiny"
        folder.mkdir(parents=True)
        (folder / f".partial-{wanted.files[0].sha256[:16]}.onnx").write_bytes(b"?" * 50_000)
        assert (fetch_model(wanted) / "net.onnx").read_bytes() == BODY


def test_wrong_hash_is_thrown_away(tmp_path: Path) -> None:
    with serving(Plan(BODY[:-1] + b"!")) as url, pytest.raises(ModelError, match="SHA-256 differs"):
        fetch_model(card(url))
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(BODY[:-5]), "should have 700000 bytes"),
        (Plan(BODY, extra=b"more"), "sends more than"),
        (Plan(BODY, status=404), "answered 404"),
        (Plan(BODY, location="ftp://127.0.0.1/net.onnx"), "redirects to an address that is not https"),
        (Plan(BODY, location="http://example.org/net.onnx"), "redirects to an address that is not https"),
        (Plan(BODY, location="file:///etc/passwd"), "redirects to an address that is not https"),
        (Plan(BODY, location="/net.onnx"), "redirects without end"),
    ],
    ids=["short", "long", "missing", "ftp", "plain http elsewhere", "file", "circle"],
)
def test_what_is_not_as_promised_is_refused(tmp_path: Path, plan: Plan, says: str) -> None:
    with serving(plan) as url, pytest.raises(ModelError, match=says):
        fetch_model(card(url))
    assert not (tmp_path / "models/tiny/net.onnx").exists()


@pytest.mark.parametrize("url", ["http://example.org", "ftp://example.org", "file:///tmp", "https://"])
def test_only_https_is_fetched(url: str) -> None:
    with pytest.raises(ModelError, match="Only https"):
        fetch_model(card(url))


def test_without_a_pin_nothing_is_fetched_but_a_folder_is_taken(tmp_path: Path) -> None:
    with serving(plan := Plan(BODY)) as url:
        unpinned = card(url, sha256="", published_as="voices.bin")
        with pytest.raises(ModelError, match="No checked address"):
            fetch_model(unpinned)
        with pytest.raises(ModelError, match="No checked address"):
            fetch_model(unpinned, source=url)
        assert plan.seen == []
    (tmp_path / "given").mkdir()
    with pytest.raises(ModelError, match="not in this folder"):
        fetch_model(unpinned, source=str(tmp_path / "given"))
    (tmp_path / "given" / "voices.bin").write_bytes(BODY)
    assert (fetch_model(unpinned, source=str(tmp_path / "given")) / "net.onnx").read_bytes() == BODY
    with pytest.raises(InputError, match="no such folder"):
        fetch_model(unpinned, source=str(tmp_path / "nowhere"))


def test_another_source_is_checked_against_the_same_hash(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(BODY[:-1] + b"!")
    with pytest.raises(ModelError, match="not the one the card names"):
        fetch_model(card("https://example.org"), source=str(tmp_path))
    with serving(Plan(BODY)) as url:
        assert (fetch_model(card("https://example.org"), source=url) / "net.onnx").read_bytes() == BODY


def npz(**arrays: object) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.onnx", pickle.dumps({"a": 1})),
        ("a.json", pickle.dumps([1], protocol=2)),
        ("a.npz", npz(a=np.array([{"run": 1}], dtype=object))),
        ("a.safetensors", zipped("archive/data.pkl")),
        ("a.npz", b"not an archive at all"),
        ("a.pt", b"1234"),
        ("a.bin", b"1234"),
    ],
    ids=["pickle as onnx", "pickle as json", "objects in npz", "torch archive", "no archive", "pt", "bin"],
)
def test_pickles_are_refused(tmp_path: Path, name: str, body: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(ModelError, match="pickle"):
        check_weights(path)


def test_pickle_with_the_right_hash_is_refused_too(tmp_path: Path) -> None:
    body = pickle.dumps(list(range(1000)))
    with serving(Plan(body)) as url, pytest.raises(ModelError, match="pickle"):
        fetch_model(card(url, body))
    assert leftovers(tmp_path) == []


def test_arrays_are_taken(tmp_path: Path) -> None:
    (tmp_path / "voices.npz").write_bytes(npz(anna=np.zeros((3, 1, 4), np.float32)))
    check_weights(tmp_path / "voices.npz")
