"""Where the client library speaks through the newer of its two HTTP libraries, a broken connection is still known."""

import subprocess
import sys
from pathlib import Path

from tests.adapters.scripted_schwab import access_to, store

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "http://127.0.0.1:9"
# The one library stands in for the other; loaded twice, its exceptions are two families.
PROGRAM = """
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
old = find_spec("httpx")
new = spec_from_file_location("httpx2", old.origin, submodule_search_locations=old.submodule_search_locations)
sys.modules["httpx2"] = module_from_spec(new)
new.loader.exec_module(sys.modules["httpx2"])

from bot.domain.errors import TryLater
from tests.adapters.scripted_schwab import access_to, line_to
line = line_to(access_to(sys.argv[1], Path(sys.argv[2])))
try:
    line.account_numbers()
except TryLater as problem:
    print(problem.message)
"""


def test_a_broken_connection_is_known_under_either_name_of_the_library(tmp_path: Path) -> None:
    store(access_to(NOBODY, tmp_path).token_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, NOBODY, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.stdout == "schwab: Schwab cannot be reached (ConnectError).\n", done.stderr
