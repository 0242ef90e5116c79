"""Does the ledger show every change, how fast does it grow, and can a third party check it alone?

1,000 trials on projects of 5 to 60 records, 200 of each kind, at random places:
- `edit`: a bit of a record, of an entry of the log, or of a signed checkpoint is changed;
- `delete`: a record, or entry and salt together, or the end of the log, is taken away;
- `reorder`: two entries change places, with their salts;
- `fork`: the owner rewrites a record and the whole log, salts and checkpoints too, signed with the true key;
- `outsider`: the same done with a key of the forger's own, against the public key that others hold.
Forks and outsiders are told by a checkpoint that a witness kept; the rest by the project alone. Untouched logs, each
checked before its trial, must be whole. Growth: 100,000 records of a kilobyte logged in one batch, with salts, hashes,
both files flushed to disk, the tree and a signed checkpoint; and the tree alone. Then the exported log of 100,000
entries is checked by `check_ledger.py` on a bare interpreter (-I -S), and a presence proof of it is made and checked.
"""

from __future__ import annotations

import json
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from results import write_results
from rushlight.core.project import Project, create_project
from rushlight.core.record import Record
from rushlight.trust.ledger import ProjectLedger, Witness
from rushlight.trust.merkle import MerkleTree
from rushlight.trust.notes import NoteSigner, public_key_text

KINDS = ("edit", "delete", "reorder", "fork", "outsider")
OWNER, FORGER, WATCHER = (NoteSigner(f"bench/{n}", Ed25519PrivateKey.generate()) for n in ("owner", "owner", "witness"))
START = datetime(2026, 3, 1, tzinfo=UTC)


def record(number: int, words: int = 40) -> Record:
    return Record(
        key=f"{number:064x}", capability=("write_script", "render_film", "person")[number % 3], version=1,
        parameters={"text": secrets.token_hex(words)}, started=START + timedelta(seconds=number),
    )  # fmt: skip


def project_of(folder: Path, count: int) -> Project:
    project = create_project(folder)
    for number in range(count):
        project.ledger.add(record(number))
    return project


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(7)
    path.write_bytes(bytes(data))


def swap_lines(log: ProjectLedger, change: object) -> None:
    for name in ("entries.jsonl", "openings.jsonl"):
        lines = (log.folder / name).read_text().splitlines()
        change(lines)  # type: ignore[operator]
        (log.folder / name).write_text("".join(f"{line}\n" for line in lines))


def tamper(kind: str, log: ProjectLedger, chance: random.Random) -> None:
    count = len(list(log._entry_lines()))
    place, other = chance.sample(range(count), 2)
    key = sorted(path.stem for path in log.project.ledger.root.glob("*.json"))[place]
    way = chance.randrange(3)
    if kind == "edit":
        targets = (
            log.project.ledger.root / f"{key}.json", log.folder / "entries.jsonl",
            chance.choice(sorted((log.folder / "checkpoints").glob("*"))),
        )  # fmt: skip
        flip(targets[way], chance)
    elif kind == "delete" and way == 0:
        (log.project.ledger.root / f"{key}.json").unlink()
    elif kind == "delete":
        swap_lines(log, lambda lines: lines.__delitem__(place if way == 1 else -1))
    elif kind == "reorder":

        def exchange(lines: list[str]) -> None:
            lines[place], lines[other] = lines[other], lines[place]

        swap_lines(log, exchange)
    else:
        origin = log.origin
        shutil.rmtree(log.folder)
        log.folder.mkdir()
        (log.folder / "origin").write_text(origin + "\n")
        known = log.project.ledger.get(key)
        assert known is not None
        log.project.ledger.add(known.model_copy(update={"parameters": {"text": "another"}}))
        ProjectLedger(log.project, OWNER if kind == "fork" else FORGER).update()


def caught(log: ProjectLedger, seen: object, key: str) -> bool:
    try:
        return not log.check([seen], key).is_whole  # type: ignore[list-item]
    except (OSError, ValueError):
        return True  # Damaged so that it cannot be read, which is said.


def trials(folder: Path) -> list[list[str]]:
    rows = [["change", "trials", "caught by the project alone", "caught with a witness", "false alarms before"]]
    for kind in KINDS:
        alone = witnessed = alarms = 0
        for trial in range(200):
            chance = random.Random(f"{kind}{trial}")
            project = project_of(folder / f"{kind}{trial}", chance.randrange(5, 60))
            log = ProjectLedger(project, OWNER)
            log.update()
            for number in range(1000, 1000 + chance.randrange(4)):
                project.ledger.add(record(number))
            log.update()
            key, kept = public_key_text(OWNER.name, OWNER.public), log.checkpoint()
            assert kept is not None
            Witness(folder / "witness", WATCHER).cosign(kept, key, [])
            alarms += not log.check([kept], key).is_whole
            tamper(kind, log, chance)
            alone += caught_alone(log)
            witnessed += caught(log, kept, key)
            shutil.rmtree(project.root)
        rows.append([kind, "200", str(alone), str(witnessed), str(alarms)])
        print(rows[-1], flush=True)
    return rows


def caught_alone(log: ProjectLedger) -> bool:
    try:
        return not log.check().is_whole
    except (OSError, ValueError):
        return True


def growth(folder: Path) -> list[str]:
    records = [record(number, 300) for number in range(1000)]
    pairs = [(records[n % 1000], f"{n}{records[n % 1000].model_dump_json()}".encode()) for n in range(100_000)]
    log = ProjectLedger(create_project(folder / "large"), OWNER)
    clock = time.perf_counter()
    log.append(pairs)
    log._sign_checkpoint()
    whole = time.perf_counter() - clock
    lines = list(log._entry_lines())
    clock = time.perf_counter()
    tree = MerkleTree(lines)
    tree.root()
    alone = time.perf_counter() - clock
    out = log.export(folder / "out")
    clock = time.perf_counter()
    command = [sys.executable, "-I", "-S", str(out / "check_ledger.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    script = time.perf_counter() - clock
    number = 54_321
    checkpoint = log.checkpoint()
    assert checkpoint is not None
    proof = {
        "record": pairs[number][1].decode(), "salt": json.loads((log.folder / "openings.jsonl").read_text().splitlines()
        [number])["salt"], "entry": lines[number].decode(), "number": number, "key": (log.folder / "key").read_text(),
        "proof": [step.hex() for step in tree.presence_proof(number, len(tree))], "checkpoint": checkpoint.text(),
    }  # fmt: skip
    place = folder / "one.proof.json"
    place.write_text(json.dumps(proof))
    proved = subprocess.run([*command, str(place)], capture_output=True, text=True, check=False)
    place.write_text(json.dumps({**proof, "record": proof["record"] + " "}))
    forged = subprocess.run([*command, str(place)], capture_output=True, text=True, check=False)
    return [
        f"100,000 appends with salts, both files on disk, tree and signed checkpoint: {whole:.2f} s; "
        f"the tree alone {alone:.2f} s.",
        f"The stand-alone script on that log: {done.stdout.strip()} ({script:.2f} s, exit code {done.returncode}).",
        f"A proof of one record in it ({len(proof['proof'])} hashes): exit code {proved.returncode}; "
        f"with the record changed: {forged.returncode}.",
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        notes = growth(folder)
        rows = trials(folder)
    notes.append("A fork by the owner cannot be told from the project alone; that is what the witness is for.")
    write_results(__file__, __doc__ or "", rows, notes)


if __name__ == "__main__":
    main()
