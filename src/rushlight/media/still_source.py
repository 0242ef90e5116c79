"""Reading a still picture with Pillow (it runs inside the guarded process)."""

from __future__ import annotations

import io

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from rushlight.core.errors import LimitError, MediaError

__all__ = ["FORMATS", "check_pixels", "load_still", "open_still"]

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")


def open_still(path: str, max_pixels: int) -> Image.Image:
    """Open a still picture without decoding it yet.

    Raises:
        MediaError: not a picture of a known form.
        LimitError: too many pixels.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limit, below, gives the clearer message
    try:
        image = Image.open(path, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise MediaError(
            "This is not a picture that can be read, or it is damaged.", path=path, hint="Use PNG, JPEG or WebP."
        ) from error
    check_pixels(image.width, image.height, max_pixels, path)
    return image


def check_pixels(width: int, height: int, max_pixels: int, path: str) -> None:
    """Refuse a picture that is too large.

    Raises:
        LimitError: it is.
    """
    if width * height > max_pixels:
        raise LimitError(
            f"The picture is {width}×{height}; at most {max_pixels / 1e6:.0f} million pixels are opened.",
            path=path,
            hint="Scale it down first.",
        )


def load_still(path: str, max_pixels: int, alpha: bool) -> tuple[int, int, bytes]:
    """Width, height and pixels of a picture: upright, in sRGB, as RGBA when `alpha`, else RGB over white."""
    with open_still(path, max_pixels) as image:
        try:
            image.load()
        except (OSError, SyntaxError, ValueError) as error:
            raise MediaError("This picture is damaged or cut short.", path=path) from error
        profile = image.info.get("icc_profile")
        upright = _eight_bits(ImageOps.exif_transpose(image))
        whole = _in_srgb(upright, profile)
    if not alpha:
        white = Image.new("RGBA", whole.size, "white")
        whole = Image.alpha_composite(white, whole).convert("RGB") if whole.mode == "RGBA" else whole.convert("RGB")
    else:
        whole = whole.convert("RGBA")
    return whole.width, whole.height, whole.tobytes()


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey pictures of 16 bits scaled to 8; Pillow's own conversion would clip them."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as RGB or RGBA, brought to sRGB when it carries a profile of another colour space."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "RGB"
    if not profile:
        return image.convert(mode)
    transparency = image.convert("RGBA").getchannel("A") if has_alpha else None
    source = image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(source, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)  # a broken profile, or one for another kind of picture, says nothing
    assert converted is not None
    if transparency is not None:
        converted.putalpha(transparency)
    return converted
