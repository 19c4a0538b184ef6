"""A network between a program and the service that can be cut: before a request arrives, or after it and before its answer."""

import contextlib
import socket
import threading


class Network:
    """Passes connections on to `target`, a (host, port), as long as nothing is wrong."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock = threading.Lock()
        self.lost_answers = 0
        self.is_cut = False
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answers(self, number):
        """The next requests arrive, and their answers do not."""
        with self.lock:
            self.lost_answers += number

    def cut(self):
        """Nothing passes any more, and what is under way breaks off."""
        with self.lock:
            self.is_cut = True
            connections = list(self.open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self):
        with self.lock:
            self.is_cut = False

    def close(self):
        self.cut()
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            with self.lock:
                if self.is_cut:
                    return
            try:
                server = socket.create_connection(self.target, timeout=60)
            except OSError:
                return
            with server:
                with self.lock:
                    self.open |= {client, server}
                threading.Thread(target=self._pass, args=(client, server), daemon=True).start()
                self._pass(server, client, self._is_lost)
                with self.lock:
                    self.open -= {client, server}
                # The other thread may still be reading: to close is not enough.
                for connection in (client, server):
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)

    def _is_lost(self):
        """Whether an answer, of which bytes have come, is one of those that get lost: what was asked for is done."""
        with self.lock:
            loses = self.lost_answers > 0
            self.lost_answers -= loses
            return loses

    def _pass(self, source, sink, is_lost=lambda: False):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_lost():
                    return
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
