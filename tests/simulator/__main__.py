# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of ``python tests/simulator``: Python puts this folder on the path, hence ``usim`` is found."""

from __future__ import annotations

import sys

from usim.cli import main

if __name__ == "__main__":
    sys.exit(main())
