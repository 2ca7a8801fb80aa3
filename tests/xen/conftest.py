# SPDX-License-Identifier: BSD-3-Clause
"""Leaves out what only ./build.sh xen has time for."""

import host

collect_ignore = [] if host.EVERYTHING else ["test_matrix.py", "test_notes.py"]
