"""The print of a picture, film or sound, to find it again by."""

from __future__ import annotations

from rushlight.core.artifact import Artifact, FileRef

__all__ = ["MediaPrint"]


class MediaPrint(Artifact):
    """What is kept of a work."""

    title: str
    file_sha256: str
    print: FileRef
    """Points of frames and bits of sound, as a NumPy archive without pickles."""
    picture_hashes: tuple[str, ...] = ()
    """256 bits of each picture that has enough in it, a second apart, as hex digits."""
    frames: int = 0
    points: int = 0
    sound_seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """What there is, and the first hash."""
        first = f"\npicture {self.picture_hashes[0]}" if self.picture_hashes else ""
        pictures = f"{self.frames} picture{'' if self.frames == 1 else 's'}"
        told = f"{pictures} with {self.points} points, {self.sound_seconds:.1f} s of sound"
        return "\n".join([f"{self.title}: {told}{first}", f"sha256  {self.file_sha256}", *self.notes])
