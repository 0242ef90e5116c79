"""The `rushlight` command: reads its commands from the generated index, so that `--help` imports no capability."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from rushlight import __version__
from rushlight.core.index import load_index

__all__ = ["main", "program"]

EXIT_CODES = """\b
Exit codes
  0   done                        6   a program failed or is missing
  1   a fault in Rushlight        7   no project here
  2   the command line is wrong   8   disk full or no permission
  3   bad input                   9   a limit was reached
  4   media cannot be read       10   a person must agree first
  5   a model is missing        130   stopped by you
"""


class _Area(click.Group):
    """The commands of one area, made from the index when one is asked for; what acts on a store is written by hand."""

    # They stand in `COMMANDS` of `rushlight.cli.AREA_command`, named here so that help imports nothing.
    by_hand: dict[str, tuple[str, ...]] = {
        "audience": ("access", "collect", "erase", "import", "keep", "publish", "report", "schema", "watch"),
        "trust": (
            "approve",
            "consent",
            "inspect",
            "keys",
            "ledger",
            "release",
            "report",
            "rights",
            "sign-credentials",
            "verify-credentials",
        ),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        entries = load_index()["capabilities"].values()
        made = [entry["command"] for entry in entries if entry["area"] == self.name]
        return sorted({*made, *self.by_hand.get(str(self.name), ())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name in self.by_hand.get(str(self.name), ()):
            found: click.Command = import_module(f"rushlight.cli.{self.name}_command").COMMANDS[cmd_name]
            return found
        entry = load_index()["capabilities"].get(cmd_name.replace("-", "_"))
        if entry is None or entry["area"] != self.name:
            return None
        from rushlight.cli.capability_command import capability_command

        return capability_command(entry)


class _Program(click.Group):
    """All commands: whole jobs first, then one group for each area that has capabilities."""

    jobs = ("make", "cut", "new", "log", "why", "doctor", "models", "script")
    areas = {
        "create": "Scripts, voices, music, pictures, films: one step each.",
        "edit": "Cutting, repairing and measuring footage.",
        "audience": "How films are watched.",
        "trust": "Origin, rights, marks and detection.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        present = {entry["area"] for entry in load_index()["capabilities"].values()}
        return [*self.jobs, *(area for area in self.areas if area in present)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.areas and cmd_name in self.list_commands(ctx):
            return _Area(name=cmd_name, help=self.areas[cmd_name])
        if cmd_name not in self.jobs:
            return None
        from rushlight.cli import jobs

        return jobs.COMMANDS[cmd_name]


program = _Program(
    name="rushlight",
    help="One system for a film's whole life.\n\nStart with `rushlight make ARTICLE.md`.",
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
program = click.version_option(__version__, prog_name="rushlight")(program)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors become one sentence, a hint and an exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        code = program.main(args=arguments, prog_name="rushlight", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("Stopped; finished steps are kept. Run the same command to go on.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        from rushlight.core.errors import RushlightError

        if debug:
            raise
        if isinstance(error, RushlightError):
            click.secho(f"Error: {error}", fg="red", err=True)
            if error.hint:
                click.echo(error.hint, err=True)
            sys.exit(error.exit_code)
        click.secho(f"Error: a fault in Rushlight ({type(error).__name__}: {error}).", fg="red", err=True)
        click.echo("Run again with --debug to see where, and please report it.", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
