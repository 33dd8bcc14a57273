"""blocks.py LANGUAGE PAGE [PAGE ...]: prints the code blocks of that language."""

import re
import sys

for path in sys.argv[2:]:
    with open(path) as file:
        text = file.read()
    found = re.findall(rf"^```{sys.argv[1]}\n(.*?)^```", text, re.M | re.S)
    if not found:
        sys.exit(f"{path}: no block of {sys.argv[1]}")
    print("".join(found))
