# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base class and runner of all modules: mask secrets in output, turn typed errors into ``fail_json``."""

from __future__ import annotations

import copy
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule

from ._errors import LicensingError, UsphereError
from ._masking import Mask
from ._messages.catalog import render
from ._text import one_line
from ._vms.profile.compiled import name_of
from ._vms.wire.connection import has_account, parse_proxy, refuse_account, without_brackets
from ._vms.wire.errors import OptionError
from ._vms.wire.open_clients import closing_clients

# Options with the address of a server, and options with a user or client name.
_HOST_OPTIONS = ("host",)
_ADDRESS_OPTIONS = (*_HOST_OPTIONS, "proxy", "no_proxy")
_USER_OPTIONS = ("username", "client_id", "client_name")
# Options that are not set if they are empty, as templates of roles produce them.
_UNSET_OPTIONS = ("proxy", "no_proxy", "timezone")

Result = Dict[str, Any]


class Module(AnsibleModule):  # type: ignore[misc]  # ansible-core ships no type information
    """An AnsibleModule that masks secrets even if an option has the wrong type.

    ansible-core collects ``no_log`` values before it validates types, and prints every option unmasked if it
    finds a string in place of a dictionary.
    """

    def _load_params(self) -> None:
        super()._load_params()
        # Options of the wrong type are no longer in ``params`` when ansible-core reports them.
        self._given = copy.deepcopy(self.params)

    def fail_json(self, msg: str, **kwargs: Any) -> Any:
        for given in self._options():
            self.no_log_values.update(secrets_in(self.argument_spec, given))
        super().fail_json(self._mask().text(str(msg)), **kwargs)

    def warn(self, warning: Any, **kwargs: Any) -> None:
        super().warn(self._mask().text(str(warning)), **kwargs)

    def _return_formatted(self, kwargs: Dict[str, Any]) -> None:
        """Print a result with secrets masked in every encoding; ansible-core masks only their plain form."""
        kwargs.setdefault("invocation", {"module_args": _shown_options(getattr(self, "params", {}))})
        super()._return_formatted(self._mask().data(kwargs))

    def _options(self) -> Sequence[Any]:
        return (getattr(self, "_given", {}), getattr(self, "params", {}))

    def _mask(self) -> Mask:
        spec, options = self.argument_spec, self._options()
        secrets = [secret for given in options for secret in secrets_in(spec, given)]
        return Mask(secrets, [user for given in options for user in users_in(spec, given)])


def _shown_options(params: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the options as a result shows them: a compiled endpoint profile by its name."""
    return {**params, "profile": name_of(params["profile"])} if "profile" in params else dict(params)


def secrets_in(spec: Mapping[str, Any], given: Any) -> Iterator[str]:
    """Yield every string that may be secret; if a dictionary was expected, all strings of another value."""
    for name, option in spec.items():
        value = given.get(name)
        inner = option.get("options")
        if option.get("no_log"):
            yield from _strings(value)
        elif name in _ADDRESS_OPTIONS:
            for address in value if isinstance(value, (list, tuple)) else [value]:
                yield from _account(address)
        elif inner is not None:
            for item in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(item, Mapping):
                    yield from secrets_in(inner, item)
                elif any(part.get("no_log") for part in inner.values()):
                    yield from _strings(item)


def _account(host: Any) -> Iterator[str]:
    """Yield the account in an address, and its password; such an address is rejected and not shown."""
    address = str(host)
    if not has_account(address):
        return
    at = "@" if "@" in address else "%40"
    account = address.rpartition(at)[0].rpartition("//")[2]
    _user, colon, password = account.partition(":")
    yield account + at
    if colon and password:
        yield password


def users_in(spec: Mapping[str, Any], given: Any) -> Iterator[str]:
    """Yield the user and client names, which an authorization header combines with a secret."""
    for name, option in spec.items():
        value = given.get(name) if isinstance(given, Mapping) else None
        if name in _USER_OPTIONS and isinstance(value, str):
            yield value
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if option.get("options") and isinstance(item, Mapping):
                yield from users_in(option["options"], item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)
    elif value not in (None, "", True, False):
        yield str(value)


def run(module: AnsibleModule, body: Callable[[AnsibleModule], Result]) -> None:
    """Run a module's body and exit the module with its result or with the message of its error.

    Its clients log out first. A failed module returns ``failure``: ``code``, ``rule`` (absent if there is
    none), the fields of the message, and ``causes``: further messages.
    """
    try:
        require_values(module.argument_spec, module.params)
        with closing_clients():
            result = body(module)
    except (UsphereError, LicensingError) as error:
        causes = sentences(getattr(error, "causes", ()))
        # A message with causes ends with a colon; the causes have no final punctuation.
        message = " ".join([sentence(error), "; ".join(cause["message"] for cause in causes)]).rstrip()
        module.fail_json(msg=message, changed=getattr(error, "changed", False), failure=failure(error))
    else:
        module.exit_json(**result)


def require_values(specs: Mapping[str, Any], params: Dict[str, Any]) -> None:
    """Reject paths and required options that are set but empty, and addresses that contain an account.

    An IPv6 address loses its brackets. As a path, the empty string would mean the working directory.
    """
    for name, spec in sorted(specs.items()):
        given = params.get(name)
        if given == "" and (spec.get("required") or spec.get("type") == "path"):
            raise OptionError("option_empty", option=name)
    _settle_hosts(specs, params, "")


def _settle_hosts(specs: Mapping[str, Any], params: Dict[str, Any], where: str) -> None:
    """Reject addresses that contain an account before they appear in a lock name, a log or a message."""
    for name, spec in sorted(specs.items()):
        if name in _UNSET_OPTIONS and params.get(name) in ("", [""]):
            params[name] = None
        given = params.get(name)
        if name in _HOST_OPTIONS:
            refuse_account(where + name, given)
            if isinstance(given, str):
                params[name] = without_brackets(given)
        if name == "proxy" and given is not None:
            parse_proxy(given)
        for item in given if isinstance(given, (list, tuple)) else [given]:
            if spec.get("options") and isinstance(item, dict):
                _settle_hosts(spec["options"], item, "{0}{1}.".format(where, name))


def sentence(error: Any) -> str:
    """Return the message of an error, for a warning."""
    return render(error.code, error.fields)


def failure(error: Any) -> Dict[str, Any]:
    """Return the error as data, so that a playbook can branch on it: code, rule, fields and causes."""
    causes = sentences(getattr(error, "causes", ()))
    return {**_error_data(error), **({"causes": causes} if causes else {})}


def sentences(causes: Iterable[Any], language: str = "en") -> List[Dict[str, Any]]:
    """Return causes (``code``, ``fields``, ``rule``) as data with their rendered ``message``."""
    return [{**_error_data(cause), "message": render(cause.code, cause.fields, language)} for cause in causes]


def _error_data(error: Any) -> Dict[str, Any]:
    fields = {name: plain(value) for name, value in error.fields.items()}
    return {**fields, "code": error.code, **({"rule": error.rule} if error.rule else {})}


def plain(value: Any) -> Any:
    """Return ``value`` as JSON data with control characters, such as in text of a server, as spaces."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else plain(str(value))
