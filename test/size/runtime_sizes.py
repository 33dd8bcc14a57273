"""Compares the size of the runtime on every emulator row with a budget.

Usage: runtime_sizes.py <source root> <budgets file> [--print]

A line of the budgets file: emulator row, unit, code, data, frame. `code` is
bytes of instructions and constants, `data` bytes of RAM, `frame` the largest
stack frame of a function. Units are the sources in UNITS, compiled with -Os.
--print writes what it measured in the form of a budgets file.
"""

import ast
import os
import re
import subprocess
import sys
import tempfile

UNITS = {
    "memory": ["src/memory.c", "src/aeabi.c"],
    "start": ["boards/common/start.c"],
}
FLAGS = ["-std=c99", "-Os", "-ffreestanding", "-Wall", "-Wextra", "-pedantic",
         "-Werror", "-fstack-usage", "-g0"]
ALLOWED_UNDEFINED = re.compile(r"memcpy|memset|memmove|main|__(stack|data|bss)_")


def run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode:
        sys.exit(f"{command[0]} failed: {result.stderr}")
    return result.stdout


def read_rows(root):
    """Name, kind and clang flags of the rows of emulators.inc."""
    source = ("#define QCC_EMULATOR(name, kind, board, program, arguments, "
              "flags, ram, features) (name, #kind, flags),\n"
              f'#include "{root}/runtime/boards/emulators.inc"\n')
    text = run(["clang-22", "-E", "-P", "-x", "c", "-"], input=source)
    return ast.literal_eval("[" + text + "]")


def measure(root, flags, unit, directory):
    code = data = frame = 0
    for source in UNITS[unit]:
        stem = os.path.basename(source)[:-2]
        path = os.path.join(directory, stem + ".o")
        run(["clang-22", *flags.split(), *FLAGS, f"-I{root}/runtime/include",
             "-c", f"{root}/runtime/{source}", "-o", path])
        fields = run(["llvm-size-22", path]).splitlines()[1].split()
        code += int(fields[0])
        data += int(fields[1]) + int(fields[2])
        frames = os.path.join(directory, stem + ".su")
        if os.path.exists(frames):  # clang writes none without a function
            with open(frames) as usage:
                for line in usage:
                    frame = max(frame, int(line.split("\t")[1]))
        for symbol in run(["llvm-nm-22", "-u", "-j", path]).split():
            if not (ALLOWED_UNDEFINED.match(symbol) or symbol == "qcc_board_exit"):
                sys.exit(f"{source}: calls '{symbol}', which firmware may lack")
    return code, data, frame


def main():
    root, budgets_path = sys.argv[1:3]
    budgets = {}
    with open(budgets_path) as lines:
        for line in lines:
            fields = line.split("#")[0].split()
            if fields:
                budgets[fields[0], fields[1]] = tuple(map(int, fields[2:]))
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        seen = set()
        for name, kind, flags in read_rows(root):
            if kind == "Host" or flags in seen:
                continue  # rows with equal flags have equal code
            seen.add(flags)
            for unit in UNITS:
                if unit == "start" and kind != "Board":
                    continue
                found = measure(root, flags, unit, directory)
                if "--print" in sys.argv:
                    print(f"{name:20} {unit:8} {found[0]:5} {found[1]:4} "
                          f"{found[2]:4}")
                budget = budgets.get((name, unit))
                if budget is None:
                    print(f"{name} {unit}: no budget, found {found}")
                    failed = True
                    continue
                for what, has, may in zip(("code", "data", "frame"), found,
                                          budget):
                    if has > may:
                        print(f"{name} {unit}: {what} is {has} bytes, the "
                              f"budget is {may}")
                        failed = True
    sys.exit(1 if failed else 0)


main()
