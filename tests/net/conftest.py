# SPDX-License-Identifier: BSD-3-Clause
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab import lab as make_lab, skip_without_root  # noqa: E402


@pytest.fixture
def lab(tmp_path):
    skip_without_root()
    with make_lab(tmp_path) as made:
        yield made
