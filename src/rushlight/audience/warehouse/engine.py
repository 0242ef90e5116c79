"""The engines that answer: DuckDB on one machine, Spark on many, both behind the same Ibis expressions.

Everything that is peculiar to DuckDB 2 stands here and nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushlight.core.errors import InputError, LimitError, ModelError, StorageError

if TYPE_CHECKING:
    import ibis
    from ibis.backends import BaseBackend

__all__ = ["DuckDB", "Engine", "open_engine", "quoted"]

_MEMORY_SHARE = 0.5
_MOST_MEMORY_GB = 3.0


class DuckDB:
    """One connection to an in-memory DuckDB that may touch nothing but the folders it is given.

    Args:
        folders: where it may read and write.
        files: further files it may read.
        threads: how many threads; all cores by default.
        memory_gb: how much it may hold before it spills to disk; half of what is free, at most 3.
    """

    def __init__(
        self,
        folders: Sequence[Path] = (),
        *,
        files: Sequence[Path] = (),
        threads: int | None = None,
        memory_gb: float | None = None,
    ):
        try:
            import duckdb
        except ImportError as error:
            raise _missing("DuckDB", "audience") from error
        import psutil

        free_gb = psutil.virtual_memory().available / 1e9
        memory_gb = memory_gb or max(min(free_gb * _MEMORY_SHARE, _MOST_MEMORY_GB), 0.5)
        self._errors = duckdb.Error
        self.connection = duckdb.connect(
            config={"threads": threads or os.cpu_count() or 1, "memory_limit": f"{memory_gb:.2f}GB"}
        )
        # Clocks are UTC everywhere; nothing is fetched, and nothing outside these folders is opened.
        settings = [
            "SET TimeZone = 'UTC'",
            "SET autoinstall_known_extensions = false",
            "SET preserve_insertion_order = false",
        ]
        if folders:
            allowed = ", ".join(quoted(f"{folder.absolute()}/") for folder in folders)
            spill = folders[0].absolute() / ".spill"
            settings += [
                f"SET temp_directory = {quoted(spill)}",
                f"SET allowed_directories = [{allowed}]",
                f"SET allowed_paths = [{', '.join(quoted(file.absolute()) for file in files)}]",
                "SET enable_external_access = false",
            ]
        for setting in settings:
            self.run(setting)
        self.run("SET lock_configuration = true")

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query. A result that is not drained blocks the next call in DuckDB 2, so all are taken."""
        try:
            found: list[tuple[Any, ...]] = self.connection.execute(sql, parameters).fetchall()
        except self._errors as error:
            raise _explained(error) from error
        return found

    def run(self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> int:
        """Run a statement; gives how many rows it wrote, 0 where it says nothing of it."""
        rows = self.rows(sql, parameters)
        return int(rows[0][0]) if rows and rows[0] and isinstance(rows[0][0], int) else 0

    def close(self) -> None:
        """Give up the connection and its memory."""
        self.connection.close()


def _explained(error: Exception) -> Exception:
    name, said = type(error).__name__, str(error).splitlines()[0]
    if name == "OutOfMemoryException":
        return LimitError(f"The database ran out of memory ({said}).", hint="Close other programs, or free disk space.")
    if name in ("IOException", "PermissionException"):
        return StorageError(f"The database could not read or write a file ({said}).", hint="Check rights and space.")
    return InputError(f"The database refused this data ({said}).", hint="Check that the file is whole and of its kind.")


def _missing(what: str, extra: str) -> ModelError:
    return ModelError(f"{what} is not installed.", hint=f'pip install "rushlight[{extra}]"')


def quoted(value: object) -> str:
    """A value as an SQL string literal."""
    return "'{}'".format(str(value).replace("'", "''"))


class Engine:
    """An Ibis backend and how it opens Parquet files.

    Attributes:
        name: `duckdb` or `spark`.
        backend: what expressions are executed on.
    """

    def __init__(self, name: str, backend: BaseBackend):
        self.name, self.backend = name, backend

    def table(self, files: Sequence[Path], columns: dict[str, str]) -> ibis.Table:
        """Files of one table; an empty table of these columns where there are no files.

        A column that a file leaves out, because nothing stands in it, is missing values there.
        """
        import ibis

        if not files:
            return ibis.memtable(ibis.schema(columns).to_pyarrow().empty_table())
        paths = [str(path) for path in files]
        if self.name == "duckdb":
            found = self.backend.read_parquet(paths, hive_partitioning=False, union_by_name=True)
        else:
            name = f"files_{abs(hash(tuple(paths))):x}"
            self.backend._session.read.option("mergeSchema", "true").parquet(*paths).createOrReplaceTempView(name)
            found = self.backend.table(name)
        left_out = {name: kind for name, kind in columns.items() if name not in found.columns}
        return found.mutate(**{name: ibis.null(kind) for name, kind in left_out.items()}) if left_out else found

    def rows(self, expression: ibis.Expr) -> list[dict[str, Any]]:
        """The rows of an expression, each as a dict with plain Python values; a missing value is None."""
        table: list[dict[str, Any]] = self.backend.to_pyarrow(expression).to_pylist()
        return table

    def columns(self, expression: ibis.Expr) -> dict[str, Any]:
        """The columns of an expression as numpy arrays."""
        table = self.backend.to_pyarrow(expression)
        return {name: table.column(name).to_numpy(zero_copy_only=False) for name in table.column_names}


@contextmanager
def open_engine(engine: str = "duckdb") -> Iterator[Engine]:
    """An engine by name: `duckdb`, or `spark://HOST:PORT`, or `spark://local` for Spark on this machine.

    Raises:
        InputError: another name.
        ModelError: the engine, or the Java that Spark needs, is not installed.
    """
    if engine == "duckdb":
        try:
            import ibis
        except ImportError as error:
            raise _missing("Ibis", "audience") from error

        backend = ibis.duckdb.connect(threads=os.cpu_count() or 1)
        backend.raw_sql("SET TimeZone = 'UTC'").fetchall()
        try:
            yield Engine("duckdb", backend)
        finally:
            backend.disconnect()
        return
    if not engine.startswith("spark://"):
        raise InputError(f"There is no engine {engine!r}.", hint="Choose duckdb, spark://local or spark://HOST:PORT.")
    session, is_ours = _spark(engine)
    try:
        import ibis

        yield Engine("spark", ibis.pyspark.connect(session))
    finally:
        # Starting takes seconds: whoever opened a session keeps it for the measures inside.
        if is_ours:
            session.stop()


def _spark(engine: str) -> tuple[Any, bool]:
    """A session, and whether it was started here."""
    import shutil
    import sys

    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise ModelError(
            "Spark needs Java, and there is none here.", hint="Install Java 17, such as openjdk-17-jre-headless."
        )
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise _missing("Spark", "spark") from error
    running = SparkSession.getActiveSession()
    if running is not None:
        return running, False
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    master = f"local[{os.cpu_count() or 1}]" if engine == "spark://local" else engine
    builder = SparkSession.builder.master(master).appName("rushlight").config("spark.sql.session.timeZone", "UTC")
    local = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.ansi.enabled": "false",
        "spark.log.level": "ERROR",
    }
    for name, value in local.items() if engine == "spark://local" else ():
        builder = builder.config(name, value)
    return builder.getOrCreate(), True
