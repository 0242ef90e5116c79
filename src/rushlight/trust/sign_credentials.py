"""The capability `sign_credentials`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from rushlight.artifacts.credentials import Ingredient, Origin, SignedFile
from rushlight.artifacts.source import Document
from rushlight.core.artifact import FileRef
from rushlight.core.capability import capability
from rushlight.core.errors import InputError, ModelError
from rushlight.core.run import current_run
from rushlight.trust.containers import EMBEDDED, SIDECAR, bmff_layout, media_type_of
from rushlight.trust.keys import Identity, KeyFolder
from rushlight.trust.library import context, explained, library_version, signer
from rushlight.trust.manifest import ingredient_ids, manifest_definition
from rushlight.trust.verify_credentials import judge

__all__ = ["Training", "sign_credentials"]

Training = Literal["notAllowed", "allowed", "constrained"]

_BMFF = frozenset(("video/mp4", "video/quicktime", "audio/mp4"))
_MOST_INGREDIENTS = 300


def _revision(parameters: BaseModel) -> str:  # noqa: ARG001
    """Another key, another signature."""
    folder = KeyFolder()
    return f"c2pa {library_version()} {folder.identity().fingerprint if folder.exists else ''}"


@capability(version=1, revision=_revision)
def sign_credentials(
    file: Document,
    origin: Origin | None = None,
    /,
    *,
    source_type: Annotated[
        str, Field(description="Without an origin: IPTC digital source type of the file, such as digitalCapture.")
    ] = "",
    training: Annotated[Training, Field(description="What may be learned from it by machines.")] = "notAllowed",
    time_authority: Annotated[
        str, Field(description="Address of a time-stamp authority (RFC 3161); asked over the network.")
    ] = "",
    attempt: Annotated[str, Field(description="Anything new here signs once more, for a time stamp that failed.")] = "",
) -> SignedFile:
    """Sign where a file comes from into the file: Content Credentials (C2PA).

    The first act says how the work began (`c2pa.created` with its source type, or `c2pa.opened` with the file it was
    made from), then comes every edit with its own source type. Ingredients keep the credentials they have. MP4, MOV,
    M4A, WAV, MP3, FLAC, PNG, JPEG, WebP, GIF and AVI hold their credentials inside; for other files (MKV, WebM,
    captions, timelines) they lie beside them, in NAME.c2pa.

    Where there are credentials in the file already and no origin is given, the file is opened and they are kept.

    Returns:
        The signed copy; the file itself is not touched.

    Raises:
        ModelError: there are no keys yet.
        InputError: nothing is known of where the file comes from, or it cannot hold credentials.
        MediaError: the file is damaged.
    """
    del attempt  # It is part of the cache key, and of nothing else.
    run = current_run()
    run.progress(0.0, "signing")
    folder = KeyFolder()
    if not folder.exists:
        raise ModelError("There are no keys to sign with.", hint="`rushlight trust keys` makes them.")
    identity, anchors = folder.identity(), folder.anchors()
    path, media_type = file.file.path, media_type_of(file.file.path)
    is_inside = media_type in EMBEDDED.values()
    if not is_inside and path.suffix.lower() not in SIDECAR:
        raise InputError(
            f"Files like {path.suffix or path.name} are not signed.", path=path,
            hint=f"Signed are {', '.join(sorted(EMBEDDED) + sorted(SIDECAR))}.",
        )  # fmt: skip
    origin = origin or _plain_origin(file, source_type, anchors)
    if len(origin.ingredients) > _MOST_INGREDIENTS:
        raise InputError(
            f"A work of more than {_MOST_INGREDIENTS} ingredients is not signed.", hint="Sign parts of it."
        )
    for name in origin.missing:
        run.note_weak(f"{name} is in this work and is not there any more, so its credentials do not name it.")
    layout = bmff_layout(path) if media_type in _BMFF else None
    definition = manifest_definition(origin, training=training, layout=layout, media_type=media_type)
    target = run.new_file(path.name)
    sidecar = None if is_inside else run.new_file(f"{path.name}.c2pa")
    stamped = _sign(definition, origin, identity, anchors, path, media_type, target, sidecar, time_authority)
    actions = definition["assertions"][0]["data"]["actions"]
    return SignedFile(
        file=FileRef.of(target) if is_inside else file.file,
        sidecar=FileRef.of(sidecar) if sidecar else None,
        source_sha256=file.file.sha256,
        title=origin.title,
        signer=identity.name,
        fingerprint=identity.fingerprint,
        actions=tuple(str(action["action"]) for action in actions),
        ingredients=len(origin.ingredients),
        time_stamped=stamped,
    )


def _plain_origin(file: Document, source_type: str, anchors: bytes) -> Origin:
    """The origin of a file of which no record tells."""
    path = file.file.path
    known = judge(path, None, anchors)
    if known.verdict == "invalid":
        current_run().note_weak("The credentials it came with are not valid any more; they are kept as they are.")
    if known.verdict != "absent" or not source_type:
        if known.verdict == "absent":
            raise InputError(
                "Nothing is known of where this file comes from.", path=path,
                hint="Say it with --source-type: digitalCapture for a recording, digitalCreation for work by hand, …",
            )  # fmt: skip
        parent = Ingredient(title=path.name, relation="parentOf", file=file.file)
        return Origin(title=path.name, made="opened", source_type="", ingredients=(parent,))
    return Origin(title=path.name, made="created", source_type=source_type)


def _sign(
    definition: dict[str, Any], origin: Origin, identity: Identity, anchors: bytes, path: Path, media_type: str,
    target: Path, sidecar: Path | None, time_authority: str,
) -> bool:  # fmt: skip
    """Sign into `target`, or beside; whether a time stamp came with it."""
    import c2pa

    for authority in dict.fromkeys((time_authority, "")):
        try:
            with explained(path):
                builder = c2pa.Builder(json.dumps(definition), context=context(anchors))
                _add_ingredients(builder, origin)
                sign_with = signer(identity, authority)
                with path.open("rb") as source:
                    if sidecar is not None:
                        builder.set_no_embed()
                        sidecar.write_bytes(builder.sign(sign_with, "application/octet-stream", source, io.BytesIO()))
                    else:
                        with target.open("w+b") as signed:
                            builder.sign(sign_with, media_type, source, signed)
            return bool(authority)
        except Exception:
            if not authority:
                raise
            current_run().note_weak(
                "The time-stamp authority could not be reached, so the credentials have no time stamp; "
                "sign again when it can."
            )
    return False


def _add_ingredients(builder: Any, origin: Origin) -> None:
    import c2pa

    readable = set(c2pa.Builder.get_supported_mime_types())
    for name, one in zip(ingredient_ids(origin), origin.ingredients, strict=True):
        said = {"title": one.title[:200], "relationship": one.relation, "instance_id": name}
        kind = media_type_of(one.file.path)
        with one.file.path.open("rb") as source:
            builder.add_ingredient(said, kind if kind in readable else "application/octet-stream", source)
