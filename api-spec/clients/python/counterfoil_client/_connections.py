"""Connections, of which a few are kept for the next call."""

from __future__ import annotations

import http.client
import os
import selectors
import ssl
import threading
import time
import weakref
from collections.abc import Callable

IDLE = 15.0
"""Seconds for which an idle connection is kept: less than services and proxies keep theirs."""
MOST = 8
"""How many idle connections are kept."""
LARGEST_ANSWER = 64 * 1024 * 1024
"""The largest answer that is read, in bytes; of a larger one, one byte more."""
GONE = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""What says that the other end has closed the connection."""


class _Shelf:
    """The idle connections of one process, the newest at the end, each with the time since which it is idle."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.idle: list[tuple[float, http.client.HTTPConnection]] = []
        # Nobody has to close a client for its connections not to be left open.
        weakref.finalize(self, _close, self.idle)


class Connections:
    """Connections to one address. Any number of threads may speak at once, each over its own."""

    def __init__(
        self,
        host: str,
        port: int | None,
        tls: ssl.SSLContext | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._port = port
        self._tls = tls
        self._clock = clock
        self._shelf = _Shelf()

    def exchange(
        self, method: str, target: str, headers: dict[str, str], body: bytes | None, timeout: float, repeatable: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """One request and its answer: status, headers with their names in small letters, content.

        A connection that was kept may end in the moment in which it is used, and whether the request arrived is not known
        then: so only what may be sent twice goes over one, and is sent again over a new one. Raises OSError and HTTPException."""
        kept = self._take(timeout) if repeatable else None
        if kept is not None:
            try:
                return self._speak(kept, method, target, headers, body)
            except GONE:
                pass
        return self._speak(self._open(timeout), method, target, headers, body)

    def _speak(
        self, connection: http.client.HTTPConnection, method: str, target: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        is_over = False
        try:
            connection.request(method, target, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read(LARGEST_ANSWER + 1)
            is_over = response.isclosed() and not response.will_close
        finally:
            if is_over:
                self._keep(connection)
            else:
                connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, content

    def _open(self, timeout: float) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._tls)

    def _take(self, timeout: float) -> http.client.HTTPConnection | None:
        """One that was kept and has not ended, as far as can be seen; None where there is none."""
        shelf = self._mine()
        while True:
            with shelf.lock:
                if not shelf.idle:
                    return None
                since, connection = shelf.idle.pop()
            if self._clock() - since < IDLE and _is_quiet(connection):
                connection.timeout = timeout
                connection.sock.settimeout(timeout)
                return connection
            connection.close()

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        """For the next request, where there is room. Its answer has been read to the end."""
        shelf = self._mine()
        with shelf.lock:
            has_room = len(shelf.idle) < MOST
            if has_room:
                shelf.idle.append((self._clock(), connection))
        if not has_room:
            connection.close()

    def close(self) -> None:
        """Closes those that are idle."""
        shelf = self._mine()
        with shelf.lock:
            idle = shelf.idle.copy()
            shelf.idle.clear()
        _close(idle)

    def _mine(self) -> _Shelf:
        # After a fork the parent's connections are the parent's: two that speak on one would get each other's answers. To let go of them
        # closes them here, and not there.
        if self._shelf.process != os.getpid():
            self._shelf = _Shelf()
        return self._shelf


def _close(idle: list[tuple[float, http.client.HTTPConnection]]) -> None:
    for _, connection in idle:
        connection.close()


def _is_quiet(connection: http.client.HTTPConnection) -> bool:
    """Whether nothing came on an idle connection: what comes there unasked is its end."""
    if connection.sock is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return not selector.select(0)
