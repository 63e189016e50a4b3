# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
#
# /// script
# dependencies = ["nox>=2025.2.9", "antsibull-nox>=1.4"]
# ///
"""Every check of the house as a session: `nox -l` lists them, `nox` runs the quick ones.

What checks the sources comes from antsibull-nox (antsibull-nox.toml). What runs on each ansible-core is the
Makefile's: it keeps an environment per core and needs neither a container engine nor a clone of ansible-core.
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
    """Run the Makefile's targets; the environments that they need are theirs."""
    session.run("make", "--no-print-directory", *targets, *session.posargs, external=True)


@nox.session(python=False, default=True)
def house(session: nox.Session) -> None:
    """ruff, mypy, yamllint and ansible-lint over everything, as `make lint` does."""
    make(session, "lint")


@nox.session(python=False, default=False)
@nox.parametrize("core", CORES, ids=CORES)
def sanity(session: nox.Session, core: str) -> None:
    """ansible-test sanity on an ansible-core, without an ignore file."""
    make(session, "sanity", f"CORE={core}")


@nox.session(python=False, default=False)
@nox.parametrize("core", CORES, ids=CORES)
def units(session: nox.Session, core: str) -> None:
    """Unit tests, properties and hostile input on an ansible-core."""
    make(session, "units", f"CORE={core}")


@nox.session(python=False, default=False)
@nox.parametrize("core", CORES, ids=CORES)
def integration(session: nox.Session, core: str) -> None:
    """The fixed script of every module against the simulator, on an ansible-core."""
    make(session, "integration", f"CORE={core}")


@nox.session(python=False, default=False)
def molecule(session: nox.Session) -> None:
    """Every role in its scenario."""
    make(session, "molecule")


@nox.session(python=False, default=False)
def package(session: nox.Session) -> None:
    """The built collection, installed elsewhere, runs its playbook."""
    make(session, "package")


@nox.session(python=False, default=False)
def examples(session: nox.Session) -> None:
    """Every example of guides, READMEs and plugin pages, played against the simulator."""
    make(session, "examples")


@nox.session(python=False, default=False)
def eda(session: nox.Session) -> None:
    """The event source on real servers, and its rulebook under ansible-rulebook; needs Java 17."""
    make(session, "eda")


@nox.session(python=False, default=False)
def faults(session: nox.Session) -> None:
    """Every operation x every request x everything that can go wrong there; takes a while."""
    make(session, "faults")


@nox.session(python=False, default=False)
def matrix(session: nox.Session) -> None:
    """Everything on every ansible-core, with a table at the end; takes long."""
    make(session, "matrix")


@nox.session(default=True)
def docs(session: nox.Session) -> None:
    """The documentation as a site of pages in build/docs/html: every plugin, every role, the guides."""
    session.install("--quiet", "-r", "tests/requirements-docs.txt")
    session.run("python", "tests/docs.py", *session.posargs)


@nox.session(default=True)
def galaxy(session: nox.Session) -> None:
    """The collection, built and then judged by galaxy-importer as Galaxy does."""
    session.install("--quiet", "ansible-core", "galaxy-importer")
    folder = Path(session.create_tmp()) / "built"
    shutil.rmtree(folder, ignore_errors=True)  # another version's
    session.run("ansible-galaxy", "collection", "build", "--output-path", str(folder))
    (tarball,) = folder.glob("*.tar.gz")
    settings = {"GALAXY_IMPORTER_CONFIG": str(Path("tests/galaxy-importer.cfg").absolute())}
    with session.chdir(folder):
        told = session.run("python", "-m", "galaxy_importer.main", tarball.name, env=settings, silent=True)
    lines = str(told).splitlines()
    session.log("\n".join(line for line in lines if not line.startswith("Loading ")))
    # It ends with 0 whatever ansible-lint found.
    objections = [line for line in lines if line.startswith(("ERROR", "WARNING"))]
    if objections or lines[-1:] != ["Importer processing completed successfully"]:
        session.error(f"galaxy-importer objects: {len(objections)} lines")


if __name__ == "__main__":
    nox.main()
