"""Generated from api-spec/openapi.yaml by api-spec/clients/generate. Do not edit.

The types of what is sent and answered. Amounts are decimal text, such as "12.50"; never floats.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Acceptance(TypedDict):
    """That somebody accepted a version of the terms."""

    accepted_at: str
    """When, the first time."""
    version: int
    """Which one."""


class AccountLink(TypedDict):
    """An account by which another one is known from now on."""

    code: str
    """Its public name."""
    id: str
    """Its id."""
    name: str
    """The name people read."""


class AgreeToPlanRequest(TypedDict):
    """To which plan."""

    version: int
    """The version of the leaving that has it: nobody agrees to what they have not seen."""


class Agreement(TypedDict):
    """A version of a community's terms."""

    created_at: str
    """Since when it counts."""
    text: str
    """Its whole text."""
    title: str
    """Its title."""
    version: int
    """Its number, from 1. The highest counts."""


class AgreementPage(TypedDict):
    """A page of the versions of a community's terms."""

    data: list[Agreement]
    """The versions, newest first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class Allowance(TypedDict):
    """That one payment may pass an account's credit limit."""

    amount: str
    """The most that the payment may be."""
    until: str
    """Before when it has to be made."""


class ApiKey(TypedDict):
    """A key with which software acts at one account."""

    account: KeyAccountView
    """The account that it is for, and that it reaches nothing beside."""
    addresses: list[str]
    """The networks from which it may be used; from everywhere where there are none."""
    community: str
    """The account's community."""
    created_at: str
    """When it was made."""
    expires_at: NotRequired[str | None]
    """When it ends by itself; null for never."""
    id: str
    """Its id, which outlives its secrets."""
    last_used_at: NotRequired[str | None]
    """When any of its secrets was last used, give or take ten minutes; null for never."""
    last_used_from: NotRequired[str | None]
    """From which network that was."""
    name: str
    """What its owner calls it."""
    prefix: str
    """What its present secret begins with, to recognise one by that was found somewhere."""
    previous: NotRequired[PreviousSecretView | None]
    scopes: list[str]
    """What it may."""
    test_mode: bool
    """Whether it is of a community that is only for tests."""


class ApiKeyList(TypedDict):
    """Keys, oldest first."""

    data: list[ApiKey]
    """The keys."""


class Application(TypedDict):
    """An application."""

    agreement_version: NotRequired[int | None]
    """The version of the terms that the applicant accepted; null where there were none."""
    confirmed_at: NotRequired[str | None]
    """When the address was confirmed."""
    created_at: str
    """When it was made."""
    decided_at: NotRequired[str | None]
    """When an admin decided; null until then."""
    decided_by: NotRequired[str | None]
    """The name of the admin who decided; null until then."""
    earlier: NotRequired[EarlierMemberships | None]
    email: str
    """The address, which was confirmed."""
    id: str
    """Its id, and the member's, once they are let in."""
    invited_by: NotRequired[str | None]
    """The name of whoever invited the applicant; null where nobody did."""
    language: str
    """The language in which the applicant is written to."""
    message: str
    """What the applicant says; may be empty."""
    name: str
    """The name that people will read."""
    reason: NotRequired[str | None]
    """Why; null until then, and where nobody said."""
    state: str
    """`waiting`, `admitting` (for a moment, while it is approved), `approved` or `refused`."""


class ApplicationPage(TypedDict):
    """A page of applications."""

    data: list[Application]
    """The applications, newest first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class ApplicationReceipt(TypedDict):
    """What somebody without a login is told when they ask to join: the same for every address."""

    next: str
    """What comes next."""


class Approval(TypedDict):
    """What one admin asked for and another one has to agree to."""

    asked_at: str
    """When."""
    asked_by: str
    """The name of who asked."""
    expires_at: str
    """Until when another admin can agree."""
    id: str
    """Its id."""
    income: NotRequired[WantedIncome | None]
    kind: str
    """`limits`, `rules`, `reversal`, `write_off`, `payout`, `income`, `merge`, `joining`, `step_up` or `limit_policy`."""
    limit_policy: NotRequired[WantedLimitPolicy | None]
    limits: NotRequired[WantedLimits | None]
    merge: NotRequired[WantedMerge | None]
    payout: NotRequired[WantedPayout | None]
    reason: str
    """Why, in the words of who asked."""
    reversal: NotRequired[WantedReversal | None]
    rules: NotRequired[ApprovalRules | None]
    settled_at: NotRequired[str | None]
    """When; null until then."""
    settled_by: NotRequired[str | None]
    """The name of who agreed or refused; null until then."""
    state: str
    """`pending`, `approved`, `refused` or `expired`."""
    step_up_above: NotRequired[str | None]
    """Above which amount all payments are to need a fresh proof; null where it is about something else, or where no payment
    is to need one: the kind tells.
    """
    write_off: NotRequired[WantedWriteOff | None]


class ApprovalPage(TypedDict):
    """A page of approvals."""

    data: list[Approval]
    """The approvals, newest first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class ApprovalRules(TypedDict):
    """Above which amounts two admins are needed."""

    limits_above: NotRequired[str | None]
    """Raising a credit limit to more than this needs two; null for no such rule."""
    reversals_above: NotRequired[str | None]
    """Undoing a payment of more than this needs two, and so does paying more than this out of the fund, at once or in what one admin
    pays out alone, or what one payee is paid, within thirty days, and an income of more than this; null for no such rule.
    """


class ApproveApplicationRequest(TypedDict):
    """On which terms."""

    credit_limit: NotRequired[str | None]
    """How far below zero the account may go; as the community chose for new members where it is left out."""
    reason: NotRequired[str | None]
    """Why, for those who ask later."""


class ApproveCheckoutRequest(TypedDict):
    """From which account."""

    payer: str
    """The paying account's code or id; one of yours."""


class AuditActor(TypedDict):
    """Who did something."""

    member_id: NotRequired[str | None]
    """The member whom the user operates in the community; null where it is none."""
    name: NotRequired[str | None]
    """The member's name, or else the user's."""
    user_id: str
    """The user's id."""


class AuditLine(TypedDict):
    """A line of a community's audit log."""

    action: str
    """What was done."""
    actor: NotRequired[AuditActor | None]
    after: dict[str, Any]
    """How it is since."""
    before: dict[str, Any]
    """How it was."""
    created_at: str
    """When."""
    id: str
    """Its id."""
    origin: NotRequired[AuditOrigin | None]
    reason: NotRequired[str | None]
    """Why; null where nobody said or it was erased."""
    request_id: NotRequired[str | None]
    """The request that asked for it; null for the service itself."""
    subject: AuditSubject
    """To what."""


class AuditOrigin(TypedDict):
    """Where a request came from."""

    address: NotRequired[str | None]
    """The client's address."""
    user_agent: NotRequired[str | None]
    """What the client said of itself."""


class AuditPage(TypedDict):
    """A page of a community's audit log, newest first."""

    data: list[AuditLine]
    """The lines."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class AuditSubject(TypedDict):
    """What something was done to."""

    code: NotRequired[str | None]
    """An account's code; null for other things."""
    id: str
    """Its id."""
    name: NotRequired[str | None]
    """Its name."""


class AuthorizationForm(TypedDict):
    """What a member does on the pages."""

    account: NotRequired[str | None]
    """The code of the one account that the app may act at; all of the member's where it is empty."""
    ceiling_per_day: NotRequired[str | None]
    """The most units that all payments of a day may have together; none where it is empty."""
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a payment may have; none where it is empty."""
    credential: NotRequired[str | None]
    """To sign in with a passkey: what the browser gave, as JSON."""
    do: str
    """`sign_in`, `passkey`, `allow`, `deny` or `sign_out`."""
    email: NotRequired[str | None]
    """To sign in."""
    form_token: str
    """Proves that the form comes from a page that this browser was given."""
    password: NotRequired[str | None]
    """To sign in."""
    second_factor: NotRequired[str | None]
    """To sign in with a second factor."""


class BalancePoint(TypedDict):
    """A step of a series."""

    balance: str
    """The balance then, or now where that has not come."""
    date: str
    """Its first day."""
    until: str
    """When it ends."""


class BalanceSheet(TypedDict):
    """What a community's members hold and owe, and its own accounts. Positive and negative balances, commons, write-off and
    peers add up to zero.
    """

    commons: str
    """The balance of the community's own fund."""
    community: str
    """The community's code."""
    credit_granted: str
    """How far all open accounts of members may go below zero together."""
    date: NotRequired[str | None]
    """The day at whose end it holds; null for now."""
    made_at: str
    """When it was made."""
    negative_accounts: int
    """How many accounts that is."""
    negative_balances: str
    """The sum of members' balances below zero."""
    peers: str
    """The balance with other communities."""
    positive_accounts: int
    """How many accounts that is."""
    positive_balances: str
    """The sum of members' balances above zero."""
    reserved: str
    """Held for authorised payments."""
    seq: int
    """The last record of the ledger that counts."""
    time_zone: str
    """By which clocks days end."""
    unit: str
    """What one unit of its currency is called."""
    write_off: str
    """The balance of the account that bears losses."""


class Balances(TypedDict):
    """An account's balance over time, oldest first."""

    account: str
    """The account's code."""
    data: list[BalancePoint]
    """The steps."""
    interval: str
    """How long each step is: `day`, `week` or `month`."""
    time_zone: str
    """By whose clocks the steps begin and end."""


class BeginLeavingRequest(TypedDict):
    """Why; may be left out."""

    reason: NotRequired[str | None]
    """Why, for those who ask later."""


class BulkPreview(TypedDict):
    """What would come of several payments, made one after the other."""

    community: str
    """The community's code."""
    lines: list[PreviewedLine]
    """The lines that would be paid, with the balances that they leave."""
    payable: int
    """How many lines would be paid."""
    refusals: list[RefusedLine]
    """The lines that would be refused, and why."""
    refused: int
    """How many would be refused."""
    total: str
    """How much would be paid by the valid lines in all."""


class CancelAllowanceRequest(TypedDict):
    """Why."""

    reason: str
    """Why, for those who ask later."""


class CaptureRequest(TypedDict):
    """How much of it."""

    amount: NotRequired[str | None]
    """Decimal text, above zero, no more than was authorised; all of it where it is left out."""


class Category(TypedDict):
    """A category in use."""

    category: str
    """Its name."""
    payments: int
    """How many payments it has."""


class CategoryList(TypedDict):
    """The categories in use at an account, in the order of their letters."""

    data: list[Category]
    """The categories."""


class Checkout(TypedDict):
    """A checkout, as its shop sees it."""

    account: str
    """The code of the account that is paid."""
    amount: str
    """How much is to be paid in the local currency."""
    cancel_url: NotRequired[str | None]
    """Where the payer goes who does not pay."""
    capture: str
    """`automatic`: the money moves when the payer approves. `manual`: when the shop captures it."""
    captured: str
    """How much was paid."""
    community: str
    """The community's code."""
    created_at: str
    """When it was made."""
    currency: str
    """The local currency: its community's code."""
    description: str
    """What for."""
    expires_at: str
    """Until when it can be approved."""
    id: str
    """Its id."""
    metadata: dict[str, Any]
    """What the shop's program wanted to find again; for those who look after the account."""
    order_reference: str
    """The shop's name for the order."""
    payment_id: NotRequired[str | None]
    """The payment that the payer approved: what is captured, voided and refunded."""
    refunded: str
    """How much of that was given back."""
    return_url: NotRequired[str | None]
    """Where the payer goes afterwards."""
    split: NotRequired[Split | None]
    state: str
    """Where it stands: `open`, `completed`, `authorised`, `declined`, `cancelled` or `expired`. It only moves forward."""
    test_mode: NotRequired[bool]
    """True where it is of a community that is only for tests; else left out."""
    url: NotRequired[str | None]
    """Its page, where the payer approves; also what a QR code holds. Not repeated in events, nor for admins."""


class CheckoutPage(TypedDict):
    """A page of checkouts, newest first."""

    data: list[Checkout]
    """The checkouts."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class ComingContributions(TypedDict):
    """What is coming for an account."""

    next: Dues
    """What it would be asked for if the month ended now."""
    owing: Dues
    """What could not be taken before, and is asked for again with it."""
    rules: Contributions
    """By which rules, and when."""


class Community(TypedDict):
    """A community, as anyone may see it."""

    code: str
    """Its short name."""
    name: str
    """Its full name."""
    scale: int
    """Decimal places of amounts."""
    symbol: str
    """The sign beside amounts."""
    test_mode: bool
    """Whether it is only for tests: nothing in it is worth anything."""
    time_zone: str
    """By which clocks it lives."""
    unit: str
    """What one unit of its currency is called."""


class CommunityPage(TypedDict):
    """A page of communities, by code."""

    data: list[Community]
    """The communities."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class CommunityStepUpView(TypedDict):
    """The community's amount."""

    above: NotRequired[str | None]
    """Payments above it need a fresh proof; null for no such rule."""


class CompletePasswordResetRequest(TypedDict):
    """A new password, and what allows to choose it."""

    code: NotRequired[str | None]
    """The second factor's code, or a recovery code, for logins that have one."""
    new_password: str
    """The new password: 15 to 256 characters, or at least 8 beside a second factor."""
    token: str
    """The token from the message."""


class ConfirmTotpRequest(TypedDict):
    """A code of the started authenticator."""

    code: str
    """What the app shows now."""


class Contributions(TypedDict):
    """What a community's members contribute to its commons account."""

    above: HoldingCharge
    """The charge on what an account holds at the end of a month."""
    amount: str
    """How much each member contributes."""
    below: HoldingCharge
    """The charge on what an account owes at the end of a month."""
    every: str
    """How often members contribute: after each `month`, or after each `year`'s December."""
    missed: list[MissedPeriods]
    """Months for which nobody was asked, because the service was off; the latest 24 such times, the newest first."""
    next_at: NotRequired[str | None]
    """When they are taken."""
    next_month: NotRequired[str | None]
    """The month whose contributions come next; null where nothing was ever set."""
    version: int
    """Rises with each change; zero where nothing was ever set."""


class ContributionsPreview(TypedDict):
    """What a community's members would contribute if the month ended now."""

    accounts: int
    """How many accounts would be asked for something."""
    data: list[ExpectedDues]
    """A page of the accounts, in the order in which they were opened."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""
    rules: Contributions
    """By which rules, and when."""
    total: Dues
    """What all of them would be asked for together, beside what they owe from before."""


class Counterparty(TypedDict):
    """The other side of an entry."""

    code: str
    """The account's public name."""
    name: str
    """The name people read."""


class CreateAddressConfirmationRequest(TypedDict):
    """What the mail holds: its link's token, or the short code with the address."""

    code: NotRequired[str | None]
    """The code from the mail: eight digits."""
    email: NotRequired[str | None]
    """The address, with a code."""
    token: NotRequired[str | None]
    """The token of the mail's link."""


class CreateAgreementRequest(TypedDict):
    """Terms."""

    text: str
    """Their whole text, at most 15000 characters."""
    title: str
    """Their title, at most 200 characters."""


class CreateApiKeyRequest(TypedDict):
    """A key to be made."""

    account: str
    """The account that it is for: a code or an id."""
    addresses: NotRequired[list[str]]
    """The addresses and networks from which it may be used; from everywhere where there are none."""
    expires_at: NotRequired[str | None]
    """When it ends by itself; never where it is left out."""
    name: str
    """What you call it, up to 60 characters."""
    role: NotRequired[str | None]
    """Instead of scopes: `take_payments` (`requests:write payments:read`), `refund` (`refunds:write payments:read`) or `read_only`
    (`accounts:read payments:read`).
    """
    scopes: NotRequired[list[str]]
    """What it may: of `accounts:read`, `payments:read`, `payments:write`, `requests:write`, `refunds:write`, `webhooks:manage`. A shop
    that takes payments and gives them back needs `requests:write payments:read refunds:write`; only `payments:write` spends.
    """


class CreateApplicationRequest(TypedDict):
    """Who wants to join."""

    agreement_version: NotRequired[int | None]
    """The version of the terms that is accepted with this: the community's current one, if it has terms."""
    email: NotRequired[str | None]
    """The address of the new login. Left out with a token."""
    invitation: NotRequired[str | None]
    """The token from an invitation to this address. With it, the address counts as confirmed."""
    language: NotRequired[str | None]
    """The language to be written to in: `en`, `es`, `fr`, `de` or `nl`."""
    message: NotRequired[str | None]
    """Something for the admins to read, at most 500 characters."""
    name: str
    """The name that people will read, at most 100 characters."""
    password: NotRequired[str | None]
    """The new login's password: 15 to 256 characters. Left out with a token."""


class CreateCheckoutRequest(TypedDict):
    """How much, for which order, and where the payer goes."""

    account: NotRequired[str | None]
    """The code or id of the account that is to be paid; your only one where it is left out. A
    person names one that is for tests; a key is for one account anyway.
    """
    amount: NotRequired[str | None]
    """Decimal text, above zero, with at most the currency's decimal places. May be left out where it follows from `split`."""
    cancel_url: NotRequired[str | None]
    """Where the payer goes who does not pay."""
    capture: NotRequired[CaptureMode]
    """`automatic`, as where it is left out: the money moves when the payer approves. `manual`: it is set aside for a week, for
    you to capture by `/payments/{id}/capture`.
    """
    description: NotRequired[str]
    """What for, up to 500 characters; the payer reads it."""
    expires_at: NotRequired[str | None]
    """Until when it can be approved (RFC 3339), at most 30 days ahead; 15 minutes where it is left out."""
    metadata: NotRequired[dict[str, Any]]
    """What your program wants to find again: up to 20 names of up to 40 characters, with values of up to 500, of 4,096 bytes in
    all.
    """
    order_reference: str
    """Your name for the order, up to 100 characters. One live checkout stands for it at most."""
    return_url: NotRequired[str | None]
    """Where the payer goes afterwards: https, or http on your own machine. Nothing but `checkout=` and the id is added: it
    proves nothing, so read the checkout again.
    """
    split: NotRequired[SplitRequest | None]


class CreateCommunityRequest(TypedDict):
    """A community with its first admin."""

    admin_email: str
    """The first admin's e-mail address. Who has no login yet gets one, and a message to choose a password."""
    admin_name: str
    """The first admin's name."""
    code: str
    """Its short name: 2 to 16 capital letters."""
    default_credit_limit: str
    """How far below zero a new member may go."""
    name: str
    """Its full name."""
    scale: int
    """Decimal places of amounts, 0 to 6."""
    symbol: str
    """The sign beside amounts."""
    time_zone: NotRequired[str]
    """By which clocks it lives: the name of a time zone. Planned payments come by them."""
    unit: str
    """What one unit of its currency is called."""


class CreateErasureRequest(TypedDict):
    """What may be said with it."""

    reason: NotRequired[str]
    """Why; erased with the rest."""


class CreateGroupRequest(TypedDict):
    """A group's name."""

    name: str
    """The name, as no other group of the community has it."""


class CreateInvitationRequest(TypedDict):
    """Whom to invite."""

    email: str
    """The address to write to."""
    message: NotRequired[str | None]
    """Something for them to read, at most 500 characters."""
    name: NotRequired[str | None]
    """The person's name, at most 100 characters."""


class CreateLimitPolicyPreviewRequest(TypedDict):
    """A policy to try."""

    default: LimitTerms
    """What holds where none fits."""
    rules: list[LimitRule]
    """The rules, the first of which that fits a member holds; at most 20."""


class CreateMergePreviewRequest(TypedDict):
    """Two accounts of one person."""

    duplicate: str
    """The account that is one too many, by code or id."""
    kept: str
    """The account that is kept, by code or id."""


class CreateMergeRequest(TypedDict):
    """Two accounts of one person, and why they are merged."""

    duplicate: str
    """The account that is one too many, by code or id: closed by it."""
    kept: str
    """The account that is kept, by code or id."""
    reason: str
    """Why, for those who ask later."""


class CreateOAuthClientRequest(TypedDict):
    """An app, shop or machine to be registered."""

    ceiling_per_day: NotRequired[str | None]
    """The most units that a machine may spend on one day; no ceiling where it is left out."""
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a machine may spend in one payment; no ceiling where it is left out."""
    confidential: bool
    """Whether it can keep a secret: a server can, an app on a phone or in a browser cannot."""
    grant_types: list[str]
    """`authorization_code`, with which refresh tokens come, for apps that members allow to act for them;
    `client_credentials` for machines that act for you.
    """
    name: str
    """The name that members read when they are asked."""
    redirect_uris: NotRequired[list[str]]
    """Where codes may be sent, exactly: `https`, `http` on `127.0.0.1` or `[::1]` (with any port), or a private scheme
    with a point in it.
    """
    scopes: list[str]
    """The most that it may be allowed."""


class CreatePasskeyRequest(TypedDict):
    """A passkey to be added."""

    credential: NewPasskeyCredential
    """What the browser gave."""
    name: str
    """What you call it, so that you know it again in the list."""


class CreatePasskeySessionRequest(TypedDict):
    """A passkey that signs in."""

    credential: PasskeyCredential
    """What the browser gave."""


class CreatePasswordResetRequest(TypedDict):
    """Whose password is forgotten."""

    email: str
    """The login's e-mail address."""


class CreatePaymentLinkRequest(TypedDict):
    """What it is called, and how much."""

    account: str
    """The code or id of the account that is to be paid; one that you may take for."""
    amount: NotRequired[str | None]
    """Decimal text, above zero; up to the payer where it is left out."""
    description: NotRequired[str]
    """What for, up to 500 characters; the title where it is left out."""
    return_url: NotRequired[str | None]
    """Where the payer goes afterwards: https, or http on your own machine."""
    title: str
    """What it is called, up to 100 characters."""


class CreatePaymentRequest(TypedDict):
    """Who pays whom how much, and what for."""

    allow_duplicate: NotRequired[bool]
    """Set it where the same payment is meant twice: without it, one to the same payee over the same amount with the
    same description within two minutes is refused as a `possible_duplicate`.
    """
    amount: str
    """Decimal text, above zero, with at most the currency's decimal places."""
    capture: NotRequired[CaptureMode]
    """`automatic`, as where it is left out: the money moves at once. `manual`: it is set aside for the payee to capture."""
    description: NotRequired[str]
    """What for, up to 500 characters."""
    expires_at: NotRequired[str | None]
    """With `manual`: until when it can be captured (RFC 3339), at most 30 days ahead; 7 days where it is left out."""
    payee: str
    """The paid account's code or id."""
    payer: str
    """The paying account's code or id; one of yours."""
    scheduled_for: NotRequired[str | None]
    """For when, if not now: a time with its offset, or a date, which means the beginning of that day in the
    community's time zone. In the future, at most five years ahead.
    """


class CreatePaymentRequestRequest(TypedDict):
    """Who shall pay whom how much, and what for."""

    amount: str
    """Decimal text, above zero, with at most the currency's decimal places."""
    description: NotRequired[str]
    """What for, up to 500 characters."""
    expires_at: NotRequired[str | None]
    """Until when it can be accepted (RFC 3339), at most 90 days ahead; 14 days where it is left out."""
    payee: str
    """The code or id of the account that is to be paid; one of yours."""
    payer: str
    """The code or id of the account that is asked."""


class CreatePayoutRequest(TypedDict):
    """Whom the fund pays, how much and what for."""

    amount: str
    """How much."""
    description: str
    """What for, up to 500 characters: whoever gets it reads it, and the audit log keeps it."""
    payee: str
    """A member's account, by code or id."""


class CreateRefundRequest(TypedDict):
    """How much is given back, and why."""

    amount: str
    """Decimal text, above zero, with at most the currency's decimal places; no more than is left of the payment."""
    reason: NotRequired[str]
    """Why, up to 500 characters. It becomes the refund's description."""


class CreateReversalRequest(TypedDict):
    """Why a payment is undone."""

    allow_beyond_limit: NotRequired[bool]
    """Whether an account may be left past its credit limit or ceiling, this once. That it was allowed stands in the
    ledger's record.
    """
    reason: str
    """Why, up to 500 characters. It becomes the reversal's description, which both sides see."""


class CreateScheduleRequest(TypedDict):
    """Who pays whom how much, what for, and when."""

    amount: str
    """Decimal text, above zero, with at most the currency's decimal places."""
    count: NotRequired[int | None]
    """How many runs there are in all, 1 to 10000; left out where no number ends it."""
    description: NotRequired[str]
    """What for, up to 500 characters. The description of each payment."""
    ends_on: NotRequired[str | None]
    """The last day on which there may be a run; left out where no day ends it."""
    every: NotRequired[int]
    """How many units lie between one run and the next: 1 to 366."""
    on_failure: NotRequired[FailureRule | None]
    payee: str
    """The paid account's code or id."""
    payer: str
    """The paying account's code or id; one of yours."""
    starts_on: str
    """The first day. The first run must lie ahead, by at most five years."""
    time: NotRequired[str]
    """The time of day, by the clocks of the community's time zone. What they skip in spring comes at the first moment
    after it, and of what they show twice in autumn it is the first.
    """
    unit: str
    """The unit: `day`, `week` or `month`. A day that a month does not have becomes its last one."""


class CreateSessionRequest(TypedDict):
    """Who wants to sign in."""

    code: NotRequired[str | None]
    """The second factor's code, or a recovery code, for logins that have one."""
    email: str
    """The login's e-mail address."""
    password: str
    """The login's password."""


class CreateWebhookEndpointRequest(TypedDict):
    """Where messages shall go, and which."""

    account: NotRequired[str | None]
    """The account's code or id; it can be left out by who has just one."""
    description: NotRequired[str | None]
    """What you want to note about it, up to 200 characters."""
    events: list[str]
    """What shall be told: `*` for everything, `payment.*` for all of a kind, or names of events. Up to 32."""
    url: str
    """The URL, with `https`, up to 1,024 characters, on the public Internet."""


class CreateWriteOffRequest(TypedDict):
    """Whose balance, and why."""

    account: str
    """The account, by code or id: frozen, or of a member who is leaving."""
    category: str
    """Why, in short: `unreachable`, `hardship` (below zero only), `died`, `business_closed`, `given_up` or `donated` (above zero
    only; `donated` goes to the commons), or `other`.
    """
    reason: str
    """Why, for those who ask later."""


class CurrencyHealth(TypedDict):
    """How a community's currency is doing, and did."""

    community: str
    """The community's code."""
    day: NotRequired[str | None]
    """The day of which the newest figures are; null where nothing has been measured yet."""
    deciles: list[HealthGroup]
    """The members' open accounts in the order of their balances, in tenths of them: `from` and `to` are hundredths of the accounts.
    Where tenths would be smaller than three accounts, the groups are larger.
    """
    figures: list[HealthFigure]
    """Each figure's newest value."""
    idle_ages: list[HealthGroup]
    """What accounts hold, by for how many days they have paid nothing and been paid nothing."""
    is_day_over: bool
    """Whether that day is over."""
    measured_at: NotRequired[str | None]
    """The moment of which they are."""
    negative_ages: list[HealthGroup]
    """What accounts owe, by for how many days they have been below zero."""
    series: HealthSeries
    """The figures over time."""
    thresholds: list[HealthThreshold]
    """From where on admins are told."""
    time_zone: str
    """By whose clocks days begin and end."""


class DayTakings(TypedDict):
    """A day's takings."""

    closing_balance: str
    """The balance after it."""
    date: str
    """The day."""
    opening_balance: str
    """The balance before it."""
    takings: Takings
    """What happened."""


class DeclineRequest(TypedDict):
    """Why, if one wants to say."""

    reason: NotRequired[str]
    """Why, up to 500 characters. Both sides see it."""


class Delegates(TypedDict):
    """Who may act at an account beside its owner."""

    brokers: list[Member]
    """As the owner."""
    tellers: list[Teller]
    """With some rights."""


class DirectoryMember(TypedDict):
    """A member in the directory."""

    accounts: list[PublicAccount]
    """Their accounts."""
    id: str
    """The member's id."""
    name: str
    """The name people read."""
    roles: list[str]
    """What they may do."""
    status: str
    """Where they stand: `active`, `frozen` or `leaving`; `closed` where an admin asked for those."""


class Dues(TypedDict):
    """What an account is asked for."""

    contribution: str
    """As its member's contribution."""
    holding_charge: str
    """As a charge on its balance."""


class EarlierMemberships(TypedDict):
    """What a login was in a community before."""

    members: int
    """How many of its members were closed there."""
    written_off: str
    """What was written off of what they owed, and not taken back."""


class EditApiKeyRequest(TypedDict):
    """What of a key changes; what is left out stays. What it may cannot change: make another one."""

    addresses: NotRequired[list[str]]
    """The addresses and networks from which it may be used; none for everywhere."""
    expires_at: NotRequired[str | None]
    """When it ends by itself; null for never."""
    name: NotRequired[str]
    """What you call it, up to 60 characters."""


class EditGroupRequest(TypedDict):
    """A group's name."""

    name: str
    """The name, as no other group of the community has it."""


class EditScheduleRequest(TypedDict):
    """What is to be different from the next run on; what is left out stays as it is."""

    amount: NotRequired[str | None]
    """Decimal text, above zero, with at most the currency's decimal places."""
    count: NotRequired[int | None]
    """How many runs there are in all, 1 to 10000; null where no number is to end it any more."""
    description: NotRequired[str | None]
    """What for, up to 500 characters."""
    ends_on: NotRequired[str | None]
    """The last day on which there may be a run; null where no day is to end it any more."""
    on_failure: NotRequired[FailureRule | None]
    skip_until: NotRequired[str | None]
    """Leaves out the runs before this day, which must lie ahead, by at most five years: the next run is the first on it
    or behind it.
    """


class EditSettingsRequest(TypedDict):
    """What is to be otherwise; what is left out stays as it is."""

    name: NotRequired[str]
    """The community's full name, up to 100 characters."""
    reason: str
    """Why, for those who ask later."""
    step_up_above: NotRequired[str | None]
    """Above which amount all payments need a fresh proof of who pays; null for no such rule."""
    symbol: NotRequired[str]
    """The sign beside amounts, up to 32 characters."""
    time_zone: NotRequired[str]
    """By which clocks the community lives: a name of the IANA time zone database. What is planned next stays at its time;
    the runs behind it come by the new clocks.
    """
    unit: NotRequired[str]
    """What one unit of the currency is called, up to 32 characters."""


class EditWebhookEndpointRequest(TypedDict):
    """What is to be otherwise; what is left out stays as it is."""

    description: NotRequired[str | None]
    """What you want to note about it, up to 200 characters; null for nothing."""
    enabled: NotRequired[bool]
    """Whether it is told anything. One that is switched on again is told what happens from then on."""
    events: NotRequired[list[str]]
    """What shall be told, as when it was made."""
    url: NotRequired[str]
    """The URL, as when it was made."""


class Entry(TypedDict):
    """One line of an account's history."""

    account_seq: int
    """The entry's place among the account's, from 1."""
    amount: str
    """Signed: negative where the account paid."""
    balance_after: str
    """The balance from then on."""
    counterparty: Counterparty
    """The other side."""
    created_at: str
    """When."""
    description: str
    """What the payment was for."""
    id: str
    """Its id."""
    kind: str
    """What it is: `principal`, `fee`, `refund`, `opening_balance` and others."""
    payment_id: str
    """The payment it belongs to."""
    seq: int
    """The transfer's place in the community's order."""


class EntryPage(TypedDict):
    """A page of entries, newest first."""

    data: list[Entry]
    """The entries."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class Erasure(TypedDict):
    """A wish to be forgotten."""

    asked_at: str
    """When it was said."""
    due_at: str
    """From when on it is done; until then it can be taken back. Later, where it could not be done yet."""


class EventTicket(TypedDict):
    """A ticket for one stream. It is shown once."""

    expires_at: str
    """Until when it does."""
    ticket: str
    """What opens the stream."""


class ExpectedDues(TypedDict):
    """An account, and what it would be asked for."""

    balance: str
    """What it has."""
    code: str
    """The account's code."""
    name: str
    """Its name."""
    next: Dues
    """What it would be asked for if the month ended now."""
    owing: Dues
    """What could not be taken before, and is asked for again with it."""


class ExpectedLoss(TypedDict):
    """What a community has to expect to lose, and what it has set aside."""

    buckets: list[LossBucket]
    """The debts by age."""
    covered_bp: NotRequired[int | None]
    """How much of the expected loss is set aside, in hundredths of a percent, rounded down; null where none is expected."""
    expected_loss: str
    """All buckets together."""
    made_at: str
    """When it was looked at."""
    reserve: str
    """What the commons holds, where that is above zero."""
    written_off: str
    """The balance of the write-off account: below zero where the community bears losses."""


class Export(TypedDict):
    """A page of what is held about a user."""

    data: list[ExportedRow]
    """The rows, one table after the other."""
    next_cursor: NotRequired[str | None]
    """Where it goes on; null at the end."""


class ExportedRow(TypedDict):
    """A row of what is held."""

    row: dict[str, Any]
    """What it holds, by column."""
    table: str
    """Which table it is from."""


class Failure(TypedDict):
    """Why a planned payment was not made."""

    code: str
    """The code of the problem: `insufficient_credit`, `ceiling_exceeded`, `payment_limit_reached`, `account_not_active`,
    `fee_exceeds_amount` or `forbidden`.
    """


class FailureRule(TypedDict):
    """What happens when a run fails."""

    after: NotRequired[int | None]
    """With `pause`, after how many failures in a row: 1 to 10."""
    retries: NotRequired[int | None]
    """With `retry`, how often it is tried again: 1 to 5."""
    rule: str
    """`skip`: it is noted as failed, and the next one comes as planned. `retry`: it is tried again first, as long as
    that is before the next one. `pause`: it is noted as failed, and after so many in a row the schedule pauses.
    """
    wait_hours: NotRequired[int | None]
    """With `retry`, how long after, each time, in hours: 1 to 168."""


class Fee(TypedDict):
    """What one side of a payment bears for the community's fund."""

    amount: str
    """How much."""
    side: str
    """Who bears it: the `payer`, on top of the amount, or the `payee`, out of what is received."""


class FeeRule(TypedDict):
    """One side's fee: a fixed amount and a share of what is paid."""

    basis_points: int
    """The share of what is paid, in basis points, rounded half up: 100 is one per cent."""
    fixed: str
    """What each payment bears."""


class FeeRules(TypedDict):
    """Which fees payments between members bear."""

    payee: FeeRule
    """What payees bear, out of what they receive."""
    payer: FeeRule
    """What payers bear, on top of the amount."""
    version: int
    """Rises with each change; zero where they were never set."""


class FullAccount(TypedDict):
    """An account with its amounts."""

    available: str
    """What may still be spent: balance − reserved + credit limit."""
    balance: str
    """The sum of its entries; may be negative."""
    ceiling: NotRequired[str | None]
    """The highest balance it may reach; null where there is no bound."""
    code: str
    """Its public name."""
    community: str
    """The community's code."""
    created_at: str
    """When it was opened."""
    credit_limit: str
    """How far below zero it may go."""
    id: str
    """Its id."""
    kind: str
    """What it is for: `member`, `commons`, `write_off` or `peer`."""
    merged_into: NotRequired[AccountLink | None]
    name: str
    """The name people read."""
    negative_since: NotRequired[str | None]
    """Since when the balance has been below zero."""
    reserved: str
    """Held for authorised payments."""
    status: str
    """Whether it takes part: `active`, `frozen`, `closed`, or `leaving` with its member: then its limits count as zero."""
    test_mode: NotRequired[bool]
    """True where it is of a community that is only for tests; else left out."""


class Grant(TypedDict):
    """What the caller allowed an app."""

    ceiling_per_day: NotRequired[str | None]
    """The most units that all payments of a day (UTC) may have together, in each community; null where there is no
    ceiling.
    """
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a payment may have; null where there is no ceiling."""
    client: GrantedClient
    """The app."""
    created_at: str
    """When it was allowed."""
    id: str
    """Its id."""
    last_used_at: str
    """When the app last got a token with it."""
    scopes: list[str]
    """What it may do."""


class GrantList(TypedDict):
    """What the caller allowed, newest first."""

    data: list[Grant]
    """What they allowed."""


class GrantedAccount(TypedDict):
    """The account that an app was allowed."""

    code: str
    """Its code."""
    community: str
    """Its community."""
    id: str
    """Its id."""
    name: str
    """Its name."""
    test_mode: bool
    """Whether that is only for tests."""


class GrantedClient(TypedDict):
    """The app that a grant is for."""

    id: str
    """Its public id."""
    name: str
    """Its name."""


class GrantsForm(TypedDict):
    """What a member does on the page."""

    credential: NotRequired[str | None]
    """To sign in with a passkey: what the browser gave, as JSON."""
    do: str
    """`sign_in`, `passkey`, `revoke` or `sign_out`."""
    email: NotRequired[str | None]
    """To sign in."""
    form_token: str
    """Proves that the form comes from a page that this browser was given."""
    grant: NotRequired[str | None]
    """What to take back."""
    password: NotRequired[str | None]
    """To sign in."""
    second_factor: NotRequired[str | None]
    """To sign in with a second factor."""


class Head(TypedDict):
    """Where a community's chain stands."""

    hash: str
    """The hash after the last of them, in hexadecimal. Whoever keeps it can tell that history was not rewritten."""
    seq: int
    """The number of records."""


class Health(TypedDict):
    """A state of health."""

    status: str
    """`ok`, or what is missing."""


class HealthFigure(TypedDict):
    """A figure's newest value."""

    adds_up: bool
    """Whether it tells of a day, so that a longer step's value is the sum of its days'; else it is as it stands."""
    name: str
    """Its name."""
    unit: str
    """What it is measured in: `money` (the community's currency), `count`, `ratio` or `days`."""
    value: NotRequired[str | None]
    """Its value; null where there is none to tell."""


HealthGroup = TypedDict(
    "HealthGroup",
    {
        "accounts": NotRequired["int | None"],
        "from": "int",
        "sum": NotRequired["str | None"],
        "to": NotRequired["int | None"],
    },
)
"""Some accounts together."""


class HealthPoint(TypedDict):
    """A step of the series."""

    date: str
    """Its first day."""
    until: str
    """When it ends."""
    values: dict[str, str | None]
    """Each figure's value by its name; null where there is none to tell."""


class HealthSeries(TypedDict):
    """Figures over time, oldest first."""

    data: list[HealthPoint]
    """The steps."""
    interval: str
    """How long each step is: `day`, `week` or `month`."""


class HealthThreshold(TypedDict):
    """From where on admins are told of a figure."""

    crossed_on: NotRequired[str | None]
    """Since the end of which day it has been crossed; null where it is not."""
    figure: str
    """The figure."""
    side: str
    """On which side the figure should not be: `above` or `below`."""
    value: str
    """The last value that is all right."""


class HealthThresholdRequest(TypedDict):
    """A threshold."""

    figure: str
    """The name of the figure."""
    side: str
    """On which side of it the figure should not be: `above` or `below`."""
    value: str
    """The last value that is all right, in the figure's unit."""


class HealthThresholds(TypedDict):
    """A community's alert thresholds."""

    thresholds: list[HealthThreshold]
    """All of them."""


class HoldingCharge(TypedDict):
    """A charge on one side of zero."""

    allowance: str
    """Up to this distance from zero nothing is charged."""
    basis_points: int
    """The share of what is beyond it, in basis points a year, a twelfth of which is charged each month: 600 are half a per
    cent a month. Zero for no charge.
    """


class Income(TypedDict):
    """The income that a community's fund pays."""

    amount: str
    """How much each member gets; zero for no income."""
    every: str
    """After each `week` or `month`."""
    missed: list[MissedPeriods]
    """Periods that nobody was paid for, because the service was off; the latest 24 such times, the newest first."""
    next_at: NotRequired[str | None]
    """When that is."""
    next_period: NotRequired[str | None]
    """The first day of the period that is paid for next; null where nothing was ever set."""
    preview: NotRequired[IncomePreview | None]
    qualifies: Qualification
    """Who gets it."""
    runs: list[IncomeRun]
    """What came of the last 24 periods, the newest first."""
    version: int
    """Rises with each change; zero where nothing was ever set."""


class IncomePreview(TypedDict):
    """What the next period would bring if it ended now."""

    available: str
    """What the fund has to pay with."""
    is_enough: bool
    """Whether all of them would be paid, and else nobody."""
    members: int
    """How many members qualify; more than 10,000 are not counted, and cannot be paid at once."""
    total: str
    """What they would get together."""


class IncomeRun(TypedDict):
    """What came of a period's income."""

    amount: str
    """What each got, or would have."""
    available: str
    """What the fund had to pay with."""
    every: str
    """`week` or `month`, by the rules of then."""
    left_out: int
    """How many qualified, and had an account that could take no more."""
    made_at: str
    """When."""
    members: int
    """How many got it, or would have."""
    outcome: str
    """`paid`; `fund_empty`: the fund had not enough for all who qualified, and nobody got it; `fund_not_active`: it was frozen;
    `nobody` qualified; `too_many` qualified to be paid at once.
    """
    period: str
    """The period's first day."""
    total: str
    """What they got together, or would have."""


class Instalment(TypedDict):
    """A part of what is to be settled."""

    amount: str
    """How much."""
    due_on: str
    """By when."""


class InstalmentRequest(TypedDict):
    """A part of what is to be settled."""

    amount: str
    """How much, as decimal text."""
    due_on: str
    """By when."""


class Invitation(TypedDict):
    """An invitation."""

    created_at: str
    """When it was sent."""
    email: str
    """The address that it was sent to."""
    expires_at: str
    """When it stops working by itself."""
    id: str
    """Its id."""
    inviter: str
    """The inviter's name."""
    name: str
    """The invited person's name, as the inviter wrote it; may be empty."""
    settled_at: NotRequired[str | None]
    """When it was accepted or revoked; null until then."""
    state: str
    """`pending`, `accepted` or `revoked`."""


class InvitationPage(TypedDict):
    """A page of invitations."""

    data: list[Invitation]
    """The invitations, newest first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class KeyAccountView(TypedDict):
    """The account that a key is for."""

    code: str
    """Its code."""
    id: str
    """Its id."""
    name: str
    """Its name."""


class Leaving(TypedDict):
    """A member's leaving."""

    accounts: list[LeavingAccount]
    """What is still to be settled."""
    began_at: str
    """Since when."""
    ended_as: NotRequired[str | None]
    """How it ended: `stayed` or `closed`; null until then."""
    ended_at: NotRequired[str | None]
    """When it ended; null until then."""
    member: Member
    """The member."""
    plan: NotRequired[LeavingPlan | None]
    version: int
    """Goes up with each plan and agreement."""


class LeavingAccount(TypedDict):
    """What an account of a leaving member still holds or owes."""

    balance: str
    """Its balance."""
    code: str
    """Its code."""
    reserved: str
    """What is held for payments that are authorised."""


class LeavingPage(TypedDict):
    """A page of leavings."""

    data: list[Leaving]
    """The leavings, the newest member first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class LeavingPlan(TypedDict):
    """How a leaving member comes to zero."""

    instalments: list[Instalment]
    """The parts, by date."""
    is_agreed: bool
    """Whether the other side agreed."""
    proposed_by: str
    """Which side proposed it: `member` or `admin`."""
    target_on: str
    """By when it is at zero."""


class LedgerSummary(TypedDict):
    """A community's ledger in numbers, all of one moment."""

    accounts: int
    """How many accounts, the community's own among them."""
    entries: int
    """How many entries."""
    head: Head
    """Where the chain stands."""
    sum: str
    """The sum of all balances: zero, always."""
    transfers: int
    """How many transfers there are."""


class LimitChange(TypedDict):
    """An account that would get other limits."""

    account: str
    """The account's code."""
    ceiling_after: NotRequired[str | None]
    """What it would be."""
    ceiling_before: NotRequired[str | None]
    """Its ceiling now; null for none."""
    credit_limit_after: str
    """What it would be."""
    credit_limit_before: str
    """Its credit limit now."""
    name: str
    """Its name."""


class LimitEvaluation(TypedDict):
    """What the policy gives an account, in numbers."""

    ceiling: NotRequired[LimitResult | None]
    credit_limit: LimitResult
    """How far below zero."""
    rule: NotRequired[int | None]
    """The place of the rule that holds, from 0; null where it is what holds for everybody else."""
    version: int
    """The version of the policy."""


class LimitExplanation(TypedDict):
    """Why an account's limits are what they are."""

    account: str
    """The account's code."""
    allowance: NotRequired[Allowance | None]
    ceiling: NotRequired[str | None]
    """The highest balance that it may reach; null for no bound."""
    credit_limit: str
    """How far below zero it may go."""
    decided_by: str
    """What decides: `policy`, `override`, or `community` for the community's own accounts, about which there is no policy."""
    evaluated_at: str
    """Of which moment that is."""
    override: NotRequired[LimitOverride | None]
    payment_limits: list[PaymentLimitStanding]
    """How much and how often it may pay, and what it has paid so far."""
    policy: NotRequired[LimitEvaluation | None]
    warn_at: NotRequired[str | None]
    """From which share of the credit limit, or of the ceiling, on its member and the admins are warned; null for never."""


class LimitFormula(TypedDict):
    """A base and what a member's own history adds to it, within bounds."""

    base: str
    """What everybody has."""
    maximum: str
    """The most that comes of it."""
    minimum: str
    """The least that comes of it."""
    terms: list[LimitTerm]
    """What history adds, at most 8 terms."""


class LimitOverride(TypedDict):
    """Limits that count instead of the policy's."""

    author: NotRequired[str | None]
    """The name of who gave them; null for the service itself."""
    ceiling: NotRequired[str | None]
    """The highest balance; null for no bound."""
    credit_limit: str
    """How far below zero."""
    reason: NotRequired[str | None]
    """Why; null where nobody said, or where it was erased."""
    since: str
    """Since when they count."""
    until: NotRequired[str | None]
    """Until when; null for as long as nobody ends them."""


class LimitPolicy(TypedDict):
    """A limit policy as it was adopted."""

    adopted_at: NotRequired[str | None]
    """When it was adopted; null before the community adopted one."""
    adopted_by: NotRequired[str | None]
    """The name of who adopted it; null where nobody did or they are gone."""
    default: LimitTerms
    """What holds where none fits."""
    reason: NotRequired[str | None]
    """Why; null where nobody said, or where it was erased."""
    rules: list[LimitRule]
    """The rules, the first of which that fits a member holds."""
    version: int
    """Its version, from 1; 0 before the community adopted one."""


class LimitPolicyPage(TypedDict):
    """A page of limit policies, newest first."""

    data: list[LimitPolicy]
    """The policies."""
    next_cursor: NotRequired[str | None]
    """Where the next page begins; null on the last one."""


class LimitPolicyPreview(TypedDict):
    """What would change if a policy were adopted."""

    accounts: int
    """How many accounts a policy is about: members', as far as they are not closed."""
    changed: int
    """How many would get another credit limit, or another ceiling."""
    changes: list[LimitChange]
    """The accounts that would get other limits, at most 100: those whose credit limits would change most."""
    granted_after: str
    """How much would be."""
    granted_before: str
    """How much credit is granted in all now."""
    lowered: int
    """How many would get a lower one."""
    overridden: int
    """How many of them have limits that count instead of it, and stay as they are."""
    payments_from: str
    """From when on payments were looked at: a year."""
    raised: int
    """How many would get a higher credit limit."""
    refused: int
    """How many of them passed a limit that one of their accounts would get, or a payment limit."""
    refused_payments: list[PreviewedRefusal]
    """The newest of them, at most 100."""


class LimitResult(TypedDict):
    """What a formula came to."""

    base: str
    """What everybody has."""
    bound: NotRequired[str | None]
    """Which of the two changed it: `minimum` or `maximum`; null where neither did."""
    maximum: str
    """The most that comes of it."""
    minimum: str
    """The least that comes of it."""
    result: str
    """What came of it."""
    sum: str
    """Base and terms."""
    terms: list[LimitTermResult]
    """What each term added."""


class LimitRule(TypedDict):
    """A rule of a limit policy: what holds for some members."""

    ceiling: NotRequired[LimitFormula | None]
    credit_limit: LimitFormula
    """How far below zero their accounts may go."""
    group: NotRequired[str | None]
    """Only for members in the group with this id; null for any."""
    kind: NotRequired[str | None]
    """Only for members of this kind: `person` or `business`; null for both."""
    payment_limits: NotRequired[list[PaymentLimit]]
    """How much and how often they may pay, for each period at most once; left out for no bounds."""
    warn_at: NotRequired[str | None]
    """From which share of the credit limit, or of the ceiling, on they and the admins are warned, above 0 and at most 1; null or
    left out for never.
    """


class LimitTerm(TypedDict):
    """What one side of a history adds, up to a cap."""

    cap: str
    """The most that the term adds."""
    days: NotRequired[int | None]
    """Of sales: over how many whole days before today, and today, 1 to 730; null for all of them."""
    each: NotRequired[str | None]
    """Of months and partners: how much each is worth."""
    measure: str
    """What is looked at: `sales`, `membership_months` or `partners`. `limits.md` beside this document says what each is."""
    share: NotRequired[str | None]
    """Of sales: which share of them counts, above 0 and at most 1, with at most four decimal places."""


class LimitTermResult(TypedDict):
    """What a term came to."""

    earned: str
    """What it is worth before the cap."""
    input: str
    """What was looked at: an amount of sales, or how many months or partners."""
    is_capped: bool
    """Whether the cap made it less."""
    result: str
    """What it added."""
    term: LimitTerm
    """The term."""


class LimitTerms(TypedDict):
    """What holds where no rule fits."""

    ceiling: NotRequired[LimitFormula | None]
    credit_limit: LimitFormula
    """How far below zero an account may go."""
    payment_limits: NotRequired[list[PaymentLimit]]
    """How much and how often it may pay, for each period at most once; left out for no bounds."""
    warn_at: NotRequired[str | None]
    """From which share of the credit limit, or of the ceiling, on its member and the admins are warned, above 0 and at most 1;
    null or left out for never.
    """


class Limits(TypedDict):
    """How far an account may go."""

    ceiling: NotRequired[str | None]
    """The highest balance; null for no bound."""
    credit_limit: str
    """How far below zero."""


class ListedPayment(TypedDict):
    """One payment of several."""

    amount: str
    """Decimal text, above zero, with at most the currency's decimal places."""
    description: NotRequired[str]
    """What for, up to 500 characters."""
    payee: str
    """The paid account's code or id."""
    payer: str
    """The paying account's code or id; one of yours."""


class LocalShare(TypedDict):
    """The usual share."""

    local_percent: str | None
    """In per cent, above 0 and at most 100, with at most two decimal places; null where there is none."""


class LossBucket(TypedDict):
    """Debts of one age."""

    accounts: int
    """How many accounts."""
    expected_loss: str
    """The same as an amount, rounded up."""
    name: str
    """Its name: by how long the balances have been below zero, or `frozen_or_leaving`."""
    owed: str
    """What they owe together."""
    rate_bp: int
    """How much of it is expected to be lost, in hundredths of a percent."""


class MadeApiKey(TypedDict):
    """A key with its secret, which is told this once."""

    account: KeyAccountView
    """The account that it is for, and that it reaches nothing beside."""
    addresses: list[str]
    """The networks from which it may be used; from everywhere where there are none."""
    community: str
    """The account's community."""
    created_at: str
    """When it was made."""
    expires_at: NotRequired[str | None]
    """When it ends by itself; null for never."""
    id: str
    """Its id, which outlives its secrets."""
    last_used_at: NotRequired[str | None]
    """When any of its secrets was last used, give or take ten minutes; null for never."""
    last_used_from: NotRequired[str | None]
    """From which network that was."""
    name: str
    """What its owner calls it."""
    prefix: str
    """What its present secret begins with, to recognise one by that was found somewhere."""
    previous: NotRequired[PreviousSecretView | None]
    scopes: list[str]
    """What it may."""
    test_mode: bool
    """Whether it is of a community that is only for tests."""
    key: str
    """The secret: sent as `Authorization: Bearer …`. Keep it where only your software reads it."""


class Mail(TypedDict):
    """A mail: that it was sent, or why not. Never what it says."""

    attempts: int
    """How often it was tried."""
    can_retry: bool
    """Whether it has failed and can be sent after all."""
    created_at: str
    """When it was written."""
    id: str
    """Its id."""
    kind: str
    """What it is about: `confirm_address`, `password_reset`, `invitation`, `application_received`,
    `application_approved`, `application_refused`, `security_notice`, `address_changed`,
    `login_exists` or `payment_notice`.
    """
    last_error: NotRequired[str | None]
    """Why the last attempt failed; null where none did, or where a later one did not."""
    next_attempt_at: NotRequired[str | None]
    """When it is tried next; null unless it waits."""
    recipient: str
    """The member's name; for someone who is no member, the masked address."""
    sent_at: NotRequired[str | None]
    """When it was sent; null until then."""
    state: str
    """`waiting`, `sent` or `failed`."""


class MailPage(TypedDict):
    """A page of mails."""

    data: list[Mail]
    """The mails, newest first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class Me(TypedDict):
    """Who is signed in, with their places in all communities."""

    memberships: list[Membership]
    """One for each member that the user operates."""
    user: User
    """The login."""


class Member(TypedDict):
    """A member, as the user who operates it sees it."""

    id: str
    """The member's id."""
    name: str
    """The name people read."""
    roles: list[str]
    """What they may do."""
    status: str
    """Where they stand: `applied`, `active`, `frozen`, `leaving` or `closed`."""


class MemberClass(TypedDict):
    """What policies know of a member."""

    group: NotRequired[MemberGroup | None]
    kind: str
    """`person` or `business`."""
    member_id: str
    """The member."""


class MemberGroup(TypedDict):
    """A group of members."""

    id: str
    """Its id."""
    members: int
    """How many members are in it."""
    name: str
    """Its name."""


class MemberGroupList(TypedDict):
    """A community's groups."""

    data: list[MemberGroup]
    """All of them, in the order of their names."""


class MemberList(TypedDict):
    """Some members."""

    data: list[Member]
    """The members."""


class MemberPage(TypedDict):
    """A page of members, in the order of joining."""

    data: list[DirectoryMember]
    """The members."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class Membership(TypedDict):
    """A user's place in a community."""

    accounts: list[FullAccount]
    """The member's accounts."""
    agreement_due: NotRequired[int | None]
    """The version of the community's terms that is to be accepted; null where there is nothing to accept."""
    community: Community
    """The community."""
    member: Member
    """The member there."""


class Merge(TypedDict):
    """A merge that was made."""

    amount: str
    """What the closed one had; below zero where it owed."""
    duplicate: AccountLink
    """The account that was closed by it."""
    kept: AccountLink
    """The account that is kept."""
    merged_at: str
    """When."""
    payment_id: NotRequired[str | None]
    """The payment by which that moved; null where it was at zero."""


class MergePage(TypedDict):
    """A page of merges."""

    data: list[Merge]
    """The merges, that of the newest account first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class MergePreview(TypedDict):
    """What would come of a merge."""

    balance_after: str
    """What the kept one would have."""
    duplicate: MergeSide
    """The account that is one too many; what it has would move."""
    kept: MergeSide
    """The account that is kept."""
    needs_another_admin: bool
    """Whether another admin has to agree."""
    obstacles: list[ProblemFault]
    """What stands in the way; empty where nothing does."""


class MergeSide(TypedDict):
    """One of two accounts that are to be merged."""

    balance: str
    """What it has; below zero where it owes."""
    code: str
    """The account's code."""
    name: str
    """The account's name."""
    status: str
    """Whether it takes part."""


MissedPeriods = TypedDict(
    "MissedPeriods",
    {
        "every": "str",
        "from": "str",
        "noted_at": "str",
        "until": "str",
    },
)
"""Weeks or months that had no turn, because the service was off when they ended and for more than three of them after: they are not
made up for.
"""


class MonthlyStatement(TypedDict):
    """Whether somebody is sent an account's statements."""

    by_mail: bool
    """Whether they are."""
    next_month: NotRequired[str | None]
    """The first day of the month whose statement comes next; null where none does."""


class NationalSum(TypedDict):
    """A sum of national money."""

    amount: str
    """How much."""
    currency: str
    """The currency (ISO 4217)."""


class NewPasskeyCredential(TypedDict):
    """A new passkey, as a browser's `toJSON()` writes it. Other members may come along."""

    id: str
    """The credential's id, in base64url."""
    rawId: str
    """The same."""
    response: NewPasskeyResponse
    """What the authenticator answered."""
    type: str
    """Always `public-key`."""


class NewPasskeyResponse(TypedDict):
    """What an authenticator answers about a new passkey."""

    attestationObject: str
    """What the authenticator says of itself, in base64url."""
    clientDataJSON: str
    """What the browser says of the ceremony, in base64url."""
    transports: NotRequired[list[str]]
    """The ways to the authenticator."""


class NewWebhookEndpoint(TypedDict):
    """An endpoint with its secret, which is shown this once."""

    account: str
    """The account whose events are told."""
    created_at: str
    """When it was made."""
    description: NotRequired[str | None]
    """What its owner notes about it; null where that is nothing."""
    enabled: bool
    """Whether it is told anything."""
    events: list[str]
    """What is told: `*` for everything, `payment.*` for all of a kind, or names of events."""
    failing_since: NotRequired[str | None]
    """Since when nothing arrives there; null where things do."""
    id: str
    """Its id."""
    old_secret_until: NotRequired[str | None]
    """Until when messages are signed with the secret before as well; null where they are not."""
    set_by: NotRequired[WebhookSetter | None]
    state: str
    """`enabled`, `disabled` by its owner, `gone` because it answered 410, or `failing` because nothing arrived for days."""
    state_since: str
    """Since when it is in that state."""
    url: str
    """The URL to which messages are sent."""
    secret: str
    """What messages are signed with, as the Standard Webhooks libraries take it."""


class Notifications(TypedDict):
    """How soon you are told of what, of one community."""

    choices: dict[str, str]
    """For each topic: `at_once`, `daily`, `weekly` or `off`."""
    community: str
    """The community's code."""


class NotificationsList(TypedDict):
    """How soon you are told of what, of each of your communities."""

    data: list[Notifications]
    """One for each community."""


class OAuthClient(TypedDict):
    """A registered app, shop or machine."""

    ceiling_per_day: NotRequired[str | None]
    """The most units that a machine may spend on one day; null where there is no ceiling."""
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a machine may spend in one payment; null where there is no ceiling."""
    client_id: str
    """Its public id."""
    client_secret: NotRequired[str | None]
    """Its secret, told this once; not for public clients."""
    confidential: bool
    """Whether it proves who it is with a secret."""
    created_at: str
    """When it was registered."""
    grant_types: list[str]
    """How it may get tokens."""
    name: str
    """The name that members read when they are asked."""
    redirect_uris: list[str]
    """Where codes may be sent."""
    scopes: list[str]
    """The most that it may be allowed."""


class OAuthClientList(TypedDict):
    """All apps that the caller registered, oldest first."""

    data: list[OAuthClient]
    """The apps."""


class OAuthFailureBody(TypedDict):
    """An error of the OAuth endpoints (RFC 6749)."""

    error: str
    """The stable code."""
    error_description: str
    """What it means this time, for developers."""


class OAuthMetadata(TypedDict):
    """What the authorization server can do (RFC 8414)."""

    authorization_endpoint: str
    """Where an app sends its member."""
    authorization_response_iss_parameter_supported: bool
    """Whether answers name their issuer (RFC 9207)."""
    code_challenge_methods_supported: list[str]
    """How challenges are made."""
    grant_types_supported: list[str]
    """How tokens can be got."""
    introspection_endpoint: str
    """Where clients ask about their tokens."""
    introspection_endpoint_auth_methods_supported: list[str]
    """How clients prove themselves to ask about tokens."""
    issuer: str
    """Who issues the tokens."""
    jwks_uri: str
    """The keys that verify access tokens."""
    response_modes_supported: list[str]
    """How answers reach an app."""
    response_types_supported: list[str]
    """Codes, and nothing else."""
    revocation_endpoint: str
    """Where tokens are given back."""
    revocation_endpoint_auth_methods_supported: list[str]
    """How clients prove themselves to give tokens back."""
    scopes_supported: list[str]
    """The rights that can be asked for."""
    token_endpoint: str
    """Where tokens are."""
    token_endpoint_auth_methods_supported: list[str]
    """How clients prove themselves."""


class OAuthTokenQuestion(TypedDict):
    """A token, from the client that it was given to. Clients prove themselves as at the token endpoint."""

    client_id: NotRequired[str | None]
    """The client's id, unless it proves itself with `Basic`."""
    client_secret: NotRequired[str | None]
    """The secret of a confidential client, unless it proves itself with `Basic`."""
    token: str
    """A refresh token or an access token."""
    token_type_hint: NotRequired[str | None]
    """Which of the two; not needed."""


class OAuthTokenRequest(TypedDict):
    """What a client asks for; which parameters are needed depends on `grant_type`. Parameters that are not named here
    are ignored.
    """

    client_id: NotRequired[str | None]
    """The client's id, unless it proves itself with `Basic`."""
    client_secret: NotRequired[str | None]
    """The secret of a confidential client, unless it proves itself with `Basic`."""
    code: NotRequired[str | None]
    """The code."""
    code_verifier: NotRequired[str | None]
    """What meets the code's challenge (RFC 7636)."""
    grant_type: str
    """`authorization_code`, `refresh_token`, `client_credentials`, or `password` for wallets that the operator listed."""
    password: NotRequired[str | None]
    """A member's password (`password` only)."""
    redirect_uri: NotRequired[str | None]
    """The address that the code was sent to."""
    refresh_token: NotRequired[str | None]
    """The newest refresh token."""
    scope: NotRequired[str | None]
    """Scopes, separated by spaces: no more than were allowed."""
    second_factor: NotRequired[str | None]
    """The code of a member's second factor (`password` only)."""
    username: NotRequired[str | None]
    """A member's e-mail address (`password` only)."""


class OAuthTokenState(TypedDict):
    """What a token is good for. Nothing but `active` is told of one that does not work."""

    active: bool
    """Whether it works now."""
    ceiling_per_day: NotRequired[str | None]
    """The most units that all payments of a day may have together, where the member set a ceiling."""
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a payment may have, where the member set a ceiling."""
    client_id: NotRequired[str | None]
    """The client that it was given to."""
    exp: NotRequired[int | None]
    """Until when it works, in seconds since 1970."""
    iss: NotRequired[str | None]
    """Who gave it."""
    scope: NotRequired[str | None]
    """What it allows."""
    sub: NotRequired[str | None]
    """Whose it is: a user, or the machine itself."""
    token_type: NotRequired[str | None]
    """`Bearer`, for an access token."""


class OAuthTokens(TypedDict):
    """What to act with, and, where a member allowed it, how to get more of it (RFC 6749 section 5.1)."""

    access_token: str
    """Goes into `Authorization: Bearer …`."""
    ceiling_per_day: NotRequired[str | None]
    """The most units that all payments of a day may have together, where the member set a ceiling."""
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a payment may have, where the member set a ceiling."""
    expires_in: int
    """How long the access token lives, in seconds."""
    refresh_token: NotRequired[str | None]
    """Exchanged, once, for the next pair."""
    scope: str
    """What the access token allows."""
    token_type: str
    """Always `Bearer`."""


class OwingAccount(TypedDict):
    """An account that owes contributions."""

    code: str
    """The account's code."""
    month: str
    """The last month that it was asked for."""
    name: str
    """Its name."""
    owing: Dues
    """What it owes."""


class OwingPage(TypedDict):
    """A page of accounts that owe contributions."""

    data: list[OwingAccount]
    """The accounts, in the order in which they were opened."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class OwnAuditLine(TypedDict):
    """A line about one's own login."""

    action: str
    """What was done: `session.begun`, `session.ended`, `session.refresh_reused`, `sign_in.limit_reached` and others."""
    after: NotRequired[dict[str, Any] | None]
    """How it is since; null where there is nothing to tell."""
    before: NotRequired[dict[str, Any] | None]
    """How it was; null where there is nothing to tell."""
    created_at: str
    """When."""
    id: str
    """Its id."""
    is_own: bool
    """Whether it was done with this login's own proof."""
    origin: NotRequired[AuditOrigin | None]
    reason: NotRequired[str | None]
    """Why; null where nobody said."""
    session_id: NotRequired[str | None]
    """The session that began, ended or acted."""


class OwnAuditPage(TypedDict):
    """A page about one's own login, newest first."""

    data: list[OwnAuditLine]
    """The lines."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class PaidLine(TypedDict):
    """A payment that was made, with its line."""

    line: NotRequired[int | None]
    """The line, from 1: the place in the list, or the line of the file."""
    payment_id: str
    """The payment."""


class Party(TypedDict):
    """One side of a payment."""

    account_id: str
    """The account's id."""
    code: str
    """The account's public name."""
    name: str
    """The name people read."""


class Passkey(TypedDict):
    """A passkey."""

    backed_up: bool
    """Whether it is copied to the owner's other devices, and outlives the loss of one; as of its last use."""
    created_at: str
    """When it was added."""
    id: str
    """The passkey's id."""
    last_used_at: str | None
    """When it was last used; null where it never was."""
    name: str
    """What its owner calls it."""


class PasskeyAlgorithm(TypedDict):
    """An algorithm."""

    alg: int
    """Its COSE number."""
    type: str
    """Always `public-key`."""


class PasskeyCreation(TypedDict):
    """What a browser needs to make a passkey."""

    public_key: PasskeyCreationOptions
    """For `PublicKeyCredential.parseCreationOptionsFromJSON`, whose result goes into `navigator.credentials.create`
    as `publicKey`.
    """


class PasskeyCreationOptions(TypedDict):
    """The standard's options for making a passkey."""

    attestation: str
    """Always `none`."""
    authenticatorSelection: PasskeySelection
    """What the authenticator has to be able to do."""
    challenge: str
    """What the authenticator is to answer, in base64url. Works once, for five minutes."""
    excludeCredentials: list[PasskeyDescriptor]
    """Passkeys whose authenticators are not to make another one."""
    pubKeyCredParams: list[PasskeyAlgorithm]
    """The algorithms that will do: ES256."""
    rp: PasskeyParty
    """Who asks."""
    timeout: int
    """How long to wait, in milliseconds."""
    user: PasskeyUser
    """Whose it will be."""


class PasskeyCredential(TypedDict):
    """The use of a passkey, as a browser's `toJSON()` writes it. Other members may come along."""

    id: str
    """The credential's id, in base64url."""
    rawId: str
    """The same."""
    response: PasskeyResponse
    """What the authenticator answered."""
    type: str
    """Always `public-key`."""


class PasskeyDescriptor(TypedDict):
    """A passkey by the id of its credential."""

    id: str
    """The credential's id, in base64url."""
    transports: NotRequired[list[str]]
    """The ways to its authenticator, where they are known."""
    type: str
    """Always `public-key`."""


class PasskeyList(TypedDict):
    """A login's passkeys."""

    data: list[Passkey]
    """The oldest first."""


class PasskeyParty(TypedDict):
    """Who asks."""

    id: str
    """The public URL's host."""
    name: str
    """The service's name."""


class PasskeyRequest(TypedDict):
    """What a browser needs to use a passkey."""

    public_key: PasskeyRequestOptions
    """For `PublicKeyCredential.parseRequestOptionsFromJSON`, whose result goes into `navigator.credentials.get` as
    `publicKey`.
    """


class PasskeyRequestOptions(TypedDict):
    """The standard's options for using a passkey."""

    allowCredentials: list[PasskeyDescriptor]
    """The passkeys that will do; empty where any of this service's will."""
    challenge: str
    """What the authenticator is to answer, in base64url. Works once, for five minutes."""
    rpId: str
    """The public URL's host."""
    timeout: int
    """How long to wait, in milliseconds."""
    userVerification: str
    """Always `required`."""


class PasskeyResponse(TypedDict):
    """What an authenticator answers when a passkey is used."""

    authenticatorData: str
    """What the authenticator says, in base64url."""
    clientDataJSON: str
    """What the browser says of the ceremony, in base64url."""
    signature: str
    """Its signature over both, in base64url."""
    userHandle: NotRequired[str | None]
    """Whose the passkey is, in base64url. Needed to sign in."""


class PasskeySelection(TypedDict):
    """What an authenticator has to be able to do."""

    requireResidentKey: bool
    """The same, for older browsers."""
    residentKey: str
    """`required`: nobody types who they are before they sign in with it."""
    userVerification: str
    """`required`."""


class PasskeyUser(TypedDict):
    """Whose a passkey will be."""

    displayName: str
    """The name people read."""
    id: str
    """The user handle, in base64url."""
    name: str
    """The login's e-mail address."""


class PasskeysForm(TypedDict):
    """What a member does on the page."""

    credential: NotRequired[str | None]
    """To add one, or to sign in with one: what the browser gave, as JSON."""
    do: str
    """`sign_in`, `passkey`, `add`, `remove` or `sign_out`."""
    email: NotRequired[str | None]
    """To sign in."""
    form_token: str
    """Proves that the form comes from a page that this browser was given."""
    name: NotRequired[str | None]
    """To add one: what its owner calls it."""
    passkey: NotRequired[str | None]
    """To remove one."""
    password: NotRequired[str | None]
    """To sign in."""
    second_factor: NotRequired[str | None]
    """To sign in with a second factor."""


class Payment(TypedDict):
    """A payment."""

    amount: str
    """How much."""
    community: str
    """The community's code."""
    completed_at: NotRequired[str | None]
    """When the money moved."""
    created_at: str
    """When it was made."""
    description: str
    """What for."""
    expires_at: NotRequired[str | None]
    """Until when it can be accepted or captured, or could have been; null where it never awaited that."""
    failure: NotRequired[Failure | None]
    fees: list[Fee]
    """What each side bears beside the amount; empty where the payment bears no fees, below zero where a reversal gives them back. Where it is `authorised`, what is reserved
    for the payer's.
    """
    id: str
    """Its id."""
    national_back: NotRequired[NationalSum | None]
    payee: Party
    """Who is paid."""
    payer: Party
    """Who pays."""
    reason: NotRequired[str | None]
    """Why the payer declined it; null where nothing was said."""
    refund_of: NotRequired[str | None]
    """The payment that this one gives back, in part or whole, by whom was paid."""
    refunded: str
    """How much of it was given back, either way."""
    reversal_of: NotRequired[str | None]
    """The payment that this one undoes, on an admin's word."""
    schedule: NotRequired[str | None]
    """The schedule of which it is a run."""
    scheduled_for: NotRequired[str | None]
    """For when it was planned; null where it was made at once."""
    state: str
    """Where it stands: `requested`, `scheduled`, `authorised`, `completed`, `declined`, `expired`, `cancelled` or `failed`."""
    test_mode: NotRequired[bool]
    """True where it is of a community that is only for tests; else left out."""
    transfer: NotRequired[Transfer | None]


class PaymentBatch(TypedDict):
    """Several payments that were made by one transfer."""

    community: str
    """The community's code."""
    payments: list[PaidLine]
    """The payments, by line."""
    posted: int
    """How many were made."""
    refusals: list[RefusedLine]
    """The lines that were left out, and why."""
    refused: int
    """How many lines were left out."""
    total: str
    """How much was paid in all."""
    transfer: Transfer
    """The transfer that made them."""


class PaymentLimit(TypedDict):
    """How much and how often an account may pay in a day, a week or a month."""

    amount: NotRequired[str | None]
    """How much in all; null for no bound."""
    payments: NotRequired[int | None]
    """How many payments; null for no bound."""
    period: str
    """`day`, `week` or `month`: from midnight, Monday, the first, by the community's clocks."""


class PaymentLimitStanding(TypedDict):
    """How much and how often an account may pay in a day, a week or a month, and what it has paid so far."""

    amount: NotRequired[str | None]
    """How much in all; null for no bound."""
    paid_amount: str
    """How much was paid, since payments are counted: what is set aside counts then, and what comes back is not taken off."""
    paid_payments: int
    """How many payments that were."""
    payments: NotRequired[int | None]
    """How many payments; null for no bound."""
    period: str
    """`day`, `week` or `month`: from midnight, Monday, the first, by the community's clocks."""


class PaymentLink(TypedDict):
    """A button or link."""

    account: str
    """The code of the account that is paid."""
    amount: NotRequired[str | None]
    """How much; null where it is up to the payer."""
    created_at: str
    """When it was made."""
    description: str
    """What for."""
    id: str
    """Its id."""
    return_url: NotRequired[str | None]
    """Where the payer goes afterwards."""
    title: str
    """What it is called."""
    url: str
    """Where it leads: for buttons, mails and QR codes."""


class PaymentLinkList(TypedDict):
    """The links in use, newest first: at most a hundred for each account."""

    data: list[PaymentLink]
    """The links."""


class PaymentListRequest(TypedDict):
    """Several payments."""

    payments: list[ListedPayment]
    """The payments, in one community: at most 1,000 in a batch, 10,000 in a bulk."""


class PaymentNote(TypedDict):
    """What is noted of a payment at one account. The other side sees nothing of it."""

    account: str
    """The code of the account whose note it is."""
    category: NotRequired[str | None]
    """Under what it is counted."""
    note: NotRequired[str | None]
    """What is to be remembered."""
    updated_at: NotRequired[str | None]
    """Since when; null where nothing is noted."""


class PaymentPage(TypedDict):
    """A page of payments, newest first."""

    data: list[Payment]
    """The payments."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class PresentGrant(TypedDict):
    """What the app that asks was allowed."""

    ceiling_per_day: NotRequired[str | None]
    """The most units that all payments of a day (UTC) may have together, in each community; null where there is no
    ceiling.
    """
    ceiling_per_payment: NotRequired[str | None]
    """The most units that a payment may have; null where there is no ceiling."""
    client: GrantedClient
    """The app."""
    created_at: str
    """When it was allowed."""
    id: str
    """Its id."""
    last_used_at: str
    """When the app last got a token with it."""
    scopes: list[str]
    """What it may do."""
    account: NotRequired[GrantedAccount | None]


class PreviewedLine(TypedDict):
    """What would come of one line."""

    amount: str
    """How much would be paid."""
    available_after: NotRequired[str | None]
    """What the payer could still spend after this line; null where that is not yours to see."""
    balance_after: NotRequired[str | None]
    """The payer's balance after this line; null where that is not yours to see."""
    line: int
    """The line, from 1: the place in the list, or the line of the file."""


class PreviewedRefusal(TypedDict):
    """A payment that was made and would have been refused."""

    account: str
    """The code of the account whose limit it would have passed."""
    amount: str
    """How much."""
    payment_id: str
    """The payment."""
    refusal: str
    """`insufficient_credit`, `ceiling_exceeded` or `payment_limit_reached`."""


class PreviousSecretView(TypedDict):
    """A secret that works for a while beside the one that took its place."""

    expires_at: str
    """Until when it works."""
    last_used_at: NotRequired[str | None]
    """When it was last used, give or take ten minutes; null for never."""
    prefix: str
    """What it begins with."""


Problem = TypedDict(
    "Problem",
    {
        "available": NotRequired["str | None"],
        "checkout_id": NotRequired["str | None"],
        "code": "str",
        "detail": NotRequired["str | None"],
        "errors": NotRequired["list[ProblemFault]"],
        "payment_id": NotRequired["str | None"],
        "reason": NotRequired["str | None"],
        "request_id": "str",
        "second_factor_required": NotRequired["bool"],
        "status": "int",
        "title": "str",
        "type": "str",
        "violated-policies": NotRequired["list[str]"],
    },
)
"""An error, in the form of RFC 9457. Branch on `code`; texts may change."""


class ProblemFault(TypedDict):
    """One thing wrong with a request."""

    code: str
    """What, for programs."""
    detail: str
    """What, for people."""
    pointer: str
    """Where: a JSON pointer into the body, a parameter's name, or `line 5` of a list."""


class ProposePlanRequest(TypedDict):
    """A plan to settle."""

    instalments: list[InstalmentRequest]
    """The parts, by date, at most 60; may be empty."""
    reason: NotRequired[str | None]
    """Why, for those who ask later; may be left out."""
    target_on: str
    """By when the balance is at zero: after today, at most about five years ahead."""
    version: int
    """The version of the leaving that the proposer saw."""


class PublicAccount(TypedDict):
    """That an account exists."""

    code: str
    """Its public name."""
    id: str
    """Its id."""
    kind: str
    """What it is for: `member`, `commons`, `write_off` or `peer`."""
    merged_into: NotRequired[AccountLink | None]
    name: str
    """The name people read."""
    status: str
    """Whether it takes part: `active`, `frozen`, `closed`, or `leaving` with its member: then its limits count as zero."""


class PublicCheckout(TypedDict):
    """A checkout, as whoever has its link sees it."""

    account: str
    """The code of the account that is paid."""
    amount: str
    """How much is to be paid in the local currency."""
    cancel_url: NotRequired[str | None]
    """Where the payer goes who does not pay."""
    community: str
    """The community's code."""
    currency: str
    """The local currency: its community's code."""
    description: str
    """What for."""
    expires_at: str
    """Until when it can be approved."""
    id: str
    """Its id."""
    order_reference: str
    """The shop's name for the order."""
    payee: str
    """The name of the shop."""
    payment_id: NotRequired[str | None]
    """The payment that was approved."""
    return_url: NotRequired[str | None]
    """Where the payer goes afterwards."""
    split: NotRequired[Split | None]
    state: str
    """Where it stands: `open`, `completed`, `authorised`, `declined`, `cancelled` or `expired`."""
    test_mode: NotRequired[bool]
    """True where it is of a community that is only for tests; else left out."""


class PublicCommunity(TypedDict):
    """A community, with how to join it."""

    agreement_version: NotRequired[int | None]
    """The current version of its terms, which an application has to name; null where it has none."""
    code: str
    """Its short name."""
    fees: FeeRules
    """Which fees payments between members bear."""
    joining: str
    """Who may ask to join: anyone (`open`), whoever was invited (`invitation`), whoever an admin or a broker invited (`closed`)."""
    members_may_invite: bool
    """Whether members may invite."""
    name: str
    """Its full name."""
    scale: int
    """Decimal places of amounts."""
    symbol: str
    """The sign beside amounts."""
    test_mode: bool
    """Whether it is only for tests: nothing in it is worth anything."""
    time_zone: str
    """By which clocks it lives."""
    unit: str
    """What one unit of its currency is called."""


class Qualification(TypedDict):
    """Who gets an income: active members of which all of this is true when the period ends."""

    group: NotRequired[QualifyingGroup | None]
    kind: NotRequired[str | None]
    """`person` or `business`; null for both."""
    member_days: int
    """Members for at least so many days."""
    traded_days: NotRequired[int | None]
    """With a payment in so many days before; null for no such rule."""


class QualificationRequest(TypedDict):
    """Who gets an income: active members of which all of this is true when the period ends."""

    group: NotRequired[str | None]
    """In the group with this id; in any or none where it is left out."""
    kind: NotRequired[str | None]
    """Of this kind: `person` or `business`; of both where it is left out."""
    member_days: NotRequired[int]
    """Members for at least so many days."""
    traded_days: NotRequired[int | None]
    """With a payment of their own, or to them, in so many days before; whether or not they trade where it is left out."""


class QualifyingGroup(TypedDict):
    """The group of those who qualify."""

    id: str
    """Its id."""
    name: str
    """Its name."""


class Quote(TypedDict):
    """What a payment would do."""

    amount: str
    """How much would be paid."""
    community: str
    """The community's code."""
    fees: list[Fee]
    """What each side would bear beside it; empty where the payment bears no fees."""
    payee: QuotedSide
    """Who would be paid."""
    payer: QuotedSide
    """Who would pay."""
    refusal: NotRequired[Problem | None]


class QuotedSide(TypedDict):
    """One side of a payment that was not made."""

    account_id: str
    """The account's id."""
    code: str
    """The account's public name."""
    name: str
    """The name people read."""
    available_after: NotRequired[str | None]
    """What it could still spend afterwards; null in the same cases."""
    balance_after: NotRequired[str | None]
    """Its balance afterwards; null where that is not yours to see, and where the payment would be refused."""


Reconciliation = TypedDict(
    "Reconciliation",
    {
        "account": "str",
        "closing_balance": "str",
        "currency": "str",
        "days": "list[DayTakings]",
        "from": "str",
        "made_at": "str",
        "opening_balance": "str",
        "summary": "Takings",
        "time_zone": "str",
        "to": "str",
    },
)
"""A shop's takings in a period."""


class RecoveryCodesView(TypedDict):
    """Codes for the day when the authenticator is lost. Shown once."""

    recovery_codes: list[str]
    """Each works once, in place of a code."""


class RefreshSessionRequest(TypedDict):
    """What to exchange."""

    refresh_token: str
    """The newest refresh token."""


class RefuseApplicationRequest(TypedDict):
    """Why."""

    reason: str
    """Why: the applicant reads it."""


class RefusedLine(TypedDict):
    """A line that was left out, or would be."""

    code: str
    """The problem's code."""
    detail: str
    """What it means for this line."""
    line: int
    """The line, from 1: the place in the list, or the line of the file."""
    payment_id: NotRequired[str | None]
    """The earlier payment, where this line looks like its repetition."""


class RenameMemberRequest(TypedDict):
    """A name, and why."""

    name: str
    """The name from now on, at most 100 characters."""
    reason: str
    """Why, for those who ask later."""


class ReplayWebhooksRequest(TypedDict):
    """Since when."""

    since: str
    """A time within the last 30 days, RFC 3339."""


class ResendAddressConfirmationRequest(TypedDict):
    """To whom."""

    email: str
    """The address."""


class ResumeLimitPolicyRequest(TypedDict):
    """Why."""

    reason: str
    """Why, for those who ask later."""


class RotateApiKeyRequest(TypedDict):
    """How a secret gives way to the next."""

    overlap_seconds: NotRequired[int | None]
    """How long the present secret works beside the new one, in seconds, up to a week: a day where it is left out; 0 ends it
    at once.
    """


class Sandbox(TypedDict):
    """Where a member tries a shop."""

    account: str
    """The code of the caller's account there for which keys are made."""
    buyer: str
    """The code of the caller's account there that pays, with ample limits: who is signed in as the caller approves with it."""
    community: Community
    """The twin: a community of its own, in which nothing is worth anything."""


class Schedule(TypedDict):
    """A schedule, by which one payment is made after the other."""

    amount: str
    """How much, each time."""
    community: str
    """The community's code."""
    count: NotRequired[int | None]
    """How often in all; null where no number ends it."""
    created_at: str
    """When it was made."""
    description: str
    """What for."""
    end_reason: NotRequired[str | None]
    """Why it ended: `completed`, `cancelled`, `payer_closed`, `payee_closed` or `not_permitted`."""
    ended_at: NotRequired[str | None]
    """When it ended."""
    ends_on: NotRequired[str | None]
    """The last day; null where no day ends it."""
    every: NotRequired[int | None]
    """How many units lie between one run and the next."""
    failed_runs: int
    """How many of them failed."""
    id: str
    """Its id."""
    last_failure: NotRequired[Failure | None]
    next_run_at: NotRequired[str | None]
    """When the next run comes; later than planned where a failed one is tried again. Null where none comes by itself."""
    on_failure: FailureRule
    """What happens when a run fails."""
    payee: Party
    """Who is paid."""
    payer: Party
    """Who pays."""
    runs: int
    """How many runs had their turn."""
    starts_on: NotRequired[str | None]
    """The first day."""
    state: str
    """Where it stands: `active`, `paused` or `ended`."""
    time: NotRequired[str | None]
    """The time of day."""
    time_zone: str
    """By which clocks: those of the community."""
    unit: NotRequired[str | None]
    """The unit: `day`, `week` or `month`."""
    upcoming: list[str]
    """For when the next few runs are planned."""


class SchedulePage(TypedDict):
    """A page of schedules, newest first."""

    data: list[Schedule]
    """The schedules."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class Session(TypedDict):
    """A session, as its owner sees it."""

    client_id: str | None
    """The app or wallet that acts in it, `pages` for the service's own pages; null for a sign-in by the API itself."""
    created_at: str
    """When it began."""
    current: bool
    """Whether it is the one that asks."""
    device: str
    """What it was begun with, in the browser's or app's own words; may be empty."""
    id: str
    """The session's id."""
    last_used_at: str
    """When it last got a token, which is every few minutes while it is used."""


class SessionPage(TypedDict):
    """A page of sessions, newest first."""

    data: list[Session]
    """The sessions."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class SetAllowanceRequest(TypedDict):
    """How much, until when, and why."""

    amount: str
    """The most that the payment may be."""
    reason: str
    """Why, for those who ask later."""
    until: str
    """Before when it has to be made, RFC 3339; at most 366 days ahead."""


class SetApprovalRulesRequest(TypedDict):
    """The amounts, and why."""

    limits_above: str | None
    """Raising a credit limit to more than this needs two admins; null for no such rule."""
    reason: str
    """Why, for those who ask later."""
    reversals_above: str | None
    """Undoing a payment of more than this needs two admins; null for no such rule."""


class SetCommunityStepUpRequest(TypedDict):
    """An amount, or that there is none."""

    above: str | None
    """Payments above it need a fresh proof; null for no such rule."""


class SetContributionsRequest(TypedDict):
    """What members contribute, and why."""

    above: NotRequired[SetHoldingChargeRequest | None]
    amount: str
    """How much each member contributes; at most 1,000,000,000 minor units."""
    below: NotRequired[SetHoldingChargeRequest | None]
    every: str
    """After each `month`, or after each `year`'s December."""
    reason: str
    """Why, for those who ask later."""


class SetFeeRequest(TypedDict):
    """One side's fee."""

    basis_points: int
    """The share of what is paid, in basis points: 100 is one per cent; at most 2500."""
    fixed: str
    """What each payment bears; at most 1,000,000,000 minor units."""


class SetFeesRequest(TypedDict):
    """Both sides' fees, and why."""

    payee: SetFeeRequest
    """What payees bear, out of what they receive."""
    payer: SetFeeRequest
    """What payers bear, on top of the amount."""
    reason: str
    """Why, for those who ask later."""


class SetHealthThresholdsRequest(TypedDict):
    """All thresholds that are to hold, and why."""

    reason: str
    """Why, for those who ask later."""
    thresholds: list[HealthThresholdRequest]
    """All of them, at most one for each side of each figure."""


class SetHoldingChargeRequest(TypedDict):
    """A charge on one side of zero."""

    allowance: str
    """Up to this distance from zero nothing is charged."""
    basis_points: int
    """The share of what is beyond it, in basis points a year, a twelfth of which is charged each month; at most 12000."""


class SetIncomeRequest(TypedDict):
    """The income, and why."""

    amount: str
    """How much each member gets; at most 1,000,000,000 minor units, and zero for no income."""
    every: str
    """After each `week`, which ends with its Sunday, or after each `month`."""
    qualifies: NotRequired[QualificationRequest]
    """Who gets it; every active member where it is left out."""
    reason: str
    """Why, for those who ask later."""


class SetJoiningRequest(TypedDict):
    """What is to be different, and why."""

    joining: NotRequired[str | None]
    """Who may ask to join: `open`, `invitation` or `closed`; as it is where it is left out."""
    members_may_invite: NotRequired[bool | None]
    """Whether members may invite, unless it is `closed`; as it is where it is left out."""
    reason: str
    """Why, for those who ask later."""


class SetLimitPolicyRequest(TypedDict):
    """A policy, and why."""

    default: LimitTerms
    """What holds where none fits."""
    reason: str
    """Why, for those who ask later."""
    rules: list[LimitRule]
    """The rules, the first of which that fits a member holds; at most 20."""


class SetLimitsRequest(TypedDict):
    """Limits, and why."""

    ceiling: str | None
    """The highest balance it may reach; null for no bound."""
    credit_limit: str
    """How far below zero the account may go."""
    reason: str
    """Why, for those who ask later."""
    until: NotRequired[str | None]
    """Until when they count instead of what the community's policy gives, RFC 3339; left out or null for as long as nobody ends
    them.
    """


class SetMemberClassRequest(TypedDict):
    """Kind and group, and why."""

    group: str | None
    """The group's id; null for no group."""
    kind: str
    """`person` or `business`."""
    reason: str
    """Why, for those who ask later."""


class SetMemberStatusRequest(TypedDict):
    """A status, and why."""

    reason: str
    """Why, for those who ask later."""
    status: str
    """Where the member stands from now on: `active`, `frozen`, `leaving` or `closed`."""


class SetMonthlyStatementRequest(TypedDict):
    """Whether to be sent them."""

    by_mail: bool
    """True: after each month, one mail with the month's statement. False: none."""


class SetNoteRequest(TypedDict):
    """What to note, instead of what was noted. Null for nothing."""

    category: NotRequired[str | None]
    """Under what it is counted: at most 40 characters, and at most 200 categories at an account."""
    note: NotRequired[str | None]
    """What is to be remembered: at most 1000 characters."""


class SetNotificationsRequest(TypedDict):
    """How soon to be told of what, of one community. Topics that are not named stay as they are."""

    choices: dict[str, str]
    """For each topic `at_once`, `daily`, `weekly` or `off`."""
    community: str
    """The community's code."""


class SetPasswordRequest(TypedDict):
    """The password that is, and the one that is to be."""

    current_password: str
    """The present password."""
    new_password: str
    """The new one: 15 to 256 characters, or at least 8 beside a second factor; nothing that is guessed early."""


class SetRoleRequest(TypedDict):
    """A role, and why."""

    reason: str
    """Why, for those who ask later."""
    role: str
    """What the member may do from now on: `member`, `broker` or `admin`."""


class SetStatusRequest(TypedDict):
    """A status, and why."""

    reason: str
    """Why, for those who ask later."""
    status: str
    """`active`, `frozen` or `closed`."""


class SetStepUpRequest(TypedDict):
    """An amount, or that there is none."""

    above: str | None
    """Payments above it need a fresh proof; null where none of one's own is set."""


class SetTellerRequest(TypedDict):
    """What a teller may, and how much."""

    per_day: str | None
    """The most on one day, in units; null for no ceiling."""
    per_payment: str | None
    """The most in one payment, in units; null for no ceiling."""
    rights: list[str]
    """One or more of `see` (balance, entries, payments), `take` (ask for payments to the account, capture and void what was authorised to it)
    and `pay`.
    """


class SetTimeZoneRequest(TypedDict):
    """A time zone."""

    time_zone: str
    """Its name."""


class SetTrustedPayeeRequest(TypedDict):
    """Up to how much a payee is trusted."""

    per_month: NotRequired[str | None]
    """The most in all requests of a calendar month (UTC); no such bound where it is left out or null."""
    up_to: str
    """The most in one request: decimal text, above zero."""


class Settings(TypedDict):
    """A community's settings."""

    approval_rules: ApprovalRules
    """Above which amounts what an admin does needs another one; changed where `elsewhere` says."""
    defaults: SettingsDefaults
    """What the settings are at first that nobody has to choose."""
    elsewhere: SettingsElsewhere
    """Where the rest is read and chosen."""
    name: str
    """The community's full name."""
    scale: int
    """Decimal places of amounts; fixed."""
    step_up_above: NotRequired[str | None]
    """Above which amount all payments need a fresh proof of who pays; null for no such rule."""
    symbol: str
    """The sign beside amounts."""
    time_zone: str
    """By which clocks it lives."""
    unit: str
    """What one unit of its currency is called."""
    version: int
    """Rises with every change."""


class SettingsDefaults(TypedDict):
    """What settings are at first."""

    approval_rules: ApprovalRules
    """Nothing needs two admins."""
    step_up_above: NotRequired[str | None]
    """No payment needs a fresh proof."""
    time_zone: str
    """By which clocks a community lives."""


class SettingsElsewhere(TypedDict):
    """Where settings are that have rules of their own."""

    agreements: SettingsLink
    """The terms that members accept."""
    approval_rules: SettingsLink
    """Above which amounts what an admin does needs another one: of the same version as the settings."""
    contributions: SettingsLink
    """What members contribute each month, and what balances are charged."""
    fees: SettingsLink
    """Which fees payments bear."""
    health: SettingsLink
    """From where on admins are told of figures: its thresholds. For admins."""
    joining: SettingsLink
    """Who may ask to join, and whether members may invite."""
    limit_policy: SettingsLink
    """How far accounts may go."""


class SettingsLink(TypedDict):
    """Where something is read and chosen that has rules of its own."""

    link: str
    """Where."""
    version: NotRequired[int | None]
    """Its version, which rises with every change of it; null where nothing was chosen yet."""


class SettleApprovalRequest(TypedDict):
    """Why; may be left out."""

    reason: NotRequired[str | None]
    """Why, for those who ask later."""


class Split(TypedDict):
    """The part of a price that the shop takes itself, in national money."""

    amount: str
    """How much."""
    currency: str
    """The currency (ISO 4217)."""
    total: NotRequired[str | None]
    """The whole price, where the shop counts both parts in this currency."""


class SplitRequest(TypedDict):
    """A price in two moneys: name two of the local `amount`, the national `amount` and the `total`, or the `total` with a share. One
    unit of the local currency stands for one unit of the national one in these sums.
    """

    amount: NotRequired[str | None]
    """The part in national money, as decimal text."""
    currency: str
    """The national currency (ISO 4217)."""
    local_percent: NotRequired[str | None]
    """Which part of the total is paid in the local currency, in per cent; your account's usual share where nothing else tells."""
    total: NotRequired[str | None]
    """The whole price, as decimal text."""


class StartedTotpView(TypedDict):
    """What an authenticator app needs. Shown once."""

    otpauth_url: str
    """The same as an address, for a QR code."""
    secret: str
    """The secret, for typing."""


Statement = TypedDict(
    "Statement",
    {
        "account": "str",
        "closing_balance": "str",
        "community": "str",
        "entries": "list[Entry]",
        "from": "str",
        "made_at": "str",
        "name": "str",
        "opening_balance": "str",
        "paid": "str",
        "received": "str",
        "time_zone": "str",
        "to": "str",
    },
)
"""What happened on an account in a period."""


class StepUp(TypedDict):
    """Above which amounts an account's payments need a fresh proof. The lower of the two counts."""

    above: NotRequired[str | None]
    """What the member set; null for nothing."""
    community_above: NotRequired[str | None]
    """What the community set for all; null for nothing."""


class StepUpRequest(TypedDict):
    """What proves it: the code where there is a second factor, else the password; or, instead of both, a passkey."""

    code: NotRequired[str | None]
    """The second factor's code, or a recovery code."""
    passkey: NotRequired[PasskeyCredential | None]
    password: NotRequired[str | None]
    """The login's password."""


class SteppedUpToken(TypedDict):
    """A token with a fresh proof in it. The refresh token stays as it is."""

    access_token: str
    """Goes into `Authorization: Bearer …`."""
    expires_in: int
    """How long the access token lives, in seconds."""
    token_type: str
    """Always `Bearer`."""


class Takings(TypedDict):
    """What came in and went out, by what it was."""

    fees: str
    """What it bore of fees; below zero, unless a reversal gave some back."""
    gross: str
    """What was paid to the account, before anything went back."""
    national: list[NationalSum]
    """What the shop took itself beside these payments, where prices were paid in two moneys."""
    national_refunds: list[NationalSum]
    """What of that the shop gives back itself beside its refunds: each refund's `national_back`; zero or below."""
    net: str
    """`gross` + `refunds` + `fees` + `other`: what the balance moved by."""
    other: str
    """Everything else: what it paid itself, contributions, what came back to it."""
    payments: int
    """How many payments came in."""
    refunds: str
    """What it gave back; zero or below."""
    ways_back: int
    """How many refunds and reversals there were."""


class Teller(TypedDict):
    """A teller of an account."""

    name: str
    """The user's name."""
    per_day: NotRequired[str | None]
    """The most on one day, in units; null for no ceiling."""
    per_payment: NotRequired[str | None]
    """The most in one payment, in units; null for no ceiling."""
    rights: list[str]
    """What the teller may: some of `see`, `take` and `pay`."""
    user_id: str
    """The user's id."""


class Tokens(TypedDict):
    """What to act with, and how to get more of it."""

    access_token: str
    """Goes into `Authorization: Bearer …`."""
    expires_in: int
    """How long the access token lives, in seconds."""
    refresh_token: str
    """Exchanged, once, for the next pair."""
    token_type: str
    """Always `Bearer`."""


class Transfer(TypedDict):
    """Where on the community's chain a payment's transfer stands."""

    hash: str
    """The chain's hash at that place, in hexadecimal."""
    seq: int
    """Its place in the community's order."""


class TrustedPayee(TypedDict):
    """A payee whose requests are accepted without asking."""

    accepted_this_month: str
    """How much was accepted so this month."""
    payee: Party
    """Who is trusted."""
    per_month: NotRequired[str | None]
    """The most in all requests of a calendar month (UTC); null where there is no such bound."""
    up_to: str
    """The most in one request."""


class TrustedPayeeList(TypedDict):
    """All trusted payees of an account."""

    data: list[TrustedPayee]
    """The payees."""


class User(TypedDict):
    """A login."""

    email: str
    """The e-mail address."""
    id: str
    """Its id."""
    name: str
    """The name people read."""


class WantedIncome(TypedDict):
    """The income that an admin wants."""

    amount: str
    """How much each member gets."""
    every: str
    """After each `week` or `month`."""
    group: NotRequired[str | None]
    """The id of the group that gets it; null for any or none."""
    kind: NotRequired[str | None]
    """`person` or `business`; null for both."""
    member_days: int
    """Members for at least so many days."""
    traded_days: NotRequired[int | None]
    """With a payment in so many days before; null for no such rule."""


class WantedLimitPolicy(TypedDict):
    """A policy that an admin wants adopted."""

    default: LimitTerms
    """What would hold where none fits."""
    rules: list[LimitRule]
    """The rules, the first of which that fits a member would hold."""


class WantedLimits(TypedDict):
    """Limits that an admin wants for an account."""

    account: str
    """The account's code."""
    name: str
    """The account's name."""
    present: Limits
    """Its limits now."""
    wanted: Limits
    """Its limits once another admin agrees."""


class WantedMerge(TypedDict):
    """A merge that an admin wants."""

    amount: str
    """What the duplicate had when it was asked for: so much moves, or nothing."""
    duplicate: MergeSide
    """The account that is one too many, as it is now."""
    kept: MergeSide
    """The account that is kept, as it is now."""


class WantedPayout(TypedDict):
    """A payment out of the fund that an admin wants."""

    amount: str
    """How much."""
    name: str
    """The account's name."""
    payee: str
    """The account that gets it."""


class WantedReversal(TypedDict):
    """A reversal that an admin wants."""

    allow_beyond_limit: bool
    """Whether an account may be left past its limit, this once."""
    payment_id: str
    """The payment to undo."""


class WantedWriteOff(TypedDict):
    """A write-off that an admin wants."""

    account: str
    """The account's code."""
    balance: str
    """The balance when it was asked for: no more than this is written off."""
    category: str
    """Why, in short."""
    name: str
    """The account's name."""
    present_balance: str
    """The balance now."""


class WebhookAttempt(TypedDict):
    """An attempt to deliver a message."""

    answer: NotRequired[str | None]
    """The first 1,024 bytes of the answer's body. Null where it is not kept any more."""
    at: str
    """When."""
    duration_ms: int
    """How long it took, in milliseconds."""
    error: NotRequired[str | None]
    """What went wrong; null where nothing did."""
    request: NotRequired[str | None]
    """What was sent: the head without its signatures, an empty line, and the body. Null where it is not kept, or not any more."""
    status: NotRequired[int | None]
    """The status of the answer; null where there was none."""


class WebhookDelivery(TypedDict):
    """A message to an endpoint, and what became of it."""

    attempts: int
    """How often it was tried."""
    created_at: str
    """When the message was made."""
    earlier_attempts: list[WebhookAttempt]
    """The attempts before it, oldest first: the last 20 of them, without what was sent, and with the first 200 characters of the
    answers.
    """
    endpoint_id: str
    """The endpoint."""
    event_seq: NotRequired[int | None]
    """The event's place in the order of the community's events; null for a test."""
    id: str
    """Its id in this log."""
    last_attempt: NotRequired[WebhookAttempt | None]
    message_id: str
    """The message's id, in its header `webhook-id`: the same for every attempt."""
    next_attempt_at: NotRequired[str | None]
    """When it is tried next, at the earliest; null where it does not wait."""
    state: str
    """`waiting`, `delivered` or `failed`."""
    subject_id: str
    """The payment, account, member or checkout that it tells of: for `payment.refunded`, the payment that gives back; the endpoint
    itself for a test.
    """
    timestamp: str
    """When that happened."""
    type: str
    """What it tells of."""


class WebhookDeliveryPage(TypedDict):
    """A page of an endpoint's deliveries."""

    data: list[WebhookDelivery]
    """The deliveries, newest first."""
    next_cursor: NotRequired[str | None]
    """Where the list goes on; null at its end."""


class WebhookEndpoint(TypedDict):
    """Where messages about an account go."""

    account: str
    """The account whose events are told."""
    created_at: str
    """When it was made."""
    description: NotRequired[str | None]
    """What its owner notes about it; null where that is nothing."""
    enabled: bool
    """Whether it is told anything."""
    events: list[str]
    """What is told: `*` for everything, `payment.*` for all of a kind, or names of events."""
    failing_since: NotRequired[str | None]
    """Since when nothing arrives there; null where things do."""
    id: str
    """Its id."""
    old_secret_until: NotRequired[str | None]
    """Until when messages are signed with the secret before as well; null where they are not."""
    set_by: NotRequired[WebhookSetter | None]
    state: str
    """`enabled`, `disabled` by its owner, `gone` because it answered 410, or `failing` because nothing arrived for days."""
    state_since: str
    """Since when it is in that state."""
    url: str
    """The URL to which messages are sent."""


class WebhookEndpointList(TypedDict):
    """All endpoints of an account, or of several."""

    data: list[WebhookEndpoint]
    """The endpoints, oldest first."""


class WebhookReplay(TypedDict):
    """What is told again."""

    from_event_seq: int
    """From which of the community's events on."""
    through_event_seq: int
    """Up to which there is one now. Later ones follow as ever."""


class WebhookSecret(TypedDict):
    """A new secret. It is shown this once."""

    id: str
    """The endpoint."""
    old_secret_until: str
    """Until when they are signed with the secret before as well."""
    secret: str
    """What messages are signed with from now on."""


class WebhookSetter(TypedDict):
    """Who said where messages go."""

    id: str
    """The id of the user, the key or the app."""
    kind: str
    """`person`, who did it themselves, `api_key`, or `app`."""
    name: NotRequired[str | None]
    """What the key or app is called; null for people, and where it is there no more."""


class WriteOff(TypedDict):
    """A line of the register."""

    account: NotRequired[str | None]
    """The account's code; for admins, else null."""
    amount: str
    """The balance that was written off: below zero where the community bears it, above where it was given up."""
    category: NotRequired[str | None]
    """Why, in short; null where so few have it that it would tell of somebody."""
    created_at: NotRequired[str | None]
    """When, to the moment; for admins, else null."""
    month: str
    """In which month."""
    name: NotRequired[str | None]
    """The account's name; for admins, else null."""
    payment_id: NotRequired[str | None]
    """The payment; for admins, else null."""
    taken_back: str
    """How much of it was taken back since, by a reversal."""


class WriteOffRegister(TypedDict):
    """A year of the register of write-offs."""

    borne: str
    """What the community bears of it: the sum of what was below zero."""
    data: list[WriteOff]
    """The write-offs, by month."""
    given_up: str
    """What was given up: the sum of what was above zero."""
    year: int
    """The year."""


Account = FullAccount | PublicAccount
"""An account: whole for those whose it is and for admins, and for others only that it exists."""

CaptureMode = Literal["automatic", "manual"]
"""Whether the money moves at once."""
