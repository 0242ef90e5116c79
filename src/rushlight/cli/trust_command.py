"""`rushlight trust …`: keys, signing and checking; what acts on a project's records is written by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from rushlight.cli.ledger_command import ledger

__all__ = ["COMMANDS"]

_FOLDER = click.Path(path_type=Path)


@click.command("keys", short_help="Make the keys you sign with, or take a bought certificate.")
@click.option("--name", default="", help="Who signs: your name or your house's. (default: your login name)")
@click.option("--certificate", type=_FOLDER, help="PEM file of a bought certificate, with the chain above it.")
@click.option("--key", "key_file", type=_FOLDER, help="PEM file of the bought certificate's key.")
@click.option("--trust", "anchors", type=_FOLDER, help="PEM file of further roots to trust, such as a trust list.")
@click.option("--keyring", "in_keyring", is_flag=True, help="Keep keys in the system's keyring, not in files.")
@click.option("--replace", is_flag=True, help="Make new keys where there are some.")
@click.option("--export", type=_FOLDER, help="Write your root certificate here, for others to trust.")
@click.option("--json", "as_json", is_flag=True, help="Print what there is as one JSON object.")
def keys(
    name: str, certificate: Path | None, key_file: Path | None, anchors: Path | None, in_keyring: bool, replace: bool,
    export: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make a local root, intermediate and leaf to sign with, or take a bought certificate; show what there is.

    Keys lie in your own data folder (or $RUSHLIGHT_KEYS), in files that only you can read. The password of a bought
    key is asked for, never taken from the command line.
    """
    from rushlight.core.errors import InputError
    from rushlight.core.store import write_atomically
    from rushlight.trust.keys import KeyFolder

    folder = KeyFolder()
    if (certificate is None) != (key_file is None):
        raise InputError("--certificate and --key go together.", hint="Give both.")
    if anchors is not None:
        count = folder.trust(_bytes(anchors))
        click.echo(f"{count} further root{'s are' if count != 1 else ' is'} trusted.", err=as_json)
    if certificate is not None and key_file is not None:
        secret = _bytes(key_file)
        password = click.prompt("Password of the key", hide_input=True).encode() if b"ENCRYPTED" in secret else None
        folder.take(_bytes(certificate), secret, password=password, in_keyring=in_keyring, replace=replace)
    elif (not folder.exists and anchors is None) or replace:
        folder.make(name or _login_name(), in_keyring=in_keyring, replace=replace)
    if not folder.exists:
        return
    identity = folder.identity()
    if export is not None:
        if not identity.root:
            raise InputError("A bought certificate has no root of yours.", hint="Whoever sold it publishes theirs.")
        write_atomically(export, identity.root)
    ends = identity.leaf.not_valid_after_utc
    facts = {
        "name": identity.name, "fingerprint": identity.fingerprint, "algorithm": identity.algorithm,
        "valid_until": f"{ends:%Y-%m-%d}", "folder": str(folder.folder),
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for label, value in facts.items():
        click.echo(f"{label.replace('_', ' '):<12} {value}")


def _login_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "Rushlight user"


def _bytes(path: Path) -> bytes:
    from rushlight.core.artifact import FileRef

    return FileRef.of(path).path.read_bytes()


@click.command("sign-credentials", short_help="Sign where a file comes from into a copy of it.")
@click.argument("file", type=_FOLDER)
@click.option("--out", type=_FOLDER, help="Where to put the signed copy. (default: NAME-signed beside it)")
@click.option("--source-type", default="", help="For a file no project knows: digitalCapture, digitalCreation, …")
@click.option(
    "--training", type=click.Choice(["notAllowed", "allowed", "constrained"]), default="notAllowed",
    help="What machines may learn from it. (default: notAllowed)",
)  # fmt: skip
@click.option("--time-authority", default="", help="Address of a time-stamp authority; asked over the network.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def sign(
    file: Path, out: Path | None, source_type: str, training: str, time_authority: str, as_json: bool
) -> None:  # fmt: skip
    """Sign where FILE comes from into a copy of it.

    In a project, acts and ingredients are read off its records. Elsewhere, a file with credentials is opened and they
    are kept; for one without, say what it is with --source-type.
    """
    import shutil

    from rushlight.cli.capability_command import loose_project
    from rushlight.core.artifact import FileRef
    from rushlight.core.errors import InputError
    from rushlight.core.project import find_project
    from rushlight.flows.sign_result import announce_keys, sign_file

    FileRef.of(file)
    target = out or file.with_name(f"{file.stem}-signed{file.suffix}")
    if target.absolute() == file.absolute():
        raise InputError("The signed copy would overwrite the file.", path=file, hint="Choose another name for --out.")
    project = find_project(file.absolute().parent) or loose_project()
    project.watcher.on_weak = lambda message: click.echo(f"  ! {message}", err=True)
    announce_keys(project.watcher.on_weak)
    signed = sign_file(
        project, file, source_type=source_type, training=training, time_authority=time_authority
    )  # fmt: skip
    if target != file:
        beside = target.with_name(f".writing-{target.name}")
        shutil.copyfile(signed.file.path, beside)
        beside.replace(target)
    if signed.sidecar is not None:
        shutil.copyfile(signed.sidecar.path, target.with_name(f"{target.name}.c2pa"))
    click.echo(signed.model_dump_json() if as_json else f"{signed.as_text()}\nWritten to {target}")


@click.command("verify-credentials", short_help="Is this file unchanged since it was signed, and by whom?")
@click.argument("file", type=_FOLDER)
@click.argument("sidecar", type=_FOLDER, required=False)
@click.option("--anchors", default="", help="PEM file of roots to trust besides your own.")
@click.option("--out", type=_FOLDER, help="Write the verdict here, as .json or .txt.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
def verify(file: Path, sidecar: Path | None, anchors: str, out: Path | None, as_json: bool) -> None:
    """Say whether FILE is unchanged since its Content Credentials were signed, and by whom.

    Credentials beside the file, in NAME.c2pa, are found by themselves. The exit code is 0 for every verdict; look at
    it with --json. Nothing is fetched from the network.
    """
    from rushlight.cli.delivering import deliver
    from rushlight.core.artifact import FileRef
    from rushlight.trust.verify_credentials import verify_file

    FileRef.of(file)
    verdict = verify_file(file, sidecar, anchors)
    deliver(verdict, out)
    click.echo(verdict.model_dump_json() if as_json else verdict.as_text())


_PROJECT = click.option("--project", "folder", type=_FOLDER, default=Path(), help="Project folder.")


@click.command("inspect", short_help="Where do these files say they come from?")
@click.argument("place", type=_FOLDER)
@click.option("--anchors", default="", help="PEM file of roots to trust besides your own.")
@click.option("--against", type=_FOLDER, help="Project whose films to look for among files without credentials.")
@click.option("--deep", is_flag=True, help="Read marks in picture and sound, and judge how likely each is genuine.")
@click.option(
    "--prior", type=click.FloatRange(0, 1, True, True), default=0.1, help="How likely a fake is before looking."
)
@click.option("--out", type=_FOLDER, help="HTML page to write, with all of it and the places drawn.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as one JSON object.")
def inspect(
    place: Path, anchors: str, against: Path | None, deep: bool, prior: float, out: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Look at PLACE, a file or a folder of them, for anybody: credentials, changes since, and whether AI is named.

    With --deep also marks in picture and sound, and how likely each file was made or changed by machine. Absent
    credentials say nothing about a file; most files have none.
    """
    from rushlight.core.errors import InputError
    from rushlight.core.project import open_project
    from rushlight.core.store import write_atomically
    from rushlight.flows.inspect_files import inspect_files
    from rushlight.flows.inspection_page import inspection_page

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise InputError("The page is written as HTML.", path=out, hint="Choose a name that ends in .html.")
    project = open_project(against) if against is not None else None
    found = inspect_files(place, anchors, project, deep=deep, prior=prior)
    if out is not None:
        write_atomically(out, inspection_page(found).encode())
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else found.as_text())


@click.command("catalogue", short_help="Keep prints of works in an index, to find them again.")
@click.argument("places", type=_FOLDER, nargs=-1, required=True)
@click.option(
    "--index", "index", type=_FOLDER, required=True, help="The index, such as works.sqlite; made when needed."
)
@click.option("--own", is_flag=True, help="These are your own works. (default: somebody's protected ones)")
@click.option("--holder", default="", help="Whose they are.")
def catalogue(places: tuple[Path, ...], index: Path, own: bool, holder: str) -> None:
    """Take the prints of PLACES, files or folders of them, and keep them in an index for `find-similar`.

    The works themselves are not kept, and cannot be made from their prints.
    """
    from rushlight.core.errors import InputError, RushlightError
    from rushlight.flows.inspect_files import media_below
    from rushlight.trust.similarity.catalogue import Catalogue

    kept, added, failed = Catalogue(index), 0, 0
    paths = [path for place in places for path in media_below(place)]
    if not paths:
        raise InputError("There is nothing to keep here.", path=places[0], hint="Give pictures, films or sounds.")
    with click.progressbar(paths, label="Taking prints", file=sys.stderr) as shown:
        for path in shown:
            try:
                added += kept.add(path, whose="own" if own else "protected", holder=holder)
            except RushlightError as error:
                failed += 1
                click.echo(f"  ! {path}: {error.message}", err=True)
    click.echo(f"{added} works added to {index}; {len(paths) - added - failed} were there, {failed} could not be read.")
    if failed == len(paths):
        sys.exit(4)


@click.command("report", short_help="One page for a lawyer: origin, rights, consents, contributions, risks.")
@click.argument("film", type=_FOLDER)
@click.option("--out", type=_FOLDER, help="HTML file to write. (default: reports/FILM-trust.html)")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def report(film: Path, out: Path | None, as_json: bool) -> None:
    """Write where FILM comes from and what may be done with it on one page, with JSON beside it."""
    from rushlight.core.artifact import FileRef
    from rushlight.core.project import open_project
    from rushlight.flows.trust_report import report_as_dict, write_trust_report

    FileRef.of(film)
    page, matter = write_trust_report(open_project(film.absolute().parent), film, out)
    if as_json:
        click.echo(json.dumps(report_as_dict(matter), ensure_ascii=False))
        return
    click.echo(f"{len(matter.risks)} things to look at:" if matter.risks else "Nothing to look at was found.")
    click.echo(
        "".join(f"  · {risk}\n" for risk in matter.risks) + f"Report  {page}\nJSON    {page.with_suffix('.json')}"
    )


@click.command("approve", short_help="Agree that exactly this file passes a gate.")
@click.argument("file", type=_FOLDER)
@click.option("--gate", type=click.Choice(["publish", "likeness", "delete", "send"]), default="publish")
@click.option("--by", "who", required=True, help="Name of whoever agrees.")
@click.option("--refuse", is_flag=True, help="Refuse instead.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def approve(file: Path, gate: str, who: str, refuse: bool, yes: bool) -> None:
    """Agree that exactly FILE, as it is now, passes a gate; what is known of it is shown first, and kept.

    The gates are publish, likeness, delete and send. [trust.approvals] in rushlight.toml may ask for two persons.
    """
    from rushlight.core.artifact import FileRef
    from rushlight.core.errors import InputError
    from rushlight.core.project import open_project
    from rushlight.flows.release import what_to_tell
    from rushlight.flows.trust_report import gather_trust
    from rushlight.trust.approvals import approve as record_approval

    FileRef.of(file)
    project = open_project(file.absolute().parent)
    try:
        told = what_to_tell(gather_trust(project, file))
    except InputError:
        told = (f"{file.name}: no step of this project made it.",)
    click.echo("\n".join(told), err=True)
    if not yes and not click.confirm(f"Does {who} {'refuse' if refuse else 'agree'} to {gate} this?", err=True):
        raise click.Abort
    record_approval(project, file, gate, who, told=told, refused=refuse)
    click.echo(f"{who} {'refused' if refuse else 'agreed'} to {gate} {file.name}.")


@click.command("release", short_help="Copy a film out, once those asked for agreed.")
@click.argument("film", type=_FOLDER)
@click.argument("target", type=_FOLDER)
def release(film: Path, target: Path) -> None:
    """Copy FILM to TARGET if the persons asked for agreed to exactly this and everything in it is still allowed."""
    from rushlight.core.artifact import FileRef
    from rushlight.core.project import open_project
    from rushlight.flows.release import release_file

    FileRef.of(film)
    click.echo(f"Released: {release_file(open_project(film.absolute().parent), film, target)}")


@click.group("rights", short_help="What may be used, for what, where and until when.")
def rights() -> None:
    """Register rights in `rights.toml` of the project, and ask whether a file may be used.

    The file may be edited by hand: one [[item]] for each thing, with name, kind, file (or sha256, or model), licence
    (SPDX), purposes, forbidden, territories, from, until, tdm, odrl, holder, credit.
    """


@rights.command("add", short_help="Register a file or a model.")
@click.argument("name")
@_PROJECT
@click.option("--file", "file", type=_FOLDER, help="The file; its content is what counts.")
@click.option("--model", default="", help="Name of a model, such as piper/anna.onnx.")
@click.option("--kind", type=click.Choice(["media", "font", "music", "data", "model"]), default="media")
@click.option("--licence", default="", help="SPDX expression, such as CC-BY-4.0.")
@click.option("--holder", default="", help="Whose it is.")
@click.option("--credit", default="", help="Who is to be named.")
@click.option("--purpose", "purposes", multiple=True, help="Allowed: show, change, commercial, train, mine.")
@click.option("--territory", "territories", multiple=True, help="Where, such as DE. (default: everywhere)")
@click.option("--from", "starts", default="", help="First day, such as 2026-01-01.")
@click.option("--until", default="", help="Last day.")
def rights_add(name: str, folder: Path, file: Path | None, **given: Any) -> None:
    """Register what NAME is and what is allowed, in `rights.toml`."""
    from rushlight.core.artifact import FileRef
    from rushlight.core.project import open_project
    from rushlight.trust.rights import add_item

    root = open_project(folder).root
    said: dict[str, Any] = {
        "name": name,
        **{("from" if key == "starts" else key): value for key, value in given.items() if value},
    }
    if file is not None:
        kept = FileRef.of(file)
        inside = kept.path.is_relative_to(root)
        said |= {"sha256": kept.sha256, "file": str(kept.path.relative_to(root) if inside else kept.path)}
    add_item(root / "rights.toml", said)
    click.echo(f"{name} is registered in {root / 'rights.toml'}")


@rights.command("check", short_help="May this file be used?")
@click.argument("file", type=_FOLDER)
@_PROJECT
@click.option("--purpose", default="show", help="show, change, commercial, train, mine. (default: show)")
@click.option("--territory", "territories", multiple=True, help="Where. (default: everywhere)")
@click.option("--on", "on", default="", help="Day of the use. (default: today)")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as one JSON object.")
def rights_check(
    file: Path, folder: Path, purpose: str, territories: tuple[str, ...], on: str, as_json: bool
) -> None:  # fmt: skip
    """Say whether FILE may be used, told by its content and by how it looks and sounds."""
    from rushlight.artifacts.source import Document
    from rushlight.core.artifact import FileRef
    from rushlight.core.project import open_project

    project = open_project(folder)
    inputs = [Document(file=FileRef.of(path)) for path in (file, project.root / "rights.toml")]
    made: Any = project.run("check_rights", *inputs, purpose=purpose, territories=territories, on=on)
    click.echo(made.model_dump_json() if as_json else made.as_text())
    if not made.allowed:
        sys.exit(10)


@click.group("consent", short_help="What people agreed to have done with their voice, face and likeness.")
def consent() -> None:
    """Record, revoke and ask for consents; they lie in `consents/` of the project, signed."""


@consent.command("add", short_help="Write down what a person agreed to.")
@click.argument("person")
@_PROJECT
@click.option("--aspect", "aspects", multiple=True, required=True, help="voice, face, likeness, biometric.")
@click.option("--reference", "references", multiple=True, type=_FOLDER, help="A file they are seen or heard in.")
@click.option("--model", "models", multiple=True, help="A voice made of them, such as piper/anna.onnx.")
@click.option("--purpose", "purposes", multiple=True, help="What for, such as film. (default: anything)")
@click.option("--work", "works", multiple=True, help="Name of a film it holds for. (default: any)")
@click.option("--territory", "territories", multiple=True, help="Where. (default: everywhere)")
@click.option("--from", "starts", default="", help="First day. (default: today)")
@click.option("--until", default="", help="Last day. (default: no end)")
@click.option("--paper", type=_FOLDER, help="What the person signed: a scan, a mail, a recording.")
def consent_add(person: str, folder: Path, starts: str, until: str, **given: Any) -> None:
    """Write down what PERSON agreed to, and sign it."""
    from rushlight.core.artifact import FileRef
    from rushlight.core.project import open_project
    from rushlight.flows.allow_use import consent_book, note_consent
    from rushlight.trust.ledger import log_signer
    from rushlight.trust.rights import day

    for path in (*given["references"], *([given["paper"]] if given["paper"] else [])):
        FileRef.of(path)
    project = open_project(folder)
    book = consent_book(project)
    made = book.record(
        log_signer(), person=person, starts=day(starts), until=day(until) if until else None,
        recorded_by=_login_name(), **given,
    )  # fmt: skip
    note_consent(project, made)
    click.echo(f"Consent {made.id} of {person}: {', '.join(made.aspects)}.")


@consent.command("revoke", short_help="Write down that a consent was taken back.")
@click.argument("number")
@_PROJECT
@click.option("--because", default="", help="What the person said.")
def consent_revoke(number: str, folder: Path, because: str) -> None:
    """Revoke the consent whose id starts with NUMBER: nothing is rendered with it from now on."""
    from rushlight.core.project import open_project
    from rushlight.flows.allow_use import consent_book, note_consent
    from rushlight.trust.ledger import log_signer

    project = open_project(folder)
    made = consent_book(project).revoke(number, because, log_signer())
    note_consent(project, made)
    click.echo(f"Revoked: consent {made.id} of {made.person}.")


@consent.command("list", short_help="All consents.")
@_PROJECT
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON object.")
def consent_list(folder: Path, as_json: bool) -> None:
    """Show every consent of the project."""
    from rushlight.core.project import open_project
    from rushlight.flows.allow_use import consent_book

    found = consent_book(open_project(folder)).all()
    if as_json:
        click.echo(json.dumps({"consents": [json.loads(one.model_dump_json()) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else f"until {one.until or 'revoked'}"
        click.echo(f"{one.id}  {one.person:<24} {', '.join(one.aspects):<24} from {one.starts}, {state}")


@consent.command("check", short_help="May this file, or this voice, be used today?")
@click.argument("subject")
@_PROJECT
@click.option("--work", default="", help="Name of the film.")
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as one JSON object.")
def consent_check(subject: str, folder: Path, work: str, as_json: bool) -> None:
    """Say whether SUBJECT, a file or the name of a voice, may be used today, by rights and consents."""
    from rushlight.core.project import open_project
    from rushlight.flows.allow_use import decide_use

    path = Path(subject)
    files, models = ((path.absolute(),), ()) if path.is_file() else ((), (subject,))
    found = decide_use(open_project(folder), files, models, work=work)
    allowed = all(decision.allowed for decision in found)
    if as_json:
        said = [decision.model_dump(mode="json") for decision in found]
        click.echo(json.dumps({"allowed": allowed, "decisions": said}, ensure_ascii=False))
    else:
        click.echo("\n".join(decision.as_text() for decision in found) or "Nobody is registered, so nobody is asked.")
    if not allowed:
        sys.exit(10)


COMMANDS: dict[str, click.Command] = {
    "approve": approve,
    "catalogue": catalogue,
    "consent": consent,
    "inspect": inspect,
    "keys": keys,
    "ledger": ledger,
    "release": release,
    "report": report,
    "rights": rights,
    "sign-credentials": sign,
    "verify-credentials": verify,
}
