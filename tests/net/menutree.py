# SPDX-License-Identifier: BSD-3-Clause
"""A tree with a menu of everything, whose entries boot with number=N."""

import re

from bootserver import tree_with

MENU = b"""\
ui menu.c32
menu title All of it
allowoptions 1
f1 one.txt
f2 missing.txt
label heading
  menu label A heading
  menu disable
label one
  menu label The ^first
  menu indent 2
  kernel vmlinuz
  initrd initrd.gz
  append number=1
  text help
This is the first.
  endtext
label two
  menu label The s^econd
  kernel vmlinuz
  append number=2
menu separator
menu begin more
  menu title More of it
  label three
    menu label ^Three
    kernel vmlinuz
    append number=3
  label back
    menu label ^Back
    menu exit
menu end
label out
  menu label ^Out of here
  menu quit
label help
  menu label ^Help
  menu help one.txt
"""
FILES = {"one.txt": b"\x0f07Help of F1 \x1b[2J\n" + b"x" * 100 + b"\n"}


def menu(extra: bytes = b"") -> dict:
    return tree_with(extra + MENU, **FILES)


def number_booted(outcome) -> str:
    assert outcome.status == 0, outcome.lines
    return re.search(r"number=(\d)", outcome.args)[1]
