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
from rushlight.audience.warehouse.schema import FIELDS, NO_PSEUDONYM, rules
from rushlight.audience.warehouse.warehouse import DataFile, Manifest, Warehouse, bucket_of, staged_files
from rushlight.core.artifact import file_sha256
from rushlight.core.errors import InputError
from rushlight.core.run import current_run

__all__ = ["PURPOSES", "ImportReport", "import_events"]

_NAMES = tuple(item.name for item in FIELDS)
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
        # One that is missing is a reason to refuse, and looked at for that.
        self.occurring = [item.name for item in FIELDS if item.required or item.name in reading.occurring]

    def load(self) -> ImportReport:
        """Write what can be kept to the staging folder, without doubles; the rest to quarantine."""
        one = ImportReport(read=self.reading.rows(self.base))
        arrived = self._arrive(self.occurring)
        if arrived < one.read and (rare := self._rare()):
            arrived = self._arrive([*self.occurring, *rare])
        if arrived < one.read:
            self._refuse(one)
        current_run().progress(0.5, "looking for doubles")
        one.doubled = self._drop_doubles()
        current_run().progress(0.6, "filing by day and viewer")
        self._file()
        one.kept = sum(file.rows for file in self.added)
        return one

    def _arrive(self, occurring: Sequence[str]) -> int:
        """Take in the rows that can be kept, with the columns that occur; gives how many."""
        self.columns = tuple(
            item.name for item in FIELDS if item.name in occurring or (item.name == "consent" and self.consent)
        )
        return self.base.run(
            f"CREATE OR REPLACE TABLE arrived AS SELECT {', '.join(self.columns)} FROM ({self._checked(occurring)}) "
            "WHERE reason IS NULL AND consented"
        )

    def _rare(self) -> list[str]:
        """Columns that occur although they were not expected."""
        rest = [name for name in _NAMES if name not in self.occurring]
        if not rest:
            return []
        counts = ", ".join(f"count({name})" for name in rest)
        found = self.base.rows(f"SELECT {counts} FROM ({self.reading.select(_NAMES)})")[0]
        return [name for name, count in zip(rest, found, strict=True) if count]

    def _typed(self, occurring: Sequence[str], hashed: bool) -> str:
        """Columns cast to their types, the text of those that failed kept beside them."""
        parts = []
        for item in FIELDS:
            if item.name == "consent":
                given = "consent" if item.name in occurring else "NULL"
                parts.append(f"coalesce({given}, {quoted(self.consent)}) AS consent")
            elif item.name not in occurring:
                parts.append(f"NULL::{item.type} AS {item.name}")
            elif item.name == "viewer" and hashed:
                parts.append(_hashed("nullif(viewer, '')") + " AS viewer")
            elif item.type == "TIMESTAMP":
                parts.append(_time(item.name))
            elif item.type != "VARCHAR":
                parts.append(f"TRY_CAST({item.name} AS {item.type}) AS {item.name}")
            else:
                parts.append(f"nullif({item.name}, '') AS {item.name}")
            if item.type != "VARCHAR":
                parts.append(f"{item.name if item.name in occurring else 'NULL'} AS raw_{item.name}")
        return f"SELECT {', '.join(parts)} FROM ({self.reading.select(occurring)})"

    def _checked(self, occurring: Sequence[str], hashed: bool = False) -> str:
        cases = " ".join(
            f"WHEN {rule.condition} THEN {quoted(rule.reason)}"
            for rule in rules()
            if rule.about in occurring and (rule.reason != NO_PSEUDONYM or self.viewers == "pseudonym")
        )
        consented = "consent = 'measure' OR list_contains(string_split(consent, ' '), 'measure')"
        return f"SELECT *, {consented} AS consented, CASE {cases} END AS reason FROM ({self._typed(occurring, hashed)})"

    def _keys(self) -> dict[str, bytes]:
        key = self.warehouse.key().ljust(64, b"\0")
        return {"inner": bytes(byte ^ 0x36 for byte in key), "outer": bytes(byte ^ 0x5C for byte in key)}

    def _refuse(self, one: ImportReport) -> None:
        """Second reading, only where something is to be refused: each bad row with its reason."""
        folder = self.warehouse.folder / "quarantine"
        folder.mkdir(exist_ok=True)
        name = f"{file_sha256(self.reading.original)[:12]}-{self.reading.original.stem[:40]}.jsonl"
        target, beside = folder / name, self.staging / "refused.jsonl"
        broken = self.reading.broken(self.base)
        hashed = self.viewers != "pseudonym"
        checked, keys = self._checked(_NAMES, hashed), self._keys() if hashed else {}
        kept = ", ".join(f"raw_{item.name} AS {item.name}" if item.type != "VARCHAR" else item.name for item in FIELDS)
        # A row without consent is not written down anywhere, refused or not, unless nothing says whose it is.
        self.base.run(
            f"COPY (SELECT reason, {kept} FROM ({checked}) "
            "WHERE reason IS NOT NULL AND (consented OR consent IS NULL OR consent = '')) "
            f"TO {quoted(beside)} (FORMAT json)",
            keys,
        )
        with beside.open("a", encoding="utf-8") as file:
            for reason, line in broken:
                file.write(json.dumps({"reason": reason, "line": line}, ensure_ascii=False) + "\n")
        rows = self.base.rows(
            f"SELECT reason, consented, count(*) FROM ({checked}) WHERE reason IS NOT NULL OR NOT consented "
            "GROUP BY ALL",
            keys,
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

    def _drop_doubles(self) -> int:
        """Drop events whose id is there already, in this file or in the warehouse on the same days."""
        self.dates = {str(row[0]) for row in self.base.rows("SELECT DISTINCT ts_client::DATE FROM arrived ORDER BY 1")}
        total, distinct = self.base.rows("SELECT count(*), count(DISTINCT event_id) FROM arrived")[0]
        there = [quoted(self.warehouse.folder / file.path) for file in self.manifest.of("events")
                 if file.date in self.dates]  # fmt: skip
        known = "SELECT event_id FROM arrived WHERE false"
        if there:
            # What arrives is the smaller side: only its ids are held in memory.
            known = (
                f"SELECT DISTINCT event_id FROM read_parquet([{', '.join(there)}], hive_partitioning=false) "
                "WHERE event_id IN (SELECT event_id FROM arrived)"
            )
        doubled = self.base.run(f"CREATE OR REPLACE TABLE known AS {known}")
        if total == distinct and not doubled:
            return 0
        first = ", ".join(name for name in ("event_id", "ts_server", "ts_client") if name in self.columns)
        fresh = self.base.run(
            "CREATE OR REPLACE TABLE fresh AS SELECT DISTINCT ON (event_id) * FROM arrived "
            f"WHERE event_id NOT IN (SELECT event_id FROM known) ORDER BY {first}"
        )
        self.base.run("DROP TABLE arrived")
        self.base.run("ALTER TABLE fresh RENAME TO arrived")
        return int(total - fresh)

    def _file(self) -> None:
        """Write what arrived by day and by viewer, under pseudonyms."""
        source = "arrived"
        if self.viewers != "pseudonym":
            # Each id is hashed once, not each event.
            self.base.run(
                "CREATE OR REPLACE TABLE names AS "
                f"SELECT viewer AS raw, {_hashed('viewer')} AS viewer FROM (SELECT DISTINCT viewer FROM arrived)",
                self._keys(),
            )
            source = "arrived JOIN names ON arrived.viewer = names.raw"
        columns = ", ".join(
            "names.viewer" if name == "viewer" and source != "arrived" else f"arrived.{name}" for name in self.columns
        )
        self.base.run(
            f"COPY (SELECT *, ts_client::DATE AS date, {bucket_of('viewer', self.manifest.buckets)} AS bucket "
            f"FROM (SELECT {columns} FROM {source})) TO {quoted(self.staging / 'events')} "
            "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, bucket), ROW_GROUP_SIZE 100000)"
        )
        for date, bucket, path in staged_files(self.staging, "events"):
            self.added.append(
                self.warehouse.filed(path, table="events", generation=self.generation, date=date, bucket=bucket)
            )
        self.base.run("DROP TABLE arrived")

    def filed(self) -> Manifest:
        """The manifest with what was added."""
        types = {"VARCHAR": "string", "TIMESTAMP": "timestamp", "DOUBLE": "float64", "BOOLEAN": "boolean",
                 "INTEGER": "int32"}  # fmt: skip
        columns = {**self.manifest.columns, "events": {item.name: types[item.type] for item in FIELDS}}
        return self.manifest.model_copy(
            update={"files": (*self.manifest.files, *self.added), "generation": self.generation, "columns": columns}
        )


def _hashed(column: str) -> str:
    """SQL for HMAC-SHA-256 of an id (RFC 2104), 64 bits of it: nobody gets back to the id without the key."""
    return f"'v_' || left(sha256($outer::BLOB || unhex(sha256($inner::BLOB || encode({column})))), 16)"


def _time(name: str) -> str:
    """SQL for a time: ISO 8601 with any offset, or milliseconds since 1970."""
    number = f"make_timestamp(TRY_CAST({name} AS BIGINT) * 1000)"
    return f"coalesce(TRY_CAST({name} AS TIMESTAMPTZ)::TIMESTAMP, {number}) AS {name}"
