# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx configuration for the documentation site, used by `make docs`; antsibull-docs writes the pages."""

project = "unicloud.usphere"
copyright = "Contributors to the unicloud.usphere collection"
extensions = ["sphinx_antsibull_ext"]
html_theme = "alabaster"
html_title = "unicloud.usphere"
html_show_sphinx = False
html_copy_source = False
html_use_index = False
highlight_language = "yaml+jinja"
default_role = "any"
# Fail on broken references to this collection. References to other projects cannot be resolved without a
# network.
nitpicky = True
nitpick_ignore_regex = [("std:.*", r"(?!ansible_collections\.unicloud\.usphere\.).*")]
