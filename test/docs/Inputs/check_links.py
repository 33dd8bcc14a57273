"""check_links.py ROOT: every relative link of a page leads to a file."""

import glob
import os
import re
import sys

root = sys.argv[1]
pages = glob.glob(root + "/*.md") + [
    page for folder in ("docs", "runtime", "test", "targets")
    for page in glob.glob(f"{root}/{folder}/**/*.md", recursive=True)]
links = broken = 0
for page in pages:
    with open(page) as file:
        text = re.sub(r"```.*?```", "", file.read(), flags=re.S)
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" in link or os.path.relpath(page, root).startswith("docs/generated"):
            continue
        links += 1
        if not os.path.exists(os.path.join(os.path.dirname(page), link)):
            broken += 1
            print(f"{os.path.relpath(page, root)}: no {link}")
if broken or not links:
    sys.exit(f"{broken} of {links} links are broken")
