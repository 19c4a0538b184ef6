"""A demonstration that the real program serves, on either engine: to be used, killed and started again.

    python site_program.py sqlite|postgres COMMAND [ARG...]

runs a command with COUNTERFOIL_TEST_SITE, what the demonstration says of itself, in its environment.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from urllib.parse import urlsplit, urlunsplit

HERE = os.path.dirname(os.path.abspath(__file__))
# The program tells shops on the loopback only where the operator allows it.
LOOPBACK_WEBHOOKS = {"COUNTERFOIL_WEBHOOK_ALLOW_HTTP": "true", "COUNTERFOIL_WEBHOOK_NETWORKS": "127.0.0.0/8"}
# Where databases are kept, as all tests' are; in the system's folder for such things else.
FOLDER = os.environ.get("COUNTERFOIL_TEST_FOLDER") or None
# Seconds until the program must have said that it serves, and until it must have ended.
START = 90
STOP = 30


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def new_database(engine):
    """Where a program may keep its data, as COUNTERFOIL_DATABASE_URL; None for the default in its own folder."""
    if engine == "sqlite":
        return None
    server = os.environ.get("COUNTERFOIL_TEST_POSTGRES_URL")
    if not server:
        sys.exit("COUNTERFOIL_TEST_POSTGRES_URL is missing: run this through tests/with-postgres")
    name = f"clients_{secrets.token_hex(6)}"
    psql = os.path.join(os.environ.get("COUNTERFOIL_TEST_POSTGRES_BIN", ""), "psql")
    subprocess.run([psql, "--quiet", "--no-psqlrc", server, "--command", f"CREATE DATABASE {name}"], check=True)
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


class Site:
    """The program, with its data in a folder of its own, at one address over all its starts."""

    def __init__(self, engine, members=6, payments=0, **settings):
        self.engine = engine
        self.folder = tempfile.mkdtemp(prefix="counterfoil-clients.", dir=FOLDER)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.size = ["--members", str(members), "--payments", str(payments)]
        # Nothing of a developer's own settings leads elsewhere.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERFOIL_")}
        database = new_database(engine)
        if database:
            self.environment["COUNTERFOIL_DATABASE_URL"] = database
        self.environment.update(settings)
        self.program = None
        self.announcement = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def binary(self):
        return os.environ.get("COUNTERFOIL_TEST_BINARY") or os.path.join(HERE, "../../target/debug/counterfoil")

    def start(self):
        log = open(os.path.join(self.folder, "log"), "ab")  # noqa: SIM115
        command = [self.binary, "demo", "--json", "--listen", f"127.0.0.1:{self.port}", "--data", os.path.join(self.folder, "data")]
        self.program = subprocess.Popen(command + self.size, env=self.environment, stdout=subprocess.PIPE, stderr=log, cwd=self.folder)
        log.close()
        lines = []
        reader = threading.Thread(target=lambda: lines.append(self.program.stdout.readline()), daemon=True)
        reader.start()
        reader.join(START)
        if not lines or not lines[0].startswith(b"{"):
            self.kill()
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                sys.exit(f"{self.binary} does not serve: {log.read()[-2000:]}")
        self.announcement = json.loads(lines[0])

    def kill(self):
        """As if the power went: nothing is told, nothing is finished."""
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def _end(self, number):
        if self.program is None:
            return
        if self.program.poll() is None:
            self.program.send_signal(number)
        self.program.wait(STOP)
        self.program.stdout.close()
        self.program = None

    def verify(self):
        """What `counterfoil verify` says of the ledger, while the program is down or up; raises where anything differs."""
        environment = dict(self.environment)
        if "COUNTERFOIL_DATABASE_URL" not in environment:
            found = [name for name in os.listdir(os.path.join(self.folder, "data")) if name.endswith(".db")]
            environment["COUNTERFOIL_DATABASE_URL"] = "sqlite:" + os.path.join(self.folder, "data", found[0])
        subprocess.run([self.binary, "verify"], env=environment, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)


def end_when_told():
    """Who is told to end, ends what they began first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))


def main():
    end_when_told()
    engine, *command = sys.argv[1:]
    with Site(engine, **LOOPBACK_WEBHOOKS) as site:
        environment = {**os.environ, "COUNTERFOIL_TEST_SITE": json.dumps(site.announcement)}
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
