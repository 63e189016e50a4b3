# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for lock options. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that write and therefore lock their targets."""

    DOCUMENTATION = r"""
options:
  lock_dir:
    description:
      - The directory with one lock per target (host and port), on the host that runs the task. It is created
        if it is missing.
      - Two tasks exclude each other if they use the same directory and the same host and port of the target.
        A task in check mode takes no lock.
      - A lock ends with the process that holds it, so there is nothing to clean up after a crash.
    type: path
    version_added: 0.9.0
    default: ~/.ansible/unicloud.usphere/locks
  lock_timeout:
    description:
      - How long to wait for a lock that another task holds, in seconds. After that the task fails and names
        the process, its host and the time since which it has held the lock; nothing was read or changed.
      - From V(0) to V(86400).
    type: float
    version_added: 0.9.0
    default: 60
"""
