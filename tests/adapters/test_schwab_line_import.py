"""The vendor's library is loaded for the first question to that vendor, without a warning, and for nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = "{'schwab', 'authlib', 'httpx', 'httpx2', 'alpaca', 'requests'} & set(sys.modules)"
OPEN = (
    "import sys\nfrom pathlib import Path\nfrom adapters.brokers.schwab.access import Access\n"
    "from adapters.brokers.schwab.line import Line\nfrom adapters.clock import SystemClock\n"
    "from bot.domain.plan import Environment\n"
    "access = Access(name='a', app_key='k', app_secret='s', callback_url='https://127.0.0.1', token_path=Path('no'))\n"
    "line = Line(access, environment=Environment.DRY_RUN, clock=SystemClock())\n"
)


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_line_loads_no_client_library_before_its_first_question() -> None:
    done = run(f"{OPEN}import adapters.brokers.schwab.logins\nprint(sorted({HEAVY}))")

    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_client_library_is_loaded_without_a_warning() -> None:
    done = run(f"{OPEN}line._session\nprint(len({HEAVY}) > 2)")

    assert (done.stdout.strip(), done.stderr) == ("True", "")


def test_a_missing_client_library_is_named_with_its_cure() -> None:
    done = run(f"import sys\nsys.modules['schwab'] = None\n{OPEN}")

    assert "WrongUse: Schwab's client library is not installed." in done.stderr
