"""Unpacks one file of an npm package.

Usage: npm_model.py PACKAGE VERSION FILE FOLDER. Leaves FOLDER/<name of FILE>;
what is there already is not fetched again.
"""

import glob
import os
import subprocess
import sys
import tarfile


def main():
    package, version, name, folder = sys.argv[1:]
    path = os.path.join(folder, os.path.basename(name))
    if os.path.exists(path):
        return
    os.makedirs(folder, exist_ok=True)
    for attempt in range(3):
        done = subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder,
            capture_output=True, text=True)
        if done.returncode == 0:
            break
    else:
        sys.exit(done.stderr)
    stem = package.lstrip("@").replace("/", "-")
    archive, = glob.glob(os.path.join(folder, f"{stem}-{version}.tgz"))
    with tarfile.open(archive) as package_file:
        member = package_file.extractfile(f"package/{name}")
        with open(path + ".part", "wb") as file:
            file.write(member.read())
    os.rename(path + ".part", path)


if __name__ == "__main__":
    main()
