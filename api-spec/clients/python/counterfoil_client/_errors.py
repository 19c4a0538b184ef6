"""What can go wrong with a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Problem


class CounterfoilError(Exception):
    """All of these."""


class ProblemError(CounterfoilError):
    """The service said no, or that it does not know. There is a subclass for each code."""

    def __init__(
        self,
        status: int,
        problem: Problem,
        idempotency_key: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{problem['code']}: {problem.get('detail') or problem.get('title')} ({problem.get('request_id')})")
        self.status = status
        self.code = problem["code"]
        self.problem = problem
        self.idempotency_key = idempotency_key
        """The key under which the request was sent. After `outcome_unknown` the same key tells the truth."""
        self.retry_after = retry_after
        """Seconds after which to try again, where the service says so."""


class ConnectionFailed(CounterfoilError):
    """No answer came. What was asked for may have been done or not; a request with the same key finds out."""

    def __init__(self, message: str, idempotency_key: str | None = None) -> None:
        super().__init__(message)
        self.idempotency_key = idempotency_key


class UnexpectedAnswer(CounterfoilError):
    """An answer that this service does not give: the address is wrong, or something stands between."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"status {status}: {what}")
        self.status = status
