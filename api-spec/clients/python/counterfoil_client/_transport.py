"""Sends, tries again where that is right, and makes errors of what is refused."""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import json
import random
import ssl
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from ._connections import LARGEST_ANSWER, Connections
from ._errors import ConnectionFailed, CounterfoilError, ProblemError, UnexpectedAnswer
from .problems import BY_CODE

ATTEMPTS = 5
"""How often a call is tried in all."""
TIMEOUT = 45.0
"""Seconds for each step of an attempt; more than the longest `wait`."""
LONGEST_WAIT = 60.0
"""Seconds: who is told to wait longer gets the error."""
FIRST_WAIT = 0.25
"""Seconds before the second attempt where the service names none; doubled for each further one, up to the cap."""
WAIT_CAP = 8.0


@dataclass(frozen=True)
class Answer:
    """An answer's outside, for `on_answer`: the headers' names are in small letters."""

    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Failure:
    """One attempt's outcome that is not success. `is_undone`: nothing was done, so that any request may be sent again."""

    error: CounterfoilError
    may_retry: bool
    is_undone: bool
    wait: float | None


def quote(part: str) -> str:
    """A part of a path."""
    return urllib.parse.quote(str(part), safe="")


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds or a date, as seconds from now."""
    if header is None:
        return None
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        date = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    # One that says that it knows no zone is meant as the others are.
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())


def encode(body: Any) -> bytes:
    """JSON without floats: an amount that came as one would be refused, or worse, be another amount."""
    _refuse_floats(body, "")
    return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()


def _refuse_floats(value: Any, place: str) -> None:
    if isinstance(value, float):
        raise TypeError(f'{place}: amounts are decimal text such as "12.50", not floating-point numbers')
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_floats(inner, f"{place}/{name}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            _refuse_floats(inner, f"{place}/{number}")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """What all calls share."""

    def __init__(
        self,
        url: str,
        token: str | Callable[[], str] | None = None,
        *,
        attempts: int = ATTEMPTS,
        timeout: float = TIMEOUT,
        longest_wait: float = LONGEST_WAIT,
        on_answer: Callable[[Answer], None] | None = None,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`url`: where the service is, such as `https://river.example`; plain `http` only on the loopback. `token`: an API
        key (`cfk_…`) or an access token, or what gives one for each attempt. `on_answer` sees the status and headers
        (`etag`, `idempotency-replayed`) of every answer. May be used from several threads; a few connections are kept
        between the calls, until `close`."""
        parsed = urllib.parse.urlsplit(url)
        host = parsed.hostname or ""
        if parsed.scheme != "https" and not (parsed.scheme == "http" and _is_loopback(host)):
            raise ValueError("the service's URL must begin with https://; plain http is for the loopback alone")
        if not host or parsed.username or parsed.password or parsed.query or parsed.fragment:
            raise ValueError("the service's URL must be an address and no more")
        context = (tls or ssl.create_default_context()) if parsed.scheme == "https" else None
        self._connections = Connections(host, parsed.port, context)
        self._prefix = parsed.path.rstrip("/")
        self._token = token
        self._attempts = attempts
        self._timeout = timeout
        self._longest_wait = longest_wait
        self._on_answer = on_answer
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections that are kept. The client may be used afterwards, and opens new ones."""
        self._connections.close()

    def _pages(self, page: Callable[[str | None], Any]) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            answer = page(cursor)
            yield from answer["data"]
            cursor = answer.get("next_cursor")
            if cursor is None:
                return

    def _send(self, method: str, path: str, **parts: Any) -> Any:
        status, type_, body = self._try(method, path, **parts)
        if status == 304 or not body:
            return None
        if type_ != "application/json":
            raise UnexpectedAnswer(status, f"an answer of the type {type_}")
        try:
            # No answer holds floats; should one come to, it is not rounded.
            return json.loads(body, parse_float=str)
        except ValueError as error:
            raise UnexpectedAnswer(status, "an answer that is no JSON") from error

    def _send_for_document(self, method: str, path: str, **parts: Any) -> bytes:
        return self._try(method, path, **parts)[2]

    def _try(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = None,
        body_type: str = "application/json",
        idempotency_key: str | None = None,
        takes_key: bool = False,
        accept: str = "application/json",
        timeout: float | None = None,
    ) -> tuple[int, str, bytes]:
        sent = {"Accept": accept, **{name: value for name, value in (headers or {}).items() if value is not None}}
        content = None
        if body is not None:
            content = encode(body) if body_type == "application/json" else str(body).encode()
            sent["Content-Type"] = body_type
        if takes_key:
            idempotency_key = idempotency_key or str(uuid.uuid4())
            sent["Idempotency-Key"] = idempotency_key
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        target = self._prefix + path + ("?" + urllib.parse.urlencode(asked) if asked else "")
        # What may be sent again although nobody knows what became of it.
        repeatable = takes_key or method == "GET" or (method in ("PUT", "DELETE") and "If-Match" not in sent)
        attempt = 1
        while True:
            outcome = self._attempt(method, target, sent, content, idempotency_key, timeout or self._timeout, repeatable)
            if not isinstance(outcome, _Failure):
                return outcome
            pause = min(FIRST_WAIT * 2 ** (attempt - 1), WAIT_CAP) * random.uniform(0.5, 1)
            pause = max(pause, outcome.wait or 0.0)
            may_retry = outcome.may_retry and (outcome.is_undone or repeatable)
            if not may_retry or attempt >= self._attempts or pause > self._longest_wait:
                raise outcome.error
            self._sleep(pause)
            attempt += 1

    def _attempt(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | None,
        key: str | None,
        timeout: float,
        repeatable: bool,
    ) -> tuple[int, str, bytes] | _Failure:
        token = self._token() if callable(self._token) else self._token
        if token is not None:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        try:
            # Redirects are not followed: the token belongs to this address and to no other.
            status, told, content = self._connections.exchange(method, target, headers, body, timeout, repeatable)
        except (OSError, http.client.HTTPException) as error:
            failed = ConnectionFailed(f"no answer to {method} {target.split('?')[0]}: {type(error).__name__}", key)
            failed.__cause__ = error
            return _Failure(failed, may_retry=True, is_undone=False, wait=None)
        if len(content) > LARGEST_ANSWER:
            raise UnexpectedAnswer(status, "an answer beyond all measure")
        answer = Answer(status, told)
        if self._on_answer is not None:
            self._on_answer(answer)
        if 200 <= answer.status < 300 or answer.status == 304:
            return answer.status, answer.headers.get("content-type", "").split(";")[0].strip(), content
        return _failure(answer, content, key)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _failure(answer: Answer, content: bytes, key: str | None) -> _Failure:
    wait = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
    try:
        problem = json.loads(content)
    except ValueError:
        problem = None
    status = answer.status
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        # Something between here and the service: whether the request went through is not known.
        may_retry = status in (502, 503, 504)
        error: CounterfoilError = (
            ConnectionFailed(f"status {status} without a problem", key)
            if may_retry
            else UnexpectedAnswer(status, "an error that is no problem")
        )
        return _Failure(error, may_retry, is_undone=False, wait=wait)
    code = problem["code"]
    refused = BY_CODE.get(code, ProblemError)(status, problem, key, wait)  # type: ignore[arg-type]
    is_undone = status == 429 or code == "overloaded"
    is_open = status in (503, 408) or (status == 409 and code == "conflict" and wait is not None)
    return _Failure(refused, is_undone or is_open, is_undone, wait)
