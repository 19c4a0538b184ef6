"""Generated from api-spec/problems.md by api-spec/clients/generate. Do not edit.

A class for each problem code of this version; another code comes as `ProblemError` itself.
"""

from ._errors import ProblemError


class ValidationFailed(ProblemError):
    """`validation_failed`, status 400: Invalid request."""


class IdempotencyKeyMissing(ProblemError):
    """`idempotency_key_missing`, status 400: Idempotency key missing."""


class Unauthenticated(ProblemError):
    """`unauthenticated`, status 401: Not signed in."""


class Forbidden(ProblemError):
    """`forbidden`, status 403: Not allowed."""


class StepUpRequired(ProblemError):
    """`step_up_required`, status 403: Step-up required."""


class NotFound(ProblemError):
    """`not_found`, status 404: Not found."""


class MethodNotAllowed(ProblemError):
    """`method_not_allowed`, status 405: Method not allowed."""


class NotAcceptable(ProblemError):
    """`not_acceptable`, status 406: Not acceptable."""


class RequestTimeout(ProblemError):
    """`request_timeout`, status 408: Request too slow."""


class InsufficientCredit(ProblemError):
    """`insufficient_credit`, status 409: Insufficient credit."""


class CeilingExceeded(ProblemError):
    """`ceiling_exceeded`, status 409: Ceiling exceeded."""


class PaymentLimitReached(ProblemError):
    """`payment_limit_reached`, status 409: Payment limit reached."""


class AccountNotActive(ProblemError):
    """`account_not_active`, status 409: Account not active."""


class PossibleDuplicate(ProblemError):
    """`possible_duplicate`, status 409: Possible duplicate."""


class SameAccount(ProblemError):
    """`same_account`, status 409: Same account."""


class LinesRefused(ProblemError):
    """`lines_refused`, status 409: Lines refused."""


class Conflict(ProblemError):
    """`conflict`, status 409: Conflict."""


class PreconditionFailed(ProblemError):
    """`precondition_failed`, status 412: Precondition failed."""


class BodyTooLarge(ProblemError):
    """`body_too_large`, status 413: Body too large."""


class UnsupportedMediaType(ProblemError):
    """`unsupported_media_type`, status 415: Unsupported media type."""


class IdempotencyKeyReused(ProblemError):
    """`idempotency_key_reused`, status 422: Idempotency key reused."""


class RateLimited(ProblemError):
    """`rate_limited`, status 429: Too many requests."""


class HeadTooLarge(ProblemError):
    """`head_too_large`, status 431: Request head too large."""


class Internal(ProblemError):
    """`internal`, status 500: Internal error."""


class Overloaded(ProblemError):
    """`overloaded`, status 503: Overloaded."""


class OutcomeUnknown(ProblemError):
    """`outcome_unknown`, status 503: Outcome unknown."""


BY_CODE: dict[str, type[ProblemError]] = {
    "validation_failed": ValidationFailed,
    "idempotency_key_missing": IdempotencyKeyMissing,
    "unauthenticated": Unauthenticated,
    "forbidden": Forbidden,
    "step_up_required": StepUpRequired,
    "not_found": NotFound,
    "method_not_allowed": MethodNotAllowed,
    "not_acceptable": NotAcceptable,
    "request_timeout": RequestTimeout,
    "insufficient_credit": InsufficientCredit,
    "ceiling_exceeded": CeilingExceeded,
    "payment_limit_reached": PaymentLimitReached,
    "account_not_active": AccountNotActive,
    "possible_duplicate": PossibleDuplicate,
    "same_account": SameAccount,
    "lines_refused": LinesRefused,
    "conflict": Conflict,
    "precondition_failed": PreconditionFailed,
    "body_too_large": BodyTooLarge,
    "unsupported_media_type": UnsupportedMediaType,
    "idempotency_key_reused": IdempotencyKeyReused,
    "rate_limited": RateLimited,
    "head_too_large": HeadTooLarge,
    "internal": Internal,
    "overloaded": Overloaded,
    "outcome_unknown": OutcomeUnknown,
}
