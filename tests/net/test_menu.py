# SPDX-License-Identifier: BSD-3-Clause
"""Menus and the prompt, for somebody at the console that libxl gives us."""

import re
import time

import pytest

from bootserver import TREE, served, tree_with
from lab import MAC
from libxl import boot
from menutree import FILES, MENU, menu, number_booted
from person import (BACKSPACE, DELETE, DOWN, END, ENTER, ESC, F1, F12, F2, HOME,
                    PAGE_DOWN, PAGE_UP, TAB, UP, ctrl, person)


VIF = f"--vif=mac={MAC},bridge=xenbr0"


# ---- the menu

@pytest.mark.parametrize("size", [(0, 0), (24, 80), (50, 300), (12, 40)])
def test_a_menu_on_a_screen(lab, size):
    """Every byte goes to a terminal that knows few sequences and never
    wraps."""
    with served(lab, files=menu()), person(lab, VIF, size=size) as somebody:
        somebody.see("All of it")
        somebody.see("Boots in 90 seconds without a key")
        somebody.see_bar_on("The first")
        somebody.see("This is the first")
        assert somebody.screen.having(1)[0] == "All of it"
        somebody.type(DOWN)
        somebody.see_bar_on("The second")
        somebody.wait(lambda: "without a key" not in somebody.screen.text,
                      "no countdown once somebody has typed")
        assert "This is the first" not in somebody.screen.text
        somebody.type(ENTER)
        assert number_booted(somebody.finish()) == "2"


def test_the_whole_of_a_screen(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see("This is the first")
        box = [line[10:70] for line in somebody.screen.lines[:16]]
        assert box[0] == box[2] == box[15] == "+" + "-" * 58 + "+"
        assert [line[1:-1].rstrip() for line in box[3:11]] == [
            " A heading", "   The first", " The second", "",
            " More of it" + " " * 45 + ">", " Out of here", " Help", ""]
        assert somebody.screen.lines[17].strip() == "Press [Tab] to edit options"
        assert re.fullmatch(r" {21}Boots in \d+ seconds without a key\.\.\.",
                            somebody.screen.lines[19])
        assert somebody.screen.lines[21] == "This is the first."
        assert somebody.screen.lines[23] == ""
        somebody.type(ENTER)
        assert number_booted(somebody.finish()) == "1"


def test_the_bar_moves_over_what_cannot_be_chosen(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        for key, entry in [(UP, "The first"), (DOWN, "The second"),
                           (b"\x1bOB", "More of it"), (ctrl("P"), "The second"),
                           (ctrl("N"), "More of it"), (END, "Help"),
                           (HOME, "The first"), (PAGE_DOWN, "Help"),
                           (PAGE_UP, "The first"), (ctrl("E"), "Help"),
                           (ctrl("A"), "The first"), (ctrl("F"), "Help"),
                           (ctrl("B"), "The first"), (ctrl("L"), "The first")]:
            somebody.type(key)
            somebody.see_bar_on(entry)
        somebody.type(ENTER)
        somebody.finish()


def test_hot_keys_and_submenus(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type("e")
        somebody.see_bar_on("The second")
        somebody.type(DOWN, ENTER)
        somebody.see_bar_on("Three")
        somebody.type("b", ENTER)
        somebody.see("Out of here")
        somebody.type(ENTER)
        somebody.see_bar_on("Back")
        somebody.type(ESC)
        somebody.see("Out of here")
        somebody.type(ENTER, "T", ENTER)
        assert number_booted(somebody.finish()) == "3"


def test_immediate_hot_keys_boot(lab):
    with served(lab, files=menu(b"menu immediate\n")), \
            person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type("e")
        assert number_booted(somebody.finish()) == "2"


# ---- editing

def test_tab_edits_the_command_line(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(TAB)
        somebody.see("^> vmlinuz initrd=initrd.gz number=1$")
        somebody.type(BACKSPACE, "7 a", ctrl("A"), DELETE, ctrl("D"), "vm",
                      ctrl("E"), " junk", ctrl("W"), "b")
        somebody.see("^> vmlinuz initrd=initrd.gz number=7 a b$")
        somebody.type(ENTER)
        outcome = somebody.finish()
    assert outcome.args == "BOOT_IMAGE=vmlinuz initrd=initrd.gz number=7 a b"
    assert outcome.ramdisk == TREE["initrd.gz"]


def test_long_lines_scroll(lab):
    with served(lab, files=menu()), person(lab, VIF, size=(12, 40)) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(TAB)
        somebody.see("^> vmlinuz")
        somebody.type(" " + "0123456789" * 9)
        somebody.see("^> 456789" + "0123456789" * 3 + "$")
        somebody.type(ctrl("A"))
        somebody.see("^> vmlinuz initrd")
        somebody.type(ENTER)
        assert somebody.finish().args.endswith("0123456789" * 9)


def test_esc_leaves_the_command_line_alone(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(TAB)
        somebody.see("^> vmlinuz")
        somebody.type("x", ESC)
        somebody.see("Press .Tab. to edit")
        somebody.type(ENTER)
        outcome = somebody.finish()
    assert outcome.args == "BOOT_IMAGE=vmlinuz number=1 initrd=initrd.gz"


def test_without_allowoptions_nothing_is_edited(lab):
    files = tree_with(MENU.replace(b"allowoptions 1", b"allowoptions 0"))
    with served(lab, files=files), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(TAB, "x", ESC)
        time.sleep(0.5)
        somebody.type(DOWN)
        somebody.see_bar_on("The second")
        somebody.type(ENTER)
        assert number_booted(somebody.finish()) == "2"


# ---- help

def test_help_is_downloaded_and_shown_escaped(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(F1)
        somebody.see(r"^Help of F1 \[2J$")
        somebody.see("^x{79}\nx{21}$")
        somebody.see("any key")
        assert "All of it" not in somebody.screen.text
        somebody.type(F2)
        somebody.see("^missing.txt: .*put the file there")
        somebody.type(F12)
        somebody.see_bar_on("The first")
        somebody.type("h", ENTER)
        somebody.see("^Help of F1")
        somebody.type(" ")
        somebody.see_bar_on("Help")
        somebody.type(HOME, ENTER)
        assert number_booted(somebody.finish()) == "1"


def test_long_help_stops_at_each_screen(lab):
    files = {**menu(), "one.txt": b"".join(b"line %d\n" % i for i in range(50))}
    with served(lab, files=files), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(F1)
        for first, last in [(0, 22), (23, 45), (46, 49)]:
            somebody.see(rf"^line {first}\n(.*\n)*line {last}\n\[ any key \]")
            somebody.type(" ")
        somebody.see_bar_on("The first")
        somebody.type(ENTER)
        somebody.finish()


# ---- the prompt

def test_esc_leads_to_the_prompt(lab):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(ESC)
        somebody.see("^boot:$")
        somebody.type("t", TAB)
        somebody.see("^two three$")
        somebody.type("w", TAB)
        somebody.see("^boot: two$")
        somebody.type(" more=args", ENTER)
        outcome = somebody.finish()
    assert outcome.args == "BOOT_IMAGE=vmlinuz number=2 more=args"


def test_quit_leads_to_the_prompt(lab):
    with served(lab, files=menu(b"nocomplete 1\n")), \
            person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type("o", ENTER)
        somebody.see("^boot:$")
        somebody.type("tw", TAB, "o", F1)
        somebody.see("^Help of F1")
        somebody.type("x", BACKSPACE, ENTER)
        assert number_booted(somebody.finish()) == "2"


def test_noescape_keeps_the_menu(lab):
    with served(lab, files=menu(b"noescape 1\n")), \
            person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(ESC)
        time.sleep(0.5)
        somebody.type(DOWN)
        somebody.see_bar_on("The second")
        somebody.type(ctrl("C"), ENTER)
        assert number_booted(somebody.finish()) == "2"


def test_a_prompt_is_asked_for(lab):
    config = b"prompt 1\ndisplay one.txt\ndefault two\n" + MENU[
        MENU.index(b"label one"):]
    with served(lab, files=tree_with(config, **FILES)), \
            person(lab, VIF) as somebody:
        somebody.see("^Help of F1")
        somebody.see("^Boots in 90 seconds without a key")
        somebody.see("^boot:$")
        somebody.type("junk", ESC, "one", ENTER)
        assert number_booted(somebody.finish()) == "1"


@pytest.mark.parametrize("wrong, reason", [
    ("nothing.here", "not there"), ("memdisk", "disk images")])
def test_who_chose_what_cannot_boot_is_asked_again(lab, wrong, reason):
    with served(lab, files=menu()), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(ESC)
        somebody.see("^boot:$")
        somebody.type(wrong, ENTER)
        somebody.see("^boot:$")
        somebody.type("one", ENTER)
        outcome = somebody.finish()
    assert number_booted(outcome) == "1"
    assert any(reason in line for line in outcome.lines), outcome.lines


def test_nobody_is_asked_again_after_a_timeout(lab):
    config = b"default menu.c32\ntimeout 10\nlabel a\nkernel nothing.here\n"
    with served(lab, files=tree_with(config)), person(lab, VIF) as somebody:
        outcome = somebody.finish()
    assert outcome.status == 34
    assert "nothing.here" in outcome.last_line


# ---- passwords

SECRET = MENU.replace(b"label two\n", b"label two\n menu passwd s3cret\n")


def test_an_entry_with_a_password(lab):
    with served(lab, files=tree_with(SECRET)), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(DOWN, ENTER)
        somebody.see("Password required")
        somebody.type("wrong")
        somebody.see(r"\| \*{5} ")
        somebody.type(ENTER)
        somebody.see_bar_on("The second")
        somebody.type(ENTER)
        somebody.see("Password required")
        somebody.type("x", ctrl("U"), "s3cret", ENTER)
        outcome = somebody.finish()
    assert number_booted(outcome) == "2"
    assert b"cret" not in outcome.console


MASTER = b"$6$saltsalt$" + \
    b"TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U" \
    b"0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1"


def test_a_master_password_that_is_hashed(lab):
    """By SHA-512; it is "secret"."""
    config = b"menu master passwd " + MASTER + b"\n" + SECRET
    with served(lab, files=tree_with(config)), person(lab, VIF) as somebody:
        somebody.see_bar_on("The first")
        for key in (TAB, ESC):
            somebody.type(key)
            somebody.see("Password required")
            somebody.type("s3cret", ENTER)
            somebody.see_bar_on("The first")
        somebody.type(TAB)
        somebody.see("Password required")
        somebody.type("secret", ENTER)
        somebody.see("^> vmlinuz")
        somebody.type(ESC)
        somebody.see_bar_on("The first")
        somebody.type(DOWN, ENTER, "secret", ENTER)
        assert number_booted(somebody.finish()) == "2"


# ---- nobody types

@pytest.mark.parametrize("timeout, seen", [
    (b"timeout 20\n", "Automatic boot in 2 seconds"),
    (b"timeout 20\nmenu autoboot Going in # {sec,secs}\n", "Going in 2 secs"),
    (b"totaltimeout 20\n", "Boots in 2 seconds without a key"),
])
def test_timeouts(lab, timeout, seen):
    with served(lab, files=menu(timeout)), person(lab, VIF) as somebody:
        somebody.see(seen)
        somebody.see(re.sub("2 (sec|second)s", r"1 \1(?!s)", seen))
        assert number_booted(somebody.finish()) == "1"


def test_a_hidden_menu(lab):
    with served(lab, files=menu(b"menu hidden\ntimeout 600\n")), \
            person(lab, VIF) as somebody:
        somebody.see("^Automatic boot in 60 seconds")
        somebody.see("^Automatic boot in 59 seconds")
        assert "All of it" not in somebody.screen.text
        assert b"\x1b[2J" not in somebody.console
        somebody.type(ENTER)
        somebody.see_bar_on("The first")
        somebody.type(DOWN, ENTER)
        assert number_booted(somebody.finish()) == "2"


def test_a_hidden_menu_times_out(lab):
    with served(lab, files=menu(b"menu hidden\ntimeout 10\n")):
        outcome = boot(lab, VIF, menu=None)
    assert number_booted(outcome) == "1"


def test_a_key_ends_the_timeout_but_not_the_total_one(lab):
    with served(lab, files=menu(b"timeout 10\ntotaltimeout 30\n")), \
            person(lab, VIF) as somebody:
        somebody.see("Automatic boot in 1 second")
        start = time.monotonic()
        somebody.type(DOWN)
        somebody.see_bar_on("The second")
        assert number_booted(somebody.finish()) == "1"
        assert 2 < time.monotonic() - start < 6


def test_waiting_for_nobody_ends_well_before_the_run(lab):
    with served(lab, files=menu()), \
            person(lab, VIF, "--timeout=10") as somebody:
        somebody.see("Boots in [45] seconds without a key")
        assert number_booted(somebody.finish()) == "1"


def test_whoever_never_chooses_is_told_so(lab):
    with served(lab, files=menu()), \
            person(lab, VIF, "--timeout=5") as somebody:
        somebody.see_bar_on("The first")
        somebody.type(DOWN)
        outcome = somebody.finish()
    assert outcome.status == 50
    assert outcome.last_line.startswith(
        "lwpxeboot: nothing was chosen within --timeout=")


@pytest.mark.parametrize("arguments, keywords", [
    (["--menu=no"], {}), (["--quiet"], {}), ([], {"restrict": 12345})])
def test_nobody_is_asked(lab, arguments, keywords):
    start = time.monotonic()
    with served(lab, files=menu()):
        outcome = boot(lab, VIF, *arguments, menu=None, **keywords)
    assert number_booted(outcome) == "1"
    assert b"All of it" not in outcome.console
    assert time.monotonic() - start < 10
