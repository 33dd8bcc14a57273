"""Writes docs/generated from the sources: passes, dialects, targets, operators,
functions.

    generate.py [--check]

The program qcc, which prints the operators, is looked for in PATH. With --check
nothing is written; pages that differ are printed as a diff, followed by the
command that repairs them, and the exit status is 1. Costs of functions are
measured only when the page is written.
"""

import difflib
import json
import math
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, "docs", "generated")
LLVM = "/usr/lib/llvm-22"
REPAIR = "cmake --build build/dev --target docs"
PHASES = ["Legalize", "Quantize", "LowerToInt", "Schedule"]
DIALECTS = [("qgraph", "QGraph/QGraphOps.td"), ("qint", "QInt/QIntOps.td"),
            ("check", "Check/CheckOps.td")]
COST_TARGETS = ["x86-64", "x86-64-v3", "armv8", "cortex-m0plus", "cortex-m4",
                "cortex-m55"]
COSTED = [
    ("softmax", 'qgraph.softmax {x} {{qgraph.layer = "{layer}", axis = 2 : i64}}'),
    ("log_softmax", 'qgraph.softmax {x} {{qgraph.layer = "{layer}", axis = 2 : i64, log}}'),
    ("layer_norm", 'qgraph.layer_norm {x}, %w, %w {{qgraph.layer = "{layer}", '
                   'axis = 2 : i64, epsilon = 1.0e-5 : f32}}'),
    ("rms_norm", 'qgraph.rms_norm {x}, %w {{qgraph.layer = "{layer}", '
                 'axis = 2 : i64, epsilon = 1.0e-5 : f32}}'),
    ("gelu", 'qgraph.unary <gelu> {x} {{qgraph.layer = "{layer}"}}'),
    ("silu", 'qgraph.unary <silu> {x} {{qgraph.layer = "{layer}"}}'),
    ("logistic", 'qgraph.unary <sigmoid> {x} {{qgraph.layer = "{layer}"}}'),
    ("tanh", 'qgraph.unary <tanh> {x} {{qgraph.layer = "{layer}"}}'),
]
ROWS_HEAD = """
## Rows

The worst error of a result `y` of a row of `n` elements before it is rounded, with the
errors from above of the form in use. Of norms, `y` is the result before gamma and beta,
and all but the steps of the result is times gamma's magnitude.

"""
COSTS_HEAD = """
## Costs

Instructions of an element, and bytes of code and constants, of a function of 16 rows of
64 codes of 8 bits, as qcc counts them in the object (`qcc -functions=<form> -report=`).
"""
COLUMNS = [  # of QCC_TARGET, and their headings
    ("name", "-target="), ("cpu", "LLVM CPU"), ("features", "LLVM features"),
    ("triple", "triple"), ("vectorBytes", "vector, bytes"),
    ("registers", "registers"), ("alignment", "alignment, bytes"),
    ("unsignedActivations", "activations held as"), ("emulator", "emulated as")]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
                          check=False, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return done.stdout


def tblgen(path, *options):
    return run(f"{LLVM}/bin/mlir-tblgen", "-I", ROOT, "-I", f"{LLVM}/include",
               *options, os.path.join(ROOT, path))


def tidy(text):
    """No trailing blanks, no runs of empty lines, one line break at the end."""
    text = re.sub(r"[ \t]+$", "", text, flags=re.M)
    text = text.replace("[TOC]\n", "")
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def passes():
    text = ("# Passes\n\nBy phase, in alphabetical order; `passes/Pipeline.cpp` has the order in "
            "which they run.\n\n")
    for phase in PHASES:
        body = tblgen(f"passes/{phase}/Passes.td", "-gen-pass-doc")
        text += f"## {phase}\n\n{body}\n"
    return text


def dialects():
    text = "# Dialects\n\n"
    for name, path in DIALECTS:
        text += tblgen(f"dialects/{path}", "-gen-dialect-doc",
                       f"-dialect={name}") + "\n"
    return text


def fields(row):
    """The arguments of a macro call: strings without quotes, joined."""
    values, depth, now = [], 0, ""
    for part in re.findall(r'"[^"]*"|[(),]|[^"(),]+', row):
        if part == "," and depth == 0:
            values.append(now.strip())
            now = ""
            continue
        depth += (part == "(") - (part == ")")
        now += part[1:-1] if part[0] == '"' else part.strip()
    return values + [now.strip()]


def table(path, macros):
    """The rows of the target tables as (macro, arguments), preprocessed."""
    source = "".join(f"#define {m}(...) @{m}@ __VA_ARGS__ @end@\n" for m in macros)
    source += f'#include "{path}"\n'
    text = run(f"{LLVM}/bin/clang", "-E", "-P", "-I", ROOT, "-x", "c", "-",
               input=source)
    # What QCC_FOLDER of Registered.inc leaves.
    text = re.sub(r'family = ("[^"]*");', r"@QCC_FOLDER@ \1 @end@", text)
    return [(m.group(1), fields(" ".join(m.group(2).split())))
            for m in re.finditer(r"@(QCC_\w+)@(.*?)@end@", text, re.S)]


def parameters():
    """Macro name -> names of its arguments, from targets/target_table.inc."""
    with open(os.path.join(ROOT, "targets", "target_table.inc")) as file:
        text = file.read().replace("\\\n", " ")
    return {name: [p.strip() for p in arguments.split(",")]
            for name, arguments in re.findall(r"#define (QCC_\w+)\(([^)]*)\)", text)}


def targets():
    names = parameters()
    rows = table("targets/Registered.inc", names)
    text = ("# Targets\n\nThe rows of `targets/*/target.inc`. `native` is the "
            "last row, in this order, that the machine running qcc can "
            "execute.\n")
    heading = "| " + " | ".join(h for _, h in COLUMNS) + " |\n"
    heading += "|" + " --- |" * len(COLUMNS) + "\n"
    for macro, values in rows:
        if macro == "QCC_FOLDER":
            text += f"\n## targets/{values[0]}\n\n{heading}"
        if macro != "QCC_TARGET":
            continue
        row = dict(zip(names[macro], values))
        row["unsignedActivations"] = "u8" if row["unsignedActivations"] == "1" else "s8"
        row["name"] = f"`{row['name']}`"
        text += "| " + " | ".join(row[c] for c, _ in COLUMNS) + " |\n"
    text += ("\n## Dot products\n\nInstructions that the generated code of a "
             "target uses for 8-bit products.\n\n"
             "| target | instruction | activations | products per 32-bit lane "
             "| lanes |\n| --- | --- | --- | --- | --- |\n")
    for macro, values in rows:
        if macro == "QCC_DOT":
            row = dict(zip(names[macro], values))
            sign = "u8" if row["unsignedLhs"] == "1" else "s8"
            text += (f"| `{row['target']}` | `{row['instruction']}` | {sign} | "
                     f"{row['depth']} | {row['lanes']} |\n")
    own = [dict(zip(names[macro], values)) for macro, values in rows
           if macro == "QCC_KERNEL"]
    if own:
        text += ("\n## Kernels of their own\n\nOps for which a target folder "
                 "brings code; all other ops are made by Halide.\n\n")
        text += "| " + " | ".join(own[0]) + " |\n|" + " --- |" * len(own[0]) + "\n"
        for row in own:
            text += "| " + " | ".join(f"`{v}`" for v in row.values()) + " |\n"
    text += ("\n## What a host needs\n\nTo run the code on the machine itself.\n\n"
             "| target | CPU features, as LLVM names them |\n| --- | --- |\n")
    for macro, values in rows:
        if macro == "QCC_HOST":
            text += f"| `{values[0]}` | {', '.join(values[1].split(','))} |\n"
    return text


def operators():
    return "# Operators\n\n" + run("qcc", "--list-ops")


def bounds():
    text = run(f"{LLVM}/bin/clang", "-E", "-P", "-x", "c", "-",
               input='#define QCC_FUNCTION_BOUND(...) @B@ __VA_ARGS__ @end@\n'
               f'#include "{ROOT}/dialects/QInt/FunctionBounds.inc"\n')
    page = ("| function | rule | error | polynomial | shift | table | tried |\n"
            "| --- | --- | --- | --: | --: | --: | --- |\n")
    for found in re.findall(r"@B@(.*?)@end@", text, re.S):
        name, rule, error, tried, *worst = fields(" ".join(found.split()))
        worst = ["rounded" if float(x) == 0 else x for x in worst]
        page += f"| {name} | {rule} | {error} | {' | '.join(worst)} | {tried} |\n"
    return page


def real(number):
    return float.fromhex(number) if "x" in number else float(number)


def exact(number):
    """A power of two as such, any other number as it is written."""
    value = real(number)
    fraction, exponent = math.frexp(value)
    return f"2^{exponent - 1}" if fraction == 0.5 and value < 1 else f"{value:g}"


def row_bounds():
    text = run(f"{LLVM}/bin/clang", "-E", "-P", "-x", "c", "-",
               input='#define QCC_ROW_BOUND(...) @B@ __VA_ARGS__ @end@\n'
               f'#include "{ROOT}/dialects/QInt/FunctionBounds.inc"\n')
    page = ROWS_HEAD + "| row | rule | worst error |\n| --- | --- | --- |\n"
    for found in re.findall(r"@B@(.*?)@end@", text, re.S):
        name, rule, *numbers = fields(" ".join(found.split()))

        def terms(*named):
            """`number * what` of those that are not 0; a name alone for 1."""
            parts = []
            for number, what in named:
                if real(number) == 0:
                    continue
                parts.append(what if exact(number) == "1" and what else
                             " * ".join(part for part in (exact(number), what) if part))
            return parts

        powers, reciprocals, roots, relative, absolute, deviating, constant, steps = \
            numbers
        inner = terms((powers, "power"), (reciprocals, "reciprocal"),
                      (roots, "inverseRoot"), (relative, "n"))
        outer = ["y * (" + " + ".join(inner) + ")" if len(inner) > 1
                 else "y * " + inner[0]] if inner else []
        outer += terms((absolute, "n"), (deviating, "sqrt(n)"), (constant, ""),
                       (steps, "step"))
        page += f"| {name} | {rule} | {' + '.join(outer)} |\n"
    return page


def functions_network():
    """Functions of 16 rows of 64 elements, as qgraph; each has an input of its own,
    so that they share nothing."""
    shape = "tensor<1x16x64xf32>"
    body = ""
    for name, op in COSTED:
        body += (f'  %{name} = {op.format(layer=name, x="%" + name + "_in")} : ({shape}'
                 + ", tensor<64xf32>" * op.count("%w")
                 + f") -> {shape}\n")
    results = ", ".join("%" + name for name, _ in COSTED)
    shapes = ", ".join([shape] * len(COSTED))
    arguments = ", ".join(f"%{name}_in: {shape}" for name, _ in COSTED)
    return (f"func.func @main({arguments}) -> ({shapes}) {{\n"
            "  %w = qgraph.constant dense<0.5> : tensor<64xf32> -> tensor<64xf32>\n"
            f"{body}  return {results} : {shapes}\n}}\n")


def costs_of(target, form, folder):
    """Function -> instructions of an element, bytes."""
    report = os.path.join(folder, "report.json")
    run("qcc", os.path.join(folder, "functions.mlir"), "-target=" + target,
        "-functions=" + form, "-quiet", "-report=" + report, "-prefix=f",
        "-o", os.path.join(folder, "f.o"))
    costs = {name: [0, {}] for name, _ in COSTED}
    with open(report) as file:
        for kernel in json.load(file)["kernels"]:
            layers = [layer for layer in kernel["layers"] if layer in costs]
            if not layers:
                continue  # of an argument alone
            cost = costs[layers[0]]
            cost[0] += kernel["instructions"]
            cost[1][kernel["symbol"]] = kernel["code_bytes"] + kernel["packed_bytes"]
    return {name: (count / 1024, sum(parts.values()))
            for name, (count, parts) in costs.items()}


def function_costs():
    page = ""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "functions.mlir"), "w") as file:
            file.write(functions_network())
        for target in COST_TARGETS:
            found = [costs_of(target, form, folder)
                     for form in ("polynomial", "shift", "table")]
            page += (f"\n### {target}\n\n| function | polynomial | shift | table |\n"
                     "| --- | --: | --: | --: |\n")
            for name, _ in COSTED:
                cells = [f"{form[name][0]:.2f}, {form[name][1]}" for form in found]
                page += f"| {name} | {' | '.join(cells)} |\n"
    return page


def functions(check):
    """Costs are measured when the page is written: they move with LLVM."""
    text = ("# Functions in integers\n\nWhat [numerics](../numerics.md) describes "
            "under \"Functions\".\n\n## Worst errors\n\n" + bounds() + row_bounds() + COSTS_HEAD)
    if not check:
        return text + function_costs()
    path = os.path.join(FOLDER, "functions.md")
    old = open(path).read() if os.path.exists(path) else ""
    return text + old.partition(COSTS_HEAD)[2]


def main():
    check = sys.argv[1:] == ["--check"]
    differ = False
    for name, make in [("passes", passes), ("dialects", dialects),
                       ("targets", targets), ("operators", operators),
                       ("functions", lambda: functions(check))]:
        path = os.path.join(FOLDER, name + ".md")
        page = tidy(f"<!-- Written by docs/generate.py; repair with: {REPAIR} -->\n\n"
                    + make())
        if not check:
            with open(path, "w") as file:
                file.write(page)
            continue
        old = open(path).read() if os.path.exists(path) else ""
        difference = list(difflib.unified_diff(
            old.splitlines(True), page.splitlines(True), f"docs/generated/{name}.md",
            "generated now"))
        sys.stdout.writelines(difference)
        differ = differ or bool(difference)
    if differ:
        print(f"\ndocs/generated is out of date; repair it with\n\n    {REPAIR}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
