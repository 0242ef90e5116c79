"""`rushlight trust ledger …`: keeping, checking, proving and handing out the log of a project's records."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

__all__ = ["ledger"]

_FOLDER = click.Path(path_type=Path)


@click.group("ledger", short_help="The log that shows every later change of a project's records.")
def ledger() -> None:
    """Keep, check, prove and hand out the append-only log of a project's records."""


_PROJECT = click.option("--project", "folder", type=_FOLDER, default=Path(), help="Project folder.")


@ledger.command("update", short_help="Log new records and sign a checkpoint.")
@_PROJECT
def ledger_update(folder: Path) -> None:
    """Log every record that is not in the log, and sign a checkpoint. `make` and `cut` do so by themselves."""
    log = _ledger(folder, sign=True)
    added = log.update()
    checkpoint = log.checkpoint()
    assert checkpoint is not None
    click.echo(f"{added} records added; {checkpoint.size} in the log, root {checkpoint.root.hex()[:16]}…")


@ledger.command("check", short_help="Was anything changed, deleted, moved or forked?")
@_PROJECT
@click.option("--seen", multiple=True, type=_FOLDER, help="A checkpoint that you, or a witness, kept.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def ledger_check(folder: Path, seen: tuple[Path, ...], as_json: bool) -> None:
    """Compare the log with the records, with its checkpoints, and with those that were kept elsewhere."""
    from rushlight.core.artifact import FileRef
    from rushlight.trust.notes import parse_checkpoint

    kept = [parse_checkpoint(FileRef.of(path).path.read_bytes().decode("utf-8", errors="replace")) for path in seen]
    found = _ledger(folder).check(kept)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        state = "WHOLE" if found.is_whole else "BROKEN"
        click.echo(f"{state}  {found.size} entries, root {found.root[:16]}…")
        for finding in found.findings:
            click.echo(f"  {'!' if finding.is_wrong else '·'} {finding.said}")
    if not found.is_whole:
        sys.exit(8)


@ledger.command("prove", short_help="Prove to an outsider that a record is in the log.")
@click.argument("record")
@_PROJECT
@click.option("--out", type=_FOLDER, required=True, help="File to write, ending in .proof.json.")
def ledger_prove(record: str, folder: Path, out: Path) -> None:
    """Write RECORD (the start of its key) with all that shows that it stands in the log as it was signed."""
    from rushlight.core.store import write_atomically

    log = _ledger(folder)
    write_atomically(out, json.dumps(log.prove(_record_key(log.project, record)), indent=1, ensure_ascii=False))
    click.echo(f"Written to {out}. Anybody checks it with the script that `ledger export` gives.")


@ledger.command("export", short_help="Hand the log out, with a script that checks it.")
@click.argument("target", type=_FOLDER)
@_PROJECT
@click.option("--with-records", is_flag=True, help="The records too, so that it can be seen what was done.")
def ledger_export(target: Path, folder: Path, with_records: bool) -> None:
    """Write the log into a new folder TARGET; check_ledger.py in it needs Python and nothing else."""
    _ledger(folder).export(target, with_records=with_records)
    click.echo(f"Written to {target}. To check it: python {target / 'check_ledger.py'}")


@ledger.command("erase", short_help="Delete a record for good; the log stays whole.")
@click.argument("record")
@click.option("--reason", required=True, help="Why, such as: erasure asked for by the person.")
@_PROJECT
@click.confirmation_option(prompt="The record and its salt cannot be brought back. Go on?")
def ledger_erase(record: str, reason: str, folder: Path) -> None:
    """Delete RECORD (the start of its key) and the salt of its entry. The log shows that something was there."""
    log = _ledger(folder)
    count = log.erase(_record_key(log.project, record), reason)
    click.echo(f"Erased; {count} entr{'ies' if count != 1 else 'y'} of the log can no longer be opened.")


@ledger.command("witness", short_help="Co-sign a project's checkpoint, if its log only grew.")
@_PROJECT
@click.option("--memory", type=_FOLDER, help="Where the witness keeps what it saw. (default: your data folder)")
@click.option("--name", default="", help="Name of the witness. (default: rushlight/YOUR-NAME/witness)")
@click.option("--out", type=_FOLDER, help="Write the co-signed checkpoint here.")
def ledger_witness(folder: Path, memory: Path | None, name: str, out: Path | None) -> None:
    """Compare the log's checkpoint with the last one seen, remember it, and co-sign it.

    Run it on another machine, or as another person, than the one who keeps the log.
    """
    from rushlight.core.errors import InputError
    from rushlight.core.store import write_atomically
    from rushlight.trust.keys import keys_folder
    from rushlight.trust.ledger import Witness, log_signer
    from rushlight.trust.notes import NoteSigner, public_key_text

    log, own = _ledger(folder), log_signer()
    checkpoint = log.checkpoint()
    if checkpoint is None:
        raise InputError("This log has no checkpoint yet.", hint="`rushlight trust ledger update` signs one.")
    witness = Witness(memory or keys_folder().parent / "witness", NoteSigner(name or f"{own.name}/witness", own.key))
    key = (log.folder / "key").read_text(encoding="utf-8").strip()
    seen = witness.last_size(checkpoint.origin)
    growth = log.growth(seen) if seen <= checkpoint.size else []
    signed = witness.cosign(checkpoint, key, growth)
    if out is not None:
        write_atomically(out, signed.text())
    click.echo(f"Co-signed: {checkpoint.size} entries, grown from {seen}.")
    click.echo(public_key_text(witness.signer.name, witness.signer.public, is_witness=True))


def _ledger(folder: Path, *, sign: bool = False) -> Any:
    from rushlight.core.project import open_project
    from rushlight.trust.ledger import ProjectLedger, log_signer

    return ProjectLedger(open_project(folder), log_signer() if sign else None)


def _record_key(project: Any, start: str) -> str:
    from rushlight.core.errors import InputError

    found = [record.key for record in project.ledger.all() if record.key.startswith(start)]
    if len(found) != 1 or not start:
        what = "no record" if not found else f"{len(found)} records"
        raise InputError(f"There is {what} whose key starts with {start!r}.", hint="`rushlight log` shows the keys.")
    return str(found[0])
