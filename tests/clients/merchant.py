"""What a shop's owner sets up, and the shop's own program, started and killed at will."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager

from counterfoil_client import Counterfoil
from site_program import FOLDER, HERE, free_port

SCOPES = ["requests:write", "payments:read", "refunds:write"]
# Seconds until a shop's program must have said that it serves.
START = 20


def make_key(owner, account, scopes=SCOPES):
    """A key for the shop's program, made by whoever looks after the account."""
    return owner.create_api_key({"name": "Web shop", "account": account, "scopes": scopes})


def make_endpoint(owner, url, account, events=("*",)):
    return owner.create_webhook_endpoint({"url": url, "events": list(events), "account": account})


def until(what, check, seconds=30.0):
    """What the check gives, as soon as that is something; looks every few milliseconds."""
    end = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


class ShopProgram:
    """The example shop as a process of its own, with its books in a folder that outlives it."""

    def __init__(self, service_url, key, account, secret=None, port=None, look_every=3600):
        self.folder = tempfile.TemporaryDirectory(prefix="counterfoil-shop.", dir=FOLDER)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "url": service_url,
            "key": key,
            "account": account,
            "secret": secret,
            "books": os.path.join(self.folder.name, "books.db"),
            "port": self.port,
            "look_every": look_every,
        }
        self.program = None

    def start(self):
        file = os.path.join(self.folder.name, "settings.json")
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as settings:
            json.dump(self.settings, settings)
        self.program = subprocess.Popen([sys.executable, os.path.join(HERE, "shop.py"), file], stdout=subprocess.PIPE)
        lines = []
        reader = threading.Thread(target=lambda: lines.append(self.program.stdout.readline()), daemon=True)
        reader.start()
        reader.join(START)
        if not lines or not lines[0].startswith(b"{"):
            raise AssertionError("the shop does not serve")

    def kill(self):
        if self.program and self.program.poll() is None:
            self.program.send_signal(signal.SIGKILL)
            self.program.wait()
            self.program.stdout.close()

    def ask(self, method, path, body=None, timeout=60.0):
        """Status and JSON of what the shop answers."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=content, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None

    def order(self, reference, amount, capture="automatic"):
        return self.ask("POST", "/orders", {"reference": reference, "amount": amount, "capture": capture})

    def state(self):
        return self.ask("GET", "/state")[1]

    def manners(self, **manners):
        self.ask("PUT", "/manners", manners)

    def reconcile(self):
        return self.ask("GET", "/reconciliation")[1]


@contextmanager
def shop_of(owner, service_url, account, events=("*",), **options):
    """A shop that serves, with a key and an endpoint of its own; and the endpoint."""
    port = free_port()
    endpoint = make_endpoint(owner, f"http://127.0.0.1:{port}/hook", account, events)
    shop = ShopProgram(service_url, make_key(owner, account)["key"], account, endpoint["secret"], port, **options)
    shop.start()
    try:
        yield shop, endpoint
    finally:
        shop.kill()
        shop.folder.cleanup()


def approve(payer, account, checkout, key=None):
    """As a wallet does it."""
    return payer.approve_checkout(checkout, {"payer": account}, idempotency_key=key or f"approve-{checkout}")


def with_token(url, api):
    """The same caller at another address, such as a network's that can be cut."""
    return Counterfoil(url, api._token, timeout=10)
