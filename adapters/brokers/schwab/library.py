"""The vendor's client library, imported without the warnings of its own parts."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

from authlib.deprecate import AuthlibDeprecationWarning

with warnings.catch_warnings():
    # authlib switches its warning on for everybody who imports it, and websockets has retired what schwab-py streams by
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client, OAuthError
    from schwab.auth import TOKEN_ENDPOINT, TokenMetadata
    from schwab.client import Client

if TYPE_CHECKING:
    import httpx
else:
    # authlib speaks through httpx2 where that is installed; its exceptions are then not httpx's
    from authlib.integrations.httpx_client.oauth2_client import httpx2 as httpx

__all__ = ["TOKEN_ENDPOINT", "Client", "OAuth2Client", "OAuthError", "TokenMetadata", "httpx", "hush"]

LOUD = ("schwab", "schwab.auth", "schwab.client.base", "authlib", "httpx", "httpx2", "httpcore", "httpcore2")


def hush() -> None:
    """Keep the library's loggers at WARNING: below that they write tokens, account numbers and hashes."""
    for name in LOUD:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
