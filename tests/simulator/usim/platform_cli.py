# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""``platform activate`` and ``platform transfer``: use the platform of the running simulator with files."""

from __future__ import annotations

import argparse
import base64
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from usim.lifecycle import ENDPOINTS

_TIMEOUT = 30


class PlatformError(Exception):
    """The platform refused the request or could not be reached."""


class _KeyAction(argparse.Action):
    """Parse ``--key K --quantity N --key …``: a quantity belongs to the key before it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        keys: list[dict[str, object]] = getattr(namespace, "keys", None) or []
        if self.dest == "key":
            keys.append({"key": values})
        elif not keys or "quantity" in keys[-1]:
            parser.error("--quantity belongs behind its --key")
        else:
            keys[-1]["quantity"] = values
        namespace.keys = keys


def add_parser(commands: Any) -> None:
    platform = commands.add_parser("platform", help="what a person does on the vendor's license platform")
    actions = platform.add_subparsers(required=True, metavar="action")
    activate = actions.add_parser("activate", help="keys and device information to an activation file")
    activate.set_defaults(run=_activate)
    activate.add_argument("--key", action=_KeyAction, required=True)
    activate.add_argument("--quantity", action=_KeyAction, type=int)
    activate.add_argument("--contract-number")
    activate.add_argument("--term-days", type=int, help="for temporary licenses (R12)")
    activate.add_argument("--split", action="store_true", help="a second file for what remains of the keys")
    transfer = actions.add_parser(
        "transfer", help="uninstall file and device information to activation files"
    )
    transfer.set_defaults(run=_transfer)
    transfer.add_argument("--uninstall-file", type=Path, required=True)
    transfer.add_argument("--quantity", type=int, action="append", default=[], dest="quantities")
    transfer.add_argument("--remainder-server", metavar="NAME", help="whose device the remainder is for")
    for action in (activate, transfer):
        action.add_argument("--state", type=Path, required=True, metavar="DIR")
        action.add_argument(
            "--out", type=Path, required=True, metavar="DIR", help="folder for the activation files"
        )
        device = action.add_mutually_exclusive_group(required=True)
        device.add_argument("--server", metavar="NAME", help="the License Server whose device it is for")
        device.add_argument("--device-information", type=Path, metavar="FILE")


def _activate(options: argparse.Namespace) -> int:
    control = _control(options.state)
    body: dict[str, object] = {
        "keys": options.keys,
        "device_information": _device(control, options.server, options.device_information),
        "split": options.split,
    }
    if options.contract_number is not None:
        body["contract_number"] = options.contract_number
    if options.term_days is not None:
        body["term_days"] = options.term_days
    _print(_post(f"{control}/platform/activation", body), options.out)
    return 0


def _transfer(options: argparse.Namespace) -> int:
    control = _control(options.state)
    body: dict[str, object] = {
        "uninstall_file": _encode(_read(options.uninstall_file)),
        "device_information": _device(control, options.server, options.device_information),
        "quantities": options.quantities,
    }
    if options.remainder_server is not None:
        body["remainder_device_information"] = _device(control, options.remainder_server, None)
    _print(_post(f"{control}/platform/transfer", body), options.out)
    return 0


def _print(answer: dict[str, Any], folder: Path) -> None:
    """Write the files and print the response with each file's path in place of its content."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = []
    for item in answer["files"]:
        path = folder / item["file_name"]
        _write(path, base64.b64decode(item["content"]))
        shown.append({**{key: value for key, value in item.items() if key != "content"}, "path": str(path)})
    print(json.dumps({**shown[0], "files": shown}, indent=2, ensure_ascii=False))


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def _control(state: Path) -> str:
    try:
        return str(json.loads((state / ENDPOINTS).read_text(encoding="utf-8"))["control"])
    except FileNotFoundError as error:
        raise PlatformError(f"nothing serves {state}: start the simulator first.") from error


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlatformError(f"{path}: cannot be read: {error.strerror}.") from error


def _device(control: str, server: str | None, file: Path | None) -> str:
    if file is not None:
        return _encode(_read(file))
    return _encode(_ask(urllib.request.Request(f"{control}/nodes/{server}/device-information")))


def _post(url: str, body: dict[str, object]) -> dict[str, Any]:
    data, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
    answer = json.loads(_ask(urllib.request.Request(url, data, headers)))
    if not isinstance(answer, dict):
        raise PlatformError(f"{url} does not answer like the platform.")
    return answer


def _ask(request: urllib.request.Request) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is never behind a proxy
    try:
        with opener.open(request, timeout=_TIMEOUT) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        raise PlatformError(error.read().decode("utf-8", "replace")) from error
    except urllib.error.URLError as error:
        raise PlatformError(f"the simulator does not answer: {error.reason}.") from error


__all__: Sequence[str] = ("PlatformError", "add_parser")
