# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line: start, stop and serve the simulator, and the manual steps on the license platform."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from usim import lifecycle, platform_cli
from usim.lifecycle import LifecycleError
from usim.reading import ScenarioError
from usim.scenario import load_scenario


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ScenarioError, LifecycleError, platform_cli.PlatformError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulator", description="VMS, License Servers and the license platform."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("start", _start, "start in the background; returns when every port answers"),
        ("serve", _serve, "serve in the foreground"),
        ("stop", _stop, "end the process that serves a state; the state stays"),
        ("status", _status, "print as JSON which process serves a state and whether it responds"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        command.add_argument("--state", type=Path, required=True, metavar="DIR")
        if name in ("start", "serve"):
            command.add_argument("--scenario", type=Path, metavar="FILE", help="needed for a new state")
            command.add_argument(
                "--port-wait",
                type=float,
                default=lifecycle.PORT_WAIT,
                metavar="SECONDS",
                help="how long a state waits for a port of its own that another process has (%(default)g)",
            )
            command.add_argument("--new-ports", action="store_true", help="move to other ports instead")
            command.add_argument(
                "--port",
                action="append",
                default=[],
                dest="ports",
                metavar="NAME=PORT",
                help="port of a node, of NAME:client or of control; can be repeated",
            )
        if name == "start":
            command.add_argument(
                "--timeout", type=float, metavar="SECONDS", help="how long to wait until every port responds"
            )
    platform_cli.add_parser(commands)
    return parser


def _requested(texts: Sequence[str]) -> dict[str, int]:
    """Return the ports of ``NAME=PORT`` by name. Raises LifecycleError for invalid and repeated ones."""
    ports: dict[str, int] = {}
    for text in texts:
        name, _sign, number = text.rpartition("=")
        if not name or not number.isdecimal() or not 1 <= int(number) <= 65535:
            raise LifecycleError(f"--port must be NAME=PORT with a port from 1 to 65535; got {text!r}.")
        if name in ports or int(number) in ports.values():
            raise LifecycleError(f"each name and each port must be requested once; got {text!r} again.")
        ports[name] = int(number)
    return ports


def _start(options: argparse.Namespace) -> int:
    if options.scenario is not None:
        load_scenario(options.scenario)  # its faults are said here and not only in the log
    requested = _requested(options.ports)
    print(
        lifecycle.start(
            options.state,
            options.scenario,
            options.port_wait,
            options.new_ports,
            requested,
            options.timeout,
        )
    )
    return 0


def _serve(options: argparse.Namespace) -> int:
    # Only the serving process pays for the web parts; stop and platform start at once.
    from usim.ports import PortTaken, UnknownPort
    from usim.service import StateMismatch, serve

    scenario = load_scenario(options.scenario) if options.scenario is not None else None
    try:
        serve(options.state, scenario, options.port_wait, options.new_ports, _requested(options.ports))
    except (PortTaken, UnknownPort, StateMismatch) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _stop(options: argparse.Namespace) -> int:
    pid = lifecycle.stop(options.state)
    print(f"process {pid} has ended" if pid is not None else f"nothing serves {options.state}")
    return 0


def _status(options: argparse.Namespace) -> int:
    pid = lifecycle.running_pid(options.state)
    print(json.dumps({"pid": pid, "answers": pid is not None and lifecycle.answers(options.state, pid)}))
    return 0
