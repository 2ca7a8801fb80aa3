# SPDX-License-Identifier: BSD-3-Clause
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "net")]

from targets import skip_without_builds  # noqa: E402


@pytest.fixture(autouse=True, scope="session")
def builds():
    skip_without_builds()
