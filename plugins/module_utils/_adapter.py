# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ansible ends: options in, typed errors out as ``fail_json``. Nothing below knows Ansible."""

from __future__ import annotations

import contextlib
import copy
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ._errors import LicensingError, UsphereError
from ._licensing.catalog.catalog import Catalog
from ._licensing.catalog.site import site_rows
from ._masking import Mask
from ._messages.catalog import LANGUAGES, register, render
from ._messages.module import MESSAGES
from ._operations.core.lock import locks_of
from ._operations.facts.access import LICENSE_SERVER_PORT, VMS_PORT
from ._operations.manual.steps import Handover
from ._vms.wire.connection import has_account, refuse_account
from ._vms.wire.errors import OptionError

register(MESSAGES)


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


def connection_spec(port: int) -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._connection``; ``port`` is the module's default port."""
    return {
        "host": {"type": "str", "required": True, "fallback": (env_fallback, ["USPHERE_HOST"])},
        "port": {"type": "int", "default": port, "fallback": (env_fallback, ["USPHERE_PORT"])},
        "username": {"type": "str", "required": True, "fallback": (env_fallback, ["USPHERE_USERNAME"])},
        "password": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (env_fallback, ["USPHERE_PASSWORD"]),
        },
        "scheme": {"type": "str", "choices": ["https", "http"], "default": "https"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path", "fallback": (env_fallback, ["USPHERE_CA_PATH"])},
        "timeout": {"type": "float", "default": 30.0},
        "profile": {"type": "raw", "default": "usphere_7"},
    }


def client_spec() -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._connection.oauth2_client``: the console's OAuth2 client."""
    return {
        "client_id": {"type": "str", "fallback": (env_fallback, ["USPHERE_CLIENT_ID"])},
        "client_secret": {
            "type": "str",
            "no_log": True,
            "fallback": (env_fallback, ["USPHERE_CLIENT_SECRET"]),
        },
    }


def license_server_spec() -> Dict[str, Any]:
    """Return the option ``license_server`` of a module whose own connection is a VMS."""
    options: Dict[str, Any] = {
        "host": {"type": "str", "required": True},
        "port": {"type": "int", "default": LICENSE_SERVER_PORT},
        "username": {"type": "str", "required": True},
        "password": {"type": "str", "required": True, "no_log": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "validate_certs": {"type": "bool"},
        "ca_path": {"type": "path"},
    }
    return {"type": "dict", "options": options}


def product_nodes_spec() -> Dict[str, Any]:
    """Return the option ``product_nodes``: nodes that hold licenses for the system that is read."""
    options = {
        **license_server_spec()["options"],
        "product": {**node_spec()["product_node"], "required": True},
    }
    return {"type": "list", "elements": "dict", "options": options, "default": []}


def system_spec() -> Dict[str, Any]:
    """Return the options that say which system is read and how, those of its connection included."""
    sites = {
        "main_site_ip": {"type": "str", "required": True},
        "spare_site_ip": {"type": "str", "required": True},
    }
    return {
        **connection_spec(VMS_PORT),
        **catalog_spec(),
        "license_server": license_server_spec(),
        "product_nodes": product_nodes_spec(),
        "site": {"type": "dict", "default": {}},
        "srm_sites": {"type": "list", "elements": "dict", "options": sites, "default": []},
        "clock": {"type": "str", "choices": ["controller", "license_server"], "default": "controller"},
        "gather_timeout": {"type": "float", "default": 120.0},
    }


def handover_spec() -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._handover``."""
    return {
        "handover": {"type": "bool", "default": False},
        "handover_confirmed": {"type": "bool", "default": False},
        "language": {"type": "str", "choices": ["en", "zh"], "default": "en"},
    }


def node_spec() -> Dict[str, Any]:
    """Return the option ``product_node`` of ``unicloud.usphere._handover.node``."""
    products = ["isc", "disk_backup_dr", "heterogeneous_migration"]
    return {"product_node": {"type": "str", "choices": products}}


def catalog_spec() -> Dict[str, Any]:
    """Return the option of ``unicloud.usphere._catalog``."""
    return {"catalog": {"type": "list", "elements": "dict"}}


def site_catalog(params: Mapping[str, Any]) -> Catalog:
    """Return the shipped catalogue with the site's own rows in it (R2). Raises LicensingError."""
    return site_rows(params.get("catalog") or ())


def lock_spec() -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._lock``."""
    return {
        "lock_dir": {"type": "path", "default": "~/.ansible/unicloud.usphere/locks"},
        "lock_timeout": {"type": "float", "default": 60.0},
    }


@contextlib.contextmanager
def locked(module: AnsibleModule, what: str, targets: Sequence[Tuple[str, int]]) -> Iterator[None]:
    """Keep other tasks away from ``targets`` (host, port) while this one reads, decides and writes.

    A task in check mode takes no lock: it changes nothing.
    """
    locks = locks_of(module.params, what)
    with contextlib.ExitStack() as stack:
        if not module.check_mode:
            stack.enter_context(locks.targets(targets))
        yield


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


def handed_over(module: AnsibleModule, over: Optional[Handover]) -> Result:
    """Return what every module says about a hand-over; None: there was nothing to hand over."""
    if over is None:
        return {"handover_required": False}
    language = module.params["language"]
    for warning in sentences(over.warnings, language):
        module.warn(warning["message"])
    steps = [step["message"] for step in sentences(over.steps, language)]
    told = {"steps": steps, "files": list(over.files), "verified_by": over.verified_by or None}
    return {"handover_required": over.required, "handover": told}


def steps_files(causes: Sequence[Any]) -> Dict[str, bytes]:
    """Return the steps of a bundle as files for a person: one per language, by file name."""
    files = {}
    for language in LANGUAGES:
        steps = [step["message"] for step in sentences(causes, language)]
        text = "".join("{0}. {1}\n".format(number, step) for number, step in enumerate(steps, 1))
        files["STEPS.{0}.txt".format(language)] = text.encode("utf-8")
    return files


def _facts_of(said: Any) -> Dict[str, Any]:
    fields = {name: plain(value) for name, value in said.fields.items()}
    return {**fields, "code": said.code, **({"rule": said.rule} if said.rule else {})}


def target(kind: str, params: Mapping[str, Any], port: int = LICENSE_SERVER_PORT) -> Dict[str, Any]:
    """Return how a result names a server that its task is about: ``kind``, ``host`` and ``port``.

    ``kind`` is ``vms``, ``license_server`` or ``product_node``. What counts the nodes that automation manages
    reads it, so it is the same for every module that works on the server.
    """
    host = str(params["host"]).strip().rstrip(".").lower()
    return {"kind": kind, "host": host, "port": port if params.get("port") is None else params["port"]}


def plain(value: Any) -> Any:
    """Return ``value`` as JSON data, free of control characters (a server's words may hold them)."""
    if isinstance(value, str):
        return "".join(character if character.isprintable() else " " for character in value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else plain(str(value))
