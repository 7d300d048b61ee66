"""Every field of every block of the book is read by something: without it, something is seen to be different."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_loss_of_every_field_is_seen() -> None:
    found = subprocess.run([sys.executable, str(Path(__file__).with_name("live.py"))], capture_output=True, text=True, timeout=1200)
    assert not found.stderr and found.returncode == 0, found.stderr
    assert not found.stdout, f"nothing reads these fields, or they say what follows anyway:\n{found.stdout}"
