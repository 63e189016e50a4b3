# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
#
# /// script
# dependencies = ["nox>=2025.2.9", "antsibull-nox>=1.4"]
# ///
"""All checks of the collection as nox sessions: `nox -l` lists them, `nox` runs the quick ones.

The source checks are sessions of antsibull-nox (antsibull-nox.toml). Tests with several ansible-core versions
run through the Makefile, which has one environment per version and needs neither a container engine nor a
clone of ansible-core.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import antsibull_nox
import nox

nox.needs_version = ">=2025.2.9"
nox.options.reuse_existing_virtualenvs = True

CORES = ["2.16", "2.18", "2.19", "2.20", "2.21"]

antsibull_nox.load_antsibull_nox_toml()


def make(session: nox.Session, *targets: str) -> None:
    """Run targets of the Makefile, which creates the environments that they need."""
    session.run("make", "--no-print-directory", *targets, *session.posargs, external=True)


@nox.session(python=False, default=True)
def house(session: nox.Session) -> None:
    """Run ruff, mypy, yamllint and ansible-lint, as `make lint` does."""
    make(session, "lint")


@nox.session(python=False, default=False)
@nox.parametrize("core", CORES, ids=CORES)
def sanity(session: nox.Session, core: str) -> None:
    """Run ansible-test sanity with one ansible-core, without an ignore file."""
    make(session, "sanity", f"CORE={core}")


@nox.session(python=False, default=False)
@nox.parametrize("core", CORES, ids=CORES)
def units(session: nox.Session, core: str) -> None:
    """Run unit, property and hostile-input tests with one ansible-core."""
    make(session, "units", f"CORE={core}")


@nox.session(python=False, default=False)
@nox.parametrize("core", CORES, ids=CORES)
def integration(session: nox.Session, core: str) -> None:
    """Run the integration tests of every module against the simulator, with one ansible-core."""
    make(session, "integration", f"CORE={core}")


@nox.session(python=False, default=False)
def molecule(session: nox.Session) -> None:
    """Run the molecule scenarios of all roles."""
    make(session, "molecule")


@nox.session(python=False, default=False)
def package(session: nox.Session) -> None:
    """Build and install the collection, and run its playbooks, the guide Tutorial and the README."""
    make(session, "package")


@nox.session(python=False, default=False)
def examples(session: nox.Session) -> None:
    """Run all examples of guides, READMEs and plugin pages against the simulator."""
    make(session, "examples")


@nox.session(python=False, default=False)
def eda(session: nox.Session) -> None:
    """Test the event source and its rulebook under ansible-rulebook; needs Java 17."""
    make(session, "eda")


@nox.session(python=False, default=False)
def faults(session: nox.Session) -> None:
    """Run fault injection for every operation, request and fault; slow."""
    make(session, "faults")


@nox.session(python=False, default=False)
def matrix(session: nox.Session) -> None:
    """Run all tests with every supported ansible-core and print a summary table; slow."""
    make(session, "matrix")


@nox.session(default=True)
def docs(session: nox.Session) -> None:
    """Build the documentation site in build/docs/html: all plugins, roles and guides."""
    session.install("--quiet", "-r", "tests/requirements-docs.txt")
    session.run("python", "tests/docs.py", *session.posargs)


@nox.session(default=True)
def galaxy(session: nox.Session) -> None:
    """Build the collection and check it with galaxy-importer, as Galaxy does."""
    session.install("--quiet", "ansible-core", "galaxy-importer")
    directory = Path(session.create_tmp()) / "built"
    shutil.rmtree(directory, ignore_errors=True)  # it may hold the tarball of another version
    session.run("ansible-galaxy", "collection", "build", "--output-path", str(directory))
    (tarball,) = directory.glob("*.tar.gz")
    settings = {"GALAXY_IMPORTER_CONFIG": str(Path("tests/galaxy-importer.cfg").absolute())}
    with session.chdir(directory):
        output = session.run("python", "-m", "galaxy_importer.main", tarball.name, env=settings, silent=True)
    lines = str(output).splitlines()
    session.log("\n".join(line for line in lines if not line.startswith("Loading ")))
    # galaxy-importer ends with exit code 0 whatever ansible-lint found.
    objections = [line for line in lines if line.startswith(("ERROR", "WARNING"))]
    if objections or lines[-1:] != ["Importer processing completed successfully"]:
        session.error(f"galaxy-importer objects: {len(objections)} lines")


if __name__ == "__main__":
    nox.main()
