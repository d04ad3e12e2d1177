"""What the tests of the letters share: a browser."""

from tests.browsing import browser

__all__ = ["browser"]
