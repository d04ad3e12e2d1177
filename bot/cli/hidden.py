"""Asks for what nobody else should read: hidden at a terminal, one line of standard input elsewhere."""

from __future__ import annotations

import sys

import click


def ask_passphrase(person: str, *, twice: bool = False) -> str:
    """A person's passphrase; leaves the command, with nothing done, when nothing is typed."""
    if sys.stdin.isatty():
        phrase: str = click.prompt(f"Passphrase of {person}", hide_input=True, confirmation_prompt=twice, type=str)
    else:
        phrase = sys.stdin.readline().rstrip("\r\n")
    if not phrase.strip():
        raise click.Abort
    return phrase
