// Generated from api-spec/openapi.yaml by api-spec/clients/generate. Do not edit.

import { Transport } from "./transport.js";
import type { CallOptions } from "./transport.js";

/** The version of the API's description. */
export const API_VERSION = "0.1.0";

/** The problem codes of this version. Others may come: what is not known is taken for its status. */
export type ProblemCode =
  | "validation_failed"
  | "idempotency_key_missing"
  | "unauthenticated"
  | "forbidden"
  | "step_up_required"
  | "not_found"
  | "method_not_allowed"
  | "not_acceptable"
  | "request_timeout"
  | "insufficient_credit"
  | "ceiling_exceeded"
  | "payment_limit_reached"
  | "account_not_active"
  | "possible_duplicate"
  | "same_account"
  | "lines_refused"
  | "conflict"
  | "precondition_failed"
  | "body_too_large"
  | "unsupported_media_type"
  | "idempotency_key_reused"
  | "rate_limited"
  | "head_too_large"
  | "internal"
  | "overloaded"
  | "outcome_unknown";

/** That somebody accepted a version of the terms. */
export interface Acceptance {
  /** When, the first time. */
  accepted_at: string;
  /** Which one. */
  version: number;
}

/** An account: whole for those whose it is and for admins, and for others only that it exists. */
export type Account = FullAccount | PublicAccount;

/** An account by which another one is known from now on. */
export interface AccountLink {
  /** Its public name. */
  code: string;
  /** Its id. */
  id: string;
  /** The name people read. */
  name: string;
}

/** To which plan. */
export interface AgreeToPlanRequest {
  /** The version of the leaving that has it: nobody agrees to what they have not seen. */
  version: number;
}

/** A version of a community's terms. */
export interface Agreement {
  /** Since when it counts. */
  created_at: string;
  /** Its whole text. */
  text: string;
  /** Its title. */
  title: string;
  /** Its number, from 1. The highest counts. */
  version: number;
}

/** A page of the versions of a community's terms. */
export interface AgreementPage {
  /** The versions, newest first. */
  data: Agreement[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** That one payment may pass an account's credit limit. */
export interface Allowance {
  /** The most that the payment may be. */
  amount: string;
  /** Before when it has to be made. */
  until: string;
}

/** A key with which software acts at one account. */
export interface ApiKey {
  /** The account that it is for, and that it reaches nothing beside. */
  account: KeyAccountView;
  /** The networks from which it may be used; from everywhere where there are none. */
  addresses: string[];
  /** The account's community. */
  community: string;
  /** When it was made. */
  created_at: string;
  /** When it ends by itself; null for never. */
  expires_at?: string | null;
  /** Its id, which outlives its secrets. */
  id: string;
  /** When any of its secrets was last used, give or take ten minutes; null for never. */
  last_used_at?: string | null;
  /** From which network that was. */
  last_used_from?: string | null;
  /** What its owner calls it. */
  name: string;
  /** What its present secret begins with, to recognise one by that was found somewhere. */
  prefix: string;
  previous?: PreviousSecretView | null;
  /** What it may. */
  scopes: string[];
  /** Whether it is of a community that is only for tests. */
  test_mode: boolean;
}

/** Keys, oldest first. */
export interface ApiKeyList {
  /** The keys. */
  data: ApiKey[];
}

/** An application. */
export interface Application {
  /** The version of the terms that the applicant accepted; null where there were none. */
  agreement_version?: number | null;
  /** When the address was confirmed. */
  confirmed_at?: string | null;
  /** When it was made. */
  created_at: string;
  /** When an admin decided; null until then. */
  decided_at?: string | null;
  /** The name of the admin who decided; null until then. */
  decided_by?: string | null;
  earlier?: EarlierMemberships | null;
  /** The address, which was confirmed. */
  email: string;
  /** Its id, and the member's, once they are let in. */
  id: string;
  /** The name of whoever invited the applicant; null where nobody did. */
  invited_by?: string | null;
  /** The language in which the applicant is written to. */
  language: string;
  /** What the applicant says; may be empty. */
  message: string;
  /** The name that people will read. */
  name: string;
  /** Why; null until then, and where nobody said. */
  reason?: string | null;
  /** `waiting`, `admitting` (for a moment, while it is approved), `approved` or `refused`. */
  state: string;
}

/** A page of applications. */
export interface ApplicationPage {
  /** The applications, newest first. */
  data: Application[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** What somebody without a login is told when they ask to join: the same for every address. */
export interface ApplicationReceipt {
  /** What comes next. */
  next: string;
}

/** What one admin asked for and another one has to agree to. */
export interface Approval {
  /** When. */
  asked_at: string;
  /** The name of who asked. */
  asked_by: string;
  /** Until when another admin can agree. */
  expires_at: string;
  /** Its id. */
  id: string;
  income?: WantedIncome | null;
  /** `limits`, `rules`, `reversal`, `write_off`, `payout`, `income`, `merge`, `joining`, `step_up` or `limit_policy`. */
  kind: string;
  limit_policy?: WantedLimitPolicy | null;
  limits?: WantedLimits | null;
  merge?: WantedMerge | null;
  payout?: WantedPayout | null;
  /** Why, in the words of who asked. */
  reason: string;
  reversal?: WantedReversal | null;
  rules?: ApprovalRules | null;
  /** When; null until then. */
  settled_at?: string | null;
  /** The name of who agreed or refused; null until then. */
  settled_by?: string | null;
  /** `pending`, `approved`, `refused` or `expired`. */
  state: string;
  /**
   * Above which amount all payments are to need a fresh proof; null where it is about something else, or where no payment
   * is to need one: the kind tells.
   */
  step_up_above?: string | null;
  write_off?: WantedWriteOff | null;
}

/** A page of approvals. */
export interface ApprovalPage {
  /** The approvals, newest first. */
  data: Approval[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** Above which amounts two admins are needed. */
export interface ApprovalRules {
  /** Raising a credit limit to more than this needs two; null for no such rule. */
  limits_above?: string | null;
  /**
   * Undoing a payment of more than this needs two, and so does paying more than this out of the fund, at once or in what one admin
   * pays out alone, or what one payee is paid, within thirty days, and an income of more than this; null for no such rule.
   */
  reversals_above?: string | null;
}

/** On which terms. */
export interface ApproveApplicationRequest {
  /** How far below zero the account may go; as the community chose for new members where it is left out. */
  credit_limit?: string | null;
  /** Why, for those who ask later. */
  reason?: string | null;
}

/** From which account. */
export interface ApproveCheckoutRequest {
  /** The paying account's code or id; one of yours. */
  payer: string;
}

/** Who did something. */
export interface AuditActor {
  /** The member whom the user operates in the community; null where it is none. */
  member_id?: string | null;
  /** The member's name, or else the user's. */
  name?: string | null;
  /** The user's id. */
  user_id: string;
}

/** A line of a community's audit log. */
export interface AuditLine {
  /** What was done. */
  action: string;
  actor?: AuditActor | null;
  /** How it is since. */
  after: Record<string, unknown>;
  /** How it was. */
  before: Record<string, unknown>;
  /** When. */
  created_at: string;
  /** Its id. */
  id: string;
  origin?: AuditOrigin | null;
  /** Why; null where nobody said or it was erased. */
  reason?: string | null;
  /** The request that asked for it; null for the service itself. */
  request_id?: string | null;
  /** To what. */
  subject: AuditSubject;
}

/** Where a request came from. */
export interface AuditOrigin {
  /** The client's address. */
  address?: string | null;
  /** What the client said of itself. */
  user_agent?: string | null;
}

/** A page of a community's audit log, newest first. */
export interface AuditPage {
  /** The lines. */
  data: AuditLine[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** What something was done to. */
export interface AuditSubject {
  /** An account's code; null for other things. */
  code?: string | null;
  /** Its id. */
  id: string;
  /** Its name. */
  name?: string | null;
}

/** What a member does on the pages. */
export interface AuthorizationForm {
  /** The code of the one account that the app may act at; all of the member's where it is empty. */
  account?: string | null;
  /** The most units that all payments of a day may have together; none where it is empty. */
  ceiling_per_day?: string | null;
  /** The most units that a payment may have; none where it is empty. */
  ceiling_per_payment?: string | null;
  /** To sign in with a passkey: what the browser gave, as JSON. */
  credential?: string | null;
  /** `sign_in`, `passkey`, `allow`, `deny` or `sign_out`. */
  do: string;
  /** To sign in. */
  email?: string | null;
  /** Proves that the form comes from a page that this browser was given. */
  form_token: string;
  /** To sign in. */
  password?: string | null;
  /** To sign in with a second factor. */
  second_factor?: string | null;
}

/** A step of a series. */
export interface BalancePoint {
  /** The balance then, or now where that has not come. */
  balance: string;
  /** Its first day. */
  date: string;
  /** When it ends. */
  until: string;
}

/**
 * What a community's members hold and owe, and its own accounts. Positive and negative balances, commons, write-off and
 * peers add up to zero.
 */
export interface BalanceSheet {
  /** The balance of the community's own fund. */
  commons: string;
  /** The community's code. */
  community: string;
  /** How far all open accounts of members may go below zero together. */
  credit_granted: string;
  /** The day at whose end it holds; null for now. */
  date?: string | null;
  /** When it was made. */
  made_at: string;
  /** How many accounts that is. */
  negative_accounts: number;
  /** The sum of members' balances below zero. */
  negative_balances: string;
  /** The balance with other communities. */
  peers: string;
  /** How many accounts that is. */
  positive_accounts: number;
  /** The sum of members' balances above zero. */
  positive_balances: string;
  /** Held for authorised payments. */
  reserved: string;
  /** The last record of the ledger that counts. */
  seq: number;
  /** By which clocks days end. */
  time_zone: string;
  /** What one unit of its currency is called. */
  unit: string;
  /** The balance of the account that bears losses. */
  write_off: string;
}

/** An account's balance over time, oldest first. */
export interface Balances {
  /** The account's code. */
  account: string;
  /** The steps. */
  data: BalancePoint[];
  /** How long each step is: `day`, `week` or `month`. */
  interval: string;
  /** By whose clocks the steps begin and end. */
  time_zone: string;
}

/** Why; may be left out. */
export interface BeginLeavingRequest {
  /** Why, for those who ask later. */
  reason?: string | null;
}

/** What would come of several payments, made one after the other. */
export interface BulkPreview {
  /** The community's code. */
  community: string;
  /** The lines that would be paid, with the balances that they leave. */
  lines: PreviewedLine[];
  /** How many lines would be paid. */
  payable: number;
  /** The lines that would be refused, and why. */
  refusals: RefusedLine[];
  /** How many would be refused. */
  refused: number;
  /** How much would be paid by the valid lines in all. */
  total: string;
}

/** Why. */
export interface CancelAllowanceRequest {
  /** Why, for those who ask later. */
  reason: string;
}

/** Whether the money moves at once. */
export type CaptureMode = "automatic" | "manual";

/** How much of it. */
export interface CaptureRequest {
  /** Decimal text, above zero, no more than was authorised; all of it where it is left out. */
  amount?: string | null;
}

/** A category in use. */
export interface Category {
  /** Its name. */
  category: string;
  /** How many payments it has. */
  payments: number;
}

/** The categories in use at an account, in the order of their letters. */
export interface CategoryList {
  /** The categories. */
  data: Category[];
}

/** A checkout, as its shop sees it. */
export interface Checkout {
  /** The code of the account that is paid. */
  account: string;
  /** How much is to be paid in the local currency. */
  amount: string;
  /** Where the payer goes who does not pay. */
  cancel_url?: string | null;
  /** `automatic`: the money moves when the payer approves. `manual`: when the shop captures it. */
  capture: string;
  /** How much was paid. */
  captured: string;
  /** The community's code. */
  community: string;
  /** When it was made. */
  created_at: string;
  /** The local currency: its community's code. */
  currency: string;
  /** What for. */
  description: string;
  /** Until when it can be approved. */
  expires_at: string;
  /** Its id. */
  id: string;
  /** What the shop's program wanted to find again; for those who look after the account. */
  metadata: Record<string, unknown>;
  /** The shop's name for the order. */
  order_reference: string;
  /** The payment that the payer approved: what is captured, voided and refunded. */
  payment_id?: string | null;
  /** How much of that was given back. */
  refunded: string;
  /** Where the payer goes afterwards. */
  return_url?: string | null;
  split?: Split | null;
  /** Where it stands: `open`, `completed`, `authorised`, `declined`, `cancelled` or `expired`. It only moves forward. */
  state: string;
  /** True where it is of a community that is only for tests; else left out. */
  test_mode?: boolean;
  /** Its page, where the payer approves; also what a QR code holds. Not repeated in events, nor for admins. */
  url?: string | null;
}

/** A page of checkouts, newest first. */
export interface CheckoutPage {
  /** The checkouts. */
  data: Checkout[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** What is coming for an account. */
export interface ComingContributions {
  /** What it would be asked for if the month ended now. */
  next: Dues;
  /** What could not be taken before, and is asked for again with it. */
  owing: Dues;
  /** By which rules, and when. */
  rules: Contributions;
}

/** A community, as anyone may see it. */
export interface Community {
  /** Its short name. */
  code: string;
  /** Its full name. */
  name: string;
  /** Decimal places of amounts. */
  scale: number;
  /** The sign beside amounts. */
  symbol: string;
  /** Whether it is only for tests: nothing in it is worth anything. */
  test_mode: boolean;
  /** By which clocks it lives. */
  time_zone: string;
  /** What one unit of its currency is called. */
  unit: string;
}

/** A page of communities, by code. */
export interface CommunityPage {
  /** The communities. */
  data: Community[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** The community's amount. */
export interface CommunityStepUpView {
  /** Payments above it need a fresh proof; null for no such rule. */
  above?: string | null;
}

/** A new password, and what allows to choose it. */
export interface CompletePasswordResetRequest {
  /** The second factor's code, or a recovery code, for logins that have one. */
  code?: string | null;
  /** The new password: 15 to 256 characters, or at least 8 beside a second factor. */
  new_password: string;
  /** The token from the message. */
  token: string;
}

/** A code of the started authenticator. */
export interface ConfirmTotpRequest {
  /** What the app shows now. */
  code: string;
}

/** What a community's members contribute to its commons account. */
export interface Contributions {
  /** The charge on what an account holds at the end of a month. */
  above: HoldingCharge;
  /** How much each member contributes. */
  amount: string;
  /** The charge on what an account owes at the end of a month. */
  below: HoldingCharge;
  /** How often members contribute: after each `month`, or after each `year`'s December. */
  every: string;
  /** Months for which nobody was asked, because the service was off; the latest 24 such times, the newest first. */
  missed: MissedPeriods[];
  /** When they are taken. */
  next_at?: string | null;
  /** The month whose contributions come next; null where nothing was ever set. */
  next_month?: string | null;
  /** Rises with each change; zero where nothing was ever set. */
  version: number;
}

/** What a community's members would contribute if the month ended now. */
export interface ContributionsPreview {
  /** How many accounts would be asked for something. */
  accounts: number;
  /** A page of the accounts, in the order in which they were opened. */
  data: ExpectedDues[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
  /** By which rules, and when. */
  rules: Contributions;
  /** What all of them would be asked for together, beside what they owe from before. */
  total: Dues;
}

/** The other side of an entry. */
export interface Counterparty {
  /** The account's public name. */
  code: string;
  /** The name people read. */
  name: string;
}

/** What the mail holds: its link's token, or the short code with the address. */
export interface CreateAddressConfirmationRequest {
  /** The code from the mail: eight digits. */
  code?: string | null;
  /** The address, with a code. */
  email?: string | null;
  /** The token of the mail's link. */
  token?: string | null;
}

/** Terms. */
export interface CreateAgreementRequest {
  /** Their whole text, at most 15000 characters. */
  text: string;
  /** Their title, at most 200 characters. */
  title: string;
}

/** A key to be made. */
export interface CreateApiKeyRequest {
  /** The account that it is for: a code or an id. */
  account: string;
  /** The addresses and networks from which it may be used; from everywhere where there are none. */
  addresses?: string[];
  /** When it ends by itself; never where it is left out. */
  expires_at?: string | null;
  /** What you call it, up to 60 characters. */
  name: string;
  /**
   * Instead of scopes: `take_payments` (`requests:write payments:read`), `refund` (`refunds:write payments:read`) or `read_only`
   * (`accounts:read payments:read`).
   */
  role?: string | null;
  /**
   * What it may: of `accounts:read`, `payments:read`, `payments:write`, `requests:write`, `refunds:write`, `webhooks:manage`. A shop
   * that takes payments and gives them back needs `requests:write payments:read refunds:write`; only `payments:write` spends.
   */
  scopes?: string[];
}

/** Who wants to join. */
export interface CreateApplicationRequest {
  /** The version of the terms that is accepted with this: the community's current one, if it has terms. */
  agreement_version?: number | null;
  /** The address of the new login. Left out with a token. */
  email?: string | null;
  /** The token from an invitation to this address. With it, the address counts as confirmed. */
  invitation?: string | null;
  /** The language to be written to in: `en`, `es`, `fr`, `de` or `nl`. */
  language?: string | null;
  /** Something for the admins to read, at most 500 characters. */
  message?: string | null;
  /** The name that people will read, at most 100 characters. */
  name: string;
  /** The new login's password: 15 to 256 characters. Left out with a token. */
  password?: string | null;
}

/** How much, for which order, and where the payer goes. */
export interface CreateCheckoutRequest {
  /**
   * The code or id of the account that is to be paid; your only one where it is left out. A
   * person names one that is for tests; a key is for one account anyway.
   */
  account?: string | null;
  /** Decimal text, above zero, with at most the currency's decimal places. May be left out where it follows from `split`. */
  amount?: string | null;
  /** Where the payer goes who does not pay. */
  cancel_url?: string | null;
  /**
   * `automatic`, as where it is left out: the money moves when the payer approves. `manual`: it is set aside for a week, for
   * you to capture by `/payments/{id}/capture`.
   */
  capture?: CaptureMode;
  /** What for, up to 500 characters; the payer reads it. */
  description?: string;
  /** Until when it can be approved (RFC 3339), at most 30 days ahead; 15 minutes where it is left out. */
  expires_at?: string | null;
  /**
   * What your program wants to find again: up to 20 names of up to 40 characters, with values of up to 500, of 4,096 bytes in
   * all.
   */
  metadata?: Record<string, unknown>;
  /** Your name for the order, up to 100 characters. One live checkout stands for it at most. */
  order_reference: string;
  /**
   * Where the payer goes afterwards: https, or http on your own machine. Nothing but `checkout=` and the id is added: it
   * proves nothing, so read the checkout again.
   */
  return_url?: string | null;
  split?: SplitRequest | null;
}

/** A community with its first admin. */
export interface CreateCommunityRequest {
  /** The first admin's e-mail address. Who has no login yet gets one, and a message to choose a password. */
  admin_email: string;
  /** The first admin's name. */
  admin_name: string;
  /** Its short name: 2 to 16 capital letters. */
  code: string;
  /** How far below zero a new member may go. */
  default_credit_limit: string;
  /** Its full name. */
  name: string;
  /** Decimal places of amounts, 0 to 6. */
  scale: number;
  /** The sign beside amounts. */
  symbol: string;
  /** By which clocks it lives: the name of a time zone. Planned payments come by them. */
  time_zone?: string;
  /** What one unit of its currency is called. */
  unit: string;
}

/** What may be said with it. */
export interface CreateErasureRequest {
  /** Why; erased with the rest. */
  reason?: string;
}

/** A group's name. */
export interface CreateGroupRequest {
  /** The name, as no other group of the community has it. */
  name: string;
}

/** Whom to invite. */
export interface CreateInvitationRequest {
  /** The address to write to. */
  email: string;
  /** Something for them to read, at most 500 characters. */
  message?: string | null;
  /** The person's name, at most 100 characters. */
  name?: string | null;
}

/** A policy to try. */
export interface CreateLimitPolicyPreviewRequest {
  /** What holds where none fits. */
  default: LimitTerms;
  /** The rules, the first of which that fits a member holds; at most 20. */
  rules: LimitRule[];
}

/** Two accounts of one person. */
export interface CreateMergePreviewRequest {
  /** The account that is one too many, by code or id. */
  duplicate: string;
  /** The account that is kept, by code or id. */
  kept: string;
}

/** Two accounts of one person, and why they are merged. */
export interface CreateMergeRequest {
  /** The account that is one too many, by code or id: closed by it. */
  duplicate: string;
  /** The account that is kept, by code or id. */
  kept: string;
  /** Why, for those who ask later. */
  reason: string;
}

/** An app, shop or machine to be registered. */
export interface CreateOAuthClientRequest {
  /** The most units that a machine may spend on one day; no ceiling where it is left out. */
  ceiling_per_day?: string | null;
  /** The most units that a machine may spend in one payment; no ceiling where it is left out. */
  ceiling_per_payment?: string | null;
  /** Whether it can keep a secret: a server can, an app on a phone or in a browser cannot. */
  confidential: boolean;
  /**
   * `authorization_code`, with which refresh tokens come, for apps that members allow to act for them;
   * `client_credentials` for machines that act for you.
   */
  grant_types: string[];
  /** The name that members read when they are asked. */
  name: string;
  /**
   * Where codes may be sent, exactly: `https`, `http` on `127.0.0.1` or `[::1]` (with any port), or a private scheme
   * with a point in it.
   */
  redirect_uris?: string[];
  /** The most that it may be allowed. */
  scopes: string[];
}

/** A passkey to be added. */
export interface CreatePasskeyRequest {
  /** What the browser gave. */
  credential: NewPasskeyCredential;
  /** What you call it, so that you know it again in the list. */
  name: string;
}

/** A passkey that signs in. */
export interface CreatePasskeySessionRequest {
  /** What the browser gave. */
  credential: PasskeyCredential;
}

/** Whose password is forgotten. */
export interface CreatePasswordResetRequest {
  /** The login's e-mail address. */
  email: string;
}

/** What it is called, and how much. */
export interface CreatePaymentLinkRequest {
  /** The code or id of the account that is to be paid; one that you may take for. */
  account: string;
  /** Decimal text, above zero; up to the payer where it is left out. */
  amount?: string | null;
  /** What for, up to 500 characters; the title where it is left out. */
  description?: string;
  /** Where the payer goes afterwards: https, or http on your own machine. */
  return_url?: string | null;
  /** What it is called, up to 100 characters. */
  title: string;
}

/** Who pays whom how much, and what for. */
export interface CreatePaymentRequest {
  /**
   * Set it where the same payment is meant twice: without it, one to the same payee over the same amount with the
   * same description within two minutes is refused as a `possible_duplicate`.
   */
  allow_duplicate?: boolean;
  /** Decimal text, above zero, with at most the currency's decimal places. */
  amount: string;
  /** `automatic`, as where it is left out: the money moves at once. `manual`: it is set aside for the payee to capture. */
  capture?: CaptureMode;
  /** What for, up to 500 characters. */
  description?: string;
  /** With `manual`: until when it can be captured (RFC 3339), at most 30 days ahead; 7 days where it is left out. */
  expires_at?: string | null;
  /** The paid account's code or id. */
  payee: string;
  /** The paying account's code or id; one of yours. */
  payer: string;
  /**
   * For when, if not now: a time with its offset, or a date, which means the beginning of that day in the
   * community's time zone. In the future, at most five years ahead.
   */
  scheduled_for?: string | null;
}

/** Who shall pay whom how much, and what for. */
export interface CreatePaymentRequestRequest {
  /** Decimal text, above zero, with at most the currency's decimal places. */
  amount: string;
  /** What for, up to 500 characters. */
  description?: string;
  /** Until when it can be accepted (RFC 3339), at most 90 days ahead; 14 days where it is left out. */
  expires_at?: string | null;
  /** The code or id of the account that is to be paid; one of yours. */
  payee: string;
  /** The code or id of the account that is asked. */
  payer: string;
}

/** Whom the fund pays, how much and what for. */
export interface CreatePayoutRequest {
  /** How much. */
  amount: string;
  /** What for, up to 500 characters: whoever gets it reads it, and the audit log keeps it. */
  description: string;
  /** A member's account, by code or id. */
  payee: string;
}

/** How much is given back, and why. */
export interface CreateRefundRequest {
  /** Decimal text, above zero, with at most the currency's decimal places; no more than is left of the payment. */
  amount: string;
  /** Why, up to 500 characters. It becomes the refund's description. */
  reason?: string;
}

/** Why a payment is undone. */
export interface CreateReversalRequest {
  /**
   * Whether an account may be left past its credit limit or ceiling, this once. That it was allowed stands in the
   * ledger's record.
   */
  allow_beyond_limit?: boolean;
  /** Why, up to 500 characters. It becomes the reversal's description, which both sides see. */
  reason: string;
}

/** Who pays whom how much, what for, and when. */
export interface CreateScheduleRequest {
  /** Decimal text, above zero, with at most the currency's decimal places. */
  amount: string;
  /** How many runs there are in all, 1 to 10000; left out where no number ends it. */
  count?: number | null;
  /** What for, up to 500 characters. The description of each payment. */
  description?: string;
  /** The last day on which there may be a run; left out where no day ends it. */
  ends_on?: string | null;
  /** How many units lie between one run and the next: 1 to 366. */
  every?: number;
  on_failure?: FailureRule | null;
  /** The paid account's code or id. */
  payee: string;
  /** The paying account's code or id; one of yours. */
  payer: string;
  /** The first day. The first run must lie ahead, by at most five years. */
  starts_on: string;
  /**
   * The time of day, by the clocks of the community's time zone. What they skip in spring comes at the first moment
   * after it, and of what they show twice in autumn it is the first.
   */
  time?: string;
  /** The unit: `day`, `week` or `month`. A day that a month does not have becomes its last one. */
  unit: string;
}

/** Who wants to sign in. */
export interface CreateSessionRequest {
  /** The second factor's code, or a recovery code, for logins that have one. */
  code?: string | null;
  /** The login's e-mail address. */
  email: string;
  /** The login's password. */
  password: string;
}

/** Where messages shall go, and which. */
export interface CreateWebhookEndpointRequest {
  /** The account's code or id; it can be left out by who has just one. */
  account?: string | null;
  /** What you want to note about it, up to 200 characters. */
  description?: string | null;
  /** What shall be told: `*` for everything, `payment.*` for all of a kind, or names of events. Up to 32. */
  events: string[];
  /** The URL, with `https`, up to 1,024 characters, on the public Internet. */
  url: string;
}

/** Whose balance, and why. */
export interface CreateWriteOffRequest {
  /** The account, by code or id: frozen, or of a member who is leaving. */
  account: string;
  /**
   * Why, in short: `unreachable`, `hardship` (below zero only), `died`, `business_closed`, `given_up` or `donated` (above zero
   * only; `donated` goes to the commons), or `other`.
   */
  category: string;
  /** Why, for those who ask later. */
  reason: string;
}

/** How a community's currency is doing, and did. */
export interface CurrencyHealth {
  /** The community's code. */
  community: string;
  /** The day of which the newest figures are; null where nothing has been measured yet. */
  day?: string | null;
  /**
   * The members' open accounts in the order of their balances, in tenths of them: `from` and `to` are hundredths of the accounts.
   * Where tenths would be smaller than three accounts, the groups are larger.
   */
  deciles: HealthGroup[];
  /** Each figure's newest value. */
  figures: HealthFigure[];
  /** What accounts hold, by for how many days they have paid nothing and been paid nothing. */
  idle_ages: HealthGroup[];
  /** Whether that day is over. */
  is_day_over: boolean;
  /** The moment of which they are. */
  measured_at?: string | null;
  /** What accounts owe, by for how many days they have been below zero. */
  negative_ages: HealthGroup[];
  /** The figures over time. */
  series: HealthSeries;
  /** From where on admins are told. */
  thresholds: HealthThreshold[];
  /** By whose clocks days begin and end. */
  time_zone: string;
}

/** A day's takings. */
export interface DayTakings {
  /** The balance after it. */
  closing_balance: string;
  /** The day. */
  date: string;
  /** The balance before it. */
  opening_balance: string;
  /** What happened. */
  takings: Takings;
}

/** Why, if one wants to say. */
export interface DeclineRequest {
  /** Why, up to 500 characters. Both sides see it. */
  reason?: string;
}

/** Who may act at an account beside its owner. */
export interface Delegates {
  /** As the owner. */
  brokers: Member[];
  /** With some rights. */
  tellers: Teller[];
}

/** A member in the directory. */
export interface DirectoryMember {
  /** Their accounts. */
  accounts: PublicAccount[];
  /** The member's id. */
  id: string;
  /** The name people read. */
  name: string;
  /** What they may do. */
  roles: string[];
  /** Where they stand: `active`, `frozen` or `leaving`; `closed` where an admin asked for those. */
  status: string;
}

/** What an account is asked for. */
export interface Dues {
  /** As its member's contribution. */
  contribution: string;
  /** As a charge on its balance. */
  holding_charge: string;
}

/** What a login was in a community before. */
export interface EarlierMemberships {
  /** How many of its members were closed there. */
  members: number;
  /** What was written off of what they owed, and not taken back. */
  written_off: string;
}

/** What of a key changes; what is left out stays. What it may cannot change: make another one. */
export interface EditApiKeyRequest {
  /** The addresses and networks from which it may be used; none for everywhere. */
  addresses?: string[];
  /** When it ends by itself; null for never. */
  expires_at?: string | null;
  /** What you call it, up to 60 characters. */
  name?: string;
}

/** A group's name. */
export interface EditGroupRequest {
  /** The name, as no other group of the community has it. */
  name: string;
}

/** What is to be different from the next run on; what is left out stays as it is. */
export interface EditScheduleRequest {
  /** Decimal text, above zero, with at most the currency's decimal places. */
  amount?: string | null;
  /** How many runs there are in all, 1 to 10000; null where no number is to end it any more. */
  count?: number | null;
  /** What for, up to 500 characters. */
  description?: string | null;
  /** The last day on which there may be a run; null where no day is to end it any more. */
  ends_on?: string | null;
  on_failure?: FailureRule | null;
  /**
   * Leaves out the runs before this day, which must lie ahead, by at most five years: the next run is the first on it
   * or behind it.
   */
  skip_until?: string | null;
}

/** What is to be otherwise; what is left out stays as it is. */
export interface EditSettingsRequest {
  /** The community's full name, up to 100 characters. */
  name?: string;
  /** Why, for those who ask later. */
  reason: string;
  /** Above which amount all payments need a fresh proof of who pays; null for no such rule. */
  step_up_above?: string | null;
  /** The sign beside amounts, up to 32 characters. */
  symbol?: string;
  /**
   * By which clocks the community lives: a name of the IANA time zone database. What is planned next stays at its time;
   * the runs behind it come by the new clocks.
   */
  time_zone?: string;
  /** What one unit of the currency is called, up to 32 characters. */
  unit?: string;
}

/** What is to be otherwise; what is left out stays as it is. */
export interface EditWebhookEndpointRequest {
  /** What you want to note about it, up to 200 characters; null for nothing. */
  description?: string | null;
  /** Whether it is told anything. One that is switched on again is told what happens from then on. */
  enabled?: boolean;
  /** What shall be told, as when it was made. */
  events?: string[];
  /** The URL, as when it was made. */
  url?: string;
}

/** One line of an account's history. */
export interface Entry {
  /** The entry's place among the account's, from 1. */
  account_seq: number;
  /** Signed: negative where the account paid. */
  amount: string;
  /** The balance from then on. */
  balance_after: string;
  /** The other side. */
  counterparty: Counterparty;
  /** When. */
  created_at: string;
  /** What the payment was for. */
  description: string;
  /** Its id. */
  id: string;
  /** What it is: `principal`, `fee`, `refund`, `opening_balance` and others. */
  kind: string;
  /** The payment it belongs to. */
  payment_id: string;
  /** The transfer's place in the community's order. */
  seq: number;
}

/** A page of entries, newest first. */
export interface EntryPage {
  /** The entries. */
  data: Entry[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** A wish to be forgotten. */
export interface Erasure {
  /** When it was said. */
  asked_at: string;
  /** From when on it is done; until then it can be taken back. Later, where it could not be done yet. */
  due_at: string;
}

/** A ticket for one stream. It is shown once. */
export interface EventTicket {
  /** Until when it does. */
  expires_at: string;
  /** What opens the stream. */
  ticket: string;
}

/** An account, and what it would be asked for. */
export interface ExpectedDues {
  /** What it has. */
  balance: string;
  /** The account's code. */
  code: string;
  /** Its name. */
  name: string;
  /** What it would be asked for if the month ended now. */
  next: Dues;
  /** What could not be taken before, and is asked for again with it. */
  owing: Dues;
}

/** What a community has to expect to lose, and what it has set aside. */
export interface ExpectedLoss {
  /** The debts by age. */
  buckets: LossBucket[];
  /** How much of the expected loss is set aside, in hundredths of a percent, rounded down; null where none is expected. */
  covered_bp?: number | null;
  /** All buckets together. */
  expected_loss: string;
  /** When it was looked at. */
  made_at: string;
  /** What the commons holds, where that is above zero. */
  reserve: string;
  /** The balance of the write-off account: below zero where the community bears losses. */
  written_off: string;
}

/** A page of what is held about a user. */
export interface Export {
  /** The rows, one table after the other. */
  data: ExportedRow[];
  /** Where it goes on; null at the end. */
  next_cursor?: string | null;
}

/** A row of what is held. */
export interface ExportedRow {
  /** What it holds, by column. */
  row: Record<string, unknown>;
  /** Which table it is from. */
  table: string;
}

/** Why a planned payment was not made. */
export interface Failure {
  /**
   * The code of the problem: `insufficient_credit`, `ceiling_exceeded`, `payment_limit_reached`, `account_not_active`,
   * `fee_exceeds_amount` or `forbidden`.
   */
  code: string;
}

/** What happens when a run fails. */
export interface FailureRule {
  /** With `pause`, after how many failures in a row: 1 to 10. */
  after?: number | null;
  /** With `retry`, how often it is tried again: 1 to 5. */
  retries?: number | null;
  /**
   * `skip`: it is noted as failed, and the next one comes as planned. `retry`: it is tried again first, as long as
   * that is before the next one. `pause`: it is noted as failed, and after so many in a row the schedule pauses.
   */
  rule: string;
  /** With `retry`, how long after, each time, in hours: 1 to 168. */
  wait_hours?: number | null;
}

/** What one side of a payment bears for the community's fund. */
export interface Fee {
  /** How much. */
  amount: string;
  /** Who bears it: the `payer`, on top of the amount, or the `payee`, out of what is received. */
  side: string;
}

/** One side's fee: a fixed amount and a share of what is paid. */
export interface FeeRule {
  /** The share of what is paid, in basis points, rounded half up: 100 is one per cent. */
  basis_points: number;
  /** What each payment bears. */
  fixed: string;
}

/** Which fees payments between members bear. */
export interface FeeRules {
  /** What payees bear, out of what they receive. */
  payee: FeeRule;
  /** What payers bear, on top of the amount. */
  payer: FeeRule;
  /** Rises with each change; zero where they were never set. */
  version: number;
}

/** An account with its amounts. */
export interface FullAccount {
  /** What may still be spent: balance − reserved + credit limit. */
  available: string;
  /** The sum of its entries; may be negative. */
  balance: string;
  /** The highest balance it may reach; null where there is no bound. */
  ceiling?: string | null;
  /** Its public name. */
  code: string;
  /** The community's code. */
  community: string;
  /** When it was opened. */
  created_at: string;
  /** How far below zero it may go. */
  credit_limit: string;
  /** Its id. */
  id: string;
  /** What it is for: `member`, `commons`, `write_off` or `peer`. */
  kind: string;
  merged_into?: AccountLink | null;
  /** The name people read. */
  name: string;
  /** Since when the balance has been below zero. */
  negative_since?: string | null;
  /** Held for authorised payments. */
  reserved: string;
  /** Whether it takes part: `active`, `frozen`, `closed`, or `leaving` with its member: then its limits count as zero. */
  status: string;
  /** True where it is of a community that is only for tests; else left out. */
  test_mode?: boolean;
}

/** What the caller allowed an app. */
export interface Grant {
  /**
   * The most units that all payments of a day (UTC) may have together, in each community; null where there is no
   * ceiling.
   */
  ceiling_per_day?: string | null;
  /** The most units that a payment may have; null where there is no ceiling. */
  ceiling_per_payment?: string | null;
  /** The app. */
  client: GrantedClient;
  /** When it was allowed. */
  created_at: string;
  /** Its id. */
  id: string;
  /** When the app last got a token with it. */
  last_used_at: string;
  /** What it may do. */
  scopes: string[];
}

/** What the caller allowed, newest first. */
export interface GrantList {
  /** What they allowed. */
  data: Grant[];
}

/** The account that an app was allowed. */
export interface GrantedAccount {
  /** Its code. */
  code: string;
  /** Its community. */
  community: string;
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
  /** Whether that is only for tests. */
  test_mode: boolean;
}

/** The app that a grant is for. */
export interface GrantedClient {
  /** Its public id. */
  id: string;
  /** Its name. */
  name: string;
}

/** What a member does on the page. */
export interface GrantsForm {
  /** To sign in with a passkey: what the browser gave, as JSON. */
  credential?: string | null;
  /** `sign_in`, `passkey`, `revoke` or `sign_out`. */
  do: string;
  /** To sign in. */
  email?: string | null;
  /** Proves that the form comes from a page that this browser was given. */
  form_token: string;
  /** What to take back. */
  grant?: string | null;
  /** To sign in. */
  password?: string | null;
  /** To sign in with a second factor. */
  second_factor?: string | null;
}

/** Where a community's chain stands. */
export interface Head {
  /** The hash after the last of them, in hexadecimal. Whoever keeps it can tell that history was not rewritten. */
  hash: string;
  /** The number of records. */
  seq: number;
}

/** A state of health. */
export interface Health {
  /** `ok`, or what is missing. */
  status: string;
}

/** A figure's newest value. */
export interface HealthFigure {
  /** Whether it tells of a day, so that a longer step's value is the sum of its days'; else it is as it stands. */
  adds_up: boolean;
  /** Its name. */
  name: string;
  /** What it is measured in: `money` (the community's currency), `count`, `ratio` or `days`. */
  unit: string;
  /** Its value; null where there is none to tell. */
  value?: string | null;
}

/** Some accounts together. */
export interface HealthGroup {
  /** How many accounts; null where they are too few to be told of. */
  accounts?: number | null;
  /** Where it begins. */
  from: number;
  /** The sum of what they have, below zero for what they owe among the deciles; null where they are too few. */
  sum?: string | null;
  /** Where it ends; null where nothing lies behind it. */
  to?: number | null;
}

/** A step of the series. */
export interface HealthPoint {
  /** Its first day. */
  date: string;
  /** When it ends. */
  until: string;
  /** Each figure's value by its name; null where there is none to tell. */
  values: Record<string, string | null>;
}

/** Figures over time, oldest first. */
export interface HealthSeries {
  /** The steps. */
  data: HealthPoint[];
  /** How long each step is: `day`, `week` or `month`. */
  interval: string;
}

/** From where on admins are told of a figure. */
export interface HealthThreshold {
  /** Since the end of which day it has been crossed; null where it is not. */
  crossed_on?: string | null;
  /** The figure. */
  figure: string;
  /** On which side the figure should not be: `above` or `below`. */
  side: string;
  /** The last value that is all right. */
  value: string;
}

/** A threshold. */
export interface HealthThresholdRequest {
  /** The name of the figure. */
  figure: string;
  /** On which side of it the figure should not be: `above` or `below`. */
  side: string;
  /** The last value that is all right, in the figure's unit. */
  value: string;
}

/** A community's alert thresholds. */
export interface HealthThresholds {
  /** All of them. */
  thresholds: HealthThreshold[];
}

/** A charge on one side of zero. */
export interface HoldingCharge {
  /** Up to this distance from zero nothing is charged. */
  allowance: string;
  /**
   * The share of what is beyond it, in basis points a year, a twelfth of which is charged each month: 600 are half a per
   * cent a month. Zero for no charge.
   */
  basis_points: number;
}

/** The income that a community's fund pays. */
export interface Income {
  /** How much each member gets; zero for no income. */
  amount: string;
  /** After each `week` or `month`. */
  every: string;
  /** Periods that nobody was paid for, because the service was off; the latest 24 such times, the newest first. */
  missed: MissedPeriods[];
  /** When that is. */
  next_at?: string | null;
  /** The first day of the period that is paid for next; null where nothing was ever set. */
  next_period?: string | null;
  preview?: IncomePreview | null;
  /** Who gets it. */
  qualifies: Qualification;
  /** What came of the last 24 periods, the newest first. */
  runs: IncomeRun[];
  /** Rises with each change; zero where nothing was ever set. */
  version: number;
}

/** What the next period would bring if it ended now. */
export interface IncomePreview {
  /** What the fund has to pay with. */
  available: string;
  /** Whether all of them would be paid, and else nobody. */
  is_enough: boolean;
  /** How many members qualify; more than 10,000 are not counted, and cannot be paid at once. */
  members: number;
  /** What they would get together. */
  total: string;
}

/** What came of a period's income. */
export interface IncomeRun {
  /** What each got, or would have. */
  amount: string;
  /** What the fund had to pay with. */
  available: string;
  /** `week` or `month`, by the rules of then. */
  every: string;
  /** How many qualified, and had an account that could take no more. */
  left_out: number;
  /** When. */
  made_at: string;
  /** How many got it, or would have. */
  members: number;
  /**
   * `paid`; `fund_empty`: the fund had not enough for all who qualified, and nobody got it; `fund_not_active`: it was frozen;
   * `nobody` qualified; `too_many` qualified to be paid at once.
   */
  outcome: string;
  /** The period's first day. */
  period: string;
  /** What they got together, or would have. */
  total: string;
}

/** A part of what is to be settled. */
export interface Instalment {
  /** How much. */
  amount: string;
  /** By when. */
  due_on: string;
}

/** A part of what is to be settled. */
export interface InstalmentRequest {
  /** How much, as decimal text. */
  amount: string;
  /** By when. */
  due_on: string;
}

/** An invitation. */
export interface Invitation {
  /** When it was sent. */
  created_at: string;
  /** The address that it was sent to. */
  email: string;
  /** When it stops working by itself. */
  expires_at: string;
  /** Its id. */
  id: string;
  /** The inviter's name. */
  inviter: string;
  /** The invited person's name, as the inviter wrote it; may be empty. */
  name: string;
  /** When it was accepted or revoked; null until then. */
  settled_at?: string | null;
  /** `pending`, `accepted` or `revoked`. */
  state: string;
}

/** A page of invitations. */
export interface InvitationPage {
  /** The invitations, newest first. */
  data: Invitation[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** The account that a key is for. */
export interface KeyAccountView {
  /** Its code. */
  code: string;
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
}

/** A member's leaving. */
export interface Leaving {
  /** What is still to be settled. */
  accounts: LeavingAccount[];
  /** Since when. */
  began_at: string;
  /** How it ended: `stayed` or `closed`; null until then. */
  ended_as?: string | null;
  /** When it ended; null until then. */
  ended_at?: string | null;
  /** The member. */
  member: Member;
  plan?: LeavingPlan | null;
  /** Goes up with each plan and agreement. */
  version: number;
}

/** What an account of a leaving member still holds or owes. */
export interface LeavingAccount {
  /** Its balance. */
  balance: string;
  /** Its code. */
  code: string;
  /** What is held for payments that are authorised. */
  reserved: string;
}

/** A page of leavings. */
export interface LeavingPage {
  /** The leavings, the newest member first. */
  data: Leaving[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** How a leaving member comes to zero. */
export interface LeavingPlan {
  /** The parts, by date. */
  instalments: Instalment[];
  /** Whether the other side agreed. */
  is_agreed: boolean;
  /** Which side proposed it: `member` or `admin`. */
  proposed_by: string;
  /** By when it is at zero. */
  target_on: string;
}

/** A community's ledger in numbers, all of one moment. */
export interface LedgerSummary {
  /** How many accounts, the community's own among them. */
  accounts: number;
  /** How many entries. */
  entries: number;
  /** Where the chain stands. */
  head: Head;
  /** The sum of all balances: zero, always. */
  sum: string;
  /** How many transfers there are. */
  transfers: number;
}

/** An account that would get other limits. */
export interface LimitChange {
  /** The account's code. */
  account: string;
  /** What it would be. */
  ceiling_after?: string | null;
  /** Its ceiling now; null for none. */
  ceiling_before?: string | null;
  /** What it would be. */
  credit_limit_after: string;
  /** Its credit limit now. */
  credit_limit_before: string;
  /** Its name. */
  name: string;
}

/** What the policy gives an account, in numbers. */
export interface LimitEvaluation {
  ceiling?: LimitResult | null;
  /** How far below zero. */
  credit_limit: LimitResult;
  /** The place of the rule that holds, from 0; null where it is what holds for everybody else. */
  rule?: number | null;
  /** The version of the policy. */
  version: number;
}

/** Why an account's limits are what they are. */
export interface LimitExplanation {
  /** The account's code. */
  account: string;
  allowance?: Allowance | null;
  /** The highest balance that it may reach; null for no bound. */
  ceiling?: string | null;
  /** How far below zero it may go. */
  credit_limit: string;
  /** What decides: `policy`, `override`, or `community` for the community's own accounts, about which there is no policy. */
  decided_by: string;
  /** Of which moment that is. */
  evaluated_at: string;
  override?: LimitOverride | null;
  /** How much and how often it may pay, and what it has paid so far. */
  payment_limits: PaymentLimitStanding[];
  policy?: LimitEvaluation | null;
  /** From which share of the credit limit, or of the ceiling, on its member and the admins are warned; null for never. */
  warn_at?: string | null;
}

/** A base and what a member's own history adds to it, within bounds. */
export interface LimitFormula {
  /** What everybody has. */
  base: string;
  /** The most that comes of it. */
  maximum: string;
  /** The least that comes of it. */
  minimum: string;
  /** What history adds, at most 8 terms. */
  terms: LimitTerm[];
}

/** Limits that count instead of the policy's. */
export interface LimitOverride {
  /** The name of who gave them; null for the service itself. */
  author?: string | null;
  /** The highest balance; null for no bound. */
  ceiling?: string | null;
  /** How far below zero. */
  credit_limit: string;
  /** Why; null where nobody said, or where it was erased. */
  reason?: string | null;
  /** Since when they count. */
  since: string;
  /** Until when; null for as long as nobody ends them. */
  until?: string | null;
}

/** A limit policy as it was adopted. */
export interface LimitPolicy {
  /** When it was adopted; null before the community adopted one. */
  adopted_at?: string | null;
  /** The name of who adopted it; null where nobody did or they are gone. */
  adopted_by?: string | null;
  /** What holds where none fits. */
  default: LimitTerms;
  /** Why; null where nobody said, or where it was erased. */
  reason?: string | null;
  /** The rules, the first of which that fits a member holds. */
  rules: LimitRule[];
  /** Its version, from 1; 0 before the community adopted one. */
  version: number;
}

/** A page of limit policies, newest first. */
export interface LimitPolicyPage {
  /** The policies. */
  data: LimitPolicy[];
  /** Where the next page begins; null on the last one. */
  next_cursor?: string | null;
}

/** What would change if a policy were adopted. */
export interface LimitPolicyPreview {
  /** How many accounts a policy is about: members', as far as they are not closed. */
  accounts: number;
  /** How many would get another credit limit, or another ceiling. */
  changed: number;
  /** The accounts that would get other limits, at most 100: those whose credit limits would change most. */
  changes: LimitChange[];
  /** How much would be. */
  granted_after: string;
  /** How much credit is granted in all now. */
  granted_before: string;
  /** How many would get a lower one. */
  lowered: number;
  /** How many of them have limits that count instead of it, and stay as they are. */
  overridden: number;
  /** From when on payments were looked at: a year. */
  payments_from: string;
  /** How many would get a higher credit limit. */
  raised: number;
  /** How many of them passed a limit that one of their accounts would get, or a payment limit. */
  refused: number;
  /** The newest of them, at most 100. */
  refused_payments: PreviewedRefusal[];
}

/** What a formula came to. */
export interface LimitResult {
  /** What everybody has. */
  base: string;
  /** Which of the two changed it: `minimum` or `maximum`; null where neither did. */
  bound?: string | null;
  /** The most that comes of it. */
  maximum: string;
  /** The least that comes of it. */
  minimum: string;
  /** What came of it. */
  result: string;
  /** Base and terms. */
  sum: string;
  /** What each term added. */
  terms: LimitTermResult[];
}

/** A rule of a limit policy: what holds for some members. */
export interface LimitRule {
  ceiling?: LimitFormula | null;
  /** How far below zero their accounts may go. */
  credit_limit: LimitFormula;
  /** Only for members in the group with this id; null for any. */
  group?: string | null;
  /** Only for members of this kind: `person` or `business`; null for both. */
  kind?: string | null;
  /** How much and how often they may pay, for each period at most once; left out for no bounds. */
  payment_limits?: PaymentLimit[];
  /**
   * From which share of the credit limit, or of the ceiling, on they and the admins are warned, above 0 and at most 1; null or
   * left out for never.
   */
  warn_at?: string | null;
}

/** What one side of a history adds, up to a cap. */
export interface LimitTerm {
  /** The most that the term adds. */
  cap: string;
  /** Of sales: over how many whole days before today, and today, 1 to 730; null for all of them. */
  days?: number | null;
  /** Of months and partners: how much each is worth. */
  each?: string | null;
  /** What is looked at: `sales`, `membership_months` or `partners`. `limits.md` beside this document says what each is. */
  measure: string;
  /** Of sales: which share of them counts, above 0 and at most 1, with at most four decimal places. */
  share?: string | null;
}

/** What a term came to. */
export interface LimitTermResult {
  /** What it is worth before the cap. */
  earned: string;
  /** What was looked at: an amount of sales, or how many months or partners. */
  input: string;
  /** Whether the cap made it less. */
  is_capped: boolean;
  /** What it added. */
  result: string;
  /** The term. */
  term: LimitTerm;
}

/** What holds where no rule fits. */
export interface LimitTerms {
  ceiling?: LimitFormula | null;
  /** How far below zero an account may go. */
  credit_limit: LimitFormula;
  /** How much and how often it may pay, for each period at most once; left out for no bounds. */
  payment_limits?: PaymentLimit[];
  /**
   * From which share of the credit limit, or of the ceiling, on its member and the admins are warned, above 0 and at most 1;
   * null or left out for never.
   */
  warn_at?: string | null;
}

/** How far an account may go. */
export interface Limits {
  /** The highest balance; null for no bound. */
  ceiling?: string | null;
  /** How far below zero. */
  credit_limit: string;
}

/** One payment of several. */
export interface ListedPayment {
  /** Decimal text, above zero, with at most the currency's decimal places. */
  amount: string;
  /** What for, up to 500 characters. */
  description?: string;
  /** The paid account's code or id. */
  payee: string;
  /** The paying account's code or id; one of yours. */
  payer: string;
}

/** The usual share. */
export interface LocalShare {
  /** In per cent, above 0 and at most 100, with at most two decimal places; null where there is none. */
  local_percent: string | null;
}

/** Debts of one age. */
export interface LossBucket {
  /** How many accounts. */
  accounts: number;
  /** The same as an amount, rounded up. */
  expected_loss: string;
  /** Its name: by how long the balances have been below zero, or `frozen_or_leaving`. */
  name: string;
  /** What they owe together. */
  owed: string;
  /** How much of it is expected to be lost, in hundredths of a percent. */
  rate_bp: number;
}

/** A key with its secret, which is told this once. */
export interface MadeApiKey {
  /** The account that it is for, and that it reaches nothing beside. */
  account: KeyAccountView;
  /** The networks from which it may be used; from everywhere where there are none. */
  addresses: string[];
  /** The account's community. */
  community: string;
  /** When it was made. */
  created_at: string;
  /** When it ends by itself; null for never. */
  expires_at?: string | null;
  /** Its id, which outlives its secrets. */
  id: string;
  /** When any of its secrets was last used, give or take ten minutes; null for never. */
  last_used_at?: string | null;
  /** From which network that was. */
  last_used_from?: string | null;
  /** What its owner calls it. */
  name: string;
  /** What its present secret begins with, to recognise one by that was found somewhere. */
  prefix: string;
  previous?: PreviousSecretView | null;
  /** What it may. */
  scopes: string[];
  /** Whether it is of a community that is only for tests. */
  test_mode: boolean;
  /** The secret: sent as `Authorization: Bearer …`. Keep it where only your software reads it. */
  key: string;
}

/** A mail: that it was sent, or why not. Never what it says. */
export interface Mail {
  /** How often it was tried. */
  attempts: number;
  /** Whether it has failed and can be sent after all. */
  can_retry: boolean;
  /** When it was written. */
  created_at: string;
  /** Its id. */
  id: string;
  /**
   * What it is about: `confirm_address`, `password_reset`, `invitation`, `application_received`,
   * `application_approved`, `application_refused`, `security_notice`, `address_changed`,
   * `login_exists` or `payment_notice`.
   */
  kind: string;
  /** Why the last attempt failed; null where none did, or where a later one did not. */
  last_error?: string | null;
  /** When it is tried next; null unless it waits. */
  next_attempt_at?: string | null;
  /** The member's name; for someone who is no member, the masked address. */
  recipient: string;
  /** When it was sent; null until then. */
  sent_at?: string | null;
  /** `waiting`, `sent` or `failed`. */
  state: string;
}

/** A page of mails. */
export interface MailPage {
  /** The mails, newest first. */
  data: Mail[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** Who is signed in, with their places in all communities. */
export interface Me {
  /** One for each member that the user operates. */
  memberships: Membership[];
  /** The login. */
  user: User;
}

/** A member, as the user who operates it sees it. */
export interface Member {
  /** The member's id. */
  id: string;
  /** The name people read. */
  name: string;
  /** What they may do. */
  roles: string[];
  /** Where they stand: `applied`, `active`, `frozen`, `leaving` or `closed`. */
  status: string;
}

/** What policies know of a member. */
export interface MemberClass {
  group?: MemberGroup | null;
  /** `person` or `business`. */
  kind: string;
  /** The member. */
  member_id: string;
}

/** A group of members. */
export interface MemberGroup {
  /** Its id. */
  id: string;
  /** How many members are in it. */
  members: number;
  /** Its name. */
  name: string;
}

/** A community's groups. */
export interface MemberGroupList {
  /** All of them, in the order of their names. */
  data: MemberGroup[];
}

/** Some members. */
export interface MemberList {
  /** The members. */
  data: Member[];
}

/** A page of members, in the order of joining. */
export interface MemberPage {
  /** The members. */
  data: DirectoryMember[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** A user's place in a community. */
export interface Membership {
  /** The member's accounts. */
  accounts: FullAccount[];
  /** The version of the community's terms that is to be accepted; null where there is nothing to accept. */
  agreement_due?: number | null;
  /** The community. */
  community: Community;
  /** The member there. */
  member: Member;
}

/** A merge that was made. */
export interface Merge {
  /** What the closed one had; below zero where it owed. */
  amount: string;
  /** The account that was closed by it. */
  duplicate: AccountLink;
  /** The account that is kept. */
  kept: AccountLink;
  /** When. */
  merged_at: string;
  /** The payment by which that moved; null where it was at zero. */
  payment_id?: string | null;
}

/** A page of merges. */
export interface MergePage {
  /** The merges, that of the newest account first. */
  data: Merge[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** What would come of a merge. */
export interface MergePreview {
  /** What the kept one would have. */
  balance_after: string;
  /** The account that is one too many; what it has would move. */
  duplicate: MergeSide;
  /** The account that is kept. */
  kept: MergeSide;
  /** Whether another admin has to agree. */
  needs_another_admin: boolean;
  /** What stands in the way; empty where nothing does. */
  obstacles: ProblemFault[];
}

/** One of two accounts that are to be merged. */
export interface MergeSide {
  /** What it has; below zero where it owes. */
  balance: string;
  /** The account's code. */
  code: string;
  /** The account's name. */
  name: string;
  /** Whether it takes part. */
  status: string;
}

/**
 * Weeks or months that had no turn, because the service was off when they ended and for more than three of them after: they are not
 * made up for.
 */
export interface MissedPeriods {
  /** How long each is: `week` or `month`. */
  every: string;
  /** The first day of the first of them. Of the month in which the service went off, some may have contributed before. */
  from: string;
  /** When that was found. */
  noted_at: string;
  /** The first day of the period behind the last of them. */
  until: string;
}

/** Whether somebody is sent an account's statements. */
export interface MonthlyStatement {
  /** Whether they are. */
  by_mail: boolean;
  /** The first day of the month whose statement comes next; null where none does. */
  next_month?: string | null;
}

/** A sum of national money. */
export interface NationalSum {
  /** How much. */
  amount: string;
  /** The currency (ISO 4217). */
  currency: string;
}

/** A new passkey, as a browser's `toJSON()` writes it. Other members may come along. */
export interface NewPasskeyCredential {
  /** The credential's id, in base64url. */
  id: string;
  /** The same. */
  rawId: string;
  /** What the authenticator answered. */
  response: NewPasskeyResponse;
  /** Always `public-key`. */
  type: string;
}

/** What an authenticator answers about a new passkey. */
export interface NewPasskeyResponse {
  /** What the authenticator says of itself, in base64url. */
  attestationObject: string;
  /** What the browser says of the ceremony, in base64url. */
  clientDataJSON: string;
  /** The ways to the authenticator. */
  transports?: string[];
}

/** An endpoint with its secret, which is shown this once. */
export interface NewWebhookEndpoint {
  /** The account whose events are told. */
  account: string;
  /** When it was made. */
  created_at: string;
  /** What its owner notes about it; null where that is nothing. */
  description?: string | null;
  /** Whether it is told anything. */
  enabled: boolean;
  /** What is told: `*` for everything, `payment.*` for all of a kind, or names of events. */
  events: string[];
  /** Since when nothing arrives there; null where things do. */
  failing_since?: string | null;
  /** Its id. */
  id: string;
  /** Until when messages are signed with the secret before as well; null where they are not. */
  old_secret_until?: string | null;
  set_by?: WebhookSetter | null;
  /** `enabled`, `disabled` by its owner, `gone` because it answered 410, or `failing` because nothing arrived for days. */
  state: string;
  /** Since when it is in that state. */
  state_since: string;
  /** The URL to which messages are sent. */
  url: string;
  /** What messages are signed with, as the Standard Webhooks libraries take it. */
  secret: string;
}

/** How soon you are told of what, of one community. */
export interface Notifications {
  /** For each topic: `at_once`, `daily`, `weekly` or `off`. */
  choices: Record<string, string>;
  /** The community's code. */
  community: string;
}

/** How soon you are told of what, of each of your communities. */
export interface NotificationsList {
  /** One for each community. */
  data: Notifications[];
}

/** A registered app, shop or machine. */
export interface OAuthClient {
  /** The most units that a machine may spend on one day; null where there is no ceiling. */
  ceiling_per_day?: string | null;
  /** The most units that a machine may spend in one payment; null where there is no ceiling. */
  ceiling_per_payment?: string | null;
  /** Its public id. */
  client_id: string;
  /** Its secret, told this once; not for public clients. */
  client_secret?: string | null;
  /** Whether it proves who it is with a secret. */
  confidential: boolean;
  /** When it was registered. */
  created_at: string;
  /** How it may get tokens. */
  grant_types: string[];
  /** The name that members read when they are asked. */
  name: string;
  /** Where codes may be sent. */
  redirect_uris: string[];
  /** The most that it may be allowed. */
  scopes: string[];
}

/** All apps that the caller registered, oldest first. */
export interface OAuthClientList {
  /** The apps. */
  data: OAuthClient[];
}

/** An error of the OAuth endpoints (RFC 6749). */
export interface OAuthFailureBody {
  /** The stable code. */
  error: string;
  /** What it means this time, for developers. */
  error_description: string;
}

/** What the authorization server can do (RFC 8414). */
export interface OAuthMetadata {
  /** Where an app sends its member. */
  authorization_endpoint: string;
  /** Whether answers name their issuer (RFC 9207). */
  authorization_response_iss_parameter_supported: boolean;
  /** How challenges are made. */
  code_challenge_methods_supported: string[];
  /** How tokens can be got. */
  grant_types_supported: string[];
  /** Where clients ask about their tokens. */
  introspection_endpoint: string;
  /** How clients prove themselves to ask about tokens. */
  introspection_endpoint_auth_methods_supported: string[];
  /** Who issues the tokens. */
  issuer: string;
  /** The keys that verify access tokens. */
  jwks_uri: string;
  /** How answers reach an app. */
  response_modes_supported: string[];
  /** Codes, and nothing else. */
  response_types_supported: string[];
  /** Where tokens are given back. */
  revocation_endpoint: string;
  /** How clients prove themselves to give tokens back. */
  revocation_endpoint_auth_methods_supported: string[];
  /** The rights that can be asked for. */
  scopes_supported: string[];
  /** Where tokens are. */
  token_endpoint: string;
  /** How clients prove themselves. */
  token_endpoint_auth_methods_supported: string[];
}

/** A token, from the client that it was given to. Clients prove themselves as at the token endpoint. */
export interface OAuthTokenQuestion {
  /** The client's id, unless it proves itself with `Basic`. */
  client_id?: string | null;
  /** The secret of a confidential client, unless it proves itself with `Basic`. */
  client_secret?: string | null;
  /** A refresh token or an access token. */
  token: string;
  /** Which of the two; not needed. */
  token_type_hint?: string | null;
}

/**
 * What a client asks for; which parameters are needed depends on `grant_type`. Parameters that are not named here
 * are ignored.
 */
export interface OAuthTokenRequest {
  /** The client's id, unless it proves itself with `Basic`. */
  client_id?: string | null;
  /** The secret of a confidential client, unless it proves itself with `Basic`. */
  client_secret?: string | null;
  /** The code. */
  code?: string | null;
  /** What meets the code's challenge (RFC 7636). */
  code_verifier?: string | null;
  /** `authorization_code`, `refresh_token`, `client_credentials`, or `password` for wallets that the operator listed. */
  grant_type: string;
  /** A member's password (`password` only). */
  password?: string | null;
  /** The address that the code was sent to. */
  redirect_uri?: string | null;
  /** The newest refresh token. */
  refresh_token?: string | null;
  /** Scopes, separated by spaces: no more than were allowed. */
  scope?: string | null;
  /** The code of a member's second factor (`password` only). */
  second_factor?: string | null;
  /** A member's e-mail address (`password` only). */
  username?: string | null;
}

/** What a token is good for. Nothing but `active` is told of one that does not work. */
export interface OAuthTokenState {
  /** Whether it works now. */
  active: boolean;
  /** The most units that all payments of a day may have together, where the member set a ceiling. */
  ceiling_per_day?: string | null;
  /** The most units that a payment may have, where the member set a ceiling. */
  ceiling_per_payment?: string | null;
  /** The client that it was given to. */
  client_id?: string | null;
  /** Until when it works, in seconds since 1970. */
  exp?: number | null;
  /** Who gave it. */
  iss?: string | null;
  /** What it allows. */
  scope?: string | null;
  /** Whose it is: a user, or the machine itself. */
  sub?: string | null;
  /** `Bearer`, for an access token. */
  token_type?: string | null;
}

/** What to act with, and, where a member allowed it, how to get more of it (RFC 6749 section 5.1). */
export interface OAuthTokens {
  /** Goes into `Authorization: Bearer …`. */
  access_token: string;
  /** The most units that all payments of a day may have together, where the member set a ceiling. */
  ceiling_per_day?: string | null;
  /** The most units that a payment may have, where the member set a ceiling. */
  ceiling_per_payment?: string | null;
  /** How long the access token lives, in seconds. */
  expires_in: number;
  /** Exchanged, once, for the next pair. */
  refresh_token?: string | null;
  /** What the access token allows. */
  scope: string;
  /** Always `Bearer`. */
  token_type: string;
}

/** An account that owes contributions. */
export interface OwingAccount {
  /** The account's code. */
  code: string;
  /** The last month that it was asked for. */
  month: string;
  /** Its name. */
  name: string;
  /** What it owes. */
  owing: Dues;
}

/** A page of accounts that owe contributions. */
export interface OwingPage {
  /** The accounts, in the order in which they were opened. */
  data: OwingAccount[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** A line about one's own login. */
export interface OwnAuditLine {
  /** What was done: `session.begun`, `session.ended`, `session.refresh_reused`, `sign_in.limit_reached` and others. */
  action: string;
  /** How it is since; null where there is nothing to tell. */
  after?: Record<string, unknown> | null;
  /** How it was; null where there is nothing to tell. */
  before?: Record<string, unknown> | null;
  /** When. */
  created_at: string;
  /** Its id. */
  id: string;
  /** Whether it was done with this login's own proof. */
  is_own: boolean;
  origin?: AuditOrigin | null;
  /** Why; null where nobody said. */
  reason?: string | null;
  /** The session that began, ended or acted. */
  session_id?: string | null;
}

/** A page about one's own login, newest first. */
export interface OwnAuditPage {
  /** The lines. */
  data: OwnAuditLine[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** A payment that was made, with its line. */
export interface PaidLine {
  /** The line, from 1: the place in the list, or the line of the file. */
  line?: number | null;
  /** The payment. */
  payment_id: string;
}

/** One side of a payment. */
export interface Party {
  /** The account's id. */
  account_id: string;
  /** The account's public name. */
  code: string;
  /** The name people read. */
  name: string;
}

/** A passkey. */
export interface Passkey {
  /** Whether it is copied to the owner's other devices, and outlives the loss of one; as of its last use. */
  backed_up: boolean;
  /** When it was added. */
  created_at: string;
  /** The passkey's id. */
  id: string;
  /** When it was last used; null where it never was. */
  last_used_at: string | null;
  /** What its owner calls it. */
  name: string;
}

/** An algorithm. */
export interface PasskeyAlgorithm {
  /** Its COSE number. */
  alg: number;
  /** Always `public-key`. */
  type: string;
}

/** What a browser needs to make a passkey. */
export interface PasskeyCreation {
  /**
   * For `PublicKeyCredential.parseCreationOptionsFromJSON`, whose result goes into `navigator.credentials.create`
   * as `publicKey`.
   */
  public_key: PasskeyCreationOptions;
}

/** The standard's options for making a passkey. */
export interface PasskeyCreationOptions {
  /** Always `none`. */
  attestation: string;
  /** What the authenticator has to be able to do. */
  authenticatorSelection: PasskeySelection;
  /** What the authenticator is to answer, in base64url. Works once, for five minutes. */
  challenge: string;
  /** Passkeys whose authenticators are not to make another one. */
  excludeCredentials: PasskeyDescriptor[];
  /** The algorithms that will do: ES256. */
  pubKeyCredParams: PasskeyAlgorithm[];
  /** Who asks. */
  rp: PasskeyParty;
  /** How long to wait, in milliseconds. */
  timeout: number;
  /** Whose it will be. */
  user: PasskeyUser;
}

/** The use of a passkey, as a browser's `toJSON()` writes it. Other members may come along. */
export interface PasskeyCredential {
  /** The credential's id, in base64url. */
  id: string;
  /** The same. */
  rawId: string;
  /** What the authenticator answered. */
  response: PasskeyResponse;
  /** Always `public-key`. */
  type: string;
}

/** A passkey by the id of its credential. */
export interface PasskeyDescriptor {
  /** The credential's id, in base64url. */
  id: string;
  /** The ways to its authenticator, where they are known. */
  transports?: string[];
  /** Always `public-key`. */
  type: string;
}

/** A login's passkeys. */
export interface PasskeyList {
  /** The oldest first. */
  data: Passkey[];
}

/** Who asks. */
export interface PasskeyParty {
  /** The public URL's host. */
  id: string;
  /** The service's name. */
  name: string;
}

/** What a browser needs to use a passkey. */
export interface PasskeyRequest {
  /**
   * For `PublicKeyCredential.parseRequestOptionsFromJSON`, whose result goes into `navigator.credentials.get` as
   * `publicKey`.
   */
  public_key: PasskeyRequestOptions;
}

/** The standard's options for using a passkey. */
export interface PasskeyRequestOptions {
  /** The passkeys that will do; empty where any of this service's will. */
  allowCredentials: PasskeyDescriptor[];
  /** What the authenticator is to answer, in base64url. Works once, for five minutes. */
  challenge: string;
  /** The public URL's host. */
  rpId: string;
  /** How long to wait, in milliseconds. */
  timeout: number;
  /** Always `required`. */
  userVerification: string;
}

/** What an authenticator answers when a passkey is used. */
export interface PasskeyResponse {
  /** What the authenticator says, in base64url. */
  authenticatorData: string;
  /** What the browser says of the ceremony, in base64url. */
  clientDataJSON: string;
  /** Its signature over both, in base64url. */
  signature: string;
  /** Whose the passkey is, in base64url. Needed to sign in. */
  userHandle?: string | null;
}

/** What an authenticator has to be able to do. */
export interface PasskeySelection {
  /** The same, for older browsers. */
  requireResidentKey: boolean;
  /** `required`: nobody types who they are before they sign in with it. */
  residentKey: string;
  /** `required`. */
  userVerification: string;
}

/** Whose a passkey will be. */
export interface PasskeyUser {
  /** The name people read. */
  displayName: string;
  /** The user handle, in base64url. */
  id: string;
  /** The login's e-mail address. */
  name: string;
}

/** What a member does on the page. */
export interface PasskeysForm {
  /** To add one, or to sign in with one: what the browser gave, as JSON. */
  credential?: string | null;
  /** `sign_in`, `passkey`, `add`, `remove` or `sign_out`. */
  do: string;
  /** To sign in. */
  email?: string | null;
  /** Proves that the form comes from a page that this browser was given. */
  form_token: string;
  /** To add one: what its owner calls it. */
  name?: string | null;
  /** To remove one. */
  passkey?: string | null;
  /** To sign in. */
  password?: string | null;
  /** To sign in with a second factor. */
  second_factor?: string | null;
}

/** A payment. */
export interface Payment {
  /** How much. */
  amount: string;
  /** The community's code. */
  community: string;
  /** When the money moved. */
  completed_at?: string | null;
  /** When it was made. */
  created_at: string;
  /** What for. */
  description: string;
  /** Until when it can be accepted or captured, or could have been; null where it never awaited that. */
  expires_at?: string | null;
  failure?: Failure | null;
  /**
   * What each side bears beside the amount; empty where the payment bears no fees, below zero where a reversal gives them back. Where it is `authorised`, what is reserved
   * for the payer's.
   */
  fees: Fee[];
  /** Its id. */
  id: string;
  national_back?: NationalSum | null;
  /** Who is paid. */
  payee: Party;
  /** Who pays. */
  payer: Party;
  /** Why the payer declined it; null where nothing was said. */
  reason?: string | null;
  /** The payment that this one gives back, in part or whole, by whom was paid. */
  refund_of?: string | null;
  /** How much of it was given back, either way. */
  refunded: string;
  /** The payment that this one undoes, on an admin's word. */
  reversal_of?: string | null;
  /** The schedule of which it is a run. */
  schedule?: string | null;
  /** For when it was planned; null where it was made at once. */
  scheduled_for?: string | null;
  /** Where it stands: `requested`, `scheduled`, `authorised`, `completed`, `declined`, `expired`, `cancelled` or `failed`. */
  state: string;
  /** True where it is of a community that is only for tests; else left out. */
  test_mode?: boolean;
  transfer?: Transfer | null;
}

/** Several payments that were made by one transfer. */
export interface PaymentBatch {
  /** The community's code. */
  community: string;
  /** The payments, by line. */
  payments: PaidLine[];
  /** How many were made. */
  posted: number;
  /** The lines that were left out, and why. */
  refusals: RefusedLine[];
  /** How many lines were left out. */
  refused: number;
  /** How much was paid in all. */
  total: string;
  /** The transfer that made them. */
  transfer: Transfer;
}

/** How much and how often an account may pay in a day, a week or a month. */
export interface PaymentLimit {
  /** How much in all; null for no bound. */
  amount?: string | null;
  /** How many payments; null for no bound. */
  payments?: number | null;
  /** `day`, `week` or `month`: from midnight, Monday, the first, by the community's clocks. */
  period: string;
}

/** How much and how often an account may pay in a day, a week or a month, and what it has paid so far. */
export interface PaymentLimitStanding {
  /** How much in all; null for no bound. */
  amount?: string | null;
  /** How much was paid, since payments are counted: what is set aside counts then, and what comes back is not taken off. */
  paid_amount: string;
  /** How many payments that were. */
  paid_payments: number;
  /** How many payments; null for no bound. */
  payments?: number | null;
  /** `day`, `week` or `month`: from midnight, Monday, the first, by the community's clocks. */
  period: string;
}

/** A button or link. */
export interface PaymentLink {
  /** The code of the account that is paid. */
  account: string;
  /** How much; null where it is up to the payer. */
  amount?: string | null;
  /** When it was made. */
  created_at: string;
  /** What for. */
  description: string;
  /** Its id. */
  id: string;
  /** Where the payer goes afterwards. */
  return_url?: string | null;
  /** What it is called. */
  title: string;
  /** Where it leads: for buttons, mails and QR codes. */
  url: string;
}

/** The links in use, newest first: at most a hundred for each account. */
export interface PaymentLinkList {
  /** The links. */
  data: PaymentLink[];
}

/** Several payments. */
export interface PaymentListRequest {
  /** The payments, in one community: at most 1,000 in a batch, 10,000 in a bulk. */
  payments: ListedPayment[];
}

/** What is noted of a payment at one account. The other side sees nothing of it. */
export interface PaymentNote {
  /** The code of the account whose note it is. */
  account: string;
  /** Under what it is counted. */
  category?: string | null;
  /** What is to be remembered. */
  note?: string | null;
  /** Since when; null where nothing is noted. */
  updated_at?: string | null;
}

/** A page of payments, newest first. */
export interface PaymentPage {
  /** The payments. */
  data: Payment[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** What the app that asks was allowed. */
export interface PresentGrant {
  /**
   * The most units that all payments of a day (UTC) may have together, in each community; null where there is no
   * ceiling.
   */
  ceiling_per_day?: string | null;
  /** The most units that a payment may have; null where there is no ceiling. */
  ceiling_per_payment?: string | null;
  /** The app. */
  client: GrantedClient;
  /** When it was allowed. */
  created_at: string;
  /** Its id. */
  id: string;
  /** When the app last got a token with it. */
  last_used_at: string;
  /** What it may do. */
  scopes: string[];
  account?: GrantedAccount | null;
}

/** What would come of one line. */
export interface PreviewedLine {
  /** How much would be paid. */
  amount: string;
  /** What the payer could still spend after this line; null where that is not yours to see. */
  available_after?: string | null;
  /** The payer's balance after this line; null where that is not yours to see. */
  balance_after?: string | null;
  /** The line, from 1: the place in the list, or the line of the file. */
  line: number;
}

/** A payment that was made and would have been refused. */
export interface PreviewedRefusal {
  /** The code of the account whose limit it would have passed. */
  account: string;
  /** How much. */
  amount: string;
  /** The payment. */
  payment_id: string;
  /** `insufficient_credit`, `ceiling_exceeded` or `payment_limit_reached`. */
  refusal: string;
}

/** A secret that works for a while beside the one that took its place. */
export interface PreviousSecretView {
  /** Until when it works. */
  expires_at: string;
  /** When it was last used, give or take ten minutes; null for never. */
  last_used_at?: string | null;
  /** What it begins with. */
  prefix: string;
}

/** An error, in the form of RFC 9457. Branch on `code`; texts may change. */
export interface Problem {
  /** What the payer could spend, where that was too little. */
  available?: string | null;
  /** The checkout that stands for the order, where its terms are others. */
  checkout_id?: string | null;
  /** The stable code. */
  code: string;
  /** What happened this time, and what to do. */
  detail?: string | null;
  /** Every fault of the request, where it makes no sense as it is. */
  errors?: ProblemFault[];
  /** The earlier payment, where this one looks like its repetition. */
  payment_id?: string | null;
  /** Which state stands in the way, where one does. */
  reason?: string | null;
  /** The request's id, for questions to the operator. */
  request_id: string;
  /** True where the password is right and the second factor's code is missing. */
  second_factor_required?: boolean;
  /** The status code. */
  status: number;
  /** The code in a few words. */
  title: string;
  /** A link to what the code means. */
  type: string;
  /** The limits that were reached, where one was. */
  "violated-policies"?: string[];
}

/** One thing wrong with a request. */
export interface ProblemFault {
  /** What, for programs. */
  code: string;
  /** What, for people. */
  detail: string;
  /** Where: a JSON pointer into the body, a parameter's name, or `line 5` of a list. */
  pointer: string;
}

/** A plan to settle. */
export interface ProposePlanRequest {
  /** The parts, by date, at most 60; may be empty. */
  instalments: InstalmentRequest[];
  /** Why, for those who ask later; may be left out. */
  reason?: string | null;
  /** By when the balance is at zero: after today, at most about five years ahead. */
  target_on: string;
  /** The version of the leaving that the proposer saw. */
  version: number;
}

/** That an account exists. */
export interface PublicAccount {
  /** Its public name. */
  code: string;
  /** Its id. */
  id: string;
  /** What it is for: `member`, `commons`, `write_off` or `peer`. */
  kind: string;
  merged_into?: AccountLink | null;
  /** The name people read. */
  name: string;
  /** Whether it takes part: `active`, `frozen`, `closed`, or `leaving` with its member: then its limits count as zero. */
  status: string;
}

/** A checkout, as whoever has its link sees it. */
export interface PublicCheckout {
  /** The code of the account that is paid. */
  account: string;
  /** How much is to be paid in the local currency. */
  amount: string;
  /** Where the payer goes who does not pay. */
  cancel_url?: string | null;
  /** The community's code. */
  community: string;
  /** The local currency: its community's code. */
  currency: string;
  /** What for. */
  description: string;
  /** Until when it can be approved. */
  expires_at: string;
  /** Its id. */
  id: string;
  /** The shop's name for the order. */
  order_reference: string;
  /** The name of the shop. */
  payee: string;
  /** The payment that was approved. */
  payment_id?: string | null;
  /** Where the payer goes afterwards. */
  return_url?: string | null;
  split?: Split | null;
  /** Where it stands: `open`, `completed`, `authorised`, `declined`, `cancelled` or `expired`. */
  state: string;
  /** True where it is of a community that is only for tests; else left out. */
  test_mode?: boolean;
}

/** A community, with how to join it. */
export interface PublicCommunity {
  /** The current version of its terms, which an application has to name; null where it has none. */
  agreement_version?: number | null;
  /** Its short name. */
  code: string;
  /** Which fees payments between members bear. */
  fees: FeeRules;
  /** Who may ask to join: anyone (`open`), whoever was invited (`invitation`), whoever an admin or a broker invited (`closed`). */
  joining: string;
  /** Whether members may invite. */
  members_may_invite: boolean;
  /** Its full name. */
  name: string;
  /** Decimal places of amounts. */
  scale: number;
  /** The sign beside amounts. */
  symbol: string;
  /** Whether it is only for tests: nothing in it is worth anything. */
  test_mode: boolean;
  /** By which clocks it lives. */
  time_zone: string;
  /** What one unit of its currency is called. */
  unit: string;
}

/** Who gets an income: active members of which all of this is true when the period ends. */
export interface Qualification {
  group?: QualifyingGroup | null;
  /** `person` or `business`; null for both. */
  kind?: string | null;
  /** Members for at least so many days. */
  member_days: number;
  /** With a payment in so many days before; null for no such rule. */
  traded_days?: number | null;
}

/** Who gets an income: active members of which all of this is true when the period ends. */
export interface QualificationRequest {
  /** In the group with this id; in any or none where it is left out. */
  group?: string | null;
  /** Of this kind: `person` or `business`; of both where it is left out. */
  kind?: string | null;
  /** Members for at least so many days. */
  member_days?: number;
  /** With a payment of their own, or to them, in so many days before; whether or not they trade where it is left out. */
  traded_days?: number | null;
}

/** The group of those who qualify. */
export interface QualifyingGroup {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
}

/** What a payment would do. */
export interface Quote {
  /** How much would be paid. */
  amount: string;
  /** The community's code. */
  community: string;
  /** What each side would bear beside it; empty where the payment bears no fees. */
  fees: Fee[];
  /** Who would be paid. */
  payee: QuotedSide;
  /** Who would pay. */
  payer: QuotedSide;
  refusal?: Problem | null;
}

/** One side of a payment that was not made. */
export interface QuotedSide {
  /** The account's id. */
  account_id: string;
  /** The account's public name. */
  code: string;
  /** The name people read. */
  name: string;
  /** What it could still spend afterwards; null in the same cases. */
  available_after?: string | null;
  /** Its balance afterwards; null where that is not yours to see, and where the payment would be refused. */
  balance_after?: string | null;
}

/** A shop's takings in a period. */
export interface Reconciliation {
  /** The account's code. */
  account: string;
  /** The balance after the last day: the opening balance + `net`, and the statement's. */
  closing_balance: string;
  /** The community's code. */
  currency: string;
  /** The days on which something happened, in their order. */
  days: DayTakings[];
  /** The first day. */
  from: string;
  /** When this was made. */
  made_at: string;
  /** The balance before the first day: the statement's. */
  opening_balance: string;
  /** All days together. */
  summary: Takings;
  /** By which clocks days begin. */
  time_zone: string;
  /** The day after the last. */
  to: string;
}

/** Codes for the day when the authenticator is lost. Shown once. */
export interface RecoveryCodesView {
  /** Each works once, in place of a code. */
  recovery_codes: string[];
}

/** What to exchange. */
export interface RefreshSessionRequest {
  /** The newest refresh token. */
  refresh_token: string;
}

/** Why. */
export interface RefuseApplicationRequest {
  /** Why: the applicant reads it. */
  reason: string;
}

/** A line that was left out, or would be. */
export interface RefusedLine {
  /** The problem's code. */
  code: string;
  /** What it means for this line. */
  detail: string;
  /** The line, from 1: the place in the list, or the line of the file. */
  line: number;
  /** The earlier payment, where this line looks like its repetition. */
  payment_id?: string | null;
}

/** A name, and why. */
export interface RenameMemberRequest {
  /** The name from now on, at most 100 characters. */
  name: string;
  /** Why, for those who ask later. */
  reason: string;
}

/** Since when. */
export interface ReplayWebhooksRequest {
  /** A time within the last 30 days, RFC 3339. */
  since: string;
}

/** To whom. */
export interface ResendAddressConfirmationRequest {
  /** The address. */
  email: string;
}

/** Why. */
export interface ResumeLimitPolicyRequest {
  /** Why, for those who ask later. */
  reason: string;
}

/** How a secret gives way to the next. */
export interface RotateApiKeyRequest {
  /**
   * How long the present secret works beside the new one, in seconds, up to a week: a day where it is left out; 0 ends it
   * at once.
   */
  overlap_seconds?: number | null;
}

/** Where a member tries a shop. */
export interface Sandbox {
  /** The code of the caller's account there for which keys are made. */
  account: string;
  /** The code of the caller's account there that pays, with ample limits: who is signed in as the caller approves with it. */
  buyer: string;
  /** The twin: a community of its own, in which nothing is worth anything. */
  community: Community;
}

/** A schedule, by which one payment is made after the other. */
export interface Schedule {
  /** How much, each time. */
  amount: string;
  /** The community's code. */
  community: string;
  /** How often in all; null where no number ends it. */
  count?: number | null;
  /** When it was made. */
  created_at: string;
  /** What for. */
  description: string;
  /** Why it ended: `completed`, `cancelled`, `payer_closed`, `payee_closed` or `not_permitted`. */
  end_reason?: string | null;
  /** When it ended. */
  ended_at?: string | null;
  /** The last day; null where no day ends it. */
  ends_on?: string | null;
  /** How many units lie between one run and the next. */
  every?: number | null;
  /** How many of them failed. */
  failed_runs: number;
  /** Its id. */
  id: string;
  last_failure?: Failure | null;
  /** When the next run comes; later than planned where a failed one is tried again. Null where none comes by itself. */
  next_run_at?: string | null;
  /** What happens when a run fails. */
  on_failure: FailureRule;
  /** Who is paid. */
  payee: Party;
  /** Who pays. */
  payer: Party;
  /** How many runs had their turn. */
  runs: number;
  /** The first day. */
  starts_on?: string | null;
  /** Where it stands: `active`, `paused` or `ended`. */
  state: string;
  /** The time of day. */
  time?: string | null;
  /** By which clocks: those of the community. */
  time_zone: string;
  /** The unit: `day`, `week` or `month`. */
  unit?: string | null;
  /** For when the next few runs are planned. */
  upcoming: string[];
}

/** A page of schedules, newest first. */
export interface SchedulePage {
  /** The schedules. */
  data: Schedule[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** A session, as its owner sees it. */
export interface Session {
  /** The app or wallet that acts in it, `pages` for the service's own pages; null for a sign-in by the API itself. */
  client_id: string | null;
  /** When it began. */
  created_at: string;
  /** Whether it is the one that asks. */
  current: boolean;
  /** What it was begun with, in the browser's or app's own words; may be empty. */
  device: string;
  /** The session's id. */
  id: string;
  /** When it last got a token, which is every few minutes while it is used. */
  last_used_at: string;
}

/** A page of sessions, newest first. */
export interface SessionPage {
  /** The sessions. */
  data: Session[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** How much, until when, and why. */
export interface SetAllowanceRequest {
  /** The most that the payment may be. */
  amount: string;
  /** Why, for those who ask later. */
  reason: string;
  /** Before when it has to be made, RFC 3339; at most 366 days ahead. */
  until: string;
}

/** The amounts, and why. */
export interface SetApprovalRulesRequest {
  /** Raising a credit limit to more than this needs two admins; null for no such rule. */
  limits_above: string | null;
  /** Why, for those who ask later. */
  reason: string;
  /** Undoing a payment of more than this needs two admins; null for no such rule. */
  reversals_above: string | null;
}

/** An amount, or that there is none. */
export interface SetCommunityStepUpRequest {
  /** Payments above it need a fresh proof; null for no such rule. */
  above: string | null;
}

/** What members contribute, and why. */
export interface SetContributionsRequest {
  above?: SetHoldingChargeRequest | null;
  /** How much each member contributes; at most 1,000,000,000 minor units. */
  amount: string;
  below?: SetHoldingChargeRequest | null;
  /** After each `month`, or after each `year`'s December. */
  every: string;
  /** Why, for those who ask later. */
  reason: string;
}

/** One side's fee. */
export interface SetFeeRequest {
  /** The share of what is paid, in basis points: 100 is one per cent; at most 2500. */
  basis_points: number;
  /** What each payment bears; at most 1,000,000,000 minor units. */
  fixed: string;
}

/** Both sides' fees, and why. */
export interface SetFeesRequest {
  /** What payees bear, out of what they receive. */
  payee: SetFeeRequest;
  /** What payers bear, on top of the amount. */
  payer: SetFeeRequest;
  /** Why, for those who ask later. */
  reason: string;
}

/** All thresholds that are to hold, and why. */
export interface SetHealthThresholdsRequest {
  /** Why, for those who ask later. */
  reason: string;
  /** All of them, at most one for each side of each figure. */
  thresholds: HealthThresholdRequest[];
}

/** A charge on one side of zero. */
export interface SetHoldingChargeRequest {
  /** Up to this distance from zero nothing is charged. */
  allowance: string;
  /** The share of what is beyond it, in basis points a year, a twelfth of which is charged each month; at most 12000. */
  basis_points: number;
}

/** The income, and why. */
export interface SetIncomeRequest {
  /** How much each member gets; at most 1,000,000,000 minor units, and zero for no income. */
  amount: string;
  /** After each `week`, which ends with its Sunday, or after each `month`. */
  every: string;
  /** Who gets it; every active member where it is left out. */
  qualifies?: QualificationRequest;
  /** Why, for those who ask later. */
  reason: string;
}

/** What is to be different, and why. */
export interface SetJoiningRequest {
  /** Who may ask to join: `open`, `invitation` or `closed`; as it is where it is left out. */
  joining?: string | null;
  /** Whether members may invite, unless it is `closed`; as it is where it is left out. */
  members_may_invite?: boolean | null;
  /** Why, for those who ask later. */
  reason: string;
}

/** A policy, and why. */
export interface SetLimitPolicyRequest {
  /** What holds where none fits. */
  default: LimitTerms;
  /** Why, for those who ask later. */
  reason: string;
  /** The rules, the first of which that fits a member holds; at most 20. */
  rules: LimitRule[];
}

/** Limits, and why. */
export interface SetLimitsRequest {
  /** The highest balance it may reach; null for no bound. */
  ceiling: string | null;
  /** How far below zero the account may go. */
  credit_limit: string;
  /** Why, for those who ask later. */
  reason: string;
  /**
   * Until when they count instead of what the community's policy gives, RFC 3339; left out or null for as long as nobody ends
   * them.
   */
  until?: string | null;
}

/** Kind and group, and why. */
export interface SetMemberClassRequest {
  /** The group's id; null for no group. */
  group: string | null;
  /** `person` or `business`. */
  kind: string;
  /** Why, for those who ask later. */
  reason: string;
}

/** A status, and why. */
export interface SetMemberStatusRequest {
  /** Why, for those who ask later. */
  reason: string;
  /** Where the member stands from now on: `active`, `frozen`, `leaving` or `closed`. */
  status: string;
}

/** Whether to be sent them. */
export interface SetMonthlyStatementRequest {
  /** True: after each month, one mail with the month's statement. False: none. */
  by_mail: boolean;
}

/** What to note, instead of what was noted. Null for nothing. */
export interface SetNoteRequest {
  /** Under what it is counted: at most 40 characters, and at most 200 categories at an account. */
  category?: string | null;
  /** What is to be remembered: at most 1000 characters. */
  note?: string | null;
}

/** How soon to be told of what, of one community. Topics that are not named stay as they are. */
export interface SetNotificationsRequest {
  /** For each topic `at_once`, `daily`, `weekly` or `off`. */
  choices: Record<string, string>;
  /** The community's code. */
  community: string;
}

/** The password that is, and the one that is to be. */
export interface SetPasswordRequest {
  /** The present password. */
  current_password: string;
  /** The new one: 15 to 256 characters, or at least 8 beside a second factor; nothing that is guessed early. */
  new_password: string;
}

/** A role, and why. */
export interface SetRoleRequest {
  /** Why, for those who ask later. */
  reason: string;
  /** What the member may do from now on: `member`, `broker` or `admin`. */
  role: string;
}

/** A status, and why. */
export interface SetStatusRequest {
  /** Why, for those who ask later. */
  reason: string;
  /** `active`, `frozen` or `closed`. */
  status: string;
}

/** An amount, or that there is none. */
export interface SetStepUpRequest {
  /** Payments above it need a fresh proof; null where none of one's own is set. */
  above: string | null;
}

/** What a teller may, and how much. */
export interface SetTellerRequest {
  /** The most on one day, in units; null for no ceiling. */
  per_day: string | null;
  /** The most in one payment, in units; null for no ceiling. */
  per_payment: string | null;
  /**
   * One or more of `see` (balance, entries, payments), `take` (ask for payments to the account, capture and void what was authorised to it)
   * and `pay`.
   */
  rights: string[];
}

/** A time zone. */
export interface SetTimeZoneRequest {
  /** Its name. */
  time_zone: string;
}

/** Up to how much a payee is trusted. */
export interface SetTrustedPayeeRequest {
  /** The most in all requests of a calendar month (UTC); no such bound where it is left out or null. */
  per_month?: string | null;
  /** The most in one request: decimal text, above zero. */
  up_to: string;
}

/** A community's settings. */
export interface Settings {
  /** Above which amounts what an admin does needs another one; changed where `elsewhere` says. */
  approval_rules: ApprovalRules;
  /** What the settings are at first that nobody has to choose. */
  defaults: SettingsDefaults;
  /** Where the rest is read and chosen. */
  elsewhere: SettingsElsewhere;
  /** The community's full name. */
  name: string;
  /** Decimal places of amounts; fixed. */
  scale: number;
  /** Above which amount all payments need a fresh proof of who pays; null for no such rule. */
  step_up_above?: string | null;
  /** The sign beside amounts. */
  symbol: string;
  /** By which clocks it lives. */
  time_zone: string;
  /** What one unit of its currency is called. */
  unit: string;
  /** Rises with every change. */
  version: number;
}

/** What settings are at first. */
export interface SettingsDefaults {
  /** Nothing needs two admins. */
  approval_rules: ApprovalRules;
  /** No payment needs a fresh proof. */
  step_up_above?: string | null;
  /** By which clocks a community lives. */
  time_zone: string;
}

/** Where settings are that have rules of their own. */
export interface SettingsElsewhere {
  /** The terms that members accept. */
  agreements: SettingsLink;
  /** Above which amounts what an admin does needs another one: of the same version as the settings. */
  approval_rules: SettingsLink;
  /** What members contribute each month, and what balances are charged. */
  contributions: SettingsLink;
  /** Which fees payments bear. */
  fees: SettingsLink;
  /** From where on admins are told of figures: its thresholds. For admins. */
  health: SettingsLink;
  /** Who may ask to join, and whether members may invite. */
  joining: SettingsLink;
  /** How far accounts may go. */
  limit_policy: SettingsLink;
}

/** Where something is read and chosen that has rules of its own. */
export interface SettingsLink {
  /** Where. */
  link: string;
  /** Its version, which rises with every change of it; null where nothing was chosen yet. */
  version?: number | null;
}

/** Why; may be left out. */
export interface SettleApprovalRequest {
  /** Why, for those who ask later. */
  reason?: string | null;
}

/** The part of a price that the shop takes itself, in national money. */
export interface Split {
  /** How much. */
  amount: string;
  /** The currency (ISO 4217). */
  currency: string;
  /** The whole price, where the shop counts both parts in this currency. */
  total?: string | null;
}

/**
 * A price in two moneys: name two of the local `amount`, the national `amount` and the `total`, or the `total` with a share. One
 * unit of the local currency stands for one unit of the national one in these sums.
 */
export interface SplitRequest {
  /** The part in national money, as decimal text. */
  amount?: string | null;
  /** The national currency (ISO 4217). */
  currency: string;
  /** Which part of the total is paid in the local currency, in per cent; your account's usual share where nothing else tells. */
  local_percent?: string | null;
  /** The whole price, as decimal text. */
  total?: string | null;
}

/** What an authenticator app needs. Shown once. */
export interface StartedTotpView {
  /** The same as an address, for a QR code. */
  otpauth_url: string;
  /** The secret, for typing. */
  secret: string;
}

/** What happened on an account in a period. */
export interface Statement {
  /** The account's code. */
  account: string;
  /** The balance after the last day: opening balance + received − paid. */
  closing_balance: string;
  /** The community's code. */
  community: string;
  /** The entries, oldest first. */
  entries: Entry[];
  /** The first day. */
  from: string;
  /** When the statement was made. */
  made_at: string;
  /** The name people read. */
  name: string;
  /** The balance before the first day. */
  opening_balance: string;
  /** The sum of what went out. */
  paid: string;
  /** The sum of what came in. */
  received: string;
  /** By which clocks days begin. */
  time_zone: string;
  /** The day after the last. */
  to: string;
}

/** Above which amounts an account's payments need a fresh proof. The lower of the two counts. */
export interface StepUp {
  /** What the member set; null for nothing. */
  above?: string | null;
  /** What the community set for all; null for nothing. */
  community_above?: string | null;
}

/** What proves it: the code where there is a second factor, else the password; or, instead of both, a passkey. */
export interface StepUpRequest {
  /** The second factor's code, or a recovery code. */
  code?: string | null;
  passkey?: PasskeyCredential | null;
  /** The login's password. */
  password?: string | null;
}

/** A token with a fresh proof in it. The refresh token stays as it is. */
export interface SteppedUpToken {
  /** Goes into `Authorization: Bearer …`. */
  access_token: string;
  /** How long the access token lives, in seconds. */
  expires_in: number;
  /** Always `Bearer`. */
  token_type: string;
}

/** What came in and went out, by what it was. */
export interface Takings {
  /** What it bore of fees; below zero, unless a reversal gave some back. */
  fees: string;
  /** What was paid to the account, before anything went back. */
  gross: string;
  /** What the shop took itself beside these payments, where prices were paid in two moneys. */
  national: NationalSum[];
  /** What of that the shop gives back itself beside its refunds: each refund's `national_back`; zero or below. */
  national_refunds: NationalSum[];
  /** `gross` + `refunds` + `fees` + `other`: what the balance moved by. */
  net: string;
  /** Everything else: what it paid itself, contributions, what came back to it. */
  other: string;
  /** How many payments came in. */
  payments: number;
  /** What it gave back; zero or below. */
  refunds: string;
  /** How many refunds and reversals there were. */
  ways_back: number;
}

/** A teller of an account. */
export interface Teller {
  /** The user's name. */
  name: string;
  /** The most on one day, in units; null for no ceiling. */
  per_day?: string | null;
  /** The most in one payment, in units; null for no ceiling. */
  per_payment?: string | null;
  /** What the teller may: some of `see`, `take` and `pay`. */
  rights: string[];
  /** The user's id. */
  user_id: string;
}

/** What to act with, and how to get more of it. */
export interface Tokens {
  /** Goes into `Authorization: Bearer …`. */
  access_token: string;
  /** How long the access token lives, in seconds. */
  expires_in: number;
  /** Exchanged, once, for the next pair. */
  refresh_token: string;
  /** Always `Bearer`. */
  token_type: string;
}

/** Where on the community's chain a payment's transfer stands. */
export interface Transfer {
  /** The chain's hash at that place, in hexadecimal. */
  hash: string;
  /** Its place in the community's order. */
  seq: number;
}

/** A payee whose requests are accepted without asking. */
export interface TrustedPayee {
  /** How much was accepted so this month. */
  accepted_this_month: string;
  /** Who is trusted. */
  payee: Party;
  /** The most in all requests of a calendar month (UTC); null where there is no such bound. */
  per_month?: string | null;
  /** The most in one request. */
  up_to: string;
}

/** All trusted payees of an account. */
export interface TrustedPayeeList {
  /** The payees. */
  data: TrustedPayee[];
}

/** A login. */
export interface User {
  /** The e-mail address. */
  email: string;
  /** Its id. */
  id: string;
  /** The name people read. */
  name: string;
}

/** The income that an admin wants. */
export interface WantedIncome {
  /** How much each member gets. */
  amount: string;
  /** After each `week` or `month`. */
  every: string;
  /** The id of the group that gets it; null for any or none. */
  group?: string | null;
  /** `person` or `business`; null for both. */
  kind?: string | null;
  /** Members for at least so many days. */
  member_days: number;
  /** With a payment in so many days before; null for no such rule. */
  traded_days?: number | null;
}

/** A policy that an admin wants adopted. */
export interface WantedLimitPolicy {
  /** What would hold where none fits. */
  default: LimitTerms;
  /** The rules, the first of which that fits a member would hold. */
  rules: LimitRule[];
}

/** Limits that an admin wants for an account. */
export interface WantedLimits {
  /** The account's code. */
  account: string;
  /** The account's name. */
  name: string;
  /** Its limits now. */
  present: Limits;
  /** Its limits once another admin agrees. */
  wanted: Limits;
}

/** A merge that an admin wants. */
export interface WantedMerge {
  /** What the duplicate had when it was asked for: so much moves, or nothing. */
  amount: string;
  /** The account that is one too many, as it is now. */
  duplicate: MergeSide;
  /** The account that is kept, as it is now. */
  kept: MergeSide;
}

/** A payment out of the fund that an admin wants. */
export interface WantedPayout {
  /** How much. */
  amount: string;
  /** The account's name. */
  name: string;
  /** The account that gets it. */
  payee: string;
}

/** A reversal that an admin wants. */
export interface WantedReversal {
  /** Whether an account may be left past its limit, this once. */
  allow_beyond_limit: boolean;
  /** The payment to undo. */
  payment_id: string;
}

/** A write-off that an admin wants. */
export interface WantedWriteOff {
  /** The account's code. */
  account: string;
  /** The balance when it was asked for: no more than this is written off. */
  balance: string;
  /** Why, in short. */
  category: string;
  /** The account's name. */
  name: string;
  /** The balance now. */
  present_balance: string;
}

/** An attempt to deliver a message. */
export interface WebhookAttempt {
  /** The first 1,024 bytes of the answer's body. Null where it is not kept any more. */
  answer?: string | null;
  /** When. */
  at: string;
  /** How long it took, in milliseconds. */
  duration_ms: number;
  /** What went wrong; null where nothing did. */
  error?: string | null;
  /** What was sent: the head without its signatures, an empty line, and the body. Null where it is not kept, or not any more. */
  request?: string | null;
  /** The status of the answer; null where there was none. */
  status?: number | null;
}

/** A message to an endpoint, and what became of it. */
export interface WebhookDelivery {
  /** How often it was tried. */
  attempts: number;
  /** When the message was made. */
  created_at: string;
  /**
   * The attempts before it, oldest first: the last 20 of them, without what was sent, and with the first 200 characters of the
   * answers.
   */
  earlier_attempts: WebhookAttempt[];
  /** The endpoint. */
  endpoint_id: string;
  /** The event's place in the order of the community's events; null for a test. */
  event_seq?: number | null;
  /** Its id in this log. */
  id: string;
  last_attempt?: WebhookAttempt | null;
  /** The message's id, in its header `webhook-id`: the same for every attempt. */
  message_id: string;
  /** When it is tried next, at the earliest; null where it does not wait. */
  next_attempt_at?: string | null;
  /** `waiting`, `delivered` or `failed`. */
  state: string;
  /**
   * The payment, account, member or checkout that it tells of: for `payment.refunded`, the payment that gives back; the endpoint
   * itself for a test.
   */
  subject_id: string;
  /** When that happened. */
  timestamp: string;
  /** What it tells of. */
  type: string;
}

/** A page of an endpoint's deliveries. */
export interface WebhookDeliveryPage {
  /** The deliveries, newest first. */
  data: WebhookDelivery[];
  /** Where the list goes on; null at its end. */
  next_cursor?: string | null;
}

/** Where messages about an account go. */
export interface WebhookEndpoint {
  /** The account whose events are told. */
  account: string;
  /** When it was made. */
  created_at: string;
  /** What its owner notes about it; null where that is nothing. */
  description?: string | null;
  /** Whether it is told anything. */
  enabled: boolean;
  /** What is told: `*` for everything, `payment.*` for all of a kind, or names of events. */
  events: string[];
  /** Since when nothing arrives there; null where things do. */
  failing_since?: string | null;
  /** Its id. */
  id: string;
  /** Until when messages are signed with the secret before as well; null where they are not. */
  old_secret_until?: string | null;
  set_by?: WebhookSetter | null;
  /** `enabled`, `disabled` by its owner, `gone` because it answered 410, or `failing` because nothing arrived for days. */
  state: string;
  /** Since when it is in that state. */
  state_since: string;
  /** The URL to which messages are sent. */
  url: string;
}

/** All endpoints of an account, or of several. */
export interface WebhookEndpointList {
  /** The endpoints, oldest first. */
  data: WebhookEndpoint[];
}

/** What is told again. */
export interface WebhookReplay {
  /** From which of the community's events on. */
  from_event_seq: number;
  /** Up to which there is one now. Later ones follow as ever. */
  through_event_seq: number;
}

/** A new secret. It is shown this once. */
export interface WebhookSecret {
  /** The endpoint. */
  id: string;
  /** Until when they are signed with the secret before as well. */
  old_secret_until: string;
  /** What messages are signed with from now on. */
  secret: string;
}

/** Who said where messages go. */
export interface WebhookSetter {
  /** The id of the user, the key or the app. */
  id: string;
  /** `person`, who did it themselves, `api_key`, or `app`. */
  kind: string;
  /** What the key or app is called; null for people, and where it is there no more. */
  name?: string | null;
}

/** A line of the register. */
export interface WriteOff {
  /** The account's code; for admins, else null. */
  account?: string | null;
  /** The balance that was written off: below zero where the community bears it, above where it was given up. */
  amount: string;
  /** Why, in short; null where so few have it that it would tell of somebody. */
  category?: string | null;
  /** When, to the moment; for admins, else null. */
  created_at?: string | null;
  /** In which month. */
  month: string;
  /** The account's name; for admins, else null. */
  name?: string | null;
  /** The payment; for admins, else null. */
  payment_id?: string | null;
  /** How much of it was taken back since, by a reversal. */
  taken_back: string;
}

/** A year of the register of write-offs. */
export interface WriteOffRegister {
  /** What the community bears of it: the sum of what was below zero. */
  borne: string;
  /** The write-offs, by month. */
  data: WriteOff[];
  /** What was given up: the sum of what was above zero. */
  given_up: string;
  /** The year. */
  year: number;
}

/** The service, as a key or a member's token sees it. */
export class Counterfoil extends Transport {
  /**
   * See an account: `GET /api/v1/accounts/{account}`
   *
   * Whole for those whose it is and for admins; of others' accounts, that they exist. Send the `ETag` back in
   * `If-None-Match` to learn cheaply whether anything changed.
   */
  getAccount(
    call: {
      /** The account's code or id */
      account: string;
      /** The `ETag` that you have */
      ifNoneMatch?: string;
    },
    options?: CallOptions,
  ): Promise<Account | null> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}`,
      { headers: { "If-None-Match": call.ifNoneMatch } },
      options,
    );
  }

  /**
   * Let one payment pass an account's credit limit: `PUT /api/v1/accounts/{account}/allowance`
   *
   * The next payment of at most this amount that the credit limit would refuse is made all the same, once, and says so in its record on the ledger. One that
   * stands is replaced; with `If-Match`, one that was used in between is not given again. Whoever operates the account is told by mail. For admins of its community, with a proof of who they are that is at most five minutes old. It is for single payments made at
   * once and for requests that the payer accepts; lists, authorisations, planned payments and what a standing order pays stay within the limit. Fees come on
   * top of the amount.
   */
  setAllowance(
    call: {
      /** The account's code or id */
      account: string;
      /** The `ETag` of the account that the change is based on */
      ifMatch?: string;
      body: SetAllowanceRequest;
    },
    options?: CallOptions,
  ): Promise<Allowance> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/allowance`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Call an allowance off: `POST /api/v1/accounts/{account}/allowance/cancel`
   *
   * What was used stays as it is. For admins of its community, with a proof of who they are that is at most five minutes old.
   */
  cancelAllowance(
    call: {
      /** The account's code or id */
      account: string;
      body: CancelAllowanceRequest;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "POST",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/allowance/cancel`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See an account's balance over time: `GET /api/v1/accounts/{account}/balances`
   *
   * What it was at the end of each day, week or month, by the clocks of the community's time zone: at most 400 points, oldest first.
   * The last step may not be over: then it is the balance now.
   */
  listBalances(
    call: {
      /** The account's code or id */
      account: string;
      /** The day with which it begins; left out, so that there are 30 steps. */
      from?: string;
      /** The day before which it ends; tomorrow where it is left out. */
      to?: string;
      /** How long each step is: `day`, `week` (from Monday) or `month`; `day` where it is left out. */
      interval?: string;
    },
    options?: CallOptions,
  ): Promise<Balances> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/balances`,
      { query: { from: call.from, to: call.to, interval: call.interval } },
      options,
    );
  }

  /**
   * Let a broker act for my account: `PUT /api/v1/accounts/{account}/brokers/{member}`
   *
   * For the account's owner, with a proof that is at most five minutes old. The member must have the role `broker`, and
   * may see the account, pay from it and take for it as long as that lasts.
   */
  setBroker(
    call: {
      /** The account's code or id */
      account: string;
      /** The broker's member id */
      member: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/brokers/${encodeURIComponent(call.member)}`,
      {},
      options,
    );
  }

  /**
   * Let a broker act for my account no longer: `DELETE /api/v1/accounts/{account}/brokers/{member}`
   *
   * For the account's owner.
   */
  deleteBroker(
    call: {
      /** The account's code or id */
      account: string;
      /** The broker's member id */
      member: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/brokers/${encodeURIComponent(call.member)}`,
      {},
      options,
    );
  }

  /**
   * List an account's categories: `GET /api/v1/accounts/{account}/categories`
   *
   * Those that its people noted at payments, in the order of their letters: at most 200.
   */
  listCategories(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<CategoryList> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/categories`,
      {},
      options,
    );
  }

  /**
   * See which contributions are coming for an account: `GET /api/v1/accounts/{account}/contributions`
   *
   * By which rules and when, what it would be asked for if the month ended now with its balance, and what it owes from before. For
   * those who may see the account.
   */
  getAccountContributions(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<ComingContributions> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/contributions`,
      {},
      options,
    );
  }

  /**
   * List who may act at my account: `GET /api/v1/accounts/{account}/delegates`
   *
   * Tellers and brokers, 100 at most. For the account's owner.
   */
  listDelegates(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<Delegates> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/delegates`,
      {},
      options,
    );
  }

  /**
   * List an account's entries: `GET /api/v1/accounts/{account}/entries`
   *
   * Newest first. For those whose account it is, and for admins.
   */
  listEntries(
    call: {
      /** The account's code or id */
      account: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<EntryPage> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/entries`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listEntries` lists, page by page as they are asked for. */
  eachEntries(
    call: Omit<Parameters<Counterfoil["listEntries"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Entry, void, undefined> {
    return this.pages((cursor) => this.listEntries({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Set an account's limits: `PUT /api/v1/accounts/{account}/limits`
   *
   * They count instead of what the community's limit policy gives, until they end. For admins of its community, with a proof of who they are that is at most five minutes old. An account that is outside a cut limit may move towards zero and no further out. A credit limit that rises above the amount of `GET /communities/{code}/approval-rules` needs two admins: it answers 202, and holds once another admin agrees. Whoever operates the account is told by mail.
   */
  setLimits(
    call: {
      /** The account's code or id */
      account: string;
      /** The `ETag` of the account that the change is based on */
      ifMatch?: string;
      body: SetLimitsRequest;
    },
    options?: CallOptions,
  ): Promise<Account | Approval> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/limits`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See why an account's limits are what they are: `GET /api/v1/accounts/{account}/limits/explain`
   *
   * In numbers: which rule of the community's limit policy holds, what each of its terms looked at and added, which caps and bounds were met, and what counts instead. For those whose account it is, and for admins.
   */
  getLimitsExplanation(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<LimitExplanation> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/limits/explain`,
      {},
      options,
    );
  }

  /**
   * Let an account follow the limit policy again: `POST /api/v1/accounts/{account}/limits/follow-policy`
   *
   * Ends the limits that an admin gave this account, and gives it what the policy gives it. For admins of its community, with a proof of who they are that is at most five minutes old.
   */
  resumeLimitPolicy(
    call: {
      /** The account's code or id */
      account: string;
      body: ResumeLimitPolicyRequest;
    },
    options?: CallOptions,
  ): Promise<Account> {
    return this.send(
      "POST",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/limits/follow-policy`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Set an account's usual local share: `PUT /api/v1/accounts/{account}/local-share`
   *
   * Which part of a checkout's `split.total` is paid in the local currency, where the request names neither a part nor a share. For
   * whoever may take for the account.
   */
  setLocalShare(
    call: {
      /** The account's code or id */
      account: string;
      body: LocalShare;
    },
    options?: CallOptions,
  ): Promise<LocalShare> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/local-share`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See whether I am sent an account's statements: `GET /api/v1/accounts/{account}/monthly-statement`
   *
   * For those who operate the account's member.
   */
  getMonthlyStatement(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<MonthlyStatement> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/monthly-statement`,
      {},
      options,
    );
  }

  /**
   * Choose whether I am sent an account's statements: `PUT /api/v1/accounts/{account}/monthly-statement`
   *
   * For those who operate the account's member, each for themselves. One mail for each month, on the morning of the first day after
   * it by the community's clocks, with the statement as PDF in your language; the first is that of the month in progress. A statement
   * of more than 10,000 entries is not enclosed. It ends by itself when the account is closed, or is not yours any more.
   */
  setMonthlyStatement(
    call: {
      /** The account's code or id */
      account: string;
      body: SetMonthlyStatementRequest;
    },
    options?: CallOptions,
  ): Promise<MonthlyStatement> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/monthly-statement`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Reconcile an account's takings: `GET /api/v1/accounts/{account}/reconciliation`
   *
   * What came in, what was given back, what was borne of fees and what is left of it, day by day and in all, between balances that
   * are those of the account's statement to the minor unit; with what the shop took itself in national money beside these payments, and
   * what of that it gives back itself.
   * Days begin by the clocks of the community's time zone. At most 200,000 entries. For those whose account it is, for tellers who
   * may see it, and for admins.
   *
   * As CSV (`Accept: text/csv`): `date,opening_balance,gross,refunds,fees,other,net,closing_balance,payments,ways_back,national,national_refunds,currency`,
   * a line for each day and a last one with the date `total`.
   */
  getReconciliation(
    call: {
      /** The account's code or id */
      account: string;
      /** The first day, by the clocks of the community's time zone. */
      from: string;
      /** The day after the last one. */
      to: string;
    },
    options?: CallOptions,
  ): Promise<Reconciliation> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/reconciliation`,
      { query: { from: call.from, to: call.to } },
      options,
    );
  }

  /**
   * Reconcile an account's takings: `GET /api/v1/accounts/{account}/reconciliation`
   *
   * What came in, what was given back, what was borne of fees and what is left of it, day by day and in all, between balances that
   * are those of the account's statement to the minor unit; with what the shop took itself in national money beside these payments, and
   * what of that it gives back itself.
   * Days begin by the clocks of the community's time zone. At most 200,000 entries. For those whose account it is, for tellers who
   * may see it, and for admins.
   *
   * As CSV (`Accept: text/csv`): `date,opening_balance,gross,refunds,fees,other,net,closing_balance,payments,ways_back,national,national_refunds,currency`,
   * a line for each day and a last one with the date `total`.
   */
  getReconciliationAs(
    call: {
      /** The account's code or id */
      account: string;
      /** The first day, by the clocks of the community's time zone. */
      from: string;
      /** The day after the last one. */
      to: string;
      /** What to answer with. */
      accept: "text/csv";
    },
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return this.sendForDocument(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/reconciliation`,
      { query: { from: call.from, to: call.to }, accept: call.accept },
      options,
    );
  }

  /**
   * Get an account's statement: `GET /api/v1/accounts/{account}/statement`
   *
   * What was posted on an account in a period, oldest first, between the balance before it and the balance after it: opening
   * balance + entries = closing balance, to the minor unit. What is only reserved is not in it. Days begin by the clocks of the
   * community's time zone; where the period is not over, the closing balance is that of now. At most 10,000 entries. For those
   * whose account it is, for tellers who may see it, and for admins.
   *
   * As PDF: pages with the balance after each entry, in your language. As CSV: `id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency`, with a first line of
   * type `opening_balance` and a last one of type `closing_balance`; texts that a spreadsheet could take for a formula begin with an
   * apostrophe. In camt.053, which wants three letters, the currency is X and two letters of the community's code, such as `XRV` for
   * `RIVER`, and amounts have at most five decimal places; in OFX, of which programs know only the codes of ISO 4217, it is `XXX`.
   */
  getStatement(
    call: {
      /** The account's code or id */
      account: string;
      /** The first day, by the clocks of the community's time zone. */
      from: string;
      /** The day after the last one. */
      to: string;
      /** `json`, `csv`, `pdf`, `camt.053.001.08`, `camt.053.001.02` or `ofx`; where it is left out, what `Accept` asks for. */
      format?: string;
    },
    options?: CallOptions,
  ): Promise<Statement> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/statement`,
      { query: { from: call.from, to: call.to, format: call.format } },
      options,
    );
  }

  /**
   * Get an account's statement: `GET /api/v1/accounts/{account}/statement`
   *
   * What was posted on an account in a period, oldest first, between the balance before it and the balance after it: opening
   * balance + entries = closing balance, to the minor unit. What is only reserved is not in it. Days begin by the clocks of the
   * community's time zone; where the period is not over, the closing balance is that of now. At most 10,000 entries. For those
   * whose account it is, for tellers who may see it, and for admins.
   *
   * As PDF: pages with the balance after each entry, in your language. As CSV: `id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency`, with a first line of
   * type `opening_balance` and a last one of type `closing_balance`; texts that a spreadsheet could take for a formula begin with an
   * apostrophe. In camt.053, which wants three letters, the currency is X and two letters of the community's code, such as `XRV` for
   * `RIVER`, and amounts have at most five decimal places; in OFX, of which programs know only the codes of ISO 4217, it is `XXX`.
   */
  getStatementAs(
    call: {
      /** The account's code or id */
      account: string;
      /** The first day, by the clocks of the community's time zone. */
      from: string;
      /** The day after the last one. */
      to: string;
      /** `json`, `csv`, `pdf`, `camt.053.001.08`, `camt.053.001.02` or `ofx`; where it is left out, what `Accept` asks for. */
      format?: string;
      /** What to answer with. */
      accept: "text/csv" | "application/pdf" | "application/xml" | "application/x-ofx";
    },
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return this.sendForDocument(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/statement`,
      { query: { from: call.from, to: call.to, format: call.format }, accept: call.accept },
      options,
    );
  }

  /**
   * Set an account's status: `PUT /api/v1/accounts/{account}/status`
   *
   * For admins of its community; thawing and closing need a proof of who they are that is at most five minutes old. A
   * frozen account neither pays nor is paid. Only an account at zero can be closed, and a closed one stays closed.
   */
  setStatus(
    call: {
      /** The account's code or id */
      account: string;
      body: SetStatusRequest;
    },
    options?: CallOptions,
  ): Promise<Account> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/status`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Above which amounts an account's payments need a fresh proof: `GET /api/v1/accounts/{account}/step-up`
   *
   * The lower of the two counts.
   */
  getStepUp(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<StepUp> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/step-up`,
      {},
      options,
    );
  }

  /**
   * Set above which amount my payments need a fresh proof: `PUT /api/v1/accounts/{account}/step-up`
   *
   * For the account's member, not for apps: what makes payments ask for a proof could stop all of them. Raising or removing it needs a proof that is at most five minutes old.
   */
  setStepUp(
    call: {
      /** The account's code or id */
      account: string;
      body: SetStepUpRequest;
    },
    options?: CallOptions,
  ): Promise<StepUp> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/step-up`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See what a teller may: `GET /api/v1/accounts/{account}/tellers/{teller}`
   *
   * For the account's owner, and for the teller.
   */
  getTeller(
    call: {
      /** The account's code or id */
      account: string;
      /** The user's id, as `GET /me` shows it to them */
      teller: string;
    },
    options?: CallOptions,
  ): Promise<Teller> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/tellers/${encodeURIComponent(call.teller)}`,
      {},
      options,
    );
  }

  /**
   * Make someone a teller of my account: `PUT /api/v1/accounts/{account}/tellers/{teller}`
   *
   * For the account's owner, with a proof that is at most five minutes old. The teller signs in with a login of their own
   * and needs no place in the community; they tell the owner their user id, which `GET /me` shows them. Sent again, it replaces what the teller may.
   */
  setTeller(
    call: {
      /** The account's code or id */
      account: string;
      /** The user's id, as `GET /me` shows it to them */
      teller: string;
      body: SetTellerRequest;
    },
    options?: CallOptions,
  ): Promise<Teller> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/tellers/${encodeURIComponent(call.teller)}`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Take back what a teller may: `DELETE /api/v1/accounts/{account}/tellers/{teller}`
   *
   * For the account's owner. From then on the teller posts nothing more.
   */
  deleteTeller(
    call: {
      /** The account's code or id */
      account: string;
      /** The user's id, as `GET /me` shows it to them */
      teller: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/tellers/${encodeURIComponent(call.teller)}`,
      {},
      options,
    );
  }

  /**
   * List whom I trust: `GET /api/v1/accounts/{account}/trusted-payees`
   *
   * 100 at most. For the account's owner.
   */
  listTrustedPayees(
    call: {
      /** The account's code or id */
      account: string;
    },
    options?: CallOptions,
  ): Promise<TrustedPayeeList> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/trusted-payees`,
      {},
      options,
    );
  }

  /**
   * See up to how much I trust a payee: `GET /api/v1/accounts/{account}/trusted-payees/{payee}`
   *
   * For the account's owner.
   */
  getTrustedPayee(
    call: {
      /** The account's code or id */
      account: string;
      /** The trusted account's code or id */
      payee: string;
    },
    options?: CallOptions,
  ): Promise<TrustedPayee> {
    return this.send(
      "GET",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/trusted-payees/${encodeURIComponent(call.payee)}`,
      {},
      options,
    );
  }

  /**
   * Trust a payee: `PUT /api/v1/accounts/{account}/trusted-payees/{payee}`
   *
   * From now on the payee's requests to this account are accepted as they come in, up to these amounts, where the account's
   * limits admit it; others still ask. For the account's owner, not for apps, with a proof that is at most five minutes old,
   * which stands for the payments as well. An account trusts 100 payees at most. Sent again, it replaces the amounts.
   */
  setTrustedPayee(
    call: {
      /** The account's code or id */
      account: string;
      /** The trusted account's code or id */
      payee: string;
      body: SetTrustedPayeeRequest;
    },
    options?: CallOptions,
  ): Promise<TrustedPayee> {
    return this.send(
      "PUT",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/trusted-payees/${encodeURIComponent(call.payee)}`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Trust a payee no longer: `DELETE /api/v1/accounts/{account}/trusted-payees/{payee}`
   *
   * For the account's owner. From then on the payee's requests ask again.
   */
  deleteTrustedPayee(
    call: {
      /** The account's code or id */
      account: string;
      /** The trusted account's code or id */
      payee: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/accounts/${encodeURIComponent(call.account)}/trusted-payees/${encodeURIComponent(call.payee)}`,
      {},
      options,
    );
  }

  /**
   * Confirm an address: `POST /api/v1/address-confirmations`
   *
   * With the token or the code of the mail. Both work once, for thirty minutes; the code may be tried five times. From
   * then on the login can be used, and the community's admins hear of the application.
   */
  createAddressConfirmation(
    call: {
      body: CreateAddressConfirmationRequest;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "POST",
      `/api/v1/address-confirmations`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Ask for the confirmation mail once more: `POST /api/v1/address-confirmations/resend`
   *
   * Within a day of the application. The answer is the same whether there is something to confirm or not.
   */
  resendAddressConfirmation(
    call: {
      body: ResendAddressConfirmationRequest;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "POST",
      `/api/v1/address-confirmations/resend`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List my API keys: `GET /api/v1/api-keys`
   *
   * The keys of the accounts that the caller owns, whoever made them, oldest first, without their secrets.
   */
  listApiKeys(
    call: {
      /** Only this account's: its code or id. */
      account?: string;
    } = {},
    options?: CallOptions,
  ): Promise<ApiKeyList> {
    return this.send(
      "GET",
      `/api/v1/api-keys`,
      { query: { account: call.account } },
      options,
    );
  }

  /**
   * Make an API key: `POST /api/v1/api-keys`
   *
   * For the account's owner, with a proof that is at most five minutes old. The key is told in this answer and never again; the
   * owner is told by mail that it was made. It acts as the owner does, at this account and nowhere else, and only as long as the owner may: all else
   * is absent to it. An account can have twenty. Keys of a community that is only for tests begin with `cfk_test_`, others with `cfk_live_`.
   */
  createApiKey(
    call: {
      body: CreateApiKeyRequest;
    },
    options?: CallOptions,
  ): Promise<MadeApiKey> {
    return this.send(
      "POST",
      `/api/v1/api-keys`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See the key in use: `GET /api/v1/api-keys/current`
   *
   * What the key is that asks: a cheap way for software to find out whether its settings are right, for which account it acts, and
   * whether that is only a test.
   */
  getCurrentApiKey(
    options?: CallOptions,
  ): Promise<ApiKey> {
    return this.send(
      "GET",
      `/api/v1/api-keys/current`,
      {},
      options,
    );
  }

  /**
   * See an API key: `GET /api/v1/api-keys/{id}`
   *
   * A key of an account that the caller owns, without its secret.
   */
  getApiKey(
    call: {
      /** The key's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<ApiKey> {
    return this.send(
      "GET",
      `/api/v1/api-keys/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Revoke an API key: `DELETE /api/v1/api-keys/{id}`
   *
   * From now on whatever is asked with it is refused, and what is under way posts nothing more. For the account's owner; no fresh proof
   * is asked, because it may have to be quick.
   */
  deleteApiKey(
    call: {
      /** The key's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/api-keys/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Change an API key: `PATCH /api/v1/api-keys/{id}`
   *
   * For whoever made it, with a proof that is at most five minutes old. It counts within ten seconds; all who operate the account are
   * told by mail, but of its name.
   */
  editApiKey(
    call: {
      /** The key's id */
      id: string;
      body: EditApiKeyRequest;
    },
    options?: CallOptions,
  ): Promise<ApiKey> {
    return this.send(
      "PATCH",
      `/api/v1/api-keys/${encodeURIComponent(call.id)}`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Rotate an API key: `POST /api/v1/api-keys/{id}/rotate`
   *
   * A new secret, at once, told in this answer and never again. The present one works beside it for a while, and one that works
   * beside that one for as long as it was to; three do at most. The key stays the same: its id, what it may, and its idempotency keys. For whoever made it, with a
   * proof that is at most five minutes old; all who operate the account are told by mail.
   */
  rotateApiKey(
    call: {
      /** The key's id */
      id: string;
      body?: RotateApiKeyRequest | null;
    },
    options?: CallOptions,
  ): Promise<MadeApiKey> {
    return this.send(
      "POST",
      `/api/v1/api-keys/${encodeURIComponent(call.id)}/rotate`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List checkouts: `GET /api/v1/checkouts`
   *
   * Those of one's own accounts, newest first, over all of one's communities; or those of one account that one may take for, or look into.
   * A request looks at a bounded number of them: with `state` a page may be short, or even empty, and its `next_cursor` goes on.
   */
  listCheckouts(
    call: {
      /** Only of this account: its code or id. */
      account?: string;
      /** Only for this order. */
      order_reference?: string;
      /** Only in this state. */
      state?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<CheckoutPage> {
    return this.send(
      "GET",
      `/api/v1/checkouts`,
      { query: { account: call.account, order_reference: call.order_reference, state: call.state, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listCheckouts` lists, page by page as they are asked for. */
  eachCheckouts(
    call: Omit<Parameters<Counterfoil["listCheckouts"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<Checkout, void, undefined> {
    return this.pages((cursor) => this.listCheckouts({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Make a checkout: `POST /api/v1/checkouts`
   *
   * For whoever may take for the account. Send the payer to its `url`, or show it as a QR code; then read the checkout, wait for it
   * with `?wait=30`, or listen to its events. The order is unique among your open, authorised and completed checkouts: the same
   * request, under whatever key, answers `200` with the checkout that stands; other terms for the same order are refused with its
   * id. One that was declined, cancelled or has expired leaves its order free again.
   */
  createCheckout(
    call: {
      body: CreateCheckoutRequest;
      /** 1 to 255 printable ASCII characters, fresh for each checkout that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Checkout> {
    return this.send(
      "POST",
      `/api/v1/checkouts`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * See a checkout: `GET /api/v1/checkouts/{id}`
   *
   * For whoever may take for its account or look into it; admins see it without `url`, `return_url`, `cancel_url` and `metadata`. With `wait` the answer comes as soon as the checkout is no longer open, or
   * when the time is over. Where too many wait, it comes at once. One that can be paid no more because `expires_at` is over is never
   * told of as `open`: it is `expired`.
   */
  getCheckout(
    call: {
      /** The checkout's id */
      id: string;
      /** As long as the checkout is open, wait up to so many seconds for that to change: 0 to 30. */
      wait?: number;
    },
    options?: CallOptions,
  ): Promise<Checkout> {
    return this.send(
      "GET",
      `/api/v1/checkouts/${encodeURIComponent(call.id)}`,
      { query: { wait: call.wait } },
      options,
    );
  }

  /**
   * Approve a checkout: `POST /api/v1/checkouts/{id}/approve`
   *
   * Pays it by the rules of any payment, or sets its amount aside where the shop captures later. For wallets: the path names the
   * checkout by its id, or by what follows `/c/` in its address.
   */
  approveCheckout(
    call: {
      /** The checkout's id, or the token of its page */
      id: string;
      body: ApproveCheckoutRequest;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<PublicCheckout> {
    return this.send(
      "POST",
      `/api/v1/checkouts/${encodeURIComponent(call.id)}/approve`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Cancel a checkout: `POST /api/v1/checkouts/{id}/cancel`
   *
   * For whoever may take for its account, as long as it is open. Its order is free again. One that is authorised is voided by its payment.
   */
  cancelCheckout(
    call: {
      /** The checkout's id, or the token of its page */
      id: string;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Checkout> {
    return this.send(
      "POST",
      `/api/v1/checkouts/${encodeURIComponent(call.id)}/cancel`,
      { idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Decline a checkout: `POST /api/v1/checkouts/{id}/decline`
   *
   * For whoever could pay it. Its order is free again.
   */
  declineCheckout(
    call: {
      /** The checkout's id, or the token of its page */
      id: string;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<PublicCheckout> {
    return this.send(
      "POST",
      `/api/v1/checkouts/${encodeURIComponent(call.id)}/decline`,
      { idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * List all communities: `GET /api/v1/communities`
   *
   * By code. For superadmins.
   */
  listCommunities(
    call: {
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<CommunityPage> {
    return this.send(
      "GET",
      `/api/v1/communities`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listCommunities` lists, page by page as they are asked for. */
  eachCommunities(
    call: Omit<Parameters<Counterfoil["listCommunities"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<Community, void, undefined> {
    return this.pages((cursor) => this.listCommunities({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Found a community: `POST /api/v1/communities`
   *
   * For superadmins, whom only the command line makes, with a proof that is at most five minutes old. They see nothing of
   * what is inside the communities.
   */
  createCommunity(
    call: {
      body: CreateCommunityRequest;
    },
    options?: CallOptions,
  ): Promise<Community> {
    return this.send(
      "POST",
      `/api/v1/communities`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See a community: `GET /api/v1/communities/{code}`
   *
   * What anyone may know of it, and how to join it.
   */
  getCommunity(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<PublicCommunity> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}`,
      {},
      options,
    );
  }

  /**
   * Set who may join a community: `PATCH /api/v1/communities/{code}`
   *
   * For its admins. Whoever asks to join is let in or refused by an admin, whatever is set here. Where the community has two admins
   * agree to anything (`approval-rules`), `open` needs two, with a proof that is at most five minutes old, and comes by itself: it answers 202,
   * and holds once another admin agrees.
   */
  setJoining(
    call: {
      /** The community's code */
      code: string;
      /** The `ETag` of the community that the change is based on */
      ifMatch?: string;
      body: SetJoiningRequest;
    },
    options?: CallOptions,
  ): Promise<PublicCommunity | Approval> {
    return this.send(
      "PATCH",
      `/api/v1/communities/${encodeURIComponent(call.code)}`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Read a community's terms: `GET /api/v1/communities/{code}/agreements`
   *
   * All versions, newest first. The first one counts. For anyone.
   */
  listAgreements(
    call: {
      /** The community's code */
      code: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<AgreementPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/agreements`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listAgreements` lists, page by page as they are asked for. */
  eachAgreements(
    call: Omit<Parameters<Counterfoil["listAgreements"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Agreement, void, undefined> {
    return this.pages((cursor) => this.listAgreements({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Put new terms in force: `POST /api/v1/communities/{code}/agreements`
   *
   * The next version of the community's terms. Members see in `GET /api/v1/me` that they have to accept it; new
   * applications have to name it. For admins.
   */
  createAgreement(
    call: {
      /** The community's code */
      code: string;
      body: CreateAgreementRequest;
    },
    options?: CallOptions,
  ): Promise<Agreement> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/agreements`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Accept a community's terms: `POST /api/v1/communities/{code}/agreements/{version}/acceptances`
   *
   * Their current version. Once accepted, it stays so. For members, and for those who asked to join.
   */
  createAcceptance(
    call: {
      /** The community's code */
      code: string;
      /** The version */
      version: string;
    },
    options?: CallOptions,
  ): Promise<Acceptance> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/agreements/${encodeURIComponent(call.version)}/acceptances`,
      {},
      options,
    );
  }

  /**
   * List who asked to join: `GET /api/v1/communities/{code}/applications`
   *
   * Those whose address is confirmed, newest first. For admins.
   */
  listApplications(
    call: {
      /** The community's code */
      code: string;
      /** Only in this state: `waiting`, `admitting`, `approved` or `refused`. */
      state?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<ApplicationPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/applications`,
      { query: { state: call.state, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listApplications` lists, page by page as they are asked for. */
  eachApplications(
    call: Omit<Parameters<Counterfoil["listApplications"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Application, void, undefined> {
    return this.pages((cursor) => this.listApplications({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Ask to join a community: `POST /api/v1/communities/{code}/applications`
   *
   * Without a token: for people who have no login yet. The answer is the same whether the address has one or not; a
   * mail tells its owner how to go on. Once the address is confirmed, the login can be used, and the admins decide.
   * With a token: for those who have a login, and without `email` and `password`.
   */
  createApplication(
    call: {
      /** The community's code */
      code: string;
      body: CreateApplicationRequest;
    },
    options?: CallOptions,
  ): Promise<Application | ApplicationReceipt> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/applications`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Let somebody in: `POST /api/v1/communities/{code}/applications/{id}/approve`
   *
   * The applicant becomes a member with an account, and gets a mail. Approving twice is the same as once. Another credit
   * limit than the community's own needs a proof of who you are that is at most five minutes old. For admins.
   */
  approveApplication(
    call: {
      /** The community's code */
      code: string;
      /** The application's id */
      id: string;
      body: ApproveApplicationRequest;
    },
    options?: CallOptions,
  ): Promise<Application> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/applications/${encodeURIComponent(call.id)}/approve`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Refuse an application: `POST /api/v1/communities/{code}/applications/{id}/refuse`
   *
   * The applicant gets a mail with the reason, and may ask again. Refusing twice is the same as once. For admins.
   */
  refuseApplication(
    call: {
      /** The community's code */
      code: string;
      /** The application's id */
      id: string;
      body: RefuseApplicationRequest;
    },
    options?: CallOptions,
  ): Promise<Application> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/applications/${encodeURIComponent(call.id)}/refuse`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Read above which amounts two admins are needed: `GET /api/v1/communities/{code}/approval-rules`
   *
   * For the community's members.
   */
  getApprovalRules(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<ApprovalRules> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/approval-rules`,
      {},
      options,
    );
  }

  /**
   * Set above which amounts two admins are needed: `PUT /api/v1/communities/{code}/approval-rules`
   *
   * For the community's admins, with a proof that is at most five minutes old. In the beginning there are no such rules.
   * What lets one admin do more than before needs two itself: it answers 202, and holds once another admin agrees. So
   * have two admins before you set an amount.
   */
  setApprovalRules(
    call: {
      /** The community's code */
      code: string;
      body: SetApprovalRulesRequest;
    },
    options?: CallOptions,
  ): Promise<ApprovalRules | Approval> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/approval-rules`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List what needs two admins: `GET /api/v1/communities/{code}/approvals`
   *
   * Newest first: what one admin asked for above the community's amounts, and what became of it. For admins.
   */
  listApprovals(
    call: {
      /** The community's code */
      code: string;
      /** Only in this state: `pending`, `approved`, `refused` or `expired`. */
      state?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<ApprovalPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/approvals`,
      { query: { state: call.state, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listApprovals` lists, page by page as they are asked for. */
  eachApprovals(
    call: Omit<Parameters<Counterfoil["listApprovals"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Approval, void, undefined> {
    return this.pages((cursor) => this.listApprovals({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Agree to what another admin asked for: `POST /api/v1/communities/{code}/approvals/{id}/approve`
   *
   * For the community's other admins, with a proof that is at most five minutes old. It is done in the same step, in the
   * name of who asked, or not at all.
   */
  approveApproval(
    call: {
      /** The community's code */
      code: string;
      /** The approval's id */
      id: string;
      body: SettleApprovalRequest;
    },
    options?: CallOptions,
  ): Promise<Approval> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/approvals/${encodeURIComponent(call.id)}/approve`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Refuse what another admin asked for: `POST /api/v1/communities/{code}/approvals/{id}/refuse`
   *
   * For the community's admins, with a proof that is at most five minutes old. Whoever asked may take it back like this.
   */
  refuseApproval(
    call: {
      /** The community's code */
      code: string;
      /** The approval's id */
      id: string;
      body: SettleApprovalRequest;
    },
    options?: CallOptions,
  ): Promise<Approval> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/approvals/${encodeURIComponent(call.id)}/refuse`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List what was changed in a community: `GET /api/v1/communities/{code}/audit`
   *
   * Its audit log, newest first: who changed what, when, from where and why. For admins.
   */
  listAudits(
    call: {
      /** The community's code */
      code: string;
      /** Only at or after this time (RFC 3339). */
      from?: string;
      /** Only before this time (RFC 3339). */
      to?: string;
      /** Only this action, such as `account.limits`. */
      action?: string;
      /** Only by this member or user: an id. */
      actor?: string;
      /** Only on this account, by its code or id, or on another thing, by its id. */
      subject?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<AuditPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/audit`,
      { query: { from: call.from, to: call.to, action: call.action, actor: call.actor, subject: call.subject, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listAudits` lists, page by page as they are asked for. */
  eachAudits(
    call: Omit<Parameters<Counterfoil["listAudits"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<AuditLine, void, undefined> {
    return this.pages((cursor) => this.listAudits({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Get a community's balance sheet: `GET /api/v1/communities/{code}/balance-sheet`
   *
   * The sums of what its members hold and owe and of its own accounts, which add up to zero, at the end of a day or now; with what
   * is reserved and how much credit is granted. It is derived from the ledger's records up to `seq`, so that it stays the same for
   * a day that is over. For admins.
   *
   * As PDF: a page in your language. As CSV: `date,seq,item,accounts,amount,currency,unit`, one sum on each line; the items `positive_balances`,
   * `negative_balances`, `commons`, `write_off` and `peers` add up to `sum`, which is zero, and `reserved` and `credit_granted` stand behind it.
   */
  getBalanceSheet(
    call: {
      /** The community's code */
      code: string;
      /** The day at whose end it is told, by the clocks of the community's time zone; now where it is left out. */
      date?: string;
    },
    options?: CallOptions,
  ): Promise<BalanceSheet> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/balance-sheet`,
      { query: { date: call.date } },
      options,
    );
  }

  /**
   * Get a community's balance sheet: `GET /api/v1/communities/{code}/balance-sheet`
   *
   * The sums of what its members hold and owe and of its own accounts, which add up to zero, at the end of a day or now; with what
   * is reserved and how much credit is granted. It is derived from the ledger's records up to `seq`, so that it stays the same for
   * a day that is over. For admins.
   *
   * As PDF: a page in your language. As CSV: `date,seq,item,accounts,amount,currency,unit`, one sum on each line; the items `positive_balances`,
   * `negative_balances`, `commons`, `write_off` and `peers` add up to `sum`, which is zero, and `reserved` and `credit_granted` stand behind it.
   */
  getBalanceSheetAs(
    call: {
      /** The community's code */
      code: string;
      /** The day at whose end it is told, by the clocks of the community's time zone; now where it is left out. */
      date?: string;
      /** What to answer with. */
      accept: "text/csv" | "application/pdf";
    },
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return this.sendForDocument(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/balance-sheet`,
      { query: { date: call.date }, accept: call.accept },
      options,
    );
  }

  /**
   * See what members contribute: `GET /api/v1/communities/{code}/contributions`
   *
   * How much each member contributes after each month or year, what is charged on balances, and when comes next. For members.
   */
  getContributions(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<Contributions> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/contributions`,
      {},
      options,
    );
  }

  /**
   * Set what members contribute: `PUT /api/v1/communities/{code}/contributions`
   *
   * For the community's admins, with a proof that is at most five minutes old. After each month, by the community's clocks, each member contributes the amount (after December, if
   * yearly) from their first account, and each account is charged for the balance that it had at the month's end: all into the
   * commons account, as payments with entries of the kinds `contribution` and `holding_charge`. The first month is the one in
   * progress when contributions are set for the first time. What a limit does not allow is left owing.
   */
  setContributions(
    call: {
      /** The community's code */
      code: string;
      /** `"v…"` with the version that the change is based on */
      ifMatch?: string;
      body: SetContributionsRequest;
    },
    options?: CallOptions,
  ): Promise<Contributions> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/contributions`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List accounts that owe contributions: `GET /api/v1/communities/{code}/contributions/owing`
   *
   * What a limit, or a frozen account, did not let the community take is left owing, and asked for again with the next month's.
   * For admins.
   */
  listOwingContributions(
    call: {
      /** The community's code */
      code: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<OwingPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/contributions/owing`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listOwingContributions` lists, page by page as they are asked for. */
  eachOwingContributions(
    call: Omit<Parameters<Counterfoil["listOwingContributions"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<OwingAccount, void, undefined> {
    return this.pages((cursor) => this.listOwingContributions({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * See what members would contribute: `GET /api/v1/communities/{code}/contributions/preview`
   *
   * By the rules that hold, and with the balances of now: what each account would be asked for if the month ended now, what it owes
   * from before, and what all would be asked for together. For admins. Nothing is changed.
   */
  getContributionsPreview(
    call: {
      /** The community's code */
      code: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<ContributionsPreview> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/contributions/preview`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `getContributionsPreview` lists, page by page as they are asked for. */
  eachGetContributionsPreview(
    call: Omit<Parameters<Counterfoil["getContributionsPreview"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<ExpectedDues, void, undefined> {
    return this.pages((cursor) => this.getContributionsPreview({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * See what a community has to expect to lose: `GET /api/v1/communities/{code}/expected-loss`
   *
   * What members owe, by how long they have owed it, with the rate of each age that is expected to be lost, and what the commons
   * has set aside. The rates stand in `people.md`. For admins.
   */
  getExpectedLoss(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<ExpectedLoss> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/expected-loss`,
      {},
      options,
    );
  }

  /**
   * Set which fees payments bear: `PUT /api/v1/communities/{code}/fees`
   *
   * For the community's admins, with a proof that is at most five minutes old. Payments between members bear these fees from
   * then on, for the community's commons account, in their own transfer: the payer's on top of the amount, the payee's out of what
   * is received, each rounded half up to the minor unit. A payment that is too small to bear the payee's fee is refused. Payments
   * from or to the community's own accounts bear none, and nor does any while the commons account is not active or would go above
   * its ceiling. What was reserved with an authorised payment stays the most that its payer bears. A refund gives no fees back, and a
   * reversal all of them.
   */
  setFees(
    call: {
      /** The community's code */
      code: string;
      /** `"v…"` with the version of the fees that the change is based on */
      ifMatch?: string;
      body: SetFeesRequest;
    },
    options?: CallOptions,
  ): Promise<FeeRules> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/fees`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See the income that the fund pays: `GET /api/v1/communities/{code}/fund/income`
   *
   * How much, how often and to whom; when comes next; and what came of the last periods: where the fund had not enough for all
   * who qualified, it says so, and nobody got it. For members; admins see what the next would bring if its period ended now.
   */
  getIncome(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<Income> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/fund/income`,
      {},
      options,
    );
  }

  /**
   * Set the income that the fund pays: `PUT /api/v1/communities/{code}/fund/income`
   *
   * For the community's admins, with a proof that is at most five minutes old. After each period, by the community's clocks, each
   * member who qualifies gets the amount to their first active account, in payments with entries of the kind `income`. All who
   * qualify get it or nobody: where the fund has not enough for all of them, nobody gets anything for the period, the admins
   * are told by mail, and it is not made up for later. Members whose account can take no more are left out. It begins with the
   * period in progress. An amount above the community's `reversals_above` (`approval-rules`), and whatever the amount an income to a
   * group that the admin is in, needs two admins: it answers 202, and holds once another admin agrees.
   */
  setIncome(
    call: {
      /** The community's code */
      code: string;
      /** `"v…"` with the version that the change is based on */
      ifMatch?: string;
      body: SetIncomeRequest;
    },
    options?: CallOptions,
  ): Promise<Income | Approval> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/fund/income`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Pay out of the fund: `POST /api/v1/communities/{code}/fund/payouts`
   *
   * For the community's admins, with a proof that is at most five minutes old, and not for apps. A payment of the commons account to
   * a member's, with entries of the kind `payout`; it bears no fees. More than the `reversals_above` of
   * `GET /communities/{code}/approval-rules`, and whatever goes to an account of your own, needs two admins: it answers 202, and
   * is paid once another admin agrees.
   */
  createPayout(
    call: {
      /** The community's code */
      code: string;
      body: CreatePayoutRequest;
      /** 1 to 255 printable ASCII characters, fresh for each payment that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment | Approval> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/fund/payouts`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * List a community's groups: `GET /api/v1/communities/{code}/groups`
   *
   * For admins. Groups are what policies tell members apart by; at most 100, in the order of their names.
   */
  listGroups(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<MemberGroupList> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/groups`,
      {},
      options,
    );
  }

  /**
   * Make a group: `POST /api/v1/communities/{code}/groups`
   *
   * For admins.
   */
  createGroup(
    call: {
      /** The community's code */
      code: string;
      body: CreateGroupRequest;
    },
    options?: CallOptions,
  ): Promise<MemberGroup> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/groups`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Rename a group: `PUT /api/v1/communities/{code}/groups/{group}`
   *
   * For admins.
   */
  editGroup(
    call: {
      /** The community's code */
      code: string;
      /** The group's id */
      group: string;
      body: EditGroupRequest;
    },
    options?: CallOptions,
  ): Promise<MemberGroup> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/groups/${encodeURIComponent(call.group)}`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Delete a group: `DELETE /api/v1/communities/{code}/groups/{group}`
   *
   * Only one in which nobody is and which the limit policy does not name. For admins.
   */
  deleteGroup(
    call: {
      /** The community's code */
      code: string;
      /** The group's id */
      group: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/communities/${encodeURIComponent(call.code)}/groups/${encodeURIComponent(call.group)}`,
      {},
      options,
    );
  }

  /**
   * See how the currency is doing: `GET /api/v1/communities/{code}/health`
   *
   * For the community's admins: turnover, velocity, active members, how balances are distributed, credit granted and used, how old
   * debts and idle balances are, refusals, who trades with whom, newcomers and churn; each as a value now and as a series. They are
   * written down in the background: those of the day in progress within minutes, those of a day that is over once, soon after
   * midnight by the community's clocks. Every figure's formula and unit is in `health.md` beside this document. No sum is over fewer
   * than three accounts or members, unless it is over all of them; what cannot be told is null. At most 400 steps and five years.
   */
  getCurrencyHealth(
    call: {
      /** The community's code */
      code: string;
      /** The figures of the series, by name, with commas between them; all where it is left out. */
      figures?: string;
      /** The day with which the series begins; left out, so that there are 30 steps. */
      from?: string;
      /** The day before which it ends; tomorrow where it is left out. */
      to?: string;
      /** How long each step is: `day`, `week` (from Monday) or `month`; `day` where it is left out. */
      interval?: string;
    },
    options?: CallOptions,
  ): Promise<CurrencyHealth> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/health`,
      { query: { figures: call.figures, from: call.from, to: call.to, interval: call.interval } },
      options,
    );
  }

  /**
   * Set alert thresholds: `PUT /api/v1/communities/{code}/health/thresholds`
   *
   * For the community's admins, in the place of all thresholds there were. When a day ends with a figure beyond a threshold, the
   * admins get a mail, and no other while it stays there. A figure without a value neither crosses a threshold nor comes back.
   */
  setHealthThresholds(
    call: {
      /** The community's code */
      code: string;
      /** The `ETag` of the community's health that the change is based on */
      ifMatch?: string;
      body: SetHealthThresholdsRequest;
    },
    options?: CallOptions,
  ): Promise<HealthThresholds> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/health/thresholds`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List who was invited: `GET /api/v1/communities/{code}/invitations`
   *
   * Newest first. For admins.
   */
  listInvitations(
    call: {
      /** The community's code */
      code: string;
      /** Only in this state: `pending`, `accepted` or `revoked`. */
      state?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<InvitationPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/invitations`,
      { query: { state: call.state, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listInvitations` lists, page by page as they are asked for. */
  eachInvitations(
    call: Omit<Parameters<Counterfoil["listInvitations"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Invitation, void, undefined> {
    return this.pages((cursor) => this.listInvitations({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Invite somebody: `POST /api/v1/communities/{code}/invitations`
   *
   * By a mail with a link that works once, for two weeks. Whoever applies with it needs no other confirmation of the
   * address. For admins and, where the community allows it, for members: ten a day.
   */
  createInvitation(
    call: {
      /** The community's code */
      code: string;
      body: CreateInvitationRequest;
    },
    options?: CallOptions,
  ): Promise<Invitation> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/invitations`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Take an invitation back: `DELETE /api/v1/communities/{code}/invitations/{id}`
   *
   * Its link stops working. For admins.
   */
  deleteInvitation(
    call: {
      /** The community's code */
      code: string;
      /** The invitation's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/communities/${encodeURIComponent(call.code)}/invitations/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * List who is leaving: `GET /api/v1/communities/{code}/leavings`
   *
   * The newest member first, with what each still holds or owes, and the plan. For admins.
   */
  listLeavings(
    call: {
      /** The community's code */
      code: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<LeavingPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/leavings`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listLeavings` lists, page by page as they are asked for. */
  eachLeavings(
    call: Omit<Parameters<Counterfoil["listLeavings"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Leaving, void, undefined> {
    return this.pages((cursor) => this.listLeavings({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * See a community's ledger in numbers: `GET /api/v1/communities/{code}/ledger`
   *
   * All of one moment. Keep the head: with it you can tell later that history was not rewritten. For members.
   */
  getLedger(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<LedgerSummary> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/ledger`,
      {},
      options,
    );
  }

  /**
   * List the limit policies: `GET /api/v1/communities/{code}/limit-policies`
   *
   * Every policy that was adopted, newest first. For admins.
   */
  listLimitPolicies(
    call: {
      /** The community's code */
      code: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<LimitPolicyPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/limit-policies`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listLimitPolicies` lists, page by page as they are asked for. */
  eachLimitPolicies(
    call: Omit<Parameters<Counterfoil["listLimitPolicies"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<LimitPolicy, void, undefined> {
    return this.pages((cursor) => this.listLimitPolicies({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * See the limit policy: `GET /api/v1/communities/{code}/limit-policy`
   *
   * For members: how far accounts may go follows from it, unless an admin decided otherwise for one. `limits.md` beside this document says what each term is and how it is rounded. Before a community adopts one, all have what new members get: version 0.
   */
  getLimitPolicy(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<LimitPolicy> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/limit-policy`,
      {},
      options,
    );
  }

  /**
   * Adopt a limit policy: `PUT /api/v1/communities/{code}/limit-policy`
   *
   * For admins, with a proof of who they are that is at most five minutes old. It becomes the next version, and every account follows it: soon, then day by day, each by a record of its own. Limits that an admin gave one account count instead of it until they end. A policy that could give more than one admin may give alone (`GET /communities/{code}/approval-rules`) needs two: it answers 202, and holds once another admin agrees.
   */
  setLimitPolicy(
    call: {
      /** The community's code */
      code: string;
      /** The `ETag` of the policy that the change is based on */
      ifMatch?: string;
      body: SetLimitPolicyRequest;
    },
    options?: CallOptions,
  ): Promise<LimitPolicy | Approval> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/limit-policy`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Try a limit policy: `POST /api/v1/communities/{code}/limit-policy/preview`
   *
   * For admins: who would get other limits, how much credit would be granted in all, and which payments of the last year left an account beyond the limits that it would get, or were more than its payment limits would allow. Nothing is changed.
   */
  createLimitPolicyPreview(
    call: {
      /** The community's code */
      code: string;
      body: CreateLimitPolicyPreviewRequest;
    },
    options?: CallOptions,
  ): Promise<LimitPolicyPreview> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/limit-policy/preview`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List a community's mails: `GET /api/v1/communities/{code}/mails`
   *
   * Newest first: that they were sent, or why not, never what they say. For admins. Sent mails stay on the list for 30
   * days, failed ones for 90.
   */
  listMails(
    call: {
      /** The community's code */
      code: string;
      /** Only in this state: `waiting`, `sent` or `failed`. */
      state?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<MailPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/mails`,
      { query: { state: call.state, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listMails` lists, page by page as they are asked for. */
  eachMails(
    call: Omit<Parameters<Counterfoil["listMails"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Mail, void, undefined> {
    return this.pages((cursor) => this.listMails({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Send a failed mail after all: `POST /api/v1/communities/{code}/mails/{id}/retry`
   *
   * It is due at once, with all its attempts before it. A mail that waits already is left as it is. For admins. A failed
   * mail with a one-time link cannot be sent again, because the link was erased: what sent it has to be asked for anew.
   */
  retryMail(
    call: {
      /** The community's code */
      code: string;
      /** The mail's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Mail> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/mails/${encodeURIComponent(call.id)}/retry`,
      {},
      options,
    );
  }

  /**
   * List a community's members: `GET /api/v1/communities/{code}/members`
   *
   * In the order of joining. For members.
   */
  listMembers(
    call: {
      /** The community's code */
      code: string;
      /** Only with this text in the name or an account's code. */
      q?: string;
      /** Only who stands so: `active`, `frozen`, `leaving`, or, for admins, `closed`. Left out, all but closed ones. */
      status?: string;
      /** Only who is in the group with this id; for admins. */
      group?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<MemberPage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members`,
      { query: { q: call.q, status: call.status, group: call.group, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listMembers` lists, page by page as they are asked for. */
  eachMembers(
    call: Omit<Parameters<Counterfoil["listMembers"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<DirectoryMember, void, undefined> {
    return this.pages((cursor) => this.listMembers({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * See what policies know of a member: `GET /api/v1/communities/{code}/members/{id}/class`
   *
   * For admins: its kind and its group. Whoever nothing was said about is a person in no group.
   */
  getMemberClass(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<MemberClass> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/class`,
      {},
      options,
    );
  }

  /**
   * Say what kind of member it is, and in which group: `PUT /api/v1/communities/{code}/members/{id}/class`
   *
   * For admins. A member is in at most one group. What the limit policy gives the member follows at once.
   */
  setMemberClass(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
      body: SetMemberClassRequest;
    },
    options?: CallOptions,
  ): Promise<MemberClass> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/class`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See how far a member's leaving has come: `GET /api/v1/communities/{code}/members/{id}/leaving`
   *
   * For whoever operates the member, and for admins: since when, what is still to be settled, and the plan.
   */
  getLeaving(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Leaving> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/leaving`,
      {},
      options,
    );
  }

  /**
   * Propose how a leaving member comes to zero: `PUT /api/v1/communities/{code}/members/{id}/leaving/plan`
   *
   * For whoever operates the member, and for admins, with a proof that is at most five minutes old. It takes the place of the
   * plan before, and the other side, which is told by mail, agrees to it. The plan binds nobody's payments: it says what was
   * agreed, and reminds of it.
   */
  proposeLeavingPlan(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
      body: ProposePlanRequest;
    },
    options?: CallOptions,
  ): Promise<Leaving> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/leaving/plan`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Agree to a leaving member's plan: `POST /api/v1/communities/{code}/members/{id}/leaving/plan/agree`
   *
   * For the side that did not propose it: an admin, or whoever operates the member; with a proof that is at most five minutes
   * old. From then on people are reminded by mail, a week before each date and on the day.
   */
  agreeToLeavingPlan(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
      body: AgreeToPlanRequest;
    },
    options?: CallOptions,
  ): Promise<Leaving> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/leaving/plan/agree`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Give a member another name: `PUT /api/v1/communities/{code}/members/{id}/name`
   *
   * For the community's admins, with a proof that is at most five minutes old. Those of the member's accounts that had the old name get the
   * new one; payments that were made before show it, too. The login's own name stays as it is. The audit log says who did it and why, and
   * no name. Those who operate the member are written to.
   */
  setMemberName(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
      body: RenameMemberRequest;
    },
    options?: CallOptions,
  ): Promise<Member> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/name`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Set what a member may do: `PUT /api/v1/communities/{code}/members/{id}/role`
   *
   * For the community's admins, with a proof that is at most five minutes old. A `broker` may let people in, and act for
   * members who agreed to it; what they agreed to ends with the role. The last admin who can act stays one.
   */
  setRole(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
      body: SetRoleRequest;
    },
    options?: CallOptions,
  ): Promise<Member> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/role`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Freeze, thaw or close a member, or let it leave: `PUT /api/v1/communities/{code}/members/{id}/status`
   *
   * For the community's admins, with a proof that is at most five minutes old. The member's accounts get the same status, and
   * whoever operates it is told by mail, with the reason. The balance of a member who is leaving only moves towards zero; at zero
   * it is closed by itself. Only a member whose accounts are at zero can be closed, and stays so; the last admin who can act stays.
   */
  setMemberStatus(
    call: {
      /** The community's code */
      code: string;
      /** The member's id */
      id: string;
      body: SetMemberStatusRequest;
    },
    options?: CallOptions,
  ): Promise<Member> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/members/${encodeURIComponent(call.id)}/status`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List the merges of accounts: `GET /api/v1/communities/{code}/merges`
   *
   * For the community's admins: which accounts were merged into which, what moved and by which payment, that of the newest account
   * first.
   */
  listMerges(
    call: {
      /** The community's code */
      code: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<MergePage> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/merges`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listMerges` lists, page by page as they are asked for. */
  eachMerges(
    call: Omit<Parameters<Counterfoil["listMerges"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Merge, void, undefined> {
    return this.pages((cursor) => this.listMerges({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Merge two accounts of one person: `POST /api/v1/communities/{code}/merges`
   *
   * For the community's admins, with a proof that is at most five minutes old, and not of just one account of their own. All that
   * the duplicate has moves to the account that is kept, within that one's limits, by entries of the kind `merge`; then the
   * duplicate is closed with its member, and leads to the other. Where the community has two admins agree to anything
   * (`approval-rules`), it answers 202, and is done once another admin agrees. Asked for again, it answers as before.
   * What is open at the duplicate stands in the way: `errors` names each of them.
   */
  createMerge(
    call: {
      /** The community's code */
      code: string;
      body: CreateMergeRequest;
    },
    options?: CallOptions,
  ): Promise<Merge | Approval> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/merges`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Try a merge: `POST /api/v1/communities/{code}/merges/preview`
   *
   * For the community's admins: what would move, what the account that is kept would have, whether another admin has to agree,
   * and everything that stands in the way, each by its id. Nothing is changed.
   */
  createMergePreview(
    call: {
      /** The community's code */
      code: string;
      body: CreateMergePreviewRequest;
    },
    options?: CallOptions,
  ): Promise<MergePreview> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/merges/preview`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Get a sandbox: `POST /api/v1/communities/{code}/sandbox`
   *
   * For members: the community's twin, in which keys and shops are tried, with an account for a shop and one for a buyer, both the caller's.
   * Whoever asks first has it made; asked again, it tells the same. The twin is a community of its own, with a ledger of its own: its keys
   * begin with `cfk_test_` and work nowhere else, and nobody is written of what happens there.
   */
  createSandbox(
    call: {
      /** The community's code, or its twin's */
      code: string;
    },
    options?: CallOptions,
  ): Promise<Sandbox> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/sandbox`,
      {},
      options,
    );
  }

  /**
   * Read a community's settings: `GET /api/v1/communities/{code}/settings`
   *
   * For the community's members: what its admins chose about it as a whole, with what each was at first and where the rest
   * is chosen. `GET /communities/{code}/audit` tells each change, with who made it and why.
   */
  getSettings(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<Settings> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/settings`,
      {},
      options,
    );
  }

  /**
   * Change a community's settings: `PATCH /api/v1/communities/{code}/settings`
   *
   * For its admins: all that is named is changed at once, or nothing. `step_up_above` needs a proof that is at most five
   * minutes old; where a community has two admins agree to anything (`approval-rules`), protecting payments less needs two
   * as well: it answers 202, and holds once another admin agrees.
   */
  editSettings(
    call: {
      /** The community's code */
      code: string;
      /** The `ETag` of the settings that the change is based on */
      ifMatch?: string;
      body: EditSettingsRequest;
    },
    options?: CallOptions,
  ): Promise<Settings | Approval> {
    return this.send(
      "PATCH",
      `/api/v1/communities/${encodeURIComponent(call.code)}/settings`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Set above which amount all payments need a fresh proof: `PUT /api/v1/communities/{code}/step-up`
   *
   * For the community's admins, with a proof that is at most five minutes old. Members may set a lower amount for their
   * own accounts. Where a community has two admins agree to anything, protecting payments less needs two as well.
   */
  setCommunityStepUp(
    call: {
      /** The community's code */
      code: string;
      body: SetCommunityStepUpRequest;
    },
    options?: CallOptions,
  ): Promise<CommunityStepUpView | Approval> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/step-up`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Set the time zone: `PUT /api/v1/communities/{code}/time-zone`
   *
   * For the community's admins. Planned payments come by the clocks of this zone. What is next of a schedule stays at its
   * time; the runs behind it come by the new clocks.
   */
  setTimeZone(
    call: {
      /** The community's code */
      code: string;
      body: SetTimeZoneRequest;
    },
    options?: CallOptions,
  ): Promise<Community> {
    return this.send(
      "PUT",
      `/api/v1/communities/${encodeURIComponent(call.code)}/time-zone`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Read the register of write-offs: `GET /api/v1/communities/{code}/write-offs`
   *
   * For the community's members: what was written off in a year, by amount and month, with the reason in short, and without names.
   * A month is shown once it is over, and a reason where at least three write-offs of the year have it. Admins see all of it, with
   * the accounts. At most 1,000 lines.
   */
  listWriteOffs(
    call: {
      /** The community's code */
      code: string;
      /** The year, by the clocks of the community's time zone; the present one where it is left out. */
      year?: number;
    },
    options?: CallOptions,
  ): Promise<WriteOffRegister> {
    return this.send(
      "GET",
      `/api/v1/communities/${encodeURIComponent(call.code)}/write-offs`,
      { query: { year: call.year } },
      options,
    );
  }

  /**
   * Ask for a balance to be written off: `POST /api/v1/communities/{code}/write-offs`
   *
   * For the community's admins, with a proof that is at most five minutes old, and not of their own account. It always needs
   * two: it answers 202, and another admin agrees with `POST …/approvals/{id}/approve`. Then all of the balance moves between the
   * account and the community's write-off account, past whatever limits there are: no more than it was when it was asked for.
   * Nothing may be reserved in the account.
   */
  createWriteOff(
    call: {
      /** The community's code */
      code: string;
      body: CreateWriteOffRequest;
    },
    options?: CallOptions,
  ): Promise<Approval> {
    return this.send(
      "POST",
      `/api/v1/communities/${encodeURIComponent(call.code)}/write-offs`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Get a ticket for a stream: `POST /api/v1/events/tickets`
   *
   * For browsers, which cannot set headers when they open a stream: `GET /events?ticket=…`. It opens one stream, within 30
   * seconds, that hears what the token may hear and ends with it.
   */
  createEventTicket(
    options?: CallOptions,
  ): Promise<EventTicket> {
    return this.send(
      "POST",
      `/api/v1/events/tickets`,
      {},
      options,
    );
  }

  /**
   * Who am I: `GET /api/v1/me`
   *
   * The login, with one membership for each member that it operates, and their accounts.
   */
  getMe(
    options?: CallOptions,
  ): Promise<Me> {
    return this.send(
      "GET",
      `/api/v1/me`,
      {},
      options,
    );
  }

  /**
   * List what happened to one's own login: `GET /api/v1/me/audit`
   *
   * Sign-ins, ended sessions, wrong guesses that reached a limit and changes, newest first, with where they came from.
   */
  listOwnAudits(
    call: {
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<OwnAuditPage> {
    return this.send(
      "GET",
      `/api/v1/me/audit`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listOwnAudits` lists, page by page as they are asked for. */
  eachOwnAudits(
    call: Omit<Parameters<Counterfoil["listOwnAudits"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<OwnAuditLine, void, undefined> {
    return this.pages((cursor) => this.listOwnAudits({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Ask to be forgotten: `POST /api/v1/me/erasure`
   *
   * Every account must be settled and closed first, and a community's last admin makes somebody else one. After two weeks, in
   * which it can be taken back, the login and every text that tells of its owner are erased; the ledger keeps ids and
   * amounts, and still verifies. Where one of these does not hold any more by then, it is tried again every day. Needs a
   * proof of who you are that is at most five minutes old.
   */
  createErasure(
    call: {
      body: CreateErasureRequest;
    },
    options?: CallOptions,
  ): Promise<Erasure> {
    return this.send(
      "POST",
      `/api/v1/me/erasure`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Take the wish to be forgotten back: `DELETE /api/v1/me/erasure`
   *
   * Until a minute before it is due. Everything stays as it is.
   */
  deleteErasure(
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/me/erasure`,
      {},
      options,
    );
  }

  /**
   * Export all that is held about me: `GET /api/v1/me/export`
   *
   * Rows of one table after the other, at most 500 on a page: the login, memberships, accounts, entries, payments, refusals,
   * sessions, audit lines, apps, mails, applications, invitations. Amounts are in minor units of the community's `scale`. Needs a proof of who you are
   * that is at most five minutes old. As CSV: `table,row,column,value`, with cells guarded against formulas; the next page
   * is in `Link`.
   */
  getExport(
    call: {
      /** `json` or `csv`; where it is left out, what `Accept` asks for. */
      format?: string;
      /** `next_cursor` of the page before, or the one in its `Link`. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<Export> {
    return this.send(
      "GET",
      `/api/v1/me/export`,
      { query: { format: call.format, cursor: call.cursor } },
      options,
    );
  }

  /**
   * Export all that is held about me: `GET /api/v1/me/export`
   *
   * Rows of one table after the other, at most 500 on a page: the login, memberships, accounts, entries, payments, refusals,
   * sessions, audit lines, apps, mails, applications, invitations. Amounts are in minor units of the community's `scale`. Needs a proof of who you are
   * that is at most five minutes old. As CSV: `table,row,column,value`, with cells guarded against formulas; the next page
   * is in `Link`.
   */
  getExportAs(
    call: {
      /** `json` or `csv`; where it is left out, what `Accept` asks for. */
      format?: string;
      /** `next_cursor` of the page before, or the one in its `Link`. */
      cursor?: string;
      /** What to answer with. */
      accept: "text/csv";
    },
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return this.sendForDocument(
      "GET",
      `/api/v1/me/export`,
      { query: { format: call.format, cursor: call.cursor }, accept: call.accept },
      options,
    );
  }

  /** All that `getExport` lists, page by page as they are asked for. */
  eachGetExport(
    call: Omit<Parameters<Counterfoil["getExport"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<ExportedRow, void, undefined> {
    return this.pages((cursor) => this.getExport({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * What did I allow: `GET /api/v1/me/grants`
   *
   * The apps that act for the caller, and how far, newest first. Only for a sign-in at the service itself, not for apps.
   */
  listGrants(
    options?: CallOptions,
  ): Promise<GrantList> {
    return this.send(
      "GET",
      `/api/v1/me/grants`,
      {},
      options,
    );
  }

  /**
   * What am I allowed: `GET /api/v1/me/grants/current`
   *
   * For apps, asked with the token that they got: what the member allowed, and the one account that they were bound to, where they
   * were: a shop platform so learns which shop has connected, and whether that is only a test.
   */
  getCurrentGrant(
    options?: CallOptions,
  ): Promise<PresentGrant> {
    return this.send(
      "GET",
      `/api/v1/me/grants/current`,
      {},
      options,
    );
  }

  /**
   * Take back what I allowed: `DELETE /api/v1/me/grants/{id}`
   *
   * From its next request on, the app can do nothing more.
   */
  deleteGrant(
    call: {
      /** The grant's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/me/grants/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Leave a community: `DELETE /api/v1/me/memberships/{code}`
   *
   * With a proof that is at most five minutes old. Closes the member and its accounts, which must hold and owe nothing. Who
   * has left does not come back as they were, and may ask to join anew. The last admin who can act stays.
   */
  deleteMembership(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/me/memberships/${encodeURIComponent(call.code)}`,
      {},
      options,
    );
  }

  /**
   * Begin to leave a community: `PUT /api/v1/me/memberships/{code}/leaving`
   *
   * With a proof that is at most five minutes old. From then on the balance only moves towards zero: who holds something may
   * spend it, who owes something may earn it, and neither goes past zero. At zero the member is closed by itself. Until then it
   * can stay after all, and a plan to settle can be agreed with the admins, who are told by mail. The last admin cannot leave.
   */
  beginLeaving(
    call: {
      /** The community's code */
      code: string;
      body: BeginLeavingRequest;
    },
    options?: CallOptions,
  ): Promise<MemberList> {
    return this.send(
      "PUT",
      `/api/v1/me/memberships/${encodeURIComponent(call.code)}/leaving`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Stay in a community after all: `DELETE /api/v1/me/memberships/{code}/leaving`
   *
   * With a proof that is at most five minutes old. Takes back that one leaves, as long as the member is not closed; the limits
   * hold again as before, and the plan to settle is off.
   */
  endLeaving(
    call: {
      /** The community's code */
      code: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/me/memberships/${encodeURIComponent(call.code)}/leaving`,
      {},
      options,
    );
  }

  /**
   * See what I am told of by mail: `GET /api/v1/me/notifications`
   *
   * For each of your communities, how soon you are told of each topic: `at_once`, `daily` (in the morning), `weekly` (on Monday
   * morning) or `off`. Topics: `payment_received`, `payment_sent`, `request_received` (somebody asks you to pay),
   * `payment_changed` (authorised, accepted, declined, cancelled, expired), `account_changed` (frozen, thawed, closed), `near_limit` (an account of yours has come near its credit limit or ceiling), `member_near_limit` (to admins: a member's account has). Mails about
   * your login's safety, your limits and what you planned always come.
   */
  getNotifications(
    options?: CallOptions,
  ): Promise<NotificationsList> {
    return this.send(
      "GET",
      `/api/v1/me/notifications`,
      {},
      options,
    );
  }

  /**
   * Choose what I am told of by mail: `PUT /api/v1/me/notifications`
   *
   * A choice holds for what happens from then on: what waited for a digest of another cadence is not told any more.
   */
  setNotifications(
    call: {
      body: SetNotificationsRequest;
    },
    options?: CallOptions,
  ): Promise<Notifications> {
    return this.send(
      "PUT",
      `/api/v1/me/notifications`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List my passkeys: `GET /api/v1/me/passkeys`
   *
   * Ten at most, the oldest first.
   */
  listPasskeys(
    options?: CallOptions,
  ): Promise<PasskeyList> {
    return this.send(
      "GET",
      `/api/v1/me/passkeys`,
      {},
      options,
    );
  }

  /**
   * Add a passkey: `POST /api/v1/me/passkeys`
   *
   * From now on it signs in, without the password and also where a second factor is on, and proves again who you are. A
   * login may have ten. A mail says that it was added. Needs a proof of who you are that is at most five minutes old.
   */
  createPasskey(
    call: {
      body: CreatePasskeyRequest;
    },
    options?: CallOptions,
  ): Promise<Passkey> {
    return this.send(
      "POST",
      `/api/v1/me/passkeys`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Start a passkey: `POST /api/v1/me/passkeys/options`
   *
   * What a browser needs to make one. What it gives goes to `POST /me/passkeys` within five minutes, in the same session.
   * Needs a proof of who you are that is at most five minutes old.
   */
  startPasskey(
    options?: CallOptions,
  ): Promise<PasskeyCreation> {
    return this.send(
      "POST",
      `/api/v1/me/passkeys/options`,
      {},
      options,
    );
  }

  /**
   * Remove one of my passkeys: `DELETE /api/v1/me/passkeys/{id}`
   *
   * Sessions that were begun with it end, but for the one that asks. A mail says that it was removed. Needs a proof of who
   * you are that is at most five minutes old.
   */
  deletePasskey(
    call: {
      /** The passkey's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/me/passkeys/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Change my password: `POST /api/v1/me/password`
   *
   * Needs a proof of who you are that is at most five minutes old. All other sessions end.
   */
  setPassword(
    call: {
      body: SetPasswordRequest;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "POST",
      `/api/v1/me/password`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Start a second factor: `POST /api/v1/me/totp`
   *
   * It counts once `POST /me/totp/confirm` has seen a code of it. Needs a proof of who you are that is at most five
   * minutes old.
   */
  startTotp(
    options?: CallOptions,
  ): Promise<StartedTotpView> {
    return this.send(
      "POST",
      `/api/v1/me/totp`,
      {},
      options,
    );
  }

  /**
   * Turn the second factor off: `DELETE /api/v1/me/totp`
   *
   * Needs a proof by the second factor that is at most five minutes old, and a password of at least 15 characters.
   */
  deleteTotp(
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/me/totp`,
      {},
      options,
    );
  }

  /**
   * Turn the second factor on: `POST /api/v1/me/totp/confirm`
   *
   * Signing in asks for a code from now on. Keep the recovery codes somewhere else than the authenticator.
   */
  confirmTotp(
    call: {
      body: ConfirmTotpRequest;
    },
    options?: CallOptions,
  ): Promise<RecoveryCodesView> {
    return this.send(
      "POST",
      `/api/v1/me/totp/confirm`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List my apps: `GET /api/v1/oauth-clients`
   *
   * The apps that the caller registered, oldest first, without their secrets.
   */
  listOauthClients(
    options?: CallOptions,
  ): Promise<OAuthClientList> {
    return this.send(
      "GET",
      `/api/v1/oauth-clients`,
      {},
      options,
    );
  }

  /**
   * Register an app: `POST /api/v1/oauth-clients`
   *
   * It belongs to the caller, who may have twenty. A confidential app's secret is told in this answer and never again.
   * A machine (`client_credentials`) acts for the caller, on the accounts that the caller operates at the time, with no
   * more than its scopes, and within its ceilings where it has some.
   */
  createOauthClient(
    call: {
      body: CreateOAuthClientRequest;
    },
    options?: CallOptions,
  ): Promise<OAuthClient> {
    return this.send(
      "POST",
      `/api/v1/oauth-clients`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Remove an app: `DELETE /api/v1/oauth-clients/{id}`
   *
   * It gets no more tokens, and whatever members allowed it ends.
   */
  deleteOauthClient(
    call: {
      /** The app's public id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/oauth-clients/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Ask for a new password: `POST /api/v1/password-resets`
   *
   * Sends a message to the address if it has a login. The answer is the same whether it has one or not.
   */
  createPasswordReset(
    call: {
      body: CreatePasswordResetRequest;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "POST",
      `/api/v1/password-resets`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Choose a new password: `POST /api/v1/password-resets/complete`
   *
   * The token works once, for twenty minutes, and only while no newer one was asked for. All sessions end.
   */
  completePasswordReset(
    call: {
      body: CompletePasswordResetRequest;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "POST",
      `/api/v1/password-resets/complete`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List payment links: `GET /api/v1/payment-links`
   *
   * Those in use of one's own accounts, newest first; or those of one account that one may take for.
   */
  listPaymentLinks(
    call: {
      /** Only of this account: its code or id. */
      account?: string;
    } = {},
    options?: CallOptions,
  ): Promise<PaymentLinkList> {
    return this.send(
      "GET",
      `/api/v1/payment-links`,
      { query: { account: call.account } },
      options,
    );
  }

  /**
   * Make a payment link: `POST /api/v1/payment-links`
   *
   * For shops and causes without software of their own: its `url` is a button on a web site, a line in a mail or a QR code on a
   * counter. Each member who follows it gets a checkout of 15 minutes. An account can have a hundred in use.
   */
  createPaymentLink(
    call: {
      body: CreatePaymentLinkRequest;
    },
    options?: CallOptions,
  ): Promise<PaymentLink> {
    return this.send(
      "POST",
      `/api/v1/payment-links`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Take a payment link out of use: `DELETE /api/v1/payment-links/{id}`
   *
   * For whoever may take for its account. Its page says so from then on; checkouts that it made stand as they are.
   */
  deletePaymentLink(
    call: {
      /** The link's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/payment-links/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Ask to be paid: `POST /api/v1/payment-requests`
   *
   * For whoever may take for the payee. The payer is told, and accepts or declines; the payee can cancel it as long as it
   * is open. A request that the payer's standing order covers, which trusts the payee up to an amount, is paid at once:
   * the answer's state says so. At most 50 requests from one account to another are open at the same time.
   */
  createPaymentRequest(
    call: {
      body: CreatePaymentRequestRequest;
      /** 1 to 255 printable ASCII characters, fresh for each request that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payment-requests`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * List payments: `GET /api/v1/payments`
   *
   * One's own, newest first, over all of one's communities. Admins may name any account of their community. A request looks at
   * some thousand payments: where few of them fit, the page is short or even empty, and `next_cursor` goes on below them. Only
   * where it is null there are no more.
   */
  listPayments(
    call: {
      /** Only in this state, such as `completed`. */
      state?: string;
      /** Only from or to this account: its code or id. */
      account?: string;
      /** Only made at or after this time (RFC 3339). */
      from?: string;
      /** Only made before this time (RFC 3339). */
      to?: string;
      /** Only with this text in the description, or in the other side's name or code. */
      q?: string;
      /** Only this way: `in` to your account, or `out` from it. */
      direction?: string;
      /** Only from or to this account: its code or id. */
      party?: string;
      /** Only of at least this amount. */
      amount_min?: string;
      /** Only of at most this amount. */
      amount_max?: string;
      /** Only those which you noted under this category. */
      category?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<PaymentPage> {
    return this.send(
      "GET",
      `/api/v1/payments`,
      { query: { state: call.state, account: call.account, from: call.from, to: call.to, q: call.q, direction: call.direction, party: call.party, amount_min: call.amount_min, amount_max: call.amount_max, category: call.category, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listPayments` lists, page by page as they are asked for. */
  eachPayments(
    call: Omit<Parameters<Counterfoil["listPayments"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<Payment, void, undefined> {
    return this.pages((cursor) => this.listPayments({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Pay: `POST /api/v1/payments`
   *
   * Moves money at once, or, with `"capture":"manual"`, sets it aside: then the payment is `authorised`, the amount counts
   * as reserved, and the payee captures or voids it until `expires_at`. The answer comes after the payment is on disk. The same `Idempotency-Key` with the same body
   * pays at most once, for ever, and answers the same bytes with `Idempotency-Replayed: true`. A refusal is kept under
   * its key, too: use a new key after a limit was raised.
   *
   * With `scheduled_for` the payment is planned instead: it is `scheduled`, can be cancelled, and is judged and made when
   * its time comes; then it is `completed`, or `failed` with the reason. A fresh proof, where its amount needs one, is
   * needed now and not again then. Up to a hundred payments and schedules may be planned from an account.
   *
   * People press twice: what looks like the repetition of a payment of the last two minutes is answered
   * `409 possible_duplicate` with the earlier one as `payment_id`, and goes through under a new key with
   * `"allow_duplicate": true`. A program that keeps its own keys apart sets it always.
   */
  createPayment(
    call: {
      body: CreatePaymentRequest;
      /** 1 to 255 printable ASCII characters, fresh for each payment that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Pay one to many, or many to one: `POST /api/v1/payments/batch`
   *
   * Makes up to 1,000 payments by one transfer: all or none. Each account's net change counts, whatever the order, so what one
   * of the payments brings in another one can spend. Who pays must be yours each time. Where a line is refused nothing is
   * posted, and the answer is `409 lines_refused` with each such line in `errors`.
   */
  createBatch(
    call: {
      /** Whether each is meant, also where it looks like the repetition of another; false where it is left out. */
      allow_duplicate?: boolean;
      body: PaymentListRequest;
      /** 1 to 255 printable ASCII characters, fresh for each batch that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<PaymentBatch> {
    return this.send(
      "POST",
      `/api/v1/payments/batch`,
      { query: { allow_duplicate: call.allow_duplicate }, body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Pay a list: `POST /api/v1/payments/bulk`
   *
   * Makes up to 10,000 payments by one transfer, judged one after the other with the balances that the lines before leave, as
   * the preview shows them. JSON, or CSV (UTF-8, commas or semicolons) with the columns `payer`, `payee`, `amount` and, if you
   * like, `description`. The list as a whole is posted at most once for each `Idempotency-Key`. With `all_or_nothing` one refused
   * line refuses all (`409 lines_refused`, with each in `errors`); with `valid_lines` the answer's `refusals` tell what was left out.
   * Lines are counted from 1, in a file with its first line.
   */
  createBulk(
    call: {
      /** `all_or_nothing`, or `valid_lines` to leave out what is refused; the first where it is left out. */
      mode?: string;
      /** Whether each payment is meant, also where it looks like the repetition of another; false where it is left out. */
      allow_duplicate?: boolean;
      body: PaymentListRequest;
      /** 1 to 255 printable ASCII characters, fresh for each list that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<PaymentBatch> {
    return this.send(
      "POST",
      `/api/v1/payments/bulk`,
      { query: { mode: call.mode, allow_duplicate: call.allow_duplicate }, body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Preview a list of payments: `POST /api/v1/payments/bulk/preview`
   *
   * Takes the body of a list and says line by line what would happen, by the rules that post it: the payer's balance and what it
   * could still spend after each line, or why the line would be refused. Nothing is posted, and no key is needed.
   */
  createBulkPreview(
    call: {
      /** Whether each is meant, also where it looks like the repetition of another; false where it is left out. */
      allow_duplicate?: boolean;
      body: PaymentListRequest;
    },
    options?: CallOptions,
  ): Promise<BulkPreview> {
    return this.send(
      "POST",
      `/api/v1/payments/bulk/preview`,
      { query: { allow_duplicate: call.allow_duplicate }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See a payment: `GET /api/v1/payments/{id}`
   *
   * For those who have a side in it, and for admins.
   */
  getPayment(
    call: {
      /** The payment's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "GET",
      `/api/v1/payments/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Accept a request: `POST /api/v1/payments/{id}/accept`
   *
   * For whoever may pay from the account that was asked. It is paid by the rules of any payment, at once; a refusal leaves the request as it is. Of two who act on one request at the same time, one wins.
   */
  acceptPayment(
    call: {
      /** The payment's id */
      id: string;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/accept`,
      { idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Cancel a request or a planned payment: `POST /api/v1/payments/{id}/cancel`
   *
   * A request: for whoever may ask for the payee. A payment that is planned for later: for whoever may pay from the account,
   * until it has had its turn. What is authorised is not cancelled but voided.
   */
  cancelPayment(
    call: {
      /** The payment's id */
      id: string;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/cancel`,
      { idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Capture an authorised payment: `POST /api/v1/payments/{id}/capture`
   *
   * For whoever may take for the payee, in part or whole; what is left is released. It passes also where the payer's limit was cut or the account frozen since.
   */
  capturePayment(
    call: {
      /** The payment's id */
      id: string;
      body: CaptureRequest;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/capture`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Decline a request: `POST /api/v1/payments/{id}/decline`
   *
   * For whoever may pay from the account that was asked. The payee is told, with the reason.
   */
  declinePayment(
    call: {
      /** The payment's id */
      id: string;
      body: DeclineRequest;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/decline`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * See what you noted of a payment: `GET /api/v1/payments/{id}/note`
   *
   * A category and a note, for those who look after your account. The other side has its own, and admins see neither.
   */
  getPaymentNote(
    call: {
      /** The payment's id */
      id: string;
      /** Your account, by code or id, where both sides are yours. */
      account?: string;
    },
    options?: CallOptions,
  ): Promise<PaymentNote> {
    return this.send(
      "GET",
      `/api/v1/payments/${encodeURIComponent(call.id)}/note`,
      { query: { account: call.account } },
      options,
    );
  }

  /**
   * Note something of a payment: `PUT /api/v1/payments/{id}/note`
   *
   * For those who look after your account: the other side sees nothing of it, and nobody else. It goes into your export, and goes
   * when you are forgotten. The last word counts.
   */
  setPaymentNote(
    call: {
      /** The payment's id */
      id: string;
      /** Your account, by code or id, where both sides are yours. */
      account?: string;
      body: SetNoteRequest;
    },
    options?: CallOptions,
  ): Promise<PaymentNote> {
    return this.send(
      "PUT",
      `/api/v1/payments/${encodeURIComponent(call.id)}/note`,
      { query: { account: call.account }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Get a payment's receipt: `GET /api/v1/payments/{id}/receipt`
   *
   * A page of PDF in your language: who paid whom, how much, what for and when by the clocks of the community's time zone, with the
   * payment's id and its place in the ledger. For completed payments, to those who may see them. The page sets scripts that run from
   * left to right, letter by letter: Latin, Greek, Cyrillic, Armenian, Georgian and more. For a character that its font lacks, such as
   * Chinese ones and pictures, stands the sign �; a name or text from right to left (Hebrew, Arabic), or of such characters alone, is left
   * out, and the page says so. Account codes and amounts are always there.
   */
  getPaymentReceiptAs(
    call: {
      /** The payment's id */
      id: string;
      /** What to answer with. */
      accept: "application/pdf";
    },
    options?: CallOptions,
  ): Promise<Uint8Array> {
    return this.sendForDocument(
      "GET",
      `/api/v1/payments/${encodeURIComponent(call.id)}/receipt`,
      { accept: call.accept },
      options,
    );
  }

  /**
   * Refund a payment: `POST /api/v1/payments/{id}/refunds`
   *
   * For whoever may pay from the account that was paid. The refund is a new payment the other way, which names the first
   * as `refund_of`; the first tells in `refunded` how much of it was given back. There may be several, which together are
   * never more than was paid. A refund itself is not refunded. Accounts and limits are judged as for any payment.
   * Where the price was paid in two moneys, `national_back` says what you give back yourself of the other one: the same share.
   */
  createRefund(
    call: {
      /** The payment's id */
      id: string;
      body: CreateRefundRequest;
      /** 1 to 255 printable ASCII characters, fresh for each refund that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/refunds`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Reverse a payment: `POST /api/v1/payments/{id}/reversal`
   *
   * For admins, with a fresh proof, and not for apps. Takes back what is left of a completed payment, after its refunds, in one
   * new payment the other way, which names the first as `reversal_of`; so there is at most one for each payment. Frozen accounts
   * are moved as well, closed ones are not. Where an account would be left past its limit, the reversal says so
   * (`insufficient_credit`, `ceiling_exceeded`) and goes through under a new key with `allow_beyond_limit`. What gives back another
   * payment itself is not reversed: make a new payment. A reversal of more than the
   * amount of `GET /communities/{code}/approval-rules` needs two admins: it answers 202, and is made, of what is left then, once
   * another admin agrees; a limit that it would break then is told to whoever agrees.
   */
  createReversal(
    call: {
      /** The payment's id */
      id: string;
      body: CreateReversalRequest;
      /** 1 to 255 printable ASCII characters, fresh for each reversal that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment | Approval> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/reversal`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Void an authorised payment: `POST /api/v1/payments/{id}/void`
   *
   * For whoever may take for the payee, and for admins. The payer cannot: the hold is a promise given to the payee.
   */
  voidPayment(
    call: {
      /** The payment's id */
      id: string;
      /** 1 to 255 printable ASCII characters, fresh for each step that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Payment> {
    return this.send(
      "POST",
      `/api/v1/payments/${encodeURIComponent(call.id)}/void`,
      { idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * Ask what a payment would do: `POST /api/v1/quotes`
   *
   * Takes the body of a payment and judges it by the rules that post payments: fees, how both sides would be afterwards, and
   * the `refusal` in full, where it would be refused. With `capture` `manual` it shows what setting the money aside would leave
   * available, and with `scheduled_for` whether the payment could be planned: what is planned changes no amounts, and credit is
   * judged when its time comes. Nothing is posted or kept, and no key is needed. Amounts of
   * a side are null where the payment would be refused, where the account's amounts are not yours to see, and where the token
   * lacks `accounts:read`. Until you pay, others may pay, too: what counts is what holds then.
   */
  createQuote(
    call: {
      body: CreatePaymentRequest;
    },
    options?: CallOptions,
  ): Promise<Quote> {
    return this.send(
      "POST",
      `/api/v1/quotes`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List schedules: `GET /api/v1/schedules`
   *
   * From one's own accounts, newest first, over all of one's communities. Admins may name any account of their community.
   * Payments that are planned once are among the payments, in the state `scheduled`.
   */
  listSchedules(
    call: {
      /** Only in this state: `active`, `paused` or `ended`. */
      state?: string;
      /** Only from this account: its code or id. */
      account?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<SchedulePage> {
    return this.send(
      "GET",
      `/api/v1/schedules`,
      { query: { state: call.state, account: call.account, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listSchedules` lists, page by page as they are asked for. */
  eachSchedules(
    call: Omit<Parameters<Counterfoil["listSchedules"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<Schedule, void, undefined> {
    return this.pages((cursor) => this.listSchedules({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Make a schedule: `POST /api/v1/schedules`
   *
   * For whoever may pay from the account. Each run is judged like any payment when its time comes, on the authority of
   * whoever made the schedule as it is then: who may no longer pay from the account pays nothing. What was missed while
   * the service was down is made up for, oldest first. A fresh proof, where the amount needs one, is needed now and not
   * again at the runs. An app's and a teller's ceilings are judged now, and counted on the day of each run.
   *
   * What it pays and when it ends can be changed for the runs to come: `PATCH /schedules/{id}`.
   *
   * The same `Idempotency-Key` with the same body makes one schedule, for ever, and shows it as it is now.
   */
  createSchedule(
    call: {
      body: CreateScheduleRequest;
      /** 1 to 255 printable ASCII characters, fresh for each schedule that you mean */
      idempotencyKey: string;
    },
    options?: CallOptions,
  ): Promise<Schedule> {
    return this.send(
      "POST",
      `/api/v1/schedules`,
      { body: call.body, bodyType: "application/json", idempotencyKey: call.idempotencyKey, takesKey: true },
      options,
    );
  }

  /**
   * See a schedule: `GET /api/v1/schedules/{id}`
   *
   * For those who may look into the paying account or pay from it.
   */
  getSchedule(
    call: {
      /** The schedule's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Schedule> {
    return this.send(
      "GET",
      `/api/v1/schedules/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Change a schedule: `PATCH /api/v1/schedules/{id}`
   *
   * For whoever may pay from the account: from the next run on it pays otherwise, with the proof that making it would need. It then runs
   * on the authority of whoever changed it, where the account is theirs; changed by a teller or a broker, it stays its maker's. Runs that had their turn stay what they were; which run is the first by the new
   * terms is decided once, also where one comes due at this moment. Where no run is left, the schedule ends. Payer, payee, days
   * and times do not change: cancel it and make another one.
   */
  editSchedule(
    call: {
      /** The schedule's id */
      id: string;
      /** The `ETag` of the schedule that the change is based on */
      ifMatch?: string;
      body: EditScheduleRequest;
    },
    options?: CallOptions,
  ): Promise<Schedule> {
    return this.send(
      "PATCH",
      `/api/v1/schedules/${encodeURIComponent(call.id)}`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * End a schedule: `POST /api/v1/schedules/{id}/cancel`
   *
   * No run comes any more. One that was cancelled already stays so.
   */
  cancelSchedule(
    call: {
      /** The schedule's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Schedule> {
    return this.send(
      "POST",
      `/api/v1/schedules/${encodeURIComponent(call.id)}/cancel`,
      {},
      options,
    );
  }

  /**
   * Pause a schedule: `POST /api/v1/schedules/{id}/pause`
   *
   * No run comes until it is resumed. One that is paused already stays so.
   */
  pauseSchedule(
    call: {
      /** The schedule's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Schedule> {
    return this.send(
      "POST",
      `/api/v1/schedules/${encodeURIComponent(call.id)}/pause`,
      {},
      options,
    );
  }

  /**
   * List a schedule's payments: `GET /api/v1/schedules/{id}/payments`
   *
   * One for each run that had its turn, newest first: `completed`, or `failed` with the reason.
   */
  listSchedulePayments(
    call: {
      /** The schedule's id */
      id: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<PaymentPage> {
    return this.send(
      "GET",
      `/api/v1/schedules/${encodeURIComponent(call.id)}/payments`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listSchedulePayments` lists, page by page as they are asked for. */
  eachSchedulePayments(
    call: Omit<Parameters<Counterfoil["listSchedulePayments"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<Payment, void, undefined> {
    return this.pages((cursor) => this.listSchedulePayments({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Resume a schedule: `POST /api/v1/schedules/{id}/resume`
   *
   * What was planned meanwhile is not made up for: the next run is the first that lies ahead. It takes what making a
   * schedule takes: a fresh proof, where the amount needs one, and room below the ceilings. One that is active already
   * stays so.
   */
  resumeSchedule(
    call: {
      /** The schedule's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<Schedule> {
    return this.send(
      "POST",
      `/api/v1/schedules/${encodeURIComponent(call.id)}/resume`,
      {},
      options,
    );
  }

  /**
   * List my sessions: `GET /api/v1/sessions`
   *
   * Those that have not ended, newest first, with the device that each was begun with.
   */
  listSessions(
    call: {
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    } = {},
    options?: CallOptions,
  ): Promise<SessionPage> {
    return this.send(
      "GET",
      `/api/v1/sessions`,
      { query: { limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listSessions` lists, page by page as they are asked for. */
  eachSessions(
    call: Omit<Parameters<Counterfoil["listSessions"]>[0] & {}, "cursor"> = {},
    options?: CallOptions,
  ): AsyncGenerator<Session, void, undefined> {
    return this.pages((cursor) => this.listSessions({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Sign in: `POST /api/v1/sessions`
   *
   * Gives a short-lived access token and a refresh token for the next one. A login takes ten wrong passwords in a quarter
   * of an hour, an address twenty a minute; then the answer is 429 until `Retry-After`, also for the right one. A login
   * that has taken a hundred in a row takes one an hour. Sessions go on, and so do addresses that signed in before.
   */
  createSession(
    call: {
      body: CreateSessionRequest;
    },
    options?: CallOptions,
  ): Promise<Tokens> {
    return this.send(
      "POST",
      `/api/v1/sessions`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * End all my other sessions: `DELETE /api/v1/sessions`
   *
   * From the next request on, none of their tokens works; the session that asks goes on.
   */
  deleteOtherSessions(
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/sessions`,
      {},
      options,
    );
  }

  /**
   * Sign out: `DELETE /api/v1/sessions/current`
   *
   * From the next request on, none of the session's tokens works.
   */
  deleteSession(
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/sessions/current`,
      {},
      options,
    );
  }

  /**
   * Start proving again with a passkey who I am: `POST /api/v1/sessions/current/passkey-options`
   *
   * What the browser gives goes to `POST /sessions/current/step-up`, as `passkey`, within five minutes.
   */
  startPasskeyStepUp(
    options?: CallOptions,
  ): Promise<PasskeyRequest> {
    return this.send(
      "POST",
      `/api/v1/sessions/current/passkey-options`,
      {},
      options,
    );
  }

  /**
   * Prove again who I am: `POST /api/v1/sessions/current/step-up`
   *
   * Sensitive acts, and payments above the amount that the member or the community set, answer `step_up_required` unless
   * the last proof is at most five minutes old. This gives a token with which they pass.
   */
  stepUp(
    call: {
      body: StepUpRequest;
    },
    options?: CallOptions,
  ): Promise<SteppedUpToken> {
    return this.send(
      "POST",
      `/api/v1/sessions/current/step-up`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Sign in with a passkey: `POST /api/v1/sessions/passkey`
   *
   * Gives the same as signing in with the password does, and asks for no code where a second factor is on: a passkey is
   * something you have, and makes sure that it is you who has it.
   */
  createPasskeySession(
    call: {
      body: CreatePasskeySessionRequest;
    },
    options?: CallOptions,
  ): Promise<Tokens> {
    return this.send(
      "POST",
      `/api/v1/sessions/passkey`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Start signing in with a passkey: `POST /api/v1/sessions/passkey-options`
   *
   * Nobody has to say who they are: the passkey does. What the browser gives goes to `POST /sessions/passkey` within five
   * minutes.
   */
  startPasskeySession(
    options?: CallOptions,
  ): Promise<PasskeyRequest> {
    return this.send(
      "POST",
      `/api/v1/sessions/passkey-options`,
      {},
      options,
    );
  }

  /**
   * Stay signed in: `POST /api/v1/sessions/refresh`
   *
   * Exchanges the refresh token for a new pair. A token that was exchanged before ends the whole session, unless it
   * is the newest one, repeated within ten seconds.
   */
  refreshSession(
    call: {
      body: RefreshSessionRequest;
    },
    options?: CallOptions,
  ): Promise<Tokens> {
    return this.send(
      "POST",
      `/api/v1/sessions/refresh`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * End one of my sessions: `DELETE /api/v1/sessions/{session}`
   *
   * From the next request on, none of that session's tokens works.
   */
  deleteOneSession(
    call: {
      /** The session's id */
      session: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/sessions/${encodeURIComponent(call.session)}`,
      {},
      options,
    );
  }

  /**
   * See what became of a message: `GET /api/v1/webhook-deliveries/{id}`
   *
   * With its last attempt, what was sent and what was answered.
   */
  getWebhookDelivery(
    call: {
      /** The delivery's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<WebhookDelivery> {
    return this.send(
      "GET",
      `/api/v1/webhook-deliveries/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Send a message once more: `POST /api/v1/webhook-deliveries/{id}/redeliver`
   *
   * At once, under the same message id, with all its attempts before it. One that is being tried, or will be within half a minute, is
   * left as it is.
   */
  redeliverWebhook(
    call: {
      /** The delivery's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<WebhookDelivery> {
    return this.send(
      "POST",
      `/api/v1/webhook-deliveries/${encodeURIComponent(call.id)}/redeliver`,
      {},
      options,
    );
  }

  /**
   * List where messages go: `GET /api/v1/webhook-endpoints`
   *
   * All endpoints of the accounts that you operate, or of one of them; each has 10 at most.
   */
  listWebhookEndpoints(
    call: {
      /** Only those of this account, by its code or id. */
      account?: string;
    } = {},
    options?: CallOptions,
  ): Promise<WebhookEndpointList> {
    return this.send(
      "GET",
      `/api/v1/webhook-endpoints`,
      { query: { account: call.account } },
      options,
    );
  }

  /**
   * Be told what happens on an account: `POST /api/v1/webhook-endpoints`
   *
   * From now on, what happens is sent to the URL: signed by Standard Webhooks, within moments, at least once, again for three
   * days where it does not arrive. The guide for receivers is `api-spec/webhooks.md`. The `secret` is shown this once. An
   * account has 10 endpoints at most. For those who operate the account, and for apps and keys with `webhooks:manage` and,
   * for what is to be told, `payments:read` (`payment.*`, `checkout.*`) or `accounts:read` (`account.*`, `member.*`).
   */
  createWebhookEndpoint(
    call: {
      body: CreateWebhookEndpointRequest;
    },
    options?: CallOptions,
  ): Promise<NewWebhookEndpoint> {
    return this.send(
      "POST",
      `/api/v1/webhook-endpoints`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * See an endpoint: `GET /api/v1/webhook-endpoints/{id}`
   *
   * With how it is doing; never with its secret.
   */
  getWebhookEndpoint(
    call: {
      /** The endpoint's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<WebhookEndpoint> {
    return this.send(
      "GET",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}`,
      {},
      options,
    );
  }

  /**
   * Remove an endpoint: `DELETE /api/v1/webhook-endpoints/{id}`
   *
   * Nothing is sent there any more, and its log goes.
   */
  deleteWebhookEndpoint(
    call: {
      /** The endpoint's id */
      id: string;
      /** The `ETag` of the endpoint that is meant */
      ifMatch?: string;
    },
    options?: CallOptions,
  ): Promise<void> {
    return this.send(
      "DELETE",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}`,
      { headers: { "If-Match": call.ifMatch } },
      options,
    );
  }

  /**
   * Change an endpoint: `PATCH /api/v1/webhook-endpoints/{id}`
   *
   * Messages that wait go to the new URL. What happened while it was off can be told with `replay`.
   */
  editWebhookEndpoint(
    call: {
      /** The endpoint's id */
      id: string;
      /** The `ETag` of the endpoint that the change is based on */
      ifMatch?: string;
      body: EditWebhookEndpointRequest;
    },
    options?: CallOptions,
  ): Promise<WebhookEndpoint> {
    return this.send(
      "PATCH",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}`,
      { headers: { "If-Match": call.ifMatch }, body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * List an endpoint's deliveries: `GET /api/v1/webhook-endpoints/{id}/deliveries`
   *
   * Newest first, for 30 days: each with its last attempt, what was sent and what was answered, and with the attempts before it.
   * A page of a filtered list may be short, or empty, where few of the log fit: it goes on at its cursor.
   */
  listWebhookDeliveries(
    call: {
      /** The endpoint's id */
      id: string;
      /** Only in this state: `waiting`, `delivered` or `failed`. */
      state?: string;
      /** Only of this type, such as `payment.completed`. */
      type?: string;
      /** Only about this payment, account or member, by its id. */
      subject?: string;
      /** How many, 1 to 100; 20 where it is left out. */
      limit?: number;
      /** `next_cursor` of the page before. */
      cursor?: string;
    },
    options?: CallOptions,
  ): Promise<WebhookDeliveryPage> {
    return this.send(
      "GET",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}/deliveries`,
      { query: { state: call.state, type: call.type, subject: call.subject, limit: call.limit, cursor: call.cursor } },
      options,
    );
  }

  /** All that `listWebhookDeliveries` lists, page by page as they are asked for. */
  eachWebhookDeliveries(
    call: Omit<Parameters<Counterfoil["listWebhookDeliveries"]>[0] & {}, "cursor">,
    options?: CallOptions,
  ): AsyncGenerator<WebhookDelivery, void, undefined> {
    return this.pages((cursor) => this.listWebhookDeliveries({ ...call, ...(cursor === undefined ? {} : { cursor }) }, options));
  }

  /**
   * Tell again what happened since a time: `POST /api/v1/webhook-endpoints/{id}/replay`
   *
   * The oldest first, under the same message ids as before, so that a receiver knows what it has. What happened before the
   * endpoint was made is never told. What waits for a later try does not wait any more.
   */
  replayWebhooks(
    call: {
      /** The endpoint's id */
      id: string;
      body: ReplayWebhooksRequest;
    },
    options?: CallOptions,
  ): Promise<WebhookReplay> {
    return this.send(
      "POST",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}/replay`,
      { body: call.body, bodyType: "application/json" },
      options,
    );
  }

  /**
   * Give an endpoint a new secret: `POST /api/v1/webhook-endpoints/{id}/rotate-secret`
   *
   * For 24 hours messages are signed with both, so that the receiver can be changed in between. Rotated once more within that
   * time, only the last two sign.
   */
  rotateWebhookSecret(
    call: {
      /** The endpoint's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<WebhookSecret> {
    return this.send(
      "POST",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}/rotate-secret`,
      {},
      options,
    );
  }

  /**
   * Send a test message: `POST /api/v1/webhook-endpoints/{id}/test`
   *
   * Of the type `webhook.test`, whatever events the endpoint has. What becomes of it stands in the log.
   */
  testWebhookEndpoint(
    call: {
      /** The endpoint's id */
      id: string;
    },
    options?: CallOptions,
  ): Promise<WebhookDelivery> {
    return this.send(
      "POST",
      `/api/v1/webhook-endpoints/${encodeURIComponent(call.id)}/test`,
      {},
      options,
    );
  }

  /**
   * Whether the process runs: `GET /healthz`
   *
   * Says nothing of the database.
   */
  getHealth(
    options?: CallOptions,
  ): Promise<Health> {
    return this.send(
      "GET",
      `/healthz`,
      {},
      options,
    );
  }

  /**
   * Whether requests can be served: `GET /readyz`
   *
   * Asks the database. Load balancers leave a process out that is not ready.
   */
  getReadiness(
    options?: CallOptions,
  ): Promise<Health> {
    return this.send(
      "GET",
      `/readyz`,
      {},
      options,
    );
  }
}
