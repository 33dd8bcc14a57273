"""Compiles networks for every target. Usage: compile_all.py FOLDER MODEL ..."""

import os
import subprocess
import sys


def main():
    folder, *models = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    targets = subprocess.run(["qcc", "-list-targets"], capture_output=True,
                             text=True, check=True).stdout.split()
    failed = False
    for model in models:
        for target in targets:
            done = subprocess.run(
                ["qcc", model, "-target=" + target, "-quiet", "-prefix=model",
                 "-o", os.path.join(folder, "model.o")],
                capture_output=True, text=True)
            if done.returncode:
                print(os.path.basename(model), target, done.stderr)
                failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
