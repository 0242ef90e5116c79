"""Check an exported ledger. Needs Python 3.9 or newer and nothing else: python check_ledger.py [FOLDER] [CHECKPOINT…]

Reads entries.jsonl, the checkpoints and the public key in FOLDER (default: where this script lies), and says whether
- every checkpoint is signed by the key, and the first entries are still those it signed (RFC 6962 root);
- each record that was handed out is the one its entry commits to;
- checkpoints named on the command line, such as one you kept, fit the log too.
Proofs of a single record (files ending in .proof.json) are checked as well when named. Exit code 0: whole; 1: not.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

# Ed25519 (RFC 8032), for checking only.
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
# Points are (x, y, z, t) with x = X/Z, y = Y/Z, xy = T/Z.


def _add(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(n: int, p: Any) -> Any:
    found = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = _add(found, p)
        p, n = _add(p, p), n >> 1
    return found


def _point(data: bytes) -> Any:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    x2 = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * _I % _P
    if (x * x - x2) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes is by this public key of 32."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    left, right = _times(s, _BASE), _add(r, _times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    same_y = (left[1] * right[2] - right[1] * left[2]) % _P == 0
    return bool(same_x and same_y)


# The tree (RFC 6962).
def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    """The root over the hashes of entries."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, found = 1, leaf
        while stack and stack[-1][0] == size:
            size, found = size * 2, _node(stack.pop()[1], found)
        stack.append((size, found))
    if not stack:
        return hashlib.sha256(b"").digest()
    found = stack.pop()[1]
    while stack:
        found = _node(stack.pop()[1], found)
    return found


def proves_presence(leaf: bytes, number: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether a proof leads from an entry's hash to a root."""
    place, last, found = number, size - 1, leaf
    if not 0 <= number < size:
        return False
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


# Notes.
def read_note(text: str) -> tuple[str, int, bytes, list[tuple[str, bytes]]]:
    """Signed text, size, root, and the signatures by name."""
    body, _, below = text.partition("\n\n")
    lines = body.split("\n")
    found = []
    for line in below.splitlines():
        mark, name, content = line.split(" ")
        if mark == "—":
            found.append((name, base64.b64decode(content)))
    return body + "\n", int(lines[1]), base64.b64decode(lines[2]), found


def note_verifies(text: str, key: str) -> bool:
    """Whether a note is signed by a key of the form NAME+HASH+KEY."""
    body, _, _, signatures = read_note(text)
    name, _, encoded = key.strip().split("+", 2)
    public = base64.b64decode(encoded)
    mark = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    for who, content in signatures:
        if who != name or content[:4] != mark:
            continue
        message, signature = body.encode(), content[4:]
        if public[0] == 4:
            at = int.from_bytes(signature[:8], "big")
            message, signature = f"cosignature/v1\ntime {at}\n".encode() + message, signature[8:]
        if ed25519_verifies(public[1:], message, signature):
            return True
    return False


def record_fits(salt: str, record: str, entry: str) -> bool:
    """Whether a record and its salt are what an entry commits to."""
    bound = hashlib.sha256(b"rushlight record v1\0" + bytes.fromhex(salt) + record.encode()).hexdigest()
    return bool(json.loads(entry)["commitment"] == bound)


def check_proof(proof: dict[str, Any]) -> list[str]:
    """What is wrong with the proof of one record."""
    wrong = []
    _, size, root, _ = read_note(proof["checkpoint"])
    if not note_verifies(proof["checkpoint"], proof["key"]):
        wrong.append("the checkpoint is not signed by the key")
    steps = [bytes.fromhex(step) for step in proof["proof"]]
    if not proves_presence(leaf_hash(proof["entry"].encode()), proof["number"], size, steps, root):
        wrong.append("the entry is not in the log")
    if not record_fits(proof["salt"], proof["record"], proof["entry"]):
        wrong.append("the record is not what the entry commits to")
    return wrong


def check_folder(folder: Path, kept: list[Path]) -> list[str]:
    """What is wrong with an exported ledger."""
    wrong = []
    lines = (folder / "entries.jsonl").read_bytes().split(b"\n")[:-1]
    leaves = [leaf_hash(line) for line in lines]
    key = (folder / "key").read_text(encoding="utf-8")
    for place, line in enumerate(lines):
        if json.loads(line).get("number") != place:
            wrong.append(f"entry {place} is numbered otherwise")
    for path in [folder / "checkpoint", *sorted((folder / "checkpoints").glob("*")), *kept]:
        text = path.read_text(encoding="utf-8")
        _, size, root, _ = read_note(text)
        if not note_verifies(text, key):
            wrong.append(f"{path.name}: not signed by the key")
        if size > len(leaves):
            wrong.append(f"{path.name}: there were {size} entries, now there are {len(leaves)}")
        elif tree_root(leaves[:size]) != root:
            wrong.append(f"{path.name}: the first {size} entries are not those that were signed")
    records = folder / "records.jsonl"
    for opened in records.read_text(encoding="utf-8").splitlines() if records.is_file() else ():
        said = json.loads(opened)
        if not record_fits(said["salt"], said["record"], lines[said["number"]].decode()):
            wrong.append(f"record of entry {said['number']}: not what was logged")
    return wrong


def main(arguments: list[str]) -> int:
    """Check what is named, print what is wrong, and return the exit code."""
    paths = [Path(argument) for argument in arguments]
    folder = next((path for path in paths if path.is_dir()), Path(__file__).parent)
    wrong = []
    for path in paths:
        if path.name.endswith(".proof.json"):
            wrong += [f"{path.name}: {said}" for said in check_proof(json.loads(path.read_text(encoding="utf-8")))]
    if (folder / "entries.jsonl").is_file():
        kept = [path for path in paths if path.is_file() and not path.name.endswith(".proof.json")]
        try:
            wrong += check_folder(folder, kept)
        except (ValueError, KeyError, IndexError, OSError) as error:
            wrong.append(f"damaged: {error}")
    sys.stdout.write("".join(f"WRONG  {said}\n" for said in wrong) or "whole: everything is as it was signed\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
