import type { Problem, ProblemCode } from "./generated.js";

/** The service said no, or that it does not know. Branch on {@link code}. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: ProblemCode | (string & {});
  readonly problem: Problem;
  /** The key under which the request was sent, where it had one. After `outcome_unknown` the same key tells the truth. */
  readonly idempotencyKey: string | undefined;
  /** Milliseconds after which to try again, where the service says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: Problem, idempotencyKey?: string, retryAfter?: number) {
    super(`${problem.code}: ${problem.detail ?? problem.title} (${problem.request_id})`);
    this.name = "ProblemError";
    this.status = status;
    this.code = problem.code;
    this.problem = problem;
    this.idempotencyKey = idempotencyKey;
    this.retryAfter = retryAfter;
  }

  /** Whether `error` is the service's problem of this code. */
  static is(error: unknown, code: ProblemCode): error is ProblemError {
    return error instanceof ProblemError && error.code === code;
  }
}

/** No answer came. What was asked for may have been done or not; a request with the same {@link idempotencyKey} finds out. */
export class ConnectionError extends Error {
  readonly idempotencyKey: string | undefined;

  constructor(message: string, idempotencyKey?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionError";
    this.idempotencyKey = idempotencyKey;
  }
}

/** An answer that this service does not give: the address is wrong, or something stands between. */
export class UnexpectedAnswerError extends Error {
  readonly status: number;

  constructor(status: number, what: string) {
    super(`status ${status}: ${what}`);
    this.name = "UnexpectedAnswerError";
    this.status = status;
  }
}
