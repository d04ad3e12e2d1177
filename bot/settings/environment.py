"""What the environment says in place of the settings file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "REBALOOP_"
FINDER = "REBALOOP_SETTINGS"


class Overrides(BaseSettings):
    """The variables that count, read from the `environ` that it is made with and not from this process."""

    model_config = SettingsConfigDict(case_sensitive=True, extra="ignore", frozen=True)

    mode: str | None = Field(default=None, validation_alias="REBALOOP_MODE")
    ledger: str | None = Field(default=None, validation_alias="REBALOOP_LEDGER")
    letters: str | None = Field(default=None, validation_alias="REBALOOP_LETTERS")

    @classmethod
    def settings_customise_sources(  # noqa: D102 - the base class says it
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, dotenv_settings, file_secret_settings  # no .env file: one more place to look for a mistake
        assert isinstance(init_settings, InitSettingsSource)
        assert isinstance(env_settings, EnvSettingsSource)
        env_settings.env_vars = init_settings.init_kwargs["environ"]
        return (env_settings,)

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Each key that may be overridden, and the name of its variable."""
        return {key: str(field.validation_alias) for key, field in cls.model_fields.items()}


def overrides(environ: Mapping[str, str]) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Key -> (variable, value) of what is overridden, and variable -> the one that was meant of slips of the pen.

    An empty variable says nothing.
    """
    found = Overrides(environ={name: said for name, said in environ.items() if said})  # type: ignore[call-arg]  # goes to the source above, not to a field
    names = Overrides.variables()
    said = {key: (names[key], str(value)) for key, value in found.model_dump(exclude_none=True).items()}
    known = {*names.values(), FINDER}
    strange = [name for name in environ if name.startswith(PREFIX) and name not in known and environ[name]]
    short = [name.removeprefix(PREFIX) for name in known]
    near = {name: difflib.get_close_matches(name.removeprefix(PREFIX), short, n=1) for name in strange}
    return said, {name: PREFIX + meant[0] for name, meant in near.items() if meant}
