"""The page of `trust inspect`: for each file its credentials, marks, matches and what points to machines."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

from rushlight.artifacts.detection import Detection
from rushlight.flows.inspect_files import Inspected, Inspection

__all__ = ["inspection_page"]

_NAMES = {"trusted": "Trusted", "valid": "Unchanged", "invalid": "Changed", "absent": "No credentials"}


def inspection_page(found: Inspection) -> str:
    """One HTML page, whole in itself."""
    files = "".join(_file(one) for one in found.files)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(found.counts().items()))
    more = f"; {found.left_out} more were not looked at" if found.left_out else ""
    return _PAGE.format(counts=escape(f"{counts or 'no files'}{more}"), files=files)


def _file(one: Inspected) -> str:
    if one.verdict is None:
        return f'<article class="error"><h2>{escape(str(one.path))}</h2><p>{escape(one.error)}</p></article>'
    blocks = [f"<h3>Credentials: {_NAMES[one.verdict.verdict]}</h3><pre>{escape(one.verdict.as_text())}</pre>"]
    if one.made_here:
        blocks.append(f"<p>Made here by the step {escape(one.made_here)}.</p>")
    if one.known_as:
        blocks.append(f"<p>It looks or sounds like {escape(one.known_as)}, which is signed.</p>")
    if one.marks is not None:
        blocks.append(f"<h3>Marks</h3><pre>{escape(one.marks.as_text())}</pre>")
    if one.detection is not None:
        blocks.append(_detection(one.detection))
    blocks += [f"<p>{escape(said)}</p>" for said in one.unseen]
    return f'<article class="{one.verdict.verdict}"><h2>{escape(str(one.path))}</h2>{"".join(blocks)}</article>'


def _detection(made: Detection) -> str:
    shown = []
    for signal in made.signals:
        drawn = f'<img alt="{escape(signal.name)}" src="{_address(signal.picture.path)}">' if signal.picture else ""
        weight = "" if signal.log_ratio is None else f" <small>evidence {signal.log_ratio:+.1f}</small>"
        said = escape(signal.abstains or signal.says)
        shown.append(f"<h4>{escape(signal.name)}{weight}</h4><p>{said}</p>{drawn}")
    return f"<h3>Made or changed by machine?</h3><p>{escape(made.verdict)}</p>{''.join(shown)}"


def _address(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Inspection</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ max-width: 54rem; margin: 2rem auto; padding: 0 1rem }} img {{ max-width: 100% }}
article {{ border-left: .4rem solid #8a8f98; padding: 0 1rem; margin: 2rem 0 }}
article.trusted {{ border-color: #2e7d4f }} article.valid {{ border-color: #4477aa }}
article.invalid, article.error {{ border-color: #c62f3b }}
h2 {{ font-size: 1.1rem; overflow-wrap: anywhere }} h3 {{ font-size: 1rem; margin: 1rem 0 .2rem }}
h4 {{ font-size: .95rem; margin: .8rem 0 0 }} small {{ color: #767c86; font-weight: normal }}
pre {{ white-space: pre-wrap; margin: .2rem 0; font-size: .85rem }} p {{ margin: .2rem 0 }}
</style><h1>Inspection</h1><p>{counts}. Absent credentials say nothing about a file; most files have none.</p>
{files}</html>
"""
