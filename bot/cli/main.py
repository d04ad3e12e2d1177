"""The commands, each loaded only when it is called, and what becomes of an error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

# command -> module that holds it under the same name; the help text stands here so that `--help` loads none of them
COMMANDS = {
    "demo": "Live through a few days with a simulated broker: no account, no network.",
    "init": "Ask a few questions and write the settings of a household, with comments.",
    "config": "Check the settings, show every value that counts, or print their shape for an editor.",
    "plan": "Draw the plan of a household, from its files or from its live accounts. Sends nothing.",
    "status": "Show the household as one pie, with its drift, its accounts and the plan that waits.",
    "lots": "Show every tax lot: what it cost, what it is worth, since when it is held, and late sales.",
    "explain": "Say why a plan is as it is: every alternative that was tried, and everything left undone.",
    "approve": "Say yes to exactly one plan.",
    "reject": "Say no to a plan, or to everything at once, with a halt.",
    "passphrase": "Choose the passphrase with which a person says yes on the page.",
    "tick": "Say that a manual order of a plan has been carried out.",
    "accept": "Say that what an account holds is right, after its shares changed without a reason.",
    "letters": "List the letters that were written, and what became of each; try the mail server out.",
    "assign": "Say that cash which is held may be invested.",
    "login": "Log in at Schwab again, with any browser: a login lasts for seven days.",
    "run": "One run, as a timer would start it: finish what was begun, otherwise look, propose and report.",
    "serve": "Stay, do what is due when it is due, and open the page where the settings ask for one.",
    "next": "List what is due when, and why.",
    "pause": "Draw and send nothing until a day.",
    "doctor": "Look at everything that rebaloop stands on, line by line, with the command that mends it.",
    "healthcheck": "Say in an instant whether all is well, for a container or a watchdog.",
    "backup": "Copy the ledger into one file, also while a run is under way.",
    "restore": "Put a backup of the ledger in its place, or show what that would do.",
    "arm": "Open real accounts: name each of them, and confirm your limits. Only with mode: live.",
    "disarm": "Send nothing to real accounts any more, until you arm again.",
    "halt": "Send nothing from now on, also in a run that is under way.",
    "resume": "Let approved plans be sent again after a halt.",
    "harvest": "Say which shares stand at a clean loss, from which day, and what nobody may buy meanwhile.",
    "report": "The year in figures: sales, taxes, what naive selling would have cost, what waits.",
    "simulate": "Live through a century of markets with the loop, and beside it as those who sell.",
    "whatif": "Say what selling your own lots would cost, what the loop costs, and whether it is for you.",
    "history": "What was proposed, decided, sent and filled.",
    "validate": "Trade on paper between two near targets, and hold each plan against what the broker then has.",
    "sandbox": "Start a simulated broker and a household to try every command on.",
}


class _Lazy(click.Group):
    """A group that imports a command when it is asked for, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bot.cli.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed, or a hint at the one that was meant."""
        from difflib import get_close_matches  # noqa: PLC0415 - only a slip of the finger needs it

        meant = [] if args[0] in COMMANDS else get_close_matches(args[0], COMMANDS, 1)
        if meant:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {meant[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - only this answer needs it

        try:
            click.echo(f"rebaloop {version('rebaloop')}")
        except PackageNotFoundError:
            click.echo("rebaloop, run from its source")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
@click.option("--debug", is_flag=True, help="Show where an unexpected error came from.")
def cli(*, debug: bool) -> None:
    """Keep a household's accounts on target as one pie, without realising a taxable gain.

    Nothing is ever sent without a yes to exactly that plan. Start with: rebaloop demo
    """
    click.get_current_context().obj = {"debug": debug}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code; a person's mistake is never answered by a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(words, prog_name="rebaloop", standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        click.echo("Stopped. Nothing more was sent.", err=True)
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except Exception as problem:
        from bot.cli.trouble import explain  # noqa: PLC0415 - only a failing command needs it

        if "--debug" in words:
            raise
        sys.exit(explain(problem))
    sys.exit(code if isinstance(code, int) else 0)
