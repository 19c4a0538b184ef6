"""An example shop: a real HTTP server that is paid through checkouts, learns of it by webhooks, gives back, and reconciles.

    python shop.py SETTINGS.json

The settings name the service's `url`, the shop's `key`, the `account` that is paid, the webhook's `secret`, the file of the `books`, the
`port`, and how many seconds lie between two looks at what is open (`look_every`). It says `{"url": …}` once it serves.

Its books are on disk before anything is sent, and everything it asks for has a key that follows from the books. So it may be killed at
any moment, and nothing is paid or given back twice. `PUT /manners` has it misbehave, for tests:

    {"hook": "normal"}   answers webhooks at once                {"hook": "slow"}      answers after the service has given up
    {"hook": "wrong"}    takes them and answers 500              {"hook": "redirect"}  sends them elsewhere
    {"hook": "silent"}   never answers                           {"hook": "cut"}       hangs up
    {"twice": true}      handles each event twice, and sends each of its requests twice at once
"""

import html
import json
import queue
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from counterfoil_client import Counterfoil, CounterfoilError, ProblemError, from_minor, problems, to_minor
from standardwebhooks.webhooks import Webhook

SCALE = 2
# Longer than the service waits for an answer.
TOO_SLOW = 7
LARGEST_HOOK = 65_536
# What a checkout makes of an order. It only moves forward.
STATES = {"open": "pending", "authorised": "on_hold", "completed": "paid", "declined": "cancelled", "cancelled": "cancelled", "expired": "cancelled"}
RANKS = {"new": 0, "pending": 1, "on_hold": 2, "cancelled": 3, "paid": 4}

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    reference TEXT PRIMARY KEY, amount TEXT NOT NULL, capture TEXT NOT NULL, state TEXT NOT NULL,
    checkout TEXT, page TEXT, payment TEXT, captured TEXT NOT NULL DEFAULT '0.00', times_paid INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS refunds (
    number INTEGER PRIMARY KEY, reference TEXT NOT NULL, amount TEXT NOT NULL, state TEXT NOT NULL, payment TEXT, said TEXT);
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT NOT NULL, seq INTEGER, reference TEXT, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL);
"""


class Books:
    """What the shop knows, on disk."""

    def __init__(self, file):
        self.connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.lock = threading.Lock()
        with self.lock:
            self.connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + SCHEMA)

    def write(self, sql, *values):
        with self.lock:
            return self.connection.execute(sql, values).lastrowid

    def read(self, sql, *values):
        with self.lock:
            return [dict(row) for row in self.connection.execute(sql, values)]

    def order(self, reference):
        found = self.read("SELECT * FROM orders WHERE reference = ?", reference)
        return found[0] if found else None

    def count(self, name):
        self.write("INSERT INTO counts VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET number = number + 1", name)


class Shop:
    def __init__(self, settings):
        self.settings = settings
        self.url = f"http://127.0.0.1:{settings['port']}"
        self.books = Books(settings["books"])
        self.api = Counterfoil(settings["url"], settings["key"], timeout=10)
        self.webhook = Webhook(settings["secret"])
        self.manners = {"hook": "normal", "twice": False}
        self.todo = queue.Queue()
        self.pair = ThreadPoolExecutor(8)

    def ask(self, call):
        """Does it, or, with bad manners, twice at once: both must say the same."""
        if not self.manners["twice"]:
            return call()
        first, second = [self.pair.submit(call) for _ in range(2)]
        outcomes = [first.exception() or first.result(), second.exception() or second.result()]
        good = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
        if not good:
            raise outcomes[0]
        if len(good) == 2 and good[0]["id"] != good[1]["id"]:
            self.books.count("doubled")
        return good[0]

    # ---- orders

    def order(self, reference, amount, capture):
        """An order on disk, and its checkout. The same again gives the same."""
        self.books.write("INSERT OR IGNORE INTO orders (reference, amount, capture, state) VALUES (?, ?, ?, 'new')", reference, amount, capture)
        self.open_checkout(self.books.order(reference))
        return self.books.order(reference)

    def open_checkout(self, order):
        reference = order["reference"]
        checkout = self.ask(
            lambda: self.api.create_checkout(
                {
                    "account": self.settings["account"],
                    "amount": order["amount"],
                    "order_reference": reference,
                    "description": f"Order {reference}",
                    "return_url": f"{self.url}/back/{reference}",
                    "cancel_url": f"{self.url}/orders/{reference}",
                    "capture": order["capture"],
                    "metadata": {"shop": self.url},
                },
                idempotency_key=f"{reference}-checkout",
            )
        )
        self.books.write(
            "UPDATE orders SET checkout = ?, page = ?, state = CASE state WHEN 'new' THEN 'pending' ELSE state END WHERE reference = ?",
            checkout["id"], checkout["url"], reference,
        )  # fmt: skip

    def refresh(self, reference):
        """Makes of the order what its checkout is now: whoever says that something happened is not believed but looked after."""
        order = self.books.order(reference)
        if order is None or order["checkout"] is None:
            return
        checkout = self.api.get_checkout(order["checkout"])
        if checkout["order_reference"] != reference:
            self.books.count("strange")
            return
        state = STATES.get(checkout["state"], order["state"])
        if RANKS[state] <= RANKS[order["state"]]:
            return
        # Whoever ships does so where this line changes: once, whatever came twice.
        self.books.write(
            "UPDATE orders SET state = ?, payment = ?, captured = ?, times_paid = times_paid + ? WHERE reference = ? AND state = ?",
            state, checkout["payment_id"], checkout["captured"], state == "paid", reference, order["state"],
        )  # fmt: skip

    def capture(self, reference):
        payment = self.api.get_checkout(self.books.order(reference)["checkout"])["payment_id"]
        self.ask(lambda: self.api.capture_payment(payment, {}, idempotency_key=f"{reference}-capture"))
        self.refresh(reference)

    def void(self, reference):
        payment = self.api.get_checkout(self.books.order(reference)["checkout"])["payment_id"]
        self.ask(lambda: self.api.void_payment(payment, idempotency_key=f"{reference}-void"))
        self.refresh(reference)

    # ---- giving back

    def refund(self, reference, amount):
        """Written down first; sent now, and again by the looks, until it is known what became of it."""
        number = self.books.write("INSERT INTO refunds (reference, amount, state) VALUES (?, ?, 'sent')", reference, amount)
        self.send_refund(self.books.read("SELECT * FROM refunds WHERE number = ?", number)[0])
        return self.books.read("SELECT * FROM refunds WHERE number = ?", number)[0]

    def send_refund(self, refund):
        payment = self.books.order(refund["reference"])["payment"]
        key = f"{refund['reference']}-refund-{refund['number']}"
        try:
            made = self.ask(lambda: self.api.create_refund(payment, {"amount": refund["amount"], "reason": "Given back"}, idempotency_key=key))
        except (problems.Overloaded, problems.OutcomeUnknown, problems.RateLimited, problems.Internal):
            return
        except ProblemError as refused:
            self.books.write("UPDATE refunds SET state = 'refused', said = ? WHERE number = ?", refused.code, refund["number"])
            return
        except CounterfoilError:
            return
        self.books.write("UPDATE refunds SET state = 'done', payment = ? WHERE number = ?", made["id"], refund["number"])

    # ---- webhooks

    def take(self, body, headers):
        """Verifies and remembers an event; whether it is a right one."""
        try:
            event = self.webhook.verify(body, headers)
        except Exception:  # noqa: BLE001 - the library lets what is malformed through as errors of many kinds
            self.books.count("unsigned")
            return False
        data = event.get("data") or {}
        reference = data.get("order_reference")
        if data.get("account") not in (None, self.settings["account"]):
            self.books.count("strange")
        self.books.write(
            "INSERT INTO events VALUES (?, ?, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET times = times + 1",
            headers["webhook-id"], event["type"], event.get("event_seq"), reference,
        )  # fmt: skip
        if reference is not None:
            for _ in range(2 if self.manners["twice"] else 1):
                self.todo.put(reference)
        return True

    def work(self):
        while True:
            reference = self.todo.get()
            try:
                self.refresh(reference)
            except CounterfoilError as failure:
                print(f"shop: {reference}: {failure}", file=sys.stderr)

    def look(self):
        """What is open is looked at now and then, should an event have been lost, or the shop have been killed."""
        while True:
            time.sleep(self.settings.get("look_every", 3600))
            for order in self.books.read("SELECT * FROM orders WHERE state IN ('new', 'pending', 'on_hold')"):
                try:
                    if order["state"] == "new":
                        self.open_checkout(order)
                    self.refresh(order["reference"])
                except CounterfoilError as failure:
                    print(f"shop: {order['reference']}: {failure}", file=sys.stderr)
            for refund in self.books.read("SELECT * FROM refunds WHERE state = 'sent'"):
                self.send_refund(refund)

    # ---- reconciling

    def reconcile(self):
        """Line by line against the service's own: what differs, and the sums."""
        ours = {order["reference"]: order for order in self.books.read("SELECT * FROM orders")}
        given = {}
        for refund in self.books.read("SELECT * FROM refunds WHERE state = 'done'"):
            given[refund["reference"]] = given.get(refund["reference"], 0) + to_minor(refund["amount"], SCALE)
        theirs = [checkout for checkout in self.api.each_checkouts(account=self.settings["account"], limit=100) if checkout["order_reference"] in ours]
        differences, captured, refunded = [], 0, 0
        for checkout in theirs:
            order = ours[checkout["order_reference"]]
            found = {
                "state": (order["state"], STATES[checkout["state"]]),
                "captured": (order["captured"], checkout["captured"]),
                "refunded": (from_minor(given.get(order["reference"], 0), SCALE), checkout["refunded"]),
            }
            differences += [f"{order['reference']} {name}: {here} here, {there} there" for name, (here, there) in found.items() if here != there]
            captured += to_minor(checkout["captured"], SCALE)
            refunded += to_minor(checkout["refunded"], SCALE)
        numbers = [checkout["order_reference"] for checkout in theirs]
        differences += [f"{reference}: twice there" for reference in set(numbers) if numbers.count(reference) > 1]
        differences += [f"{reference}: not there" for reference in ours if reference not in numbers]
        return {"differences": differences, "orders": len(ours), "captured": from_minor(captured, SCALE), "refunded": from_minor(refunded, SCALE)}


class Handler(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self):
        path = urlsplit(self.path).path.split("/")
        if path[1] == "":
            self.page("<h1>Mill shop</h1><form method='post' action='/buy'><input name='amount' value='12.50'><button>Buy</button></form>")
        elif path[1] == "back":
            # The browser proves nothing: the state is read again.
            self.shop.refresh(path[2])
            order = self.shop.books.order(path[2])
            self.page(f"<h1>Order {html.escape(order['reference'])}</h1><p id='state'>{order['state']}</p>" if order else "<h1>No such order</h1>")
        elif path[1] == "orders":
            order = self.shop.books.order(path[2])
            self.json(200 if order else 404, order)
        elif path[1] == "state":
            books = self.shop.books
            tables = {name: books.read(f"SELECT * FROM {name}") for name in ("orders", "refunds", "events")}
            self.json(200, {**tables, "counts": {row["name"]: row["number"] for row in books.read("SELECT * FROM counts")}})
        elif path[1] == "reconciliation":
            self.json(200, self.shop.reconcile())
        elif path[1] == "trap":
            self.trap()
        else:
            self.json(404, None)

    def do_POST(self):
        path = urlsplit(self.path).path.split("/")
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_HOOK))
        if path[1] == "hook":
            self.hook(body)
            return
        if path[1] == "trap":
            self.trap()
            return
        if path[1] == "buy":
            amount = body.decode().removeprefix("amount=")
            order = self.shop.order(f"order-{time.time_ns()}", amount, "automatic")
            self.send_response(303)
            self.send_header("Location", order["page"])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        wanted = json.loads(body) if body else {}
        try:
            if path[1] == "orders" and len(path) == 2:
                self.json(201, self.shop.order(wanted["reference"], wanted["amount"], wanted.get("capture", "automatic")))
            elif path[3] == "refunds":
                self.json(201, self.shop.refund(path[2], wanted["amount"]))
            elif path[3] in ("capture", "void", "refresh"):
                getattr(self.shop, path[3])(path[2])
                self.json(200, self.shop.books.order(path[2]))
            else:
                self.json(404, None)
        except CounterfoilError as failure:
            # Whoever orders is told to come back; what was begun is on disk.
            self.json(502, {"error": str(failure), "code": getattr(failure, "code", None)})

    def do_PUT(self):
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.shop.manners.update(wanted)
        self.json(200, self.shop.manners)

    def hook(self, body):
        manner = self.shop.manners["hook"]
        is_right = self.shop.take(body, {name.lower(): value for name, value in self.headers.items()})
        if not is_right:
            self.json(400, None)
        elif manner == "slow":
            time.sleep(TOO_SLOW)
            self.json(204, None)
        elif manner == "wrong":
            self.json(500, {"error": "<html>not JSON"})
        elif manner == "redirect":
            self.send_response(307)
            self.send_header("Location", f"{self.shop.url}/trap")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif manner == "silent":
            time.sleep(2 * TOO_SLOW)
            self.close_connection = True
        elif manner == "cut":
            self.close_connection = True
            self.connection.shutdown(2)
        else:
            self.json(204, None)

    def trap(self):
        """Nobody has any business here."""
        self.shop.books.count("trapped")
        self.json(200, None)

    def page(self, content):
        self.answer(200, "text/html; charset=utf-8", f"<!doctype html><title>Mill shop</title>{content}".encode())

    def json(self, status, value):
        self.answer(status, "application/json", b"" if value is None or status == 204 else json.dumps(value).encode())

    def answer(self, status, media, content):
        try:
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        # Who hangs up on us is no news.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        settings = json.load(file)
    Handler.shop = Shop(settings)
    server = Server(("127.0.0.1", settings["port"]), Handler)
    for work in (Handler.shop.work, Handler.shop.look):
        threading.Thread(target=work, daemon=True).start()
    print(json.dumps({"url": Handler.shop.url}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
