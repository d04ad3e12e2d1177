"""The vendor's library is loaded for an account of that vendor and for nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPEN = (
    "from adapters.brokers.alpaca.broker import AlpacaBroker\n"
    "from bot.domain.plan import Environment\n"
    "AlpacaBroker(account='ira', key_id='K', secret_key='S', trading_url='http://127.0.0.1:9',"
    " data_url='http://127.0.0.1:9', environment=Environment.PAPER)\n"
)


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def test_importing_the_adapter_loads_no_client_library() -> None:
    heavy = "{'alpaca', 'requests', 'pandas'} & set(sys.modules)"
    done = run(f"import sys\nimport adapters.brokers.alpaca.broker\nprint(sorted({heavy}))")

    assert done.stdout.strip() == "[]", done.stderr


def test_a_missing_client_library_is_named_with_its_cure() -> None:
    done = run(f"import sys\nsys.modules['alpaca'] = None\n{OPEN}")

    assert "WrongUse: Alpaca's client library is not installed." in done.stderr
