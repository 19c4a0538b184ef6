"""Follows the guides word for word: each of their shell blocks is run, in one shell from the guide's first to its last, and what they say
is answered is compared with what is.

A block that is marked `sh` is run; a block of another kind right behind it is what it prints, where `…` stands for anything. Values that
everybody has to put in (`URL=…`) are those of the demonstration.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from demonstration import ADMIN, COMMUNITY, MEMBER, MERCHANT, URL

GUIDES = Path(__file__).resolve().parents[2] / "api-spec" / "guides"
# Seconds for a whole guide.
PATIENCE = 120
VALUES = {
    "URL": URL,
    "COMMUNITY": COMMUNITY,
    "SHOP_EMAIL": MERCHANT["email"],
    "SHOP_PASSWORD": MERCHANT["password"],
    "SHOP_ACCOUNT": MERCHANT["account"],
    "EMAIL": MEMBER["email"],
    "PASSWORD": MEMBER["password"],
    "ACCOUNT": MEMBER["account"],
    "ADMIN_EMAIL": ADMIN["email"],
    "ADMIN_PASSWORD": ADMIN["password"],
}
MARK = "==== end of block"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def with_values(line):
    """A line that asks for a value, with ours."""
    found = re.match(r"(\w+)=\S", line)
    return f"{found[1]}='{VALUES[found[1]]}'" if found and found[1] in VALUES else line


def steps(text):
    """Each shell block with what it is said to print, or None."""
    found = list(BLOCK.finditer(text))
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block[1] != "sh":
            continue
        is_said = following is not None and following[1] != "sh" and not text[block.end() : following.start()].strip()
        yield block[2], following[2] if is_said else None


def pattern(said):
    parts = [re.escape(part) for part in " ".join(said.split()).split("…")]
    return re.compile(".*".join(parts), re.DOTALL)


def follow(name):
    """Runs a guide; how many of its blocks were compared."""
    wanted = list(steps((GUIDES / name).read_text("utf-8")))
    script = "set -euo pipefail\n"
    for block, _ in wanted:
        script += "\n".join(with_values(line) for line in block.splitlines()) + f"\necho; echo '{MARK}'\n"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment, cwd=folder)
    printed = done.stdout.split(MARK)
    if done.returncode != 0:
        number = min(len(printed) - 1, len(wanted) - 1)
        sys.exit(f"{name} stops in its block {number + 1}:\n{wanted[number][0]}\n{printed[-1]}\n{done.stderr[-2000:]}")
    for (block, said), output in zip(wanted, printed, strict=False):
        if said is not None and not pattern(said).fullmatch(" ".join(output.split())):
            sys.exit(f"{name}:\n{block}\nprints\n{output}\nand is said to print\n{said}")
    return sum(said is not None for _, said in wanted)


for guide in sys.argv[1:] or sorted(path.name for path in GUIDES.glob("*.md")):
    compared = follow(guide)
    if not compared:
        sys.exit(f"{guide}: nothing in it was compared")
    print(f"{guide}: followed, {compared} answers compared")
