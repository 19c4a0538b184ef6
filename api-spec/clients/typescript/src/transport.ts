import type { Problem } from "./generated.js";
import { ConnectionError, ProblemError, UnexpectedAnswerError } from "./errors.js";

/** What is sent in one call, once the path is made. */
export interface Parts {
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
  bodyType?: string;
  idempotencyKey?: string | undefined;
  /** Whether the operation has an `Idempotency-Key`; one is made where none is given. */
  takesKey?: boolean;
  accept?: string;
}

export interface CallOptions {
  /** Ends the call, its waits and retries. */
  signal?: AbortSignal;
  /** Milliseconds for one attempt; what {@link Settings.timeout} says where it is left out. */
  timeout?: number;
  /** Sees the answer's status and headers (`etag`, `idempotency-replayed`), those of the last attempt. */
  onResponse?: (status: number, headers: Headers) => void;
}

export interface Settings {
  /** Where the service is, such as `https://river.example`. Plain `http` only on the loopback. */
  url: string;
  /** An API key (`cfk_…`) or an access token, or what gives one for each attempt. */
  token?: string | (() => string | Promise<string>);
  /** How often a call is tried in all; 5 where it is left out, 1 for no retries. */
  attempts?: number;
  /** Milliseconds for one attempt; 45,000 where it is left out, which is more than the longest `wait`. */
  timeout?: number;
  /** The longest wait between two attempts in milliseconds, 60,000 where it is left out: who is told to wait longer gets the error. */
  longestWait?: number;
  /** For tests and for other environments than browsers and Node. */
  fetch?: typeof fetch;
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

const ATTEMPTS = 5;
const TIMEOUT = 45_000;
const LONGEST_WAIT = 60_000;
/** Milliseconds before the second attempt where the service names none; doubled for each further one, up to the cap. */
const FIRST_WAIT = 250;
const WAIT_CAP = 8_000;
/** The largest answer that is read, in bytes. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", give);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", give, { once: true });
  });
}

/** Seconds or a date, as milliseconds from now. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** JSON, in which numbers are whole: an amount that came as a float would be refused, or worse, be another amount. */
export function encode(body: unknown): string {
  return JSON.stringify(body, (name, value) => {
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      throw new TypeError(`${name}: amounts are decimal text such as "12.50", not floating-point numbers`);
    }
    return value as unknown;
  });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && typeof (value as Problem).code === "string";
}

/** One attempt's outcome that is not success. `isUndone`: nothing was done, so that any request may be sent again. */
interface Failure {
  error: Error;
  mayRetry: boolean;
  isUndone: boolean;
  wait: number | undefined;
}

/** Sends, tries again where that is right, and makes errors of what is refused. */
export class Transport {
  readonly #settings: Settings;
  readonly #base: string;

  constructor(settings: Settings) {
    const url = new URL(settings.url);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
      throw new TypeError("the service's URL must begin with https://; plain http is for the loopback alone");
    }
    if (url.username || url.password || url.search || url.hash) {
      throw new TypeError("the service's URL must be an address and no more");
    }
    this.#base = url.href.replace(/\/+$/, "");
    this.#settings = settings;
  }

  /** All items over all pages. */
  protected async *pages<T>(
    list: (cursor: string | undefined) => Promise<{ data: T[]; next_cursor?: string | null }>,
  ): AsyncGenerator<T, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await list(cursor);
      yield* page.data;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  protected async send<T>(method: string, path: string, parts: Parts, options: CallOptions = {}): Promise<T> {
    const { status, bytes, type } = await this.#try(method, path, { accept: "application/json", ...parts }, options);
    if (status === 304) return null as T;
    if (bytes.length === 0) return undefined as T;
    if (type !== "application/json") throw new UnexpectedAnswerError(status, `an answer of the type ${type}`);
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch {
      throw new UnexpectedAnswerError(status, "an answer that is no JSON");
    }
  }

  protected async sendForDocument(method: string, path: string, parts: Parts, options: CallOptions = {}): Promise<Uint8Array> {
    return (await this.#try(method, path, parts, options)).bytes;
  }

  async #try(method: string, path: string, parts: Parts, options: CallOptions) {
    const settings = this.#settings;
    const key = parts.takesKey ? (parts.idempotencyKey ?? crypto.randomUUID()) : undefined;
    const body = parts.body === undefined ? undefined : parts.bodyType === "application/json" ? encode(parts.body) : String(parts.body);
    const isConditional = parts.headers?.["If-Match"] !== undefined;
    // What may be sent again although nobody knows what became of it.
    const isRepeatable = key !== undefined || method === "GET" || ((method === "PUT" || method === "DELETE") && !isConditional);
    for (let attempt = 1; ; attempt += 1) {
      options.signal?.throwIfAborted();
      const outcome = await this.#attempt(method, path, parts, body, key, options);
      if (!("error" in outcome)) return outcome;
      const wait = Math.max(outcome.wait ?? 0, Math.min(FIRST_WAIT * 2 ** (attempt - 1), WAIT_CAP) * (0.5 + Math.random() / 2));
      const mayRetry = outcome.mayRetry && (outcome.isUndone || isRepeatable);
      if (!mayRetry || attempt >= (settings.attempts ?? ATTEMPTS) || wait > (settings.longestWait ?? LONGEST_WAIT)) {
        throw outcome.error;
      }
      await (settings.sleep ?? sleep)(wait, options.signal);
    }
  }

  async #attempt(method: string, path: string, parts: Parts, body: string | undefined, key: string | undefined, options: CallOptions) {
    const settings = this.#settings;
    const headers = new Headers({ Accept: parts.accept ?? "application/json" });
    for (const [name, value] of Object.entries(parts.headers ?? {})) if (value !== undefined) headers.set(name, value);
    if (body !== undefined) headers.set("Content-Type", parts.bodyType ?? "application/json");
    if (key !== undefined) headers.set("Idempotency-Key", key);
    const token = typeof settings.token === "function" ? await settings.token() : settings.token;
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parts.query ?? {})) if (value !== undefined) query.set(name, String(value));
    const asked = query.size > 0 ? `?${query}` : "";
    const limit = AbortSignal.timeout(options.timeout ?? settings.timeout ?? TIMEOUT);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    try {
      // Redirects are not followed: the token belongs to this address and to no other.
      const request: RequestInit = { method, headers, signal, redirect: "manual", ...(body === undefined ? {} : { body }) };
      const response = await (settings.fetch ?? fetch)(this.#base + path + asked, request);
      const bytes = await this.#read(response);
      options.onResponse?.(response.status, response.headers);
      const type = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
      if (response.ok || response.status === 304) return { status: response.status, bytes, type };
      return this.#failure(response, bytes, key);
    } catch (cause) {
      if (options.signal?.aborted || cause instanceof UnexpectedAnswerError) throw cause;
      const error = new ConnectionError(`no answer to ${method} ${path}`, key, { cause });
      return { error, mayRetry: true, isUndone: false, wait: undefined } satisfies Failure;
    }
  }

  async #read(response: Response): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Not every browser can iterate over a stream.
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      length += part.value.length;
      if (length > LARGEST_ANSWER) {
        await reader?.cancel();
        throw new UnexpectedAnswerError(response.status, "an answer beyond all measure");
      }
      chunks.push(part.value);
    }
    const bytes = new Uint8Array(length);
    let place = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, place);
      place += chunk.length;
    }
    return bytes;
  }

  #failure(response: Response, bytes: Uint8Array, key: string | undefined): Failure {
    const wait = retryAfter(response.headers.get("retry-after"), Date.now());
    let problem: unknown;
    try {
      problem = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      problem = undefined;
    }
    const status = response.status;
    if (!isProblem(problem)) {
      // Something between here and the service: whether the request went through is not known.
      const mayRetry = [502, 503, 504].includes(status);
      const error = mayRetry
        ? new ConnectionError(`status ${status} without a problem`, key)
        : new UnexpectedAnswerError(status, "an error that is no problem");
      return { error, mayRetry, isUndone: false, wait };
    }
    const error = new ProblemError(status, problem, key, wait);
    const isUndone = status === 429 || problem.code === "overloaded";
    const isOpen = status === 503 || status === 408 || (status === 409 && problem.code === "conflict" && wait !== undefined);
    return { error, mayRetry: isUndone || isOpen, isUndone, wait };
  }
}
