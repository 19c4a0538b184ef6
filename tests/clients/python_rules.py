"""The Python client against a server that answers what a script says: when it tries again, when not, what it makes of errors, and over
which connections it speaks."""

import json
import os
import socket
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from counterfoil_client import ConnectionFailed, Counterfoil, ProblemError, UnexpectedAnswer, from_minor, problems, to_minor
from counterfoil_client._connections import IDLE, MOST
from counterfoil_client._transport import retry_after

PAYMENT = {"payer": "RIVER0003", "payee": "RIVER0002", "amount": "1.00", "description": "Bread"}


def problem(status, code, **headers):
    body = {"type": "t", "title": code, "status": status, "code": code, "detail": "d", "request_id": "req_1"}
    return status, {"Content-Type": "application/problem+json", **headers}, json.dumps(body)


OK = (201, {"Content-Type": "application/json"}, json.dumps({"id": "p", "state": "completed"}))
CUT = None
# The server hangs up behind its answer, without saying that it will.
OK_AND_GONE = (*OK, True)


class Scripted(unittest.TestCase):
    def setUp(self):
        test = self
        self.asked = []
        self.waits = []
        self.script = []
        # The connection of each request, by the client's port.
        self.ports = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                test.asked.append((self.command, self.path, self.headers, body))
                test.ports.append(self.client_address[1])
                # Without a script, the answer shows which request it is for.
                answer = test.script.pop(0) if test.script else (200, OK[1], json.dumps({"id": self.path.split("/")[-1]}))
                if answer is CUT:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                status, headers, content, *gone = answer
                self.close_connection = bool(gone)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content.encode())

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

            def finish(self):
                try:
                    super().finish()
                except (OSError, ValueError):
                    pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.api = Counterfoil(self.url, "cfk_secret", sleep=self.waits.append)

    def tearDown(self):
        # Whoever forgets a client leaves nothing open: unittest would tell.
        del self.api
        self.server.shutdown()
        self.server.server_close()

    def keys(self):
        return [headers["Idempotency-Key"] for _, _, headers, _ in self.asked]

    def pay(self):
        return self.api.create_payment(PAYMENT, idempotency_key="k-1")

    def test_the_same_key_goes_again_after_what_may_have_been_done(self):
        for lost in [CUT, problem(503, "outcome_unknown"), (502, {}, "<html>"), problem(409, "conflict", Retry_After="1")]:
            self.asked.clear()
            self.script[:] = [lost, OK]
            self.assertEqual(self.pay()["id"], "p")
            self.assertEqual(self.keys(), ["k-1", "k-1"])
            self.assertEqual(self.asked[0][3], self.asked[1][3])

    def test_the_service_is_waited_for_as_it_asks(self):
        self.script[:] = [problem(503, "overloaded", Retry_After="7"), problem(429, "rate_limited", Retry_After="3"), OK]
        self.pay()
        self.assertEqual(self.waits, [7.0, 3.0])

    def test_who_is_to_wait_too_long_gets_the_error(self):
        self.script[:] = [problem(429, "rate_limited", Retry_After="3600")]
        with self.assertRaises(problems.RateLimited) as raised:
            self.pay()
        self.assertEqual((self.waits, raised.exception.retry_after), ([], 3600.0))

    def test_refusals_are_final(self):
        for status, code in [(409, "insufficient_credit"), (409, "conflict"), (422, "idempotency_key_reused"), (500, "internal")]:
            self.script[:] = [problem(status, code)]
            with self.assertRaises(problems.BY_CODE[code]) as raised:
                self.pay()
            self.assertEqual((raised.exception.status, raised.exception.code, raised.exception.idempotency_key), (status, code, "k-1"))
        self.script[:] = [problem(418, "not_known_yet")]
        with self.assertRaises(ProblemError):
            self.pay()

    def test_it_gives_up_and_tells_the_key(self):
        self.script[:] = [CUT] * 5
        with self.assertRaises(ConnectionFailed) as raised:
            self.pay()
        self.assertEqual((raised.exception.idempotency_key, len(self.asked)), ("k-1", 5))
        self.assertEqual(len(self.waits), 4)
        self.assertTrue(all(0.125 * 2**number <= wait <= 0.25 * 2**number for number, wait in enumerate(self.waits)), self.waits)

    def test_what_has_no_key_is_sent_again_only_where_nothing_was_done(self):
        person = {"email": "a@river.example", "password": "p"}
        self.script[:] = [problem(503, "overloaded"), OK]
        self.api.create_session(person)
        self.script[:] = [CUT]
        with self.assertRaises(ConnectionFailed):
            self.api.create_session(person)
        self.assertEqual(len(self.asked), 3)
        limits = {"credit_limit": "1.00", "ceiling": None, "reason": "r"}
        self.script[:] = [CUT, OK]
        self.api.set_limits("RIVER0003", limits)
        # What was a change from one version would be one from another the second time.
        self.script[:] = [CUT]
        with self.assertRaises(ConnectionFailed):
            self.api.set_limits("RIVER0003", limits, if_match='"v1"')
        self.assertEqual(len(self.asked), 6)

    def test_where_a_key_may_be_left_out_one_is_made(self):
        self.script[:] = [CUT, OK]
        self.api._send("POST", "/api/v1/quotes", takes_key=True)
        self.assertEqual(len(set(self.keys())), 1)
        self.assertEqual(len(self.keys()[0]), 36)

    def test_a_connection_is_used_again(self):
        for number in range(3):
            self.assertEqual(self.api.get_payment(str(number))["id"], str(number))
        self.script[:] = [problem(409, "insufficient_credit"), (204, {}, ""), OK]
        with self.assertRaises(problems.InsufficientCredit):
            self.pay()
        self.api.delete_session()
        self.pay()
        self.assertEqual(len(set(self.ports)), 1, self.ports)
        # Whoever closes the client goes on with a new one.
        with self.api:
            self.api.get_payment("1")
        self.api.get_payment("1")
        self.assertEqual(len(set(self.ports)), 2, self.ports)

    def test_what_must_not_go_twice_gets_a_connection_of_its_own(self):
        for _ in range(3):
            self.script[:] = [OK]
            self.api.create_session({"email": "a@river.example", "password": "p"})
        self.assertEqual(len(set(self.ports)), 3, self.ports)

    def test_a_connection_that_ended_is_replaced_at_once(self):
        # Before it is used again, and in the moment in which it is.
        for ends in ([OK_AND_GONE, OK], [OK, CUT, OK]):
            self.script[:] = list(ends)
            self.assertEqual([self.pay()["id"], self.pay()["id"]], ["p", "p"])
        self.assertEqual((self.waits, self.script), ([], []))
        self.assertEqual(set(self.keys()), {"k-1"})
        # What a new one cannot do either is tried again after a while.
        self.script[:] = [CUT, CUT, OK]
        self.pay()
        self.assertEqual(len(self.waits), 1)

    def test_what_comes_unasked_is_nobodys_answer(self):
        ours, theirs = socket.socketpair()
        connection = HTTPConnection("127.0.0.1")
        connection.sock = ours
        with theirs:
            self.api._connections._keep(connection)
            theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"id\":\"else\"}")
            self.assertEqual(self.api.get_payment("1")["id"], "1")

    def test_a_connection_is_not_used_after_a_long_rest(self):
        now = 0.0
        self.api._connections._clock = lambda: now
        self.api.get_payment("1")
        now = IDLE - 0.1
        self.api.get_payment("1")
        now = 2 * IDLE
        self.api.get_payment("1")
        self.assertEqual([self.ports.index(port) for port in self.ports], [0, 0, 2])

    def test_threads_get_their_own_answers_and_few_connections_are_kept(self):
        with ThreadPoolExecutor(3 * MOST) as pool:
            numbers = [str(number) for number in range(300)]
            self.assertEqual([payment["id"] for payment in pool.map(self.api.get_payment, numbers)], numbers)
        self.assertLessEqual(len(self.api._connections._shelf.idle), MOST)

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork here")
    def test_a_forked_process_has_connections_of_its_own(self):
        self.api.get_payment("1")
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if self.api.get_payment("2")["id"] == "2" else 1)
            finally:
                os._exit(2)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.api.get_payment("3")
        self.assertEqual([self.ports.index(port) for port in self.ports], [0, 1, 0])

    def test_redirects_get_no_token(self):
        self.script[:] = [(307, {"Location": f"{self.url}/elsewhere"}, "")]
        with self.assertRaises(UnexpectedAnswer):
            self.pay()
        self.assertEqual(len(self.asked), 1)

    def test_what_is_no_answer_of_the_service_is_said_so(self):
        for content in [(200, {"Content-Type": "text/html"}, "<html>"), (200, OK[1], "<html>"), (404, {}, "<html>")]:
            self.script[:] = [content]
            with self.assertRaises(UnexpectedAnswer):
                self.api.get_payment("1")

    def test_secrets_stay_out_of_errors(self):
        self.script[:] = [CUT] * 5
        with self.assertRaises(ConnectionFailed) as raised:
            self.pay()
        self.assertNotIn("cfk_secret", repr(raised.exception) + repr(self.api))

    def test_floats_are_no_amounts(self):
        with self.assertRaisesRegex(TypeError, "/amount"):
            self.api.create_payment({**PAYMENT, "amount": 1.1}, idempotency_key="k-1")
        self.assertEqual(self.asked, [])

    def test_plain_http_is_for_the_loopback(self):
        for url in ["http://river.example", "ftp://river.example", "https://a:b@river.example", "https://"]:
            with self.assertRaises(ValueError):
                Counterfoil(url)
        Counterfoil("https://river.example/path/")

    def test_paths_and_questions_are_escaped(self):
        self.script[:] = [OK]
        self.api.get_account("../me?x=1")
        self.assertEqual(self.asked[0][1], "/api/v1/accounts/..%2Fme%3Fx%3D1")
        self.script[:] = [(200, {"Content-Type": "application/json"}, '{"data":[],"next_cursor":null}')]
        self.api.list_payments(q="ä&b", limit=2, from_="2026-01-01T00:00:00Z")
        self.assertEqual(self.asked[1][1], "/api/v1/payments?from=2026-01-01T00%3A00%3A00Z&q=%C3%A4%26b&limit=2")

    def test_dates_to_wait_for(self):
        now = datetime(2026, 9, 21, 14, 0, tzinfo=UTC)
        self.assertEqual(retry_after("Mon, 21 Sep 2026 14:00:05 GMT", now), 5.0)
        self.assertEqual(retry_after("Mon, 21 Sep 2026 13:00:00 GMT", now), 0.0)
        self.assertEqual(retry_after("Mon, 21 Sep 2026 14:00:05 -0000", now), 5.0)
        self.assertIsNone(retry_after("soon", now))

    def test_amounts(self):
        for text, scale, minor in [("12.5", 2, 1250), ("-3.20", 2, -320), ("0.00", 2, 0), ("7", 0, 7), ("0.000001", 6, 1)]:
            self.assertEqual(to_minor(text, scale), minor)
        for text in ["1e3", "01", ".5", "1.", "+1", "1.234", " 1", "1\n", "", "1,5", "١"]:
            with self.assertRaises(ValueError):
                to_minor(text, 2)
        self.assertEqual([from_minor(minor, 2) for minor in (1250, -320, 0, 5)], ["12.50", "-3.20", "0.00", "0.05"])
        self.assertEqual(from_minor(-7, 0), "-7")


if __name__ == "__main__":
    unittest.main()
