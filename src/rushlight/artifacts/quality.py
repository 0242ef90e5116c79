"""How near one film comes to another, in the measures that engineers use."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from rushlight.artifacts.sync import SignedSeconds
from rushlight.core.artifact import Artifact

__all__ = ["FrameQuality", "Quality"]


class FrameQuality(BaseModel):
    """One measure over all frames, and where it is worst."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: float
    lowest: float
    lowest_frame: int
    """Number of that frame in the reference, counted from 0."""


class Quality(Artifact):
    """A tested film against its reference. What could not be measured is None, and `notes` say why."""

    frames: int = 0
    """Pairs of frames that were compared."""
    psnr_db: FrameQuality | None = None
    """Of luma; equal frames count as 100 dB."""
    ssim: FrameQuality | None = None
    """Of luma."""
    vmaf: FrameQuality | None = None
    picture_latency: SignedSeconds | None = None
    """How much later the tested film shows the same."""
    sound_latency: SignedSeconds | None = None
    """How much later the same is heard in the tested film."""
    si_sdr_db: float | None = None
    """Scale-invariant signal-to-distortion ratio, of mono, after the latency is taken off."""
    segmental_snr_db: float | None = None
    """Mean over stretches of 20 ms in which there is sound, each between −10 and 35 dB."""
    loudness_difference_lu: float | None = None
    """Integrated loudness of the tested film less that of the reference."""
    word_error_rate: float | None = None
    """Substitutions, deletions and insertions for each word of the reference."""
    word_errors: dict[str, int] = {}
    """`substituted`, `deleted`, `inserted`, `words`."""
    notes: tuple[str, ...] = ()

    def as_text(self) -> str:
        """A line for each measure."""
        lines = []
        for name, unit, found in (("PSNR", " dB", self.psnr_db), ("SSIM", "", self.ssim), ("VMAF", "", self.vmaf)):
            if found is not None:
                digits = 4 if name == "SSIM" else 2
                worst = f"lowest {found.lowest:.{digits}f}{unit} in frame {found.lowest_frame}"
                lines.append(f"{name:<20} {found.mean:.{digits}f}{unit}, {worst}")
        for name, late in (("picture latency", self.picture_latency), ("sound latency", self.sound_latency)):
            if late is not None:
                lines.append(f"{name:<20} {float(late) * 1000:+.1f} ms")
        for name, unit, value in (
            ("SI-SDR", "dB", self.si_sdr_db),
            ("segmental SNR", "dB", self.segmental_snr_db),
            ("loudness difference", "LU", self.loudness_difference_lu),
        ):
            if value is not None:
                lines.append(f"{name:<20} {value:.2f} {unit}")
        if self.word_error_rate is not None:
            errors = ", ".join(f"{count} {name}" for name, count in self.word_errors.items())
            lines.append(f"{'word error rate':<20} {self.word_error_rate:.1%} ({errors})")
        return "\n".join([*lines, *self.notes])
