# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's settings for the pages that antsibull-docs writes; `make docs` uses them."""

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
# A reference that leads nowhere is a failure if it is to something of ours. Where others keep theirs cannot
# be looked up without a network.
nitpicky = True
nitpick_ignore_regex = [("std:.*", r"(?!ansible_collections\.unicloud\.usphere\.).*")]
