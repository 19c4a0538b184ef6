"""A client for Counterfoil, a mutual-credit service."""

from . import models, problems
from ._errors import ConnectionFailed, CounterfoilError, ProblemError, UnexpectedAnswer
from ._transport import Answer
from .amounts import from_minor, to_minor
from .client import API_VERSION, Counterfoil

__all__ = [
    "API_VERSION",
    "Answer",
    "ConnectionFailed",
    "Counterfoil",
    "CounterfoilError",
    "ProblemError",
    "UnexpectedAnswer",
    "from_minor",
    "models",
    "problems",
    "to_minor",
]
