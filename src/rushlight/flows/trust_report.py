"""`trust report`: one page that tells a lawyer where a film comes from and what may be done with it, and JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import cv2
import jinja2
import numpy as np
from numpy.typing import NDArray

from rushlight.artifacts import Cut, GroundingReport, Narration, Script, Source
from rushlight.artifacts.claim_table import ClaimTable
from rushlight.artifacts.contribution import ContributionAccount
from rushlight.artifacts.credentials import CredentialVerdict, Origin
from rushlight.artifacts.use_decision import UseDecision
from rushlight.core.artifact import Artifact, file_sha256
from rushlight.core.errors import InputError, RushlightError
from rushlight.core.project import Project
from rushlight.core.record import Record
from rushlight.flows.allow_use import decide_use, read_consents
from rushlight.media.colour import i420_to_rgb
from rushlight.media.decode import VideoReader, read_still
from rushlight.media.probe import probe
from rushlight.timeline.cutfile import read_cut
from rushlight.trust.account_contribution import account_contribution
from rushlight.trust.approvals import GATES, Approval, approvals_of
from rushlight.trust.check_claims import check_claims
from rushlight.trust.consents import Consent
from rushlight.trust.ledger import LedgerCheck, ProjectLedger
from rushlight.trust.origins import ancestors, is_generated, maker_of, origin_of
from rushlight.trust.verify_credentials import verify_file
from rushlight.trust.work_history import work_history

__all__ = ["TrustMatter", "gather_trust", "report_as_dict", "write_trust_report"]

A = TypeVar("A", bound=Artifact)

_FRAMES = 6
_PICTURE_PX = 240
_MOST_PICTURES = 40
_SOON = timedelta(days=30)


@dataclass
class TrustMatter:
    """All that the page tells."""

    film: Path
    title: str
    sha256: str
    record: Record
    chain: list[Record]
    verdict: CredentialVerdict
    origin: Origin
    account: ContributionAccount | None
    claims: ClaimTable | None
    decisions: list[UseDecision]
    consents: list[Consent]
    approvals: dict[str, list[Approval]]
    ledger: LedgerCheck
    disclosure: dict[str, str]
    risks: list[str]
    frames: list[str]
    """Pictures of the film, as data addresses."""
    pictures: dict[str, str]
    """Pictures of what went in, by name."""

    @property
    def cost(self) -> dict[str, float]:
        """Time, energy and money of all steps."""
        return {
            "seconds": round(sum(record.seconds for record in self.chain), 3),
            "cpu_seconds": round(sum(record.cpu_seconds for record in self.chain), 3),
            "energy_wh": round(sum(record.energy_wh for record in self.chain), 4),
            "cost_eur": round(sum(record.cost_eur for record in self.chain), 4),
        }


def gather_trust(project: Project, film: Path) -> TrustMatter:
    """Everything the project knows of a film: origin, rights, consents, contributions, claims, approvals, cost.

    Raises:
        InputError: no step of this project made the file.
    """
    record = maker_of(project, film)
    if record is None:
        raise InputError("No step of this project made this file.", path=film, hint="Name a film in renders/.")
    chain = ancestors(project, record)
    cut = _cut(project, chain)
    media = [file for file in (cut.media if cut else ()) if not file.path.is_relative_to(project.memory)]
    title = film.stem
    script = _last(project, chain, Script)
    title = script.title if script else title
    documents = [
        path for name, path in project.films().items() if film.stem == name or film.stem.startswith(f"{name}-")
    ]
    origin = origin_of(project, record, title=title, documents=documents, recordings=media)
    narration = _last(project, chain, Narration)
    source = _last(project, chain, Source)
    account = None
    if cut is not None:
        history = work_history(project, record, media)
        account = project.run(account_contribution, cut, script, narration, source, history)
    voices = sorted(set(narration.voices.values())) if narration else []
    matter = TrustMatter(
        film=film, title=title, sha256=file_sha256(film), record=record, chain=chain, verdict=verify_file(film),
        origin=origin, account=account, claims=_claims(project, script, source),
        decisions=decide_use(project, [file.path for file in media if file.path.is_file()], voices, work=film.stem),
        consents=read_consents(project), approvals={gate: approvals_of(project, film, gate) for gate in GATES},
        ledger=ProjectLedger(project).check(), disclosure={}, risks=[], frames=_frames(film),
        pictures=_pictures(file.path for file in media),
    )  # fmt: skip
    matter.disclosure = _disclosure(matter)
    matter.risks = _risks(matter)
    return matter


def _cut(project: Project, chain: list[Record]) -> Cut | None:
    """The cut a film was rendered from: as a person left it, or as it was laid."""
    laid = _last(project, chain, Cut)
    for record in reversed(chain):
        place = project.root / str(record.parameters.get("file", ""))
        if record.capability == "person" and place.suffix == ".otio" and place.is_file():
            try:
                return read_cut(place, laid.media if laid else ())
            except RushlightError:
                return laid
    return laid


def _last(project: Project, chain: Iterable[Record], kind: type[A]) -> A | None:
    for record in reversed(list(chain)):
        if record.output_kind == kind.kind():
            made = kind.model_validate(record.output)
            return made.with_files(lambda file: file.model_copy(update={"path": project.root / file.path}))
    return None


def _claims(project: Project, script: Script | None, source: Source | None) -> ClaimTable | None:
    if script is None or source is None:
        return None
    wanted = (script.digest(), source.digest())
    found = [record for record in project.ledger.all() if record.output_kind == GroundingReport.kind()]
    report = _last(project, [r for r in found if tuple(use.digest for use in r.inputs) == wanted], GroundingReport)
    if report is None or (report.script_digest, report.source_digest) != wanted:
        return None
    table: ClaimTable = project.run(check_claims, script, source, report)
    return table


# -- what it amounts to ------------------------------------------------------------------------


def _disclosure(matter: TrustMatter) -> dict[str, str]:
    label = next((str(r.parameters["disclosure"]) for r in matter.chain if r.parameters.get("disclosure")), "")
    spoken = any(record.capability == "disclose_sound" for record in matter.chain)
    signed = matter.verdict.verdict in ("trusted", "valid")
    return {
        "made by AI, wholly or in part": "yes" if is_generated(matter.origin) else "no",
        "visible label": f"“{label}”" if label else "none",
        "spoken note": "yes" if spoken else "none",
        "signed metadata": f"yes, by {matter.verdict.signer}" if signed else "none",
        "time stamp": matter.verdict.signed_at or "none",
        "invisible mark": "none",
    }


def _risks(matter: TrustMatter) -> list[str]:
    """What a lawyer should look at, most serious first."""
    risks = [
        f"{decision.subject}: {rule.reason}"
        for decision in matter.decisions
        for rule in decision.rules
        if not rule.allowed
    ]
    if matter.verdict.verdict not in ("trusted", "valid"):
        risks.append(f"The film's credentials are {matter.verdict.verdict}: {' '.join(matter.verdict.reasons)}")
    risks += [finding.said for finding in matter.ledger.findings if finding.is_wrong]
    if matter.disclosure["made by AI, wholly or in part"] == "yes":
        if matter.disclosure["visible label"] == "none" and matter.disclosure["spoken note"] == "none":
            risks.append("AI had a part in it, and nothing that is seen or heard says so (EU AI Act, article 50).")
        risks.append("It carries no invisible mark; article 50 asks for one besides signed metadata.")
    risks += [
        f"Not borne out by the source: “{one.statement}”"
        for one in (matter.claims.unsupported if matter.claims else ())
    ]
    risks += [f"{name} went in and is not there any more." for name in matter.origin.missing]
    unlisted = [d.subject for d in matter.decisions if any(rule.name == "unlisted" for rule in d.rules)]
    risks += [f"No rights are registered for {name}." for name in dict.fromkeys(unlisted)]
    if not matter.decisions and matter.origin.ingredients:
        risks.append("No rights are registered in this project (rights.toml).")
    today = datetime.now(UTC).date()
    for consent in matter.consents:
        if consent.until and today <= consent.until <= today + _SOON:
            risks.append(f"The consent of {consent.person} ends on {consent.until}.")
    if not matter.approvals["publish"]:
        risks.append("Nobody has approved that it is published.")
    risks += [message for record in matter.chain for message in record.weak]
    return list(dict.fromkeys(risks))


# -- pictures ----------------------------------------------------------------------------------


def _frames(film: Path) -> list[str]:
    """Some frames of a film, small; none where there is no picture."""
    try:
        media = probe(film)
        if media.video is None or media.is_still:
            return [_address(_small(read_still(film)))] if media.is_still else []
        found = []
        wide, tall = media.video.display_width_px, media.video.display_height_px
        width = _PICTURE_PX - _PICTURE_PX % 2
        height = max(round(width * tall / wide / 2) * 2, 2)
        with VideoReader(film, width_px=width, height_px=height, rate=Fraction(25), threads=1) as reader:
            for number in range(_FRAMES):
                frame = reader.frame_at(media.duration * Fraction(2 * number + 1, 2 * _FRAMES))
                found.append(_address(np.asarray(i420_to_rgb(frame))))
    except RushlightError:
        return []
    return found


def _pictures(paths: Iterable[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in list(dict.fromkeys(paths))[:_MOST_PICTURES]:
        try:
            media = probe(path)
            if media.is_still:
                found[path.name] = _address(_small(read_still(path)))
            elif media.video is not None:
                found[path.name] = _frames(path)[_FRAMES // 2]
        except (RushlightError, IndexError):
            continue
    return found


def _small(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height = max(round(_PICTURE_PX * rgb.shape[0] / rgb.shape[1]), 1)
    return np.asarray(cv2.resize(rgb, (_PICTURE_PX, height), interpolation=cv2.INTER_AREA), np.uint8)


def _address(rgb: NDArray[np.uint8]) -> str:
    """A picture as an address that stands in the page itself; coded here, so nothing of the file's own gets in."""
    done, coded = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return f"data:image/jpeg;base64,{base64.b64encode(coded.tobytes()).decode()}" if done else ""


# -- page and JSON -----------------------------------------------------------------------------


def report_as_dict(matter: TrustMatter) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "rushlight_trust_report": 1,
        "film": matter.film.name,
        "title": matter.title,
        "sha256": matter.sha256,
        "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "credentials": matter.verdict.model_dump(mode="json"),
        "origin": json.loads(matter.origin.model_dump_json(exclude={"ingredients": {"__all__": {"file": {"path"}}}})),
        "rights_and_consents": [decision.model_dump(mode="json") for decision in matter.decisions],
        "consents": [
            one.model_dump(mode="json", exclude={"references", "signature", "signer"}) for one in matter.consents
        ],
        "contributions": matter.account.model_dump(mode="json") if matter.account else None,
        "claims": matter.claims.model_dump(mode="json") if matter.claims else None,
        "disclosure": matter.disclosure,
        "approvals": {
            gate: [
                {"who": one.who, "when": one.when.isoformat(), "refused": one.refused, "told": list(one.told)}
                for one in found
            ]
            for gate, found in matter.approvals.items()
        },
        "ledger": matter.ledger.as_dict(),
        "cost": matter.cost,
        "risks": matter.risks,
        "steps": [
            {
                "record": one.key, "capability": one.capability, "version": one.version, "source_type": one.source_type,
                "models": list(one.models), "seconds": one.seconds, "energy_wh": one.energy_wh,
            }
            for one in matter.chain
        ],
    }  # fmt: skip


def write_trust_report(project: Project, film: Path, target: Path | None = None) -> tuple[Path, TrustMatter]:
    """Write page and JSON; the path of the page.

    Raises:
        InputError: no step of this project made the file.
    """
    matter = gather_trust(project, film)
    page = target or project.root / "reports" / f"{film.stem}-trust.html"
    text = json.dumps(report_as_dict(matter), indent=1, ensure_ascii=False)
    html = _environment().get_template("trust.html").render(matter=matter, measures=_measures(matter.account))
    for path, content in ((page, html), (page.with_suffix(".json"), text + "\n")):
        if path.is_relative_to(project.root):
            project.publish(content, str(path.relative_to(project.root)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return page, matter


def _environment() -> jinja2.Environment:
    loader = jinja2.FunctionLoader(lambda name: files("rushlight.flows").joinpath("pages", name).read_text("utf-8"))
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _measures(account: ContributionAccount | None) -> list[dict[str, Any]]:
    """Each measure with its entries as bars."""
    made = []
    for name, whole in (account.totals if account else {}).items():
        assert account is not None
        entries = [
            {
                "who": one.contributor.name, "kind": one.contributor.kind, "amount": f"{float(one.amount):,.6g}",
                "share": float(one.amount / whole) if whole else 0.0, "method": one.method,
                "evidence": "; ".join(one.evidence[:6]) + (" …" if len(one.evidence) > 6 else ""),
            }
            for one in account.entries
            if one.measure == name
        ]  # fmt: skip
        made.append({"name": name.replace("_", " "), "whole": f"{float(whole):,.6g}", "entries": entries})
    return made
