"""The C2PA library, set so that it never touches the network, and its errors in plain words."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rushlight.core.errors import MediaError
from rushlight.trust.keys import Identity

__all__ = ["context", "explained", "library_version", "read_manifests", "signer"]


@functools.lru_cache(maxsize=8)
def context(anchors: bytes) -> Any:
    """A context that trusts these roots (PEM) and fetches nothing: no remote manifest, no revocation list."""
    import c2pa

    settings: dict[str, Any] = {
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    if anchors:
        settings["trust"] = {"user_anchors": anchors.decode()}
    return c2pa.Context.from_dict(settings)


def signer(identity: Identity, time_authority: str = "") -> Any:
    """What signs with this identity."""
    import c2pa

    info = c2pa.C2paSignerInfo(
        identity.algorithm.encode(), identity.chain, identity.key, time_authority.encode() or None
    )
    return c2pa.Signer.from_info(info)


def library_version() -> str:
    """Version of the library underneath."""
    import c2pa

    return str(c2pa.sdk_version())


def read_manifests(
    path: Path, media_type: str, anchors: bytes, sidecar: bytes | None = None
) -> tuple[dict[str, Any], str] | str:
    """What the library says of a file: its detailed report and validation state, or why there is none.

    Returns:
        `"absent"` where there are no credentials, else the library's sentence where it cannot read them.
    """
    import c2pa

    if sidecar is not None and media_type not in c2pa.Reader.get_supported_mime_types():
        media_type = "application/octet-stream"
    try:
        with path.open("rb") as file:
            reader = c2pa.Reader(media_type, file, manifest_data=sidecar, context=context(anchors))
            with contextlib.closing(reader):
                return json.loads(reader.detailed_json()), str(reader.get_validation_state() or "Invalid")
    except c2pa.C2paError.ManifestNotFound:
        return "absent"
    except c2pa.C2paError.NotSupported:
        return "absent"
    except c2pa.C2paError as error:
        return f"The credentials cannot be read ({_plain(error)})."


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the library's errors inside the block into a `MediaError`."""
    import c2pa

    try:
        yield
    except c2pa.C2paError as error:
        raise MediaError(
            f"This file cannot be signed ({_plain(error)}).", path=path, hint="Look whether it plays and is whole."
        ) from error
