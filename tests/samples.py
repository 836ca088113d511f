"""Where recorded payloads lie, which are not part of this repository."""

import os
from pathlib import Path

import pytest


def samples_folder() -> Path:
    """Skip where nobody says where they lie; CI must."""
    folder = os.environ.get("COUNTERFOIL_SAMPLES")
    if folder:
        return Path(folder)
    if os.environ.get("CI") == "true":
        pytest.fail("COUNTERFOIL_SAMPLES is not set, and CI must have the samples")
    pytest.skip("COUNTERFOIL_SAMPLES is not set: there is nothing to compare with")
