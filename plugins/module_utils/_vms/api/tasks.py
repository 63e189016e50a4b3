# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes of VMS and of a License Server: poll tasks until a deadline, raise their errors."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, Collection, Dict, List, Mapping, Optional, Sequence, Tuple

from ..._messages.catalog import register
from ..._messages.tasks import MESSAGES
from ..profile.fields import TASK_RESULTS, wire_text
from ..profile.model import Operation, Profile
from ..wire.body_encodings import multipart, xml
from ..wire.errors import BusinessError, NotFound, OperationUnsupported, TaskFailed, TaskTimeout, Unreachable
from .answers import (
    GOOD,
    STATES,
    Answer,
    failure_in,
    holds,
    inner_of,
    is_zero,
    other_keys,
    refusal,
)
from .client import Client
from .license_server_api import (
    ClientRecord,
    LicenseServerApi,
    QuotaRow,
)
from .records import (
    NamedFile,
)
from .request_body import ENCODERS, Obstacle, Unsendable
from .rows import TYPE, VALUE, JsonRow, Missing, ResponseScope, WrongShape, as_integer, first_value
from .vms_api import VmsApi

register(MESSAGES)
ENCODERS.update(multipart=multipart, xml=xml)

# States of licenses, connections and clients that the operations use.

# A license that works. An "unusable" or "expired" license is installed but has no effect.
LIVE = ("in_use", "usable")
# Installed without effect: for another device, or not in the share of any system.
UNUSABLE = "unusable"
# Installed and past its end.
EXPIRED = "expired"
# Uninstalled; the uninstall file is available.
GONE = "uninstalled"
# An established connection of a system or client.
CONNECTED = "connected"

DEADLINE_S = 300.0
INTERVAL_S = 1.0

RESULT_GOOD = "good"
RESULT_PARTIAL = "partial"

# Status of a write that the server has accepted and not carried out, of one that is complete, and the first
# one of an error.
_ACCEPTED = 202
_CREATED = 201
_FIRST_ERROR = 400
_UNSENDABLE = {
    Obstacle.FIELD: "field_unsupported",
    Obstacle.VALUE: "value_unsupported",
    Obstacle.PART: "text_incomplete",
}
# Fields that identify a record.
_NAMES = ("id", "name", "address", "client_name")


@dataclass(frozen=True)
class TaskState:
    """The state of a task. ``result`` is ``good``, ``failed`` or ``partial`` once ``completed`` is True.

    ``error_name`` is the name of the server's ``error_code`` by which operations decide.
    """

    completed: bool
    result: Optional[str] = None
    error_code: str = ""
    error_message: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    error_name: str = ""


class Task:
    """A write in progress, or one that completed at once (see ``finished``)."""

    def __init__(
        self,
        task_id: str,
        read_state: Callable[[], TaskState],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.id = task_id
        self._read_state = read_state
        self._clock = clock
        self._sleep = sleep

    @classmethod
    def finished(cls, detail: Mapping[str, object]) -> "Task":
        """Return a completed task for a write whose response already contains ``detail``."""
        state = TaskState(completed=True, result=RESULT_GOOD, detail=dict(detail))
        return cls("", lambda: state)

    def wait(self, deadline_s: float = DEADLINE_S, interval_s: float = INTERVAL_S) -> Dict[str, object]:
        """Wait until the task has ended and return its detail (an installation's has ``license_ids``).

        Raises TaskFailed with the server's own error, or TaskTimeout after ``deadline_s`` seconds. A server
        that is temporarily unreachable is polled again until the deadline, because the task continues on the
        server.
        """
        end = self._clock() + deadline_s
        while True:
            state = self._state()
            if state is not None and state.completed:
                return self._outcome(state)
            left = end - self._clock()
            if left <= 0:
                raise TaskTimeout("task_timeout", sent=True, task=self.id, seconds=round(deadline_s))
            self._sleep(min(interval_s, left))

    def _state(self) -> Optional[TaskState]:
        try:
            return self._read_state()
        except Unreachable:
            return None
        except NotFound as missing:
            raise TaskFailed("task_lost", task=self.id) from missing

    def _outcome(self, state: TaskState) -> Dict[str, object]:
        # A task with an error code failed, whatever its result is.
        if state.result == RESULT_GOOD and (is_zero(state.error_code) or GOOD.match(state.error_code)):
            return dict(state.detail)
        failed = TaskFailed(
            "task_partial" if state.result == RESULT_PARTIAL else "task_failed",
            error_code=state.error_code,
            error_message=state.error_message,
            task=self.id,
        )
        failed.error_code = state.error_name or state.error_code
        raise failed


def task_of(
    sender: Client, name: str, task_name: str, values: Optional[Mapping[str, Any]] = None, **params: str
) -> Task:
    """Send the write ``name`` once; the read ``task_name`` polls its task."""
    answer = write(sender, name, values, **params)
    task_id = answer.text("task_id")
    if task_id is not None:
        known: str = task_id
        return Task(known, lambda: _read_state(sender, task_name, known))
    # The place of a thing that was created is not one of a task.
    is_created = answer.status == _CREATED and answer.unknown["task_id"] == VALUE
    if answer.unknown["task_id"] in (TYPE, VALUE) and not is_created:
        # The task runs on the server, and its end could not be seen.
        raise sender.wrong_shape(name, WrongShape("the id of a task", "one that cannot be read"))
    if answer.status == _ACCEPTED and sender.profile.operation(name).fields.get("task_id") is not None:
        raise sender.wrong_shape(name, WrongShape("the id of a task", "status 202 without one"))
    try:
        return Task.finished(_detail(answer))
    except WrongShape as error:
        raise sender.wrong_shape(name, error) from None


def write(sender: Client, name: str, values: Optional[Mapping[str, Any]] = None, **params: str) -> JsonRow:
    """Send a write once and return its response, which reports a success.

    A response is one if it is empty, names a task or licenses, has a code of success, or is a record of that
    server, such as the client that was created.
    """
    operations, base = sender.profile.operations, sender.profile.operation(name).base
    maps = [(each.fields, field) for each in operations.values() if each.base == base for field in _NAMES]
    known = {
        source.path[0].key
        for fields, field in maps
        if field in fields
        for source in fields[field].sources
        if source.path
    }
    try:
        return sender.write(name, values, partial(_demand_success, known), **params)
    except Unsendable as error:
        fields: Dict[str, Any] = error.fields
        raise OperationUnsupported(_UNSENDABLE[error.obstacle], **fields) from None
    except BusinessError as refused:
        refused.license_ids = _refused_licenses(sender.profile, sender.profile.operation(name), refused.scope)
        raise


def _refused_licenses(profile: Profile, operation: Operation, scope: ResponseScope) -> Tuple[str, ...]:
    """Return the licenses that a refusal names, at the root of its body or below its data."""
    envelope, root = profile.bases[operation.base].envelope, scope.root
    wrapped = inner_of(root, () if envelope is None else (envelope.data,))
    for data in (inner_of(root, operation.answer), inner_of(wrapped, operation.answer), wrapped, root):
        try:
            found = JsonRow(data, operation.fields, scope=scope).texts("license_ids")
        except WrongShape:
            continue
        if found:
            return found
    return ()


def _demand_success(known: Collection[str], operation: Operation, answer: Answer) -> None:
    root, data = answer.root, inner_of(answer.data, operation.answer)
    if not isinstance(root, Mapping) or not root:
        return
    scope = ResponseScope(root, answer.response)
    mapped = {
        name: not isinstance(first_value(each.sources, data, scope), Missing)
        for name, each in operation.fields.items()
    }
    rules = [rule for rule in operation.success if rule.source is not None]
    if mapped.get("task_id") or any(holds(rule, scope, True) for rule in rules):
        # A task reports its own failure.
        return
    is_record = any(mapped.values()) or (isinstance(data, Mapping) and not set(known).isdisjoint(data))
    # The state of a record is not a code, unless it is a status of HTTP.
    own = [key for key in STATES if is_record and (as_integer(root.get(key)) or 0) < _FIRST_ERROR]
    is_good, failed = failure_in(root, own)
    if failed is not None:
        raise refusal(root, operation.error, scope, failed)
    is_empty = answer.data in (None, "") or (data is None and set(root).issubset(operation.answer))
    if not (is_good or is_record or is_empty):
        raise other_keys("nothing, a task or a code of success", root)


def _read_state(client: Client, task_name: str, task_id: str) -> TaskState:
    row = client.read(task_name, task_id=task_id)
    completed = row.boolean("completed")
    if completed is None:
        raise client.wrong_shape(task_name, WrongShape("whether the task is completed", "no answer to that"))
    code = "" if is_zero(row.raw("error_code")) else row.text("error_code")
    if code is None:
        raise client.wrong_shape(task_name, WrongShape("the error code of a task", "one that cannot be read"))
    try:
        return TaskState(
            completed=completed,
            result=row.choice("result", TASK_RESULTS),
            error_code=code,
            error_name=client.profile.operation(task_name).error.named(code),
            error_message=client.masked(wire_text(row.raw("error_message")) or ""),
            detail=_detail(row),
        )
    except WrongShape as error:
        raise client.wrong_shape(task_name, error) from None


def _detail(row: JsonRow) -> Dict[str, object]:
    license_ids = row.texts("license_ids")
    return {"license_ids": license_ids} if license_ids else {}


@dataclass(frozen=True)
class ConnectRequest:
    """The connection settings for VMS; ``client_password`` is not shown in ``repr``."""

    address: str
    client_port: int
    console_port: int
    client_name: str
    client_password: str = field(repr=False)
    contract_number: Optional[str] = None


class VmsWriter(VmsApi):
    """Reads and writes of one VMS manager."""

    def connect_license_server(self, request: ConnectRequest) -> Task:
        """Connect VMS to a License Server; the task ends once VMS has fetched its licenses."""
        values = {
            "address": request.address,
            "client_port": request.client_port,
            "console_port": request.console_port,
            "client_name": request.client_name,
            "client_password": request.client_password,
            "contract_number": request.contract_number,
        }
        return task_of(self._client, "connect_license_server", "vms_task", values)

    def disconnect_license_server(self) -> Task:
        """Remove the License Server from the settings of VMS."""
        return task_of(self._client, "disconnect_license_server", "vms_task")

    def reconnect_license_server(self) -> Task:
        """Make VMS fetch its licenses again, which ends a refused login (R20, R22)."""
        return task_of(self._client, "reconnect_license_server", "vms_task")


class LicenseServerWriter(LicenseServerApi):
    """Reads and writes of one License Server."""

    def install(self, file_name: str, content: bytes) -> Task:
        """Send an activation file with unchanged bytes and name; the task detail has ``license_ids``."""
        values = {"file": NamedFile(file_name, content)}
        return task_of(self._client, "install_activation_file", "license_task", values)

    def uninstall(self, license_id: str) -> Task:
        """Uninstall a license and all others of its activation file (R16: formal licenses only)."""
        return task_of(self._client, "uninstall_license", "license_task", license_id=license_id)

    def create_client(self, name: str, password: str, quota: Sequence[QuotaRow] = ()) -> Task:
        """Create a client; an empty quota sets no quota."""
        values = {"name": name, "password": password, "quota": _rows(quota) or None}
        return task_of(self._client, "create_client", "license_task", values)

    def update_client(
        self, name: str, password: Optional[str] = None, quota: Optional[Sequence[QuotaRow]] = None
    ) -> Task:
        """Change the given settings of a client; an empty ``quota`` removes the quotas."""
        values = {"password": password, "quota": None if quota is None else _rows(quota)}
        return task_of(self._client, "update_client", "license_task", values, client=name)

    def delete_client(self, name: str) -> Task:
        """Delete a client that is not connected."""
        return task_of(self._client, "delete_client", "license_task", client=name)

    def release_client(self, name: str) -> Task:
        """Release the licenses that a client holds."""
        return task_of(self._client, "release_client", "license_task", client=name)


def _rows(quota: Sequence[QuotaRow]) -> List[Dict[str, object]]:
    return [{"product": row.product, "arch": row.arch, "quantity": row.quantity} for row in quota]


class ProductNodeWriter(LicenseServerWriter):
    """Reads and writes of the node of a product that manages its own licenses; it has no clients."""

    def clients(self) -> Tuple[ClientRecord, ...]:
        return ()
