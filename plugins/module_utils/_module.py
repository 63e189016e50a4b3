# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules: secrets masked in everything that is printed, typed errors as ``fail_json``."""

from __future__ import annotations

import copy
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ._errors import LicensingError, UsphereError
from ._masking import Mask
from ._messages.catalog import render
from ._vms.wire.connection import has_account, refuse_account
from ._vms.wire.errors import OptionError

# Options that name a server, and those that name who logs in there.
_HOSTS = ("host",)
_USERS = ("username", "client_id", "client_name")

Result = Dict[str, Any]


class Module(AnsibleModule):  # type: ignore[misc]  # ansible-core ships no type information
    """An AnsibleModule that keeps secrets to itself even if it was given options of the wrong shape.

    ansible-core looks for values that are ``no_log`` before it looks at shapes; where it finds a text in
    place of a dictionary it gives up, and prints every option as it is with its complaint.
    """

    def _load_params(self) -> None:
        super()._load_params()
        # What is of the wrong shape is gone from the options when the complaint about it is made.
        self._given = copy.deepcopy(self.params)

    def fail_json(self, msg: str, **kwargs: Any) -> Any:
        for given in self._options():
            self.no_log_values.update(_secrets(self.argument_spec, given))
        super().fail_json(self._mask().text(str(msg)), **kwargs)

    def warn(self, warning: Any, **kwargs: Any) -> None:
        super().warn(self._mask().text(str(warning)), **kwargs)

    def _return_formatted(self, kwargs: Dict[str, Any]) -> None:
        """Print a result, in which ansible-core itself masks secrets only as they were given."""
        kwargs.setdefault("invocation", {"module_args": getattr(self, "params", {})})
        super()._return_formatted(self._mask().data(kwargs))

    def _options(self) -> Sequence[Any]:
        return (getattr(self, "_given", {}), getattr(self, "params", {}))

    def _mask(self) -> Mask:
        spec, options = self.argument_spec, self._options()
        secrets = [secret for given in options for secret in _secrets(spec, given)]
        return Mask(secrets, [user for given in options for user in _users(spec, given)])


def _secrets(spec: Mapping[str, Any], given: Any) -> Iterator[str]:
    """Return every text that may be a secret: all of it where something else is in a dictionary's place."""
    for name, option in spec.items():
        value = given.get(name)
        inner = option.get("options")
        if option.get("no_log"):
            yield from _texts(value)
        elif name in _HOSTS:
            yield from _account(value)
        elif inner is not None:
            for item in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(item, Mapping):
                    yield from _secrets(inner, item)
                elif any(part.get("no_log") for part in inner.values()):
                    yield from _texts(item)


def _account(host: Any) -> Iterator[str]:
    """Return the account of an address that has one; such an address is refused and not shown."""
    address = str(host)
    if not has_account(address):
        return
    at = "@" if "@" in address else "%40"
    account = address.rpartition(at)[0].rpartition("//")[2]
    _user, colon, password = account.partition(":")
    yield account + at
    if colon and password:
        yield password


def _users(spec: Mapping[str, Any], given: Any) -> Iterator[str]:
    """Return the names that logins are made under, which a header has together with a secret."""
    for name, option in spec.items():
        value = given.get(name) if isinstance(given, Mapping) else None
        if name in _USERS and isinstance(value, str):
            yield value
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if option.get("options") and isinstance(item, Mapping):
                yield from _users(option["options"], item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value not in (None, "", True, False):
        yield str(value)


def run(module: AnsibleModule, body: Callable[[AnsibleModule], Result]) -> None:
    """Run a module's body and end the module: with its result, or with the sentence of its error.

    A failed module returns ``failure``: ``code``, ``rule`` (absent without one), the sentence's fields,
    and ``causes``, further sentences such as every violation of a change that was refused.
    """
    try:
        _demand_values(module.argument_spec, module.params)
        result = body(module)
    except (UsphereError, LicensingError) as error:
        causes = sentences(getattr(error, "causes", ()))
        # A sentence that has causes ends in a colon; the causes themselves end in nothing.
        message = " ".join([sentence(error), "; ".join(cause["message"] for cause in causes)]).rstrip()
        module.fail_json(msg=message, changed=getattr(error, "changed", False), failure=failure(error))
    else:
        module.exit_json(**result)


def _demand_values(specs: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Refuse paths and required options that are given and empty, and addresses with an account in them.

    Ansible counts an option as given whose value is null or the empty text; as a path it would then mean
    whatever folder the module happens to run in.
    """
    for name, spec in sorted(specs.items()):
        given = params.get(name)
        if given == "" and (spec.get("required") or spec.get("type") == "path"):
            raise OptionError("option_empty", option=name)
    _refuse_accounts(specs, params, "")


def _refuse_accounts(specs: Mapping[str, Any], params: Mapping[str, Any], where: str) -> None:
    """Refuse addresses with an account in them before a lock, a log or a message is named after one."""
    for name, spec in sorted(specs.items()):
        given = params.get(name)
        if name in _HOSTS:
            refuse_account(where + name, given)
        for item in given if isinstance(given, (list, tuple)) else [given]:
            if spec.get("options") and isinstance(item, Mapping):
                _refuse_accounts(spec["options"], item, "{0}{1}.".format(where, name))


def sentence(error: Any) -> str:
    """Return the sentence of an error, for a warning."""
    return render(error.code, error.fields)


def failure(error: Any) -> Dict[str, Any]:
    """Return what a playbook can branch on."""
    causes = sentences(getattr(error, "causes", ()))
    return {**_facts_of(error), **({"causes": causes} if causes else {})}


def sentences(causes: Iterable[Any], language: str = "en") -> List[Dict[str, Any]]:
    """Return causes (``code``, ``fields``, ``rule``) as data with their rendered ``message``."""
    return [{**_facts_of(cause), "message": render(cause.code, cause.fields, language)} for cause in causes]


def checked(spec: Mapping[str, Any], values: Mapping[str, Any], where: str) -> Dict[str, Any]:
    """Return ``values`` as a module of that argument spec has them, without any look at the environment.

    Raises OptionError ``inventory_options_wrong``, without any secret of theirs in it.
    """
    for name in sorted(set(values) - set(spec)):
        raise OptionError("inventory_option_unknown", where=where, name=name, known=sorted(spec))
    own = {
        name: {key: value for key, value in option.items() if key != "fallback"}
        for name, option in spec.items()
    }
    result = ArgumentSpecValidator(own).validate(dict(values))
    if result.error_messages:
        said = Mask(_secrets(spec, values), _users(spec, values)).text("; ".join(result.error_messages))
        raise OptionError("inventory_options_wrong", where=where, said=said)
    params: Dict[str, Any] = result.validated_parameters
    _demand_values(own, params)
    return params


def _facts_of(said: Any) -> Dict[str, Any]:
    fields = {name: plain(value) for name, value in said.fields.items()}
    return {**fields, "code": said.code, **({"rule": said.rule} if said.rule else {})}


def plain(value: Any) -> Any:
    """Return ``value`` as JSON data, free of control characters (a server's words may hold them)."""
    if isinstance(value, str):
        return "".join(character if character.isprintable() else " " for character in value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else plain(str(value))
