"""Tables about viewers beside events: which segment each is in, and what they rated.

Kept like events, by bucket, so that erasing a viewer reaches them.

Reference:
    MovieLens' files: `ratings.csv` (userId,movieId,rating,timestamp), `u.data` (tabs), `ratings.dat` (`::`); those of
    MovieTweetings (`::`, ratings from 0 to 10).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from rushlight.audience.warehouse.engine import DuckDB, quoted
from rushlight.audience.warehouse.people import keyed_hash, pseudonym
from rushlight.audience.warehouse.warehouse import Warehouse, bucket_of, staged_files
from rushlight.core.errors import InputError

__all__ = ["import_ratings", "import_segments"]

_HEAD_BYTES = 4096


def import_segments(warehouse: Warehouse, path: Path) -> int:
    """Note which segment each viewer is in: CSV with `viewer` and `segment`. Replaces what was known. Gives how many.

    Viewers may be ids as the source gave them, or this warehouse's pseudonyms.

    Raises:
        InputError: no such table.
    """
    head = _head(path)
    if not {"viewer", "segment"} <= {name.strip().lower() for name in head.split(",")}:
        raise InputError("This table has no columns `viewer` and `segment`.", path=path, hint="Write: viewer,segment")
    return _replace(
        warehouse, path, "segments", {"viewer": "string", "segment": "string"},
        f"SELECT viewer, segment FROM read_csv({quoted(path.absolute())}, all_varchar=true, header=true) "
        "WHERE viewer IS NOT NULL AND segment IS NOT NULL",
        dedupe="viewer",
    )  # fmt: skip


def import_ratings(warehouse: Warehouse, path: Path) -> int:
    """Note what viewers rated, in a format of MovieLens or MovieTweetings. Replaces what was known. Gives how many.

    A viewer who rated a title twice is taken at their word of the later time.

    Raises:
        InputError: no such file.
    """
    head = _head(path)
    if "::" in head:
        # Two colons are no separator that DuckDB takes; the line is split by hand.
        parts = "string_split(line, '::')"
        whole = "columns={'line': 'VARCHAR'}, delim='\x01', quote='', escape='', header=false"
        lines = f"read_csv({quoted(path.absolute())}, {whole})"
        fields = ("viewer", "title_id", "rating", "stamp")
        chosen = ", ".join(f"{parts}[{place}] AS {name}" for place, name in enumerate(fields, 1))
        select = f"SELECT {chosen} FROM {lines}"
    elif "\t" in head and head.count("\t") == 3:
        names = "{'viewer': 'VARCHAR', 'title_id': 'VARCHAR', 'rating': 'VARCHAR', 'stamp': 'VARCHAR'}"
        select = f"SELECT * FROM read_csv({quoted(path.absolute())}, columns={names}, delim='\t', header=false)"
    else:
        known = {name.strip().lower(): name.strip() for name in head.split(",")}
        viewer = next((known[name] for name in ("userid", "user_id", "viewer") if name in known), None)
        title = next((known[name] for name in ("movieid", "item_id", "title_id") if name in known), None)
        if viewer is None or title is None or "rating" not in known:
            raise InputError(
                "This is no file of ratings.",
                path=path,
                hint="Give ratings.csv, u.data or ratings.dat, or name the columns.",
            )
        at = f'"{known["timestamp"]}"' if "timestamp" in known else "NULL"
        select = (
            f'SELECT "{viewer}" AS viewer, "{title}" AS title_id, "{known["rating"]}" AS rating, {at} AS stamp '
            f"FROM read_csv({quoted(path.absolute())}, all_varchar=true, header=true)"
        )
    typed = (
        "SELECT viewer, title_id, TRY_CAST(rating AS DOUBLE) AS rating, "
        f"make_timestamp(TRY_CAST(stamp AS BIGINT) * 1000000) AS rated_at FROM ({select}) "
        "WHERE viewer IS NOT NULL AND title_id IS NOT NULL AND isfinite(TRY_CAST(rating AS DOUBLE))"
    )
    columns = {"viewer": "string", "title_id": "string", "rating": "float64", "rated_at": "timestamp"}
    return _replace(
        warehouse, path, "ratings", columns, typed, dedupe="viewer, title_id", order="rated_at DESC NULLS LAST"
    )


def _head(path: Path) -> str:
    if not path.is_file():
        raise InputError("This file does not exist.", path=path, hint="Check the name and the folder you are in.")
    with path.open("rb") as file:
        lines = file.read(_HEAD_BYTES).decode("utf-8-sig", errors="replace").splitlines()
    return lines[0] if lines else ""


def _replace(
    warehouse: Warehouse,
    path: Path,
    table: str,
    columns: dict[str, str],
    select: str,
    *,
    dedupe: str,
    order: str = "viewer",
) -> int:
    """Write a table anew, by bucket, viewers replaced by their pseudonyms."""
    with warehouse.writing():
        manifest = warehouse.manifest()
        generation = manifest.generation + 1
        staging = warehouse.folder / f".staging-{generation}"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        base = DuckDB([warehouse.folder], files=[path])
        try:
            base.run(f"CREATE TABLE loaded AS {select}")
            names = [(row[0],) for row in base.rows("SELECT DISTINCT viewer FROM loaded ORDER BY viewer")]
            key = warehouse.key()
            base.run("CREATE TABLE names (viewer VARCHAR, name VARCHAR)")
            hashed = [
                (name, pseudonym(warehouse, name) if name.startswith("v_") else keyed_hash(key, name))
                for (name,) in names
            ]
            if not hashed:
                raise InputError(f"This file holds no {table}.", path=path, hint="Check its columns.")
            base.connection.executemany("INSERT INTO names VALUES (?, ?)", hashed)
            kept = ", ".join("names.name AS viewer" if name == "viewer" else f"loaded.{name}" for name in columns)
            base.run(
                f"COPY (SELECT *, 'all' AS date, {bucket_of('viewer', manifest.buckets)} AS bucket FROM ("
                f"SELECT DISTINCT ON ({dedupe}) * FROM (SELECT {kept} FROM loaded JOIN names USING (viewer)) "
                f"ORDER BY {dedupe}, {order})) TO {quoted(staging / table)} "
                "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, bucket))"
            )
            added = [warehouse.filed(file, table=table, generation=generation, bucket=bucket)
                     for _, bucket, file in staged_files(staging, table)]  # fmt: skip
        finally:
            base.close()
            shutil.rmtree(staging, ignore_errors=True)
        files = (*(file for file in manifest.files if file.table != table), *added)
        known = {**manifest.columns, table: columns}
        warehouse.commit(manifest.model_copy(update={"files": files, "generation": generation, "columns": known}))
    return sum(file.rows for file in added)
