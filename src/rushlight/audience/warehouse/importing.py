"""Events into the warehouse: read, typed, checked, pseudonymised, freed of doubles, filed by day and viewer.

What cannot be kept goes to `quarantine/` with its line and the reason. What lacks consent is counted and not kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rushlight.audience.warehouse.deriving import derive
from rushlight.audience.warehouse.engine import DuckDB, quoted
from rushlight.audience.warehouse.people import erase_outdated
from rushlight.audience.warehouse.reading import Reading, read_as
from rushlight.audience.warehouse.schema import FIELDS, rules
from rushlight.audience.warehouse.warehouse import DataFile, Manifest, Warehouse, bucket_of, staged_files
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["PURPOSES", "ImportReport", "import_events"]

PURPOSES = ("measure", "personalise", "research", "marketing")
# Reasons are told one by one up to this many; a file may be wrong in endless ways.
_MOST_REASONS = 12


@dataclass
class ImportReport:
    """What became of every row of an import; the five counts add up to `read`."""

    read: int = 0
    kept: int = 0
    refused: int = 0
    doubled: int = 0
    without_consent: int = 0
    outdated: int = 0
    """Events of days that the warehouse no longer keeps, erased with this import; not part of the sum."""
    reasons: dict[str, int] = field(default_factory=dict)
    quarantine: tuple[Path, ...] = ()

    def as_text(self) -> str:
        """The counts in words, the commonest reasons first."""
        lines = [f"{self.kept:,} of {self.read:,} events kept."]
        if self.doubled:
            lines.append(f"{self.doubled:,} had been there before.")
        if self.without_consent:
            lines.append(f"{self.without_consent:,} came without consent to be measured and were not kept.")
        if self.outdated:
            lines.append(f"{self.outdated:,} events were older than this warehouse keeps them, and are erased.")
        if self.refused:
            lines.append(
                f"{self.refused:,} were refused and lie in {', '.join(str(path) for path in self.quarantine)}:"
            )
            common = sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
            lines += [f"  {count:>9,}  {reason}" for reason, count in common[:_MOST_REASONS]]
        return "\n".join(lines)


def import_events(
    warehouse: Warehouse,
    paths: Sequence[Path],
    *,
    form: str = "auto",
    consent: str = "",
    viewers: str = "raw",
) -> ImportReport:
    """Add files of events to a warehouse and work out the playback of the days they touch.

    Args:
        warehouse: where they go.
        paths: files of events.
        form: what kind of files, see `reading.FORMS`; told from the file by default.
        consent: purposes to assume where the source says nothing of consent, such as `measure`: whoever imports
            answers for it.
        viewers: `raw` when viewer ids are to be replaced by pseudonyms, `pseudonym` when they already are such, made
            with this warehouse's key.

    Raises:
        InputError: a file of another kind, no consent anywhere and none stated, or not one event that can be kept.
    """
    report = ImportReport()
    with warehouse.writing():
        for number, path in enumerate(paths):
            current_run().progress(number / (len(paths) + 1), f"importing {path.name}")
            _import_one(warehouse, path, form, consent, viewers, report)
    report.outdated = erase_outdated(warehouse)
    return report


def _import_one(warehouse: Warehouse, path: Path, form: str, consent: str, viewers: str, report: ImportReport) -> None:
    manifest = warehouse.manifest()
    staging = warehouse.folder / f".staging-{manifest.generation + 1}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        reading = read_as(path, form, staging)
        base = DuckDB([warehouse.folder], files=[reading.path])
        try:
            loading = _Loading(base, warehouse, manifest, staging, reading, consent, viewers)
            one = loading.load()
            if not one.kept and not one.doubled and one.read:
                raise InputError(_nothing_kept(one), path=path, hint=_NOTHING_HINT)
            if one.kept:
                manifest = loading.filed()
                manifest = derive(warehouse, manifest, base, loading.dates, staging)
                warehouse.commit(manifest)
        finally:
            base.close()
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    report.read += one.read
    report.kept += one.kept
    report.refused += one.refused
    report.doubled += one.doubled
    report.without_consent += one.without_consent
    for reason, count in one.reasons.items():
        report.reasons[reason] = report.reasons.get(reason, 0) + count
    report.quarantine = (*report.quarantine, *one.quarantine)


_NOTHING_HINT = "See the schema in the reference, or name the kind of file with --form."


def _nothing_kept(one: ImportReport) -> str:
    if one.without_consent * 2 > one.read:
        return "Not one event carries consent to be measured. If you have it, say so with --consent measure."
    reason = max(one.reasons, key=lambda name: one.reasons[name]) if one.reasons else "no reason"
    return f"Not one of {one.read:,} events can be kept: {reason}."


class _Loading:
    """One file on its way into the warehouse."""

    def __init__(
        self, base: DuckDB, warehouse: Warehouse, manifest: Manifest, staging: Path, reading: Reading, consent: str,
        viewers: str,
    ):  # fmt: skip
        self.base, self.warehouse, self.manifest, self.staging = base, warehouse, manifest, staging
        self.reading, self.viewers = reading, viewers
        purposes = consent.split()
        unknown = sorted(set(purposes) - set(PURPOSES))
        if unknown:
            raise InputError(f"There is no purpose {unknown[0]!r}.", hint=f"Choose from {', '.join(PURPOSES)}.")
        self.consent = " ".join(purposes)
        self.generation = manifest.generation + 1
        self.added: list[DataFile] = []
        self.dates: set[str] = set()

    def load(self) -> ImportReport:
        """Write what can be kept to the staging folder, without doubles; the rest to quarantine."""
        one = ImportReport(read=self.reading.rows(self.base))
        target = self.staging / "events"
        written = self.base.run(
            f"COPY (SELECT {', '.join(field.name for field in FIELDS)}, ts_client::DATE AS date, "
            f"{self._bucket()} AS bucket FROM ({self._checked()}) WHERE reason IS NULL AND consented) "
            f"TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd, "
            "PARTITION_BY (date, bucket), ROW_GROUP_SIZE 100000)",
            self._keys(),
        )
        if written < one.read:
            self._refuse(one)
        self._without_doubles(one)
        one.kept = sum(file.rows for file in self.added)
        return one

    def _typed(self) -> str:
        """Columns cast to their types, the text of those that failed kept beside them."""
        parts = []
        for item in FIELDS:
            if item.name == "viewer":
                parts.append(f"{self._pseudonym()} AS viewer")
            elif item.name == "consent":
                parts.append(f"coalesce(consent, {quoted(self.consent)}) AS consent")
            elif item.type == "TIMESTAMP":
                parts.append(_time(item.name))
            elif item.type != "VARCHAR":
                parts.append(f"TRY_CAST({item.name} AS {item.type}) AS {item.name}")
            else:
                parts.append(f"nullif({item.name}, '') AS {item.name}")
            if item.type != "VARCHAR":
                parts.append(f"{item.name} AS raw_{item.name}")
        return f"SELECT {', '.join(parts)} FROM ({self.reading.select})"

    def _checked(self) -> str:
        cases = " ".join(f"WHEN {condition} THEN {quoted(reason)}" for reason, condition in rules())
        consented = "list_contains(string_split(coalesce(consent, ''), ' '), 'measure')"
        return f"SELECT *, {consented} AS consented, CASE {cases} END AS reason FROM ({self._typed()})"

    def _pseudonym(self) -> str:
        if self.viewers == "pseudonym":
            return "nullif(viewer, '')"
        # HMAC-SHA-256 of the id (RFC 2104), 64 bits of it: nobody gets back to the id without the key.
        inner = "sha256($inner::BLOB || encode(viewer))"
        return f"'v_' || left(sha256($outer::BLOB || unhex({inner})), 16)"

    def _keys(self) -> dict[str, bytes]:
        if self.viewers == "pseudonym":
            return {}
        key = self.warehouse.key().ljust(64, b"\0")
        return {"inner": bytes(byte ^ 0x36 for byte in key), "outer": bytes(byte ^ 0x5C for byte in key)}

    def _bucket(self) -> str:
        return bucket_of("viewer", self.manifest.buckets)

    def _refuse(self, one: ImportReport) -> None:
        """Second reading, only where something is to be refused: each bad row with its reason."""
        folder = self.warehouse.folder / "quarantine"
        folder.mkdir(exist_ok=True)
        name = f"{file_sha256(self.reading.original)[:12]}-{self.reading.original.stem[:40]}.jsonl"
        target, beside = folder / name, self.staging / "refused.jsonl"
        broken = self.reading.broken(self.base)
        kept = ", ".join(f"raw_{item.name} AS {item.name}" if item.type != "VARCHAR" else item.name for item in FIELDS)
        # A row without consent is not written down anywhere, refused or not, unless nothing says whose it is.
        self.base.run(
            f"COPY (SELECT reason, {kept} FROM ({self._checked()}) "
            "WHERE reason IS NOT NULL AND (consented OR consent IS NULL OR consent = '')) "
            f"TO {quoted(beside)} (FORMAT json)",
            self._keys(),
        )
        with beside.open("a", encoding="utf-8") as file:
            for reason, line in broken:
                file.write(json.dumps({"reason": reason, "line": line}, ensure_ascii=False) + "\n")
        rows = self.base.rows(
            f"SELECT reason, consented, count(*) FROM ({self._checked()}) WHERE reason IS NOT NULL OR NOT consented "
            "GROUP BY ALL",
            self._keys(),
        )
        for reason, _, count in rows:
            if reason is None:
                one.without_consent += count
            else:
                one.refused += count
                one.reasons[reason] = one.reasons.get(reason, 0) + count
        for reason, _ in broken:
            one.refused += 1
            one.reasons[reason] = one.reasons.get(reason, 0) + 1
        if one.refused:
            shutil.copyfile(beside, target)
            one.quarantine = (target,)
        beside.unlink()

    def _without_doubles(self, one: ImportReport) -> None:
        """Drop events whose id is there already, in this file or in the warehouse; file by file of a day and bucket."""
        live: dict[tuple[str, int], list[str]] = {}
        for file in self.manifest.of("events"):
            live.setdefault((file.date, file.bucket), []).append(quoted(self.warehouse.folder / file.path))
        staged: dict[tuple[str, int], list[Path]] = {}
        for date, bucket, path in staged_files(self.staging, "events"):
            staged.setdefault((date, bucket), []).append(path)
        for number, ((date, bucket), paths) in enumerate(sorted(staged.items())):
            current_run().progress(0.5 + 0.3 * number / len(staged), "looking for doubles")
            known = live.get((date, bucket), [])
            source = f"read_parquet([{', '.join(map(quoted, paths))}], hive_partitioning=false)"
            # Most files hold none: finding that out is cheaper than writing them again.
            there = f"read_parquet([{', '.join(known)}], hive_partitioning=false)"
            seen = f"AND event_id NOT IN (SELECT event_id FROM {there})" if known else ""
            total, distinct, fresh = self.base.rows(
                "SELECT count(*), count(DISTINCT event_id), "
                f"count(DISTINCT event_id) FILTER (WHERE true {seen}) FROM {source}"
            )[0]
            one.doubled += total - fresh
            if fresh == 0:
                continue
            if fresh == total == distinct and len(paths) == 1:
                self._add(date, bucket, paths[0])
                continue
            merged = self.staging / f"merged-{date}-{bucket}.parquet"
            self.base.run(
                f"COPY (SELECT DISTINCT ON (event_id) * FROM {source} WHERE true {seen} "
                "ORDER BY event_id, ts_server, ts_client) "
                f"TO {quoted(merged)} (FORMAT parquet, COMPRESSION zstd)"
            )
            self._add(date, bucket, merged)

    def _add(self, date: str, bucket: int, path: Path) -> None:
        filed = self.warehouse.filed(path, table="events", generation=self.generation, date=date, bucket=bucket)
        self.added.append(filed)
        self.dates.add(date)

    def filed(self) -> Manifest:
        """The manifest with what was added."""
        types = {"VARCHAR": "string", "TIMESTAMP": "timestamp", "DOUBLE": "float64", "BOOLEAN": "boolean",
                 "INTEGER": "int32"}  # fmt: skip
        columns = {**self.manifest.columns, "events": {item.name: types[item.type] for item in FIELDS}}
        return self.manifest.model_copy(
            update={"files": (*self.manifest.files, *self.added), "generation": self.generation, "columns": columns}
        )


def _time(name: str) -> str:
    """SQL for a time: ISO 8601 with any offset, or milliseconds since 1970."""
    number = f"make_timestamp(TRY_CAST({name} AS BIGINT) * 1000)"
    return f"coalesce(TRY_CAST({name} AS TIMESTAMPTZ)::TIMESTAMP, {number}) AS {name}"
