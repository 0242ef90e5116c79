"""The capability `verify_credentials`."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography import x509
from pydantic import BaseModel, Field

from rushlight.artifacts.credentials import CredentialVerdict
from rushlight.artifacts.source import Document
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, LimitError
from rushlight.core.run import current_run
from rushlight.trust.certificates import chain_facts
from rushlight.trust.containers import Layout, bmff_layout, find_store, holds_remnants, media_type_of
from rushlight.trust.jumbf import Store, read_store
from rushlight.trust.keys import KeyFolder
from rushlight.trust.library import library_version, read_manifests
from rushlight.trust.source_types import GENERATED, short_name

__all__ = ["LAYOUT_LABEL", "judge", "verify_credentials", "verify_file"]

LAYOUT_LABEL = "org.rushlight.layout"
"""Our own assertion: which boxes a signed MP4 has, and the hashes of those that C2PA leaves unsigned."""

# What the library reports as failure or remark, in words. What is not here is told by its code.
_WORDS = {
    "assertion.dataHash.mismatch": "The content was changed after it was signed.",
    "assertion.bmffHash.mismatch": "The content was changed after it was signed.",
    "assertion.boxesHash.mismatch": "The content was changed after it was signed.",
    "assertion.collectionHash.mismatch": "A file in the archive was changed after it was signed.",
    "assertion.hashedURI.mismatch": "A statement in the credentials was changed after it was signed.",
    "assertion.missing": "A statement that was signed is not there any more.",
    "claimSignature.mismatch": "The signature does not belong to these credentials.",
    "claimSignature.missing": "The signature is missing.",
    "signingCredential.expired": "The certificate was not valid at the time of signing.",
    "signingCredential.invalid": "The certificate is not one that may sign credentials.",
    "claimSignature.outsideValidity": "The certificate was not valid at the time of signing.",
    "timeStamp.mismatch": "The time stamp does not belong to this signature.",
    "timeStamp.malformed": "The time stamp is damaged.",
    "timeStamp.outsideValidity": "The time stamp's certificate was not valid.",
    "ingredient.manifest.mismatch": "The credentials of an ingredient were changed.",
    "ingredient.manifest.missing": "The credentials of an ingredient are missing.",
}
# Remarks that count as failures here.
_STRICT = frozenset(("timeStamp.mismatch", "timeStamp.malformed", "timeStamp.outsideValidity"))
_HARMLESS = frozenset(("signingCredential.untrusted",))
_MOST_REASONS = 20
_MOST_SIDECAR_BYTES = 64 << 20
_JPEG_INSTANCE = 0x0211

Verdict = Literal["trusted", "valid", "invalid", "absent"]


def _revision(parameters: BaseModel) -> str:
    """The same file may be judged otherwise when the trusted roots, the day or the library change."""
    anchors = _anchors(str(getattr(parameters, "anchors", "")))
    return f"c2pa {library_version()} {hashlib.sha256(anchors).hexdigest()[:16]} {datetime.now(UTC):%Y-%m-%d}"


@capability(version=1, revision=_revision)
def verify_credentials(
    file: Document,
    sidecar: Document | None = None,
    /,
    *,
    anchors: Annotated[str, Field(description="PEM file of roots to trust besides your own.")] = "",
) -> CredentialVerdict:
    """Check whether a file is unchanged since its Content Credentials were signed, and by whom.

    Stricter than the C2PA library underneath: what the signature leaves out (padding, free boxes, headers, whatever
    stands after the end) has to be as it must be, the certificate has to be one for signing, and source types have to
    be in the vocabulary. Nothing is fetched: a manifest that is kept elsewhere is said to be, and not looked at.

    Returns:
        `trusted`, `valid`, `invalid` or `absent`, with reasons. Absent credentials say nothing about a file.

    Raises:
        InputError: the list of roots cannot be read.
        LimitError: the credentials are too large, too deep, or have too many parts.
    """
    current_run().progress(0.0, "checking credentials")
    beside = sidecar.file.path.read_bytes() if sidecar is not None else None
    return judge(file.file.path, beside, _anchors(anchors))


def verify_file(path: Path, sidecar: Path | None = None, anchors: str = "") -> CredentialVerdict:
    """The verdict on a file, outside any project; credentials beside it are found by their name.

    Raises:
        InputError: no such file, or the list of roots cannot be read.
        LimitError: the credentials are too large, too deep, or have too many parts.
    """
    beside = sidecar or path.with_name(f"{path.name}.c2pa")
    if sidecar is None and not beside.is_file():
        return judge(path, None, _anchors(anchors))
    if beside.stat().st_size > _MOST_SIDECAR_BYTES:
        raise LimitError("The credentials beside the file are over 64 MiB.", path=beside, hint="They are not read.")
    return judge(path, beside.read_bytes(), _anchors(anchors))


def _anchors(path: str) -> bytes:
    own = KeyFolder().anchors()
    if not path:
        return own
    try:
        given = Path(path).read_bytes()
        x509.load_pem_x509_certificates(given)
    except (OSError, ValueError) as error:
        raise InputError("This is no list of roots.", path=path, hint="Give a PEM file of certificates.") from error
    return own + given


def judge(path: Path, sidecar: bytes | None, anchors: bytes) -> CredentialVerdict:
    """The verdict on one file.

    Args:
        path: the file.
        sidecar: its credentials, where they lie beside it.
        anchors: roots to trust, as PEM.
    """
    media_type = media_type_of(path)
    layout = find_store(path, media_type) if sidecar is None else Layout(store=sidecar)
    # Hostile stores are refused here, before the library builds anything of them.
    store = read_store(layout.store) if layout is not None and layout.store else None
    found = read_manifests(path, media_type, anchors, sidecar)
    if isinstance(found, str):
        return _unread(found, layout, store, path, media_type)
    report, state = found
    reasons, notes = _library_reasons(report)
    if state == "Invalid" and not reasons:
        reasons.append("The library finds the credentials invalid.")
    active = report.get("manifests", {}).get(report.get("active_manifest"), {})
    assertions = active.get("assertion_store", {})
    if layout is None:
        notes.append("In this form of file, padding and headers are checked by the library alone.")
    else:
        reasons += layout.problems
        reasons += _left_out(assertions, layout, sidecar is not None, path, notes)
    if store is not None:
        reasons += store.problems
        if _by_reference(active):
            reasons += store.unusual
        else:
            notes += store.unusual
        if _by_reference(active) and layout is not None and layout.jpeg_instance not in (0, _JPEG_INSTANCE):
            reasons.append("The segments of the credentials were renumbered.")
    elif layout is not None:
        reasons.append("The credentials do not lie where this form of file keeps them.")
    facts = _facts(active, assertions, store)
    if _parts_are_generated(report):
        facts["is_generated"] = True
    reasons += facts.pop("problems")
    trusted = state == "Trusted"
    verdict: Verdict = "invalid" if reasons else "trusted" if trusted else "valid"
    if verdict == "valid":
        notes.append("Whoever signed is not among those you trust; `rushlight trust keys --trust FILE` adds a list.")
    said = tuple(dict.fromkeys(reasons))[:_MOST_REASONS]
    return CredentialVerdict(verdict=verdict, reasons=said, notes=tuple(dict.fromkeys(notes)), **facts)


def _unread(said: str, layout: Layout | None, store: Store | None, path: Path, media_type: str) -> CredentialVerdict:
    """The verdict where the library gave no report."""
    traces = store is not None or holds_remnants(path, media_type)
    if not traces:
        notes = () if said == "absent" else ("The file is damaged, or not of the form that its name says.",)
        if _names_remote(path):
            notes = (*notes, "An address of credentials kept elsewhere is in it; it was not fetched.")
        return CredentialVerdict(verdict="absent", reasons=("There are no credentials in this file.",), notes=notes)
    first = said if said != "absent" else "There are credentials, but damaged so that they cannot be read."
    problems = [first, *(layout.problems if layout else []), *(store.problems if store else [])]
    return CredentialVerdict(verdict="invalid", reasons=tuple(dict.fromkeys(problems))[:_MOST_REASONS])


def _names_remote(path: Path) -> bool:
    """Whether the file's XMP names a place where its credentials are kept."""
    with path.open("rb") as file:
        return b"dcterms:provenance" in file.read(1 << 20)


def _library_reasons(report: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What the library has against a file, in words, and what it remarks."""
    results = report.get("validation_results") or {}
    reasons: list[str] = []
    notes: list[str] = []
    active = results.get("activeManifest") or {}
    for status in (*active.get("failure", ()), *active.get("informational", ())):
        code = str(status.get("code", ""))
        is_failure = status in active.get("failure", ())
        if code == "timeStamp.untrusted":
            notes.append("The time stamp is by an authority that is not among those you trust.")
        if code in _HARMLESS or not (is_failure or code in _STRICT):
            continue
        reasons.append(_WORDS.get(code, f"{str(status.get('explanation', code))[:160]} ({code})."))
    for delta in results.get("ingredientDeltas") or ():
        for status in delta.get("validationDeltas", {}).get("failure", ()):
            code = str(status.get("code", ""))
            if code not in _HARMLESS:
                # What an ingredient's own credentials say is its maker's matter; this file was signed knowing it.
                notes.append(f"An ingredient: {_WORDS.get(code, code)}")
    return reasons, notes


def _left_out(assertions: dict[str, Any], layout: Layout, is_beside: bool, path: Path, notes: list[str]) -> list[str]:
    """What the signature leaves out that it should not."""
    problems = []
    places = sorted(layout.ranges)
    for label, value in assertions.items():
        if label.startswith("c2pa.hash.data") and isinstance(value, dict):
            left = sorted((int(e["start"]), int(e["length"])) for e in value.get("exclusions") or ())
            if any(_bytes_of(value.get("pad"))) or any(_bytes_of(value.get("pad2"))):
                problems.append("Something was written into the padding of the content's hash.")
            if not is_beside and _span(left) != _span(places):
                notes.append("Whoever signed left out more of the file than the credentials themselves.")
    boxes = assertions.get(LAYOUT_LABEL)
    if isinstance(boxes, dict):
        now = layout.boxes or (bmff_layout(path) if not is_beside else [])
        if boxes.get("boxes") != now:
            problems.append("Boxes of the file were added, taken away or changed after it was signed.")
    else:
        unsigned = _unsigned_boxes(assertions)
        problems += [said for kind, said in layout.loose if f"/{kind}" in unsigned]
    return problems


def _unsigned_boxes(assertions: dict[str, Any]) -> set[str]:
    """Paths of the boxes that the hash of an MP4 leaves out whole."""
    return {
        str(left.get("xpath"))
        for label, value in assertions.items()
        if label.startswith("c2pa.hash.bmff") and isinstance(value, dict)
        for left in value.get("exclusions") or ()
        if not left.get("data") and not left.get("subset")
    }


def _by_reference(active: dict[str, Any]) -> bool:
    """Whether the reference library signed, whose habits are known."""
    info = active.get("claim", {}).get("claim_generator_info") or {}
    info = info[0] if isinstance(info, list) and info else info
    if isinstance(info, dict) and "org.contentauth.c2pa_rs" in info:
        return True
    return "c2pa-rs/" in str(active.get("claim", {}).get("claim_generator", ""))


def _span(ranges: list[tuple[int, int]]) -> tuple[int, int]:
    """First place and end of ranges that follow one another, or of nothing."""
    return (ranges[0][0], max(start + length for start, length in ranges)) if ranges else (0, 0)


def _bytes_of(value: Any) -> bytes:
    """Bytes as the library's report gives them: base64 or a list of numbers."""
    import base64

    if isinstance(value, list):
        return bytes(int(item) & 255 for item in value)
    return base64.b64decode(value) if isinstance(value, str) else b""


def _facts(active: dict[str, Any], assertions: dict[str, Any], store: Store | None) -> dict[str, Any]:
    """What the credentials say, and what in it has no meaning."""
    problems: list[str] = []
    kinds: list[str] = []
    actions: list[str] = []
    for label, value in assertions.items():
        if not label.startswith("c2pa.actions") or not isinstance(value, dict):
            continue
        for action in value.get("actions") or ():
            actions.append(str(action.get("action", ""))[:80])
            uri = action.get("digitalSourceType")
            if uri is None:
                continue
            if kind := short_name(str(uri)):
                kinds.append(kind)
            else:
                problems.append(f"It names a source type that is in no vocabulary ({str(uri)[:80]}).")
    claim = active.get("claim", {})
    generator = claim.get("claim_generator_info") or {}
    generator = generator[0] if isinstance(generator, list) and generator else generator
    signature = active.get("signature", {}) or {}
    name, issuer, wrong = _signed_by(store)
    if wrong:
        problems.append(f"The certificate may not sign credentials: {wrong}.")
    return {
        "problems": problems,
        "title": str(claim.get("dc:title", ""))[:200],
        "signer": name or str(signature.get("common_name", ""))[:200],
        "issuer": issuer or str(signature.get("issuer", ""))[:200],
        "signed_at": str(signature.get("time", "") or ""),
        "generator": _generator(generator, claim),
        "source_types": tuple(dict.fromkeys(kinds)),
        "actions": tuple(actions[:1000]),
        "ingredients": _ingredients(assertions),
        "is_generated": bool(set(kinds) & GENERATED) if kinds else None,
        "training": _training(assertions),
    }


def _parts_are_generated(report: dict[str, Any]) -> bool:
    """Whether the credentials of an ingredient, at whatever depth, say that AI made some of it."""
    for manifest in (report.get("manifests") or {}).values():
        for label, value in (manifest.get("assertion_store") or {}).items():
            if label.startswith("c2pa.actions") and isinstance(value, dict):
                for action in value.get("actions") or ():
                    if short_name(str(action.get("digitalSourceType", ""))) in GENERATED:
                        return True
    return False


def _generator(info: Any, claim: dict[str, Any]) -> str:
    if isinstance(info, dict) and info.get("name"):
        return f"{info['name']} {info.get('version', '')}".strip()[:200]
    return str(claim.get("claim_generator", ""))[:200]


def _signed_by(store: Store | None) -> tuple[str, str, str]:
    """Who signed the active manifest, who vouches for them, and why they may not have."""
    signature = store.signatures.get(store.labels[-1]) if store and store.labels else None
    return chain_facts(signature.chain) if signature is not None and signature.chain else ("", "", "")


def _ingredients(assertions: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(value.get("dc:title") or value.get("title") or "untitled")[:200]
        for label, value in assertions.items()
        if label.startswith("c2pa.ingredient") and isinstance(value, dict) and not label.startswith("c2pa.ingredient.t")
    )[:1000]


def _training(assertions: dict[str, Any]) -> str:
    for label in ("cawg.training-mining", "c2pa.training-mining"):
        entries = assertions.get(label, {}).get("entries", {}) if isinstance(assertions.get(label), dict) else {}
        for name, value in entries.items():
            if name.endswith("ai_generative_training") and isinstance(value, dict):
                return str(value.get("use", ""))
    return ""
