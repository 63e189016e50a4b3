# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A place in which examples are true: their addresses, accounts, files and licenses, served by the simulator.

An example is played as it stands, but its addresses (10.1.0.5) are where the simulator serves their nodes,
/srv and /etc are folders of the test, and a license has the id that the simulator gave it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from simulated import Simulator
from tunnel_proxy import TunnelProxy

ROOT = Path(__file__).resolve().parents[2]
NODES = {
    "10.1.0.5": "ls-east",
    "10.2.0.5": "ls-west",
    "10.1.0.10": "hangzhou",
    "10.2.0.10": "chengdu",
    "10.1.0.40": "dr-1",
}
PASSWORD, SECRET = "examples-only", "examples-console"
#: What the examples call by variables that a site would keep in its vault.
VAULT = {
    "vault_usphere_password": PASSWORD,
    "vault_license_server_password": PASSWORD,
    "vault_dr_password": PASSWORD,
    "vault_client_password": PASSWORD,
    "vault_usphere_client_id": "license-console",
    "vault_usphere_client_secret": SECRET,
    "vault_key_2026_001": "KEY-vms_standard-x86_64",
    "vault_key_2026_002": "KEY-vms_standard-x86_64",
}
KEYS = [
    {"product": "vms_standard", "arch": "x86_64", "code": "3132A0XY", "quantity": 1000},
    {"product": "vms_standard_to_enterprise", "arch": "x86_64", "code": "3132A0XY", "quantity": 1000},
    {"product": "srm", "arch": "x86_64", "code": "3132A0XS", "quantity": 1000},
    {"product": "disk_backup_dr", "code": "3132D0XY", "packs": [10, 1, 1]},
]


def key_of(product: str, arch: str | None) -> str:
    """The license key that the platform knows for a product."""
    return f"KEY-{product}-{arch}" if arch else f"KEY-{product}"


def scenario(
    licenses: dict[str, list[dict[str, Any]]], links: dict[str, str], clients: dict[str, list[str]]
) -> dict[str, Any]:
    """The simulator's scenario with these licenses, connected systems, and clients that a server knows."""
    systems = {
        "hangzhou": ("x86_64", 16, {"main_site_ip": "10.1.0.10", "spare_site_ip": "10.9.0.10"}),
        "chengdu": ("aarch64", 4, {"main_site_ip": "10.2.0.10", "spare_site_ip": "10.9.0.10"}),
    }
    return {
        "clock": "now",
        "credentials": {"username": "automation", "password": PASSWORD},
        "license_servers": {
            name: {
                "client_secret": SECRET,
                "licenses": [{"kind": "formal", **row} for row in licenses.get(name, [])],
                "clients": [{"name": client, "password": PASSWORD} for client in clients.get(name, [])],
            }
            for name in ("ls-east", "ls-west")
        },
        "product_nodes": {
            "dr-1": {
                "product": "disk_backup_dr",
                "client_secret": SECRET,
                "credentials": {"username": "dr-automation", "password": PASSWORD},
                "licenses": [{"kind": "formal", **row} for row in licenses.get("dr-1", [])],
            }
        },
        "vms": {
            name: {
                "version": "E0760P03",
                "arch": arch,
                "hosts": [{"name": "cvk", "cpu_sockets": 2, "arch": arch, "vms": 2, "count": count}],
                "srm": {"protected_vms": 0, **sites},
                **({"license_server": {"server": links[name], "client": name}} if name in links else {}),
            }
            for name, (arch, count, sites) in systems.items()
        },
        "keys": [{"key": key_of(row["product"], row.get("arch")), "kind": "formal", **row} for row in KEYS],
    }


class ExampleSite(Simulator):
    """One simulator in a folder of its own, and ansible-playbook in it."""

    def __init__(self, folder: Path, document: dict[str, Any]) -> None:
        super().__init__(folder, yaml.safe_dump(document))
        #: Further groups of the inventory, of hosts that are not simulated.
        self.more_groups: dict[str, Any] = {}
        #: Words of examples, such as the address of a proxy, and what is there instead of them.
        self.instead: dict[str, str] = {}
        #: The proxy that an example uses.
        self.proxy: TunnelProxy | None = None

    def __enter__(self) -> ExampleSite:
        super().__enter__()
        for name in ("files", "srv/usphere", "policies", "reports"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "files" / "ca.pem").write_bytes(Path(self.endpoints["ca"]).read_bytes())
        for path in (ROOT / "policies").glob("*.yml"):
            (self.folder / "policies" / path.name).write_bytes(path.read_bytes())
        return self

    def issue(self, server: str, name: str, wanted: list[dict[str, Any]]) -> None:
        """Have the platform issue an activation file for what an example expects in it."""
        arguments = []
        for row in wanted:
            arguments += [
                "--key",
                key_of(row["product"], row.get("arch")),
                "--quantity",
                str(row["quantity"]),
            ]
        told = self.platform("activate", "--server", server, "--out", self.folder / "issued", *arguments)
        Path(told["path"]).rename(self.folder / name)

    def adapted(self, text: str, ids: dict[str, str]) -> Any:
        """The YAML of an example, true here."""
        text = text.replace("/srv/usphere", f"{self.folder}/srv/usphere")
        text = text.replace("/etc/pki/usphere/ca.pem", "files/ca.pem")
        for words, other in self.instead.items():
            text = text.replace(words, other)
        text = re.sub(r"LS-000\d{3}", lambda found: ids.get(found[0], found[0]), text)
        return self._reached(yaml.safe_load(text))

    def _reached(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._reached(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {name: self._reached(inner) for name, inner in value.items()}
        for host in ("host", "usphere_host"):
            if found.get(host) in NODES:
                found.update(self._at(NODES[found[host]], prefix=host.removesuffix("host"), given=found))
            elif "usphere_host" in str(found.get(host)):
                found["port"] = found[host].replace("usphere_host", "usphere_port")
        return found

    def _at(self, name: str, prefix: str, given: dict[str, Any]) -> dict[str, Any]:
        node = self.endpoints["nodes"][name]
        place = {f"{prefix}host": node["host"], f"{prefix}port": node["port"]}
        if f"{prefix}client_port" in given:
            place[f"{prefix}client_port"] = node["client_port"]
        return place

    def inventory(self, bought: dict[str, Any]) -> dict[str, Any]:
        """Systems, License Servers and the product node, and what was bought."""

        def host(name: str, **more: Any) -> dict[str, Any]:
            node = self.endpoints["nodes"][name]
            return {
                "usphere_host": node["host"],
                "usphere_port": node["port"],
                "usphere_username": node["username"],
                **more,
            }

        console = {"usphere_client_id": "license-console", "usphere_client_secret": SECRET}
        ports = {name: node.get("client_port") for name, node in self.endpoints["nodes"].items()}
        not_used = {
            "features": {
                "isc": {"in_use": False},
                "disk_backup_dr": {"in_use": False},
                "heterogeneous_migration": {"in_use": False},
            }
        }
        systems = {
            "hangzhou": ("ls-east", "10.1.0.10"),
            "chengdu": ("ls-west", "10.2.0.10"),
        }
        return {
            "all": {
                "vars": {
                    "ansible_connection": "local",
                    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                    "usphere_password": PASSWORD,
                    "usphere_ca_path": str(self.folder / "files" / "ca.pem"),
                    "license_compliance_site": not_used,
                    "usphere_site_facts": {"environment": "test"},
                    **VAULT,
                    **console,
                },
                "children": {
                    **self.more_groups,
                    "vms": {
                        "hosts": {
                            name: host(
                                name,
                                usphere_license_server=server,
                                usphere_client_password=PASSWORD,
                                license_compliance_srm_sites=[
                                    {"main_site_ip": ip, "spare_site_ip": "10.9.0.10"}
                                ],
                            )
                            for name, (server, ip) in systems.items()
                        }
                    },
                    "license_servers": {
                        "hosts": {
                            name: host(
                                name,
                                usphere_client_port=ports[name],
                                usphere_activation_files=bought.get(name, []),
                            )
                            for name in ("ls-east", "ls-west")
                        }
                    },
                    "product_nodes": {
                        "hosts": {
                            "dr-1": host(
                                "dr-1",
                                usphere_product_node="disk_backup_dr",
                                usphere_activation_files=bought.get("dr-1", []),
                            )
                        },
                    },
                },
            }
        }

    def play(
        self, plays: list[dict[str, Any]], variables: dict[str, Any], bought: dict[str, Any] | None = None
    ) -> tuple[int, str]:
        """Run plays in the folder; exit code and everything that was printed."""
        (self.folder / "inventory.yml").write_text(
            yaml.safe_dump(self.inventory(bought or {})), encoding="utf-8"
        )
        (self.folder / "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                *("-i", "inventory.yml", "-e", json.dumps(variables), "play.yml"),
            ],
            cwd=self.folder,
            env={
                **os.environ,
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "LC_ALL": "C.UTF-8",
                "USPHERE_USERNAME": "automation",
                "USPHERE_PASSWORD": PASSWORD,
                "USPHERE_CLIENT_ID": "license-console",
                "USPHERE_CLIENT_SECRET": SECRET,
                "USPHERE_CA_PATH": str(self.folder / "files" / "ca.pem"),
                "TMPDIR": str(self.folder),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        return done.returncode, done.stdout + done.stderr
