"""Runs what a client's README shows: a shop that is paid by a customer, and gives some of it back.

    python readmes.py ORDER COMMAND [ARG...]

The command is the README's program, and the order its. Somebody pays what it asks for, as soon as there is something to be paid.
"""

import os
import subprocess
import sys
import threading

from demonstration import MEMBER, MERCHANT, URL, sign_in
from merchant import approve, make_key, until

member, owner = sign_in(MEMBER), sign_in(MERCHANT)
order, *command = sys.argv[1:]


def pay():
    [checkout] = until("a checkout to be paid", lambda: owner.list_checkouts(order_reference=order, state="open")["data"])
    approve(member, MEMBER["account"], checkout["id"])


threading.Thread(target=pay, daemon=True).start()
environment = {**os.environ, "COUNTERFOIL_URL": URL, "COUNTERFOIL_KEY": make_key(owner, MERCHANT["account"])["key"]}
done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
assert done.returncode == 0, done.stderr
for said in [f"the customer pays at {URL}/c/", f"{order} is completed", "given back: 2.50", f"{order} 7.50 2.50"]:
    assert said in done.stdout, (said, done.stdout)
print("README: followed")
