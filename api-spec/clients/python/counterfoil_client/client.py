"""Generated from api-spec/openapi.yaml by api-spec/clients/generate. Do not edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, cast

from . import models
from ._transport import Transport, quote

API_VERSION = "0.1.0"
"""The version of the API's description."""


class Counterfoil(Transport):
    """The service, as a key or a member's token sees it."""

    def get_account(
        self,
        account: str,
        *,
        if_none_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Account | None:
        """See an account: `GET /api/v1/accounts/{account}`

        Whole for those whose it is and for admins; of others' accounts, that they exist. Send the `ETag` back in
        `If-None-Match` to learn cheaply whether anything changed.

        - `if_none_match`: The `ETag` that you have
        """
        return cast("models.Account | None", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}",
            headers={"If-None-Match": if_none_match},
            timeout=timeout,
        ))

    def set_allowance(
        self,
        account: str,
        body: models.SetAllowanceRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Allowance:
        """Let one payment pass an account's credit limit: `PUT /api/v1/accounts/{account}/allowance`

        The next payment of at most this amount that the credit limit would refuse is made all the same, once, and says so in its record on the ledger. One that
        stands is replaced; with `If-Match`, one that was used in between is not given again. Whoever operates the account is told by mail. For admins of its community, with a proof of who they are that is at most five minutes old. It is for single payments made at
        once and for requests that the payer accepts; lists, authorisations, planned payments and what a standing order pays stay within the limit. Fees come on
        top of the amount.

        - `if_match`: The `ETag` of the account that the change is based on
        """
        return cast("models.Allowance", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/allowance",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def cancel_allowance(
        self,
        account: str,
        body: models.CancelAllowanceRequest,
        *,
        timeout: float | None = None,
    ) -> None:
        """Call an allowance off: `POST /api/v1/accounts/{account}/allowance/cancel`

        What was used stays as it is. For admins of its community, with a proof of who they are that is at most five minutes old.
        """
        self._send(
            "POST",
            f"/api/v1/accounts/{quote(account)}/allowance/cancel",
            body=body,
            body_type="application/json",
            timeout=timeout,
        )

    def list_balances(
        self,
        account: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        interval: str | None = None,
        timeout: float | None = None,
    ) -> models.Balances:
        """See an account's balance over time: `GET /api/v1/accounts/{account}/balances`

        What it was at the end of each day, week or month, by the clocks of the community's time zone: at most 400 points, oldest first.
        The last step may not be over: then it is the balance now.

        - `from_`: The day with which it begins; left out, so that there are 30 steps.
        - `to`: The day before which it ends; tomorrow where it is left out.
        - `interval`: How long each step is: `day`, `week` (from Monday) or `month`; `day` where it is left out.
        """
        return cast("models.Balances", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/balances",
            query={"from": from_, "to": to, "interval": interval},
            timeout=timeout,
        ))

    def set_broker(
        self,
        account: str,
        member: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Let a broker act for my account: `PUT /api/v1/accounts/{account}/brokers/{member}`

        For the account's owner, with a proof that is at most five minutes old. The member must have the role `broker`, and
        may see the account, pay from it and take for it as long as that lasts.
        """
        self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/brokers/{quote(member)}",
            timeout=timeout,
        )

    def delete_broker(
        self,
        account: str,
        member: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Let a broker act for my account no longer: `DELETE /api/v1/accounts/{account}/brokers/{member}`

        For the account's owner.
        """
        self._send(
            "DELETE",
            f"/api/v1/accounts/{quote(account)}/brokers/{quote(member)}",
            timeout=timeout,
        )

    def list_categories(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.CategoryList:
        """List an account's categories: `GET /api/v1/accounts/{account}/categories`

        Those that its people noted at payments, in the order of their letters: at most 200.
        """
        return cast("models.CategoryList", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/categories",
            timeout=timeout,
        ))

    def get_account_contributions(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.ComingContributions:
        """See which contributions are coming for an account: `GET /api/v1/accounts/{account}/contributions`

        By which rules and when, what it would be asked for if the month ended now with its balance, and what it owes from before. For
        those who may see the account.
        """
        return cast("models.ComingContributions", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/contributions",
            timeout=timeout,
        ))

    def list_delegates(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.Delegates:
        """List who may act at my account: `GET /api/v1/accounts/{account}/delegates`

        Tellers and brokers, 100 at most. For the account's owner.
        """
        return cast("models.Delegates", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/delegates",
            timeout=timeout,
        ))

    def list_entries(
        self,
        account: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.EntryPage:
        """List an account's entries: `GET /api/v1/accounts/{account}/entries`

        Newest first. For those whose account it is, and for admins.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.EntryPage", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/entries",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_entries(
        self,
        account: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Entry]:
        """All that `list_entries` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_entries(account, limit=limit, timeout=timeout, cursor=cursor))

    def set_limits(
        self,
        account: str,
        body: models.SetLimitsRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Account | models.Approval:
        """Set an account's limits: `PUT /api/v1/accounts/{account}/limits`

        They count instead of what the community's limit policy gives, until they end. For admins of its community, with a proof of who they are that is at most five minutes old. An account that is outside a cut limit may move towards zero and no further out. A credit limit that rises above the amount of `GET /communities/{code}/approval-rules` needs two admins: it answers 202, and holds once another admin agrees. Whoever operates the account is told by mail.

        - `if_match`: The `ETag` of the account that the change is based on
        """
        return cast("models.Account | models.Approval", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/limits",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_limits_explanation(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.LimitExplanation:
        """See why an account's limits are what they are: `GET /api/v1/accounts/{account}/limits/explain`

        In numbers: which rule of the community's limit policy holds, what each of its terms looked at and added, which caps and bounds were met, and what counts instead. For those whose account it is, and for admins.
        """
        return cast("models.LimitExplanation", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/limits/explain",
            timeout=timeout,
        ))

    def resume_limit_policy(
        self,
        account: str,
        body: models.ResumeLimitPolicyRequest,
        *,
        timeout: float | None = None,
    ) -> models.Account:
        """Let an account follow the limit policy again: `POST /api/v1/accounts/{account}/limits/follow-policy`

        Ends the limits that an admin gave this account, and gives it what the policy gives it. For admins of its community, with a proof of who they are that is at most five minutes old.
        """
        return cast("models.Account", self._send(
            "POST",
            f"/api/v1/accounts/{quote(account)}/limits/follow-policy",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def set_local_share(
        self,
        account: str,
        body: models.LocalShare,
        *,
        timeout: float | None = None,
    ) -> models.LocalShare:
        """Set an account's usual local share: `PUT /api/v1/accounts/{account}/local-share`

        Which part of a checkout's `split.total` is paid in the local currency, where the request names neither a part nor a share. For
        whoever may take for the account.
        """
        return cast("models.LocalShare", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/local-share",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_monthly_statement(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.MonthlyStatement:
        """See whether I am sent an account's statements: `GET /api/v1/accounts/{account}/monthly-statement`

        For those who operate the account's member.
        """
        return cast("models.MonthlyStatement", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/monthly-statement",
            timeout=timeout,
        ))

    def set_monthly_statement(
        self,
        account: str,
        body: models.SetMonthlyStatementRequest,
        *,
        timeout: float | None = None,
    ) -> models.MonthlyStatement:
        """Choose whether I am sent an account's statements: `PUT /api/v1/accounts/{account}/monthly-statement`

        For those who operate the account's member, each for themselves. One mail for each month, on the morning of the first day after
        it by the community's clocks, with the statement as PDF in your language; the first is that of the month in progress. A statement
        of more than 10,000 entries is not enclosed. It ends by itself when the account is closed, or is not yours any more.
        """
        return cast("models.MonthlyStatement", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/monthly-statement",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_reconciliation(
        self,
        account: str,
        *,
        from_: str,
        to: str,
        timeout: float | None = None,
    ) -> models.Reconciliation:
        """Reconcile an account's takings: `GET /api/v1/accounts/{account}/reconciliation`

        What came in, what was given back, what was borne of fees and what is left of it, day by day and in all, between balances that
        are those of the account's statement to the minor unit; with what the shop took itself in national money beside these payments, and
        what of that it gives back itself.
        Days begin by the clocks of the community's time zone. At most 200,000 entries. For those whose account it is, for tellers who
        may see it, and for admins.

        As CSV (`Accept: text/csv`): `date,opening_balance,gross,refunds,fees,other,net,closing_balance,payments,ways_back,national,national_refunds,currency`,
        a line for each day and a last one with the date `total`.

        - `from_`: The first day, by the clocks of the community's time zone.
        - `to`: The day after the last one.
        """
        return cast("models.Reconciliation", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/reconciliation",
            query={"from": from_, "to": to},
            timeout=timeout,
        ))

    def get_reconciliation_as(
        self,
        account: str,
        *,
        from_: str,
        to: str,
        accept: Literal["text/csv"],
        timeout: float | None = None,
    ) -> bytes:
        """Reconcile an account's takings: `GET /api/v1/accounts/{account}/reconciliation`

        What came in, what was given back, what was borne of fees and what is left of it, day by day and in all, between balances that
        are those of the account's statement to the minor unit; with what the shop took itself in national money beside these payments, and
        what of that it gives back itself.
        Days begin by the clocks of the community's time zone. At most 200,000 entries. For those whose account it is, for tellers who
        may see it, and for admins.

        As CSV (`Accept: text/csv`): `date,opening_balance,gross,refunds,fees,other,net,closing_balance,payments,ways_back,national,national_refunds,currency`,
        a line for each day and a last one with the date `total`.

        - `from_`: The first day, by the clocks of the community's time zone.
        - `to`: The day after the last one.
        """
        return self._send_for_document(
            "GET",
            f"/api/v1/accounts/{quote(account)}/reconciliation",
            query={"from": from_, "to": to},
            accept=accept,
            timeout=timeout,
        )

    def get_statement(
        self,
        account: str,
        *,
        from_: str,
        to: str,
        format: str | None = None,
        timeout: float | None = None,
    ) -> models.Statement:
        """Get an account's statement: `GET /api/v1/accounts/{account}/statement`

        What was posted on an account in a period, oldest first, between the balance before it and the balance after it: opening
        balance + entries = closing balance, to the minor unit. What is only reserved is not in it. Days begin by the clocks of the
        community's time zone; where the period is not over, the closing balance is that of now. At most 10,000 entries. For those
        whose account it is, for tellers who may see it, and for admins.

        As PDF: pages with the balance after each entry, in your language. As CSV: `id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency`, with a first line of
        type `opening_balance` and a last one of type `closing_balance`; texts that a spreadsheet could take for a formula begin with an
        apostrophe. In camt.053, which wants three letters, the currency is X and two letters of the community's code, such as `XRV` for
        `RIVER`, and amounts have at most five decimal places; in OFX, of which programs know only the codes of ISO 4217, it is `XXX`.

        - `from_`: The first day, by the clocks of the community's time zone.
        - `to`: The day after the last one.
        - `format`: `json`, `csv`, `pdf`, `camt.053.001.08`, `camt.053.001.02` or `ofx`; where it is left out, what `Accept` asks for.
        """
        return cast("models.Statement", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/statement",
            query={"from": from_, "to": to, "format": format},
            timeout=timeout,
        ))

    def get_statement_as(
        self,
        account: str,
        *,
        from_: str,
        to: str,
        format: str | None = None,
        accept: Literal["text/csv", "application/pdf", "application/xml", "application/x-ofx"],
        timeout: float | None = None,
    ) -> bytes:
        """Get an account's statement: `GET /api/v1/accounts/{account}/statement`

        What was posted on an account in a period, oldest first, between the balance before it and the balance after it: opening
        balance + entries = closing balance, to the minor unit. What is only reserved is not in it. Days begin by the clocks of the
        community's time zone; where the period is not over, the closing balance is that of now. At most 10,000 entries. For those
        whose account it is, for tellers who may see it, and for admins.

        As PDF: pages with the balance after each entry, in your language. As CSV: `id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency`, with a first line of
        type `opening_balance` and a last one of type `closing_balance`; texts that a spreadsheet could take for a formula begin with an
        apostrophe. In camt.053, which wants three letters, the currency is X and two letters of the community's code, such as `XRV` for
        `RIVER`, and amounts have at most five decimal places; in OFX, of which programs know only the codes of ISO 4217, it is `XXX`.

        - `from_`: The first day, by the clocks of the community's time zone.
        - `to`: The day after the last one.
        - `format`: `json`, `csv`, `pdf`, `camt.053.001.08`, `camt.053.001.02` or `ofx`; where it is left out, what `Accept` asks for.
        """
        return self._send_for_document(
            "GET",
            f"/api/v1/accounts/{quote(account)}/statement",
            query={"from": from_, "to": to, "format": format},
            accept=accept,
            timeout=timeout,
        )

    def set_status(
        self,
        account: str,
        body: models.SetStatusRequest,
        *,
        timeout: float | None = None,
    ) -> models.Account:
        """Set an account's status: `PUT /api/v1/accounts/{account}/status`

        For admins of its community; thawing and closing need a proof of who they are that is at most five minutes old. A
        frozen account neither pays nor is paid. Only an account at zero can be closed, and a closed one stays closed.
        """
        return cast("models.Account", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/status",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_step_up(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.StepUp:
        """Above which amounts an account's payments need a fresh proof: `GET /api/v1/accounts/{account}/step-up`

        The lower of the two counts.
        """
        return cast("models.StepUp", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/step-up",
            timeout=timeout,
        ))

    def set_step_up(
        self,
        account: str,
        body: models.SetStepUpRequest,
        *,
        timeout: float | None = None,
    ) -> models.StepUp:
        """Set above which amount my payments need a fresh proof: `PUT /api/v1/accounts/{account}/step-up`

        For the account's member, not for apps: what makes payments ask for a proof could stop all of them. Raising or removing it needs a proof that is at most five minutes old.
        """
        return cast("models.StepUp", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/step-up",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_teller(
        self,
        account: str,
        teller: str,
        *,
        timeout: float | None = None,
    ) -> models.Teller:
        """See what a teller may: `GET /api/v1/accounts/{account}/tellers/{teller}`

        For the account's owner, and for the teller.
        """
        return cast("models.Teller", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/tellers/{quote(teller)}",
            timeout=timeout,
        ))

    def set_teller(
        self,
        account: str,
        teller: str,
        body: models.SetTellerRequest,
        *,
        timeout: float | None = None,
    ) -> models.Teller:
        """Make someone a teller of my account: `PUT /api/v1/accounts/{account}/tellers/{teller}`

        For the account's owner, with a proof that is at most five minutes old. The teller signs in with a login of their own
        and needs no place in the community; they tell the owner their user id, which `GET /me` shows them. Sent again, it replaces what the teller may.
        """
        return cast("models.Teller", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/tellers/{quote(teller)}",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_teller(
        self,
        account: str,
        teller: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Take back what a teller may: `DELETE /api/v1/accounts/{account}/tellers/{teller}`

        For the account's owner. From then on the teller posts nothing more.
        """
        self._send(
            "DELETE",
            f"/api/v1/accounts/{quote(account)}/tellers/{quote(teller)}",
            timeout=timeout,
        )

    def list_trusted_payees(
        self,
        account: str,
        *,
        timeout: float | None = None,
    ) -> models.TrustedPayeeList:
        """List whom I trust: `GET /api/v1/accounts/{account}/trusted-payees`

        100 at most. For the account's owner.
        """
        return cast("models.TrustedPayeeList", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/trusted-payees",
            timeout=timeout,
        ))

    def get_trusted_payee(
        self,
        account: str,
        payee: str,
        *,
        timeout: float | None = None,
    ) -> models.TrustedPayee:
        """See up to how much I trust a payee: `GET /api/v1/accounts/{account}/trusted-payees/{payee}`

        For the account's owner.
        """
        return cast("models.TrustedPayee", self._send(
            "GET",
            f"/api/v1/accounts/{quote(account)}/trusted-payees/{quote(payee)}",
            timeout=timeout,
        ))

    def set_trusted_payee(
        self,
        account: str,
        payee: str,
        body: models.SetTrustedPayeeRequest,
        *,
        timeout: float | None = None,
    ) -> models.TrustedPayee:
        """Trust a payee: `PUT /api/v1/accounts/{account}/trusted-payees/{payee}`

        From now on the payee's requests to this account are accepted as they come in, up to these amounts, where the account's
        limits admit it; others still ask. For the account's owner, not for apps, with a proof that is at most five minutes old,
        which stands for the payments as well. An account trusts 100 payees at most. Sent again, it replaces the amounts.
        """
        return cast("models.TrustedPayee", self._send(
            "PUT",
            f"/api/v1/accounts/{quote(account)}/trusted-payees/{quote(payee)}",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_trusted_payee(
        self,
        account: str,
        payee: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Trust a payee no longer: `DELETE /api/v1/accounts/{account}/trusted-payees/{payee}`

        For the account's owner. From then on the payee's requests ask again.
        """
        self._send(
            "DELETE",
            f"/api/v1/accounts/{quote(account)}/trusted-payees/{quote(payee)}",
            timeout=timeout,
        )

    def create_address_confirmation(
        self,
        body: models.CreateAddressConfirmationRequest,
        *,
        timeout: float | None = None,
    ) -> None:
        """Confirm an address: `POST /api/v1/address-confirmations`

        With the token or the code of the mail. Both work once, for thirty minutes; the code may be tried five times. From
        then on the login can be used, and the community's admins hear of the application.
        """
        self._send(
            "POST",
            "/api/v1/address-confirmations",
            body=body,
            body_type="application/json",
            timeout=timeout,
        )

    def resend_address_confirmation(
        self,
        body: models.ResendAddressConfirmationRequest,
        *,
        timeout: float | None = None,
    ) -> None:
        """Ask for the confirmation mail once more: `POST /api/v1/address-confirmations/resend`

        Within a day of the application. The answer is the same whether there is something to confirm or not.
        """
        self._send(
            "POST",
            "/api/v1/address-confirmations/resend",
            body=body,
            body_type="application/json",
            timeout=timeout,
        )

    def list_api_keys(
        self,
        *,
        account: str | None = None,
        timeout: float | None = None,
    ) -> models.ApiKeyList:
        """List my API keys: `GET /api/v1/api-keys`

        The keys of the accounts that the caller owns, whoever made them, oldest first, without their secrets.

        - `account`: Only this account's: its code or id.
        """
        return cast("models.ApiKeyList", self._send(
            "GET",
            "/api/v1/api-keys",
            query={"account": account},
            timeout=timeout,
        ))

    def create_api_key(
        self,
        body: models.CreateApiKeyRequest,
        *,
        timeout: float | None = None,
    ) -> models.MadeApiKey:
        """Make an API key: `POST /api/v1/api-keys`

        For the account's owner, with a proof that is at most five minutes old. The key is told in this answer and never again; the
        owner is told by mail that it was made. It acts as the owner does, at this account and nowhere else, and only as long as the owner may: all else
        is absent to it. An account can have twenty. Keys of a community that is only for tests begin with `cfk_test_`, others with `cfk_live_`.
        """
        return cast("models.MadeApiKey", self._send(
            "POST",
            "/api/v1/api-keys",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_current_api_key(
        self,
        *,
        timeout: float | None = None,
    ) -> models.ApiKey:
        """See the key in use: `GET /api/v1/api-keys/current`

        What the key is that asks: a cheap way for software to find out whether its settings are right, for which account it acts, and
        whether that is only a test.
        """
        return cast("models.ApiKey", self._send(
            "GET",
            "/api/v1/api-keys/current",
            timeout=timeout,
        ))

    def get_api_key(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.ApiKey:
        """See an API key: `GET /api/v1/api-keys/{id}`

        A key of an account that the caller owns, without its secret.
        """
        return cast("models.ApiKey", self._send(
            "GET",
            f"/api/v1/api-keys/{quote(id)}",
            timeout=timeout,
        ))

    def delete_api_key(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Revoke an API key: `DELETE /api/v1/api-keys/{id}`

        From now on whatever is asked with it is refused, and what is under way posts nothing more. For the account's owner; no fresh proof
        is asked, because it may have to be quick.
        """
        self._send(
            "DELETE",
            f"/api/v1/api-keys/{quote(id)}",
            timeout=timeout,
        )

    def edit_api_key(
        self,
        id: str,
        body: models.EditApiKeyRequest,
        *,
        timeout: float | None = None,
    ) -> models.ApiKey:
        """Change an API key: `PATCH /api/v1/api-keys/{id}`

        For whoever made it, with a proof that is at most five minutes old. It counts within ten seconds; all who operate the account are
        told by mail, but of its name.
        """
        return cast("models.ApiKey", self._send(
            "PATCH",
            f"/api/v1/api-keys/{quote(id)}",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def rotate_api_key(
        self,
        id: str,
        body: models.RotateApiKeyRequest | None | None = None,
        *,
        timeout: float | None = None,
    ) -> models.MadeApiKey:
        """Rotate an API key: `POST /api/v1/api-keys/{id}/rotate`

        A new secret, at once, told in this answer and never again. The present one works beside it for a while, and one that works
        beside that one for as long as it was to; three do at most. The key stays the same: its id, what it may, and its idempotency keys. For whoever made it, with a
        proof that is at most five minutes old; all who operate the account are told by mail.
        """
        return cast("models.MadeApiKey", self._send(
            "POST",
            f"/api/v1/api-keys/{quote(id)}/rotate",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_checkouts(
        self,
        *,
        account: str | None = None,
        order_reference: str | None = None,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.CheckoutPage:
        """List checkouts: `GET /api/v1/checkouts`

        Those of one's own accounts, newest first, over all of one's communities; or those of one account that one may take for, or look into.
        A request looks at a bounded number of them: with `state` a page may be short, or even empty, and its `next_cursor` goes on.

        - `account`: Only of this account: its code or id.
        - `order_reference`: Only for this order.
        - `state`: Only in this state.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.CheckoutPage", self._send(
            "GET",
            "/api/v1/checkouts",
            query={"account": account, "order_reference": order_reference, "state": state, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_checkouts(
        self,
        *,
        account: str | None = None,
        order_reference: str | None = None,
        state: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Checkout]:
        """All that `list_checkouts` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_checkouts(account=account, order_reference=order_reference, state=state, limit=limit, timeout=timeout, cursor=cursor))

    def create_checkout(
        self,
        body: models.CreateCheckoutRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Checkout:
        """Make a checkout: `POST /api/v1/checkouts`

        For whoever may take for the account. Send the payer to its `url`, or show it as a QR code; then read the checkout, wait for it
        with `?wait=30`, or listen to its events. The order is unique among your open, authorised and completed checkouts: the same
        request, under whatever key, answers `200` with the checkout that stands; other terms for the same order are refused with its
        id. One that was declined, cancelled or has expired leaves its order free again.
        """
        return cast("models.Checkout", self._send(
            "POST",
            "/api/v1/checkouts",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def get_checkout(
        self,
        id: str,
        *,
        wait: int | None = None,
        timeout: float | None = None,
    ) -> models.Checkout:
        """See a checkout: `GET /api/v1/checkouts/{id}`

        For whoever may take for its account or look into it; admins see it without `url`, `return_url`, `cancel_url` and `metadata`. With `wait` the answer comes as soon as the checkout is no longer open, or
        when the time is over. Where too many wait, it comes at once. One that can be paid no more because `expires_at` is over is never
        told of as `open`: it is `expired`.

        - `wait`: As long as the checkout is open, wait up to so many seconds for that to change: 0 to 30.
        """
        return cast("models.Checkout", self._send(
            "GET",
            f"/api/v1/checkouts/{quote(id)}",
            query={"wait": wait},
            timeout=timeout,
        ))

    def approve_checkout(
        self,
        id: str,
        body: models.ApproveCheckoutRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.PublicCheckout:
        """Approve a checkout: `POST /api/v1/checkouts/{id}/approve`

        Pays it by the rules of any payment, or sets its amount aside where the shop captures later. For wallets: the path names the
        checkout by its id, or by what follows `/c/` in its address.
        """
        return cast("models.PublicCheckout", self._send(
            "POST",
            f"/api/v1/checkouts/{quote(id)}/approve",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def cancel_checkout(
        self,
        id: str,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Checkout:
        """Cancel a checkout: `POST /api/v1/checkouts/{id}/cancel`

        For whoever may take for its account, as long as it is open. Its order is free again. One that is authorised is voided by its payment.
        """
        return cast("models.Checkout", self._send(
            "POST",
            f"/api/v1/checkouts/{quote(id)}/cancel",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def decline_checkout(
        self,
        id: str,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.PublicCheckout:
        """Decline a checkout: `POST /api/v1/checkouts/{id}/decline`

        For whoever could pay it. Its order is free again.
        """
        return cast("models.PublicCheckout", self._send(
            "POST",
            f"/api/v1/checkouts/{quote(id)}/decline",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def list_communities(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.CommunityPage:
        """List all communities: `GET /api/v1/communities`

        By code. For superadmins.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.CommunityPage", self._send(
            "GET",
            "/api/v1/communities",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_communities(
        self,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Community]:
        """All that `list_communities` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_communities(limit=limit, timeout=timeout, cursor=cursor))

    def create_community(
        self,
        body: models.CreateCommunityRequest,
        *,
        timeout: float | None = None,
    ) -> models.Community:
        """Found a community: `POST /api/v1/communities`

        For superadmins, whom only the command line makes, with a proof that is at most five minutes old. They see nothing of
        what is inside the communities.
        """
        return cast("models.Community", self._send(
            "POST",
            "/api/v1/communities",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_community(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.PublicCommunity:
        """See a community: `GET /api/v1/communities/{code}`

        What anyone may know of it, and how to join it.
        """
        return cast("models.PublicCommunity", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}",
            timeout=timeout,
        ))

    def set_joining(
        self,
        code: str,
        body: models.SetJoiningRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.PublicCommunity | models.Approval:
        """Set who may join a community: `PATCH /api/v1/communities/{code}`

        For its admins. Whoever asks to join is let in or refused by an admin, whatever is set here. Where the community has two admins
        agree to anything (`approval-rules`), `open` needs two, with a proof that is at most five minutes old, and comes by itself: it answers 202,
        and holds once another admin agrees.

        - `if_match`: The `ETag` of the community that the change is based on
        """
        return cast("models.PublicCommunity | models.Approval", self._send(
            "PATCH",
            f"/api/v1/communities/{quote(code)}",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_agreements(
        self,
        code: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.AgreementPage:
        """Read a community's terms: `GET /api/v1/communities/{code}/agreements`

        All versions, newest first. The first one counts. For anyone.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.AgreementPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/agreements",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_agreements(
        self,
        code: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Agreement]:
        """All that `list_agreements` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_agreements(code, limit=limit, timeout=timeout, cursor=cursor))

    def create_agreement(
        self,
        code: str,
        body: models.CreateAgreementRequest,
        *,
        timeout: float | None = None,
    ) -> models.Agreement:
        """Put new terms in force: `POST /api/v1/communities/{code}/agreements`

        The next version of the community's terms. Members see in `GET /api/v1/me` that they have to accept it; new
        applications have to name it. For admins.
        """
        return cast("models.Agreement", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/agreements",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_acceptance(
        self,
        code: str,
        version: str,
        *,
        timeout: float | None = None,
    ) -> models.Acceptance:
        """Accept a community's terms: `POST /api/v1/communities/{code}/agreements/{version}/acceptances`

        Their current version. Once accepted, it stays so. For members, and for those who asked to join.
        """
        return cast("models.Acceptance", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/agreements/{quote(version)}/acceptances",
            timeout=timeout,
        ))

    def list_applications(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.ApplicationPage:
        """List who asked to join: `GET /api/v1/communities/{code}/applications`

        Those whose address is confirmed, newest first. For admins.

        - `state`: Only in this state: `waiting`, `admitting`, `approved` or `refused`.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.ApplicationPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/applications",
            query={"state": state, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_applications(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Application]:
        """All that `list_applications` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_applications(code, state=state, limit=limit, timeout=timeout, cursor=cursor))

    def create_application(
        self,
        code: str,
        body: models.CreateApplicationRequest,
        *,
        timeout: float | None = None,
    ) -> models.Application | models.ApplicationReceipt:
        """Ask to join a community: `POST /api/v1/communities/{code}/applications`

        Without a token: for people who have no login yet. The answer is the same whether the address has one or not; a
        mail tells its owner how to go on. Once the address is confirmed, the login can be used, and the admins decide.
        With a token: for those who have a login, and without `email` and `password`.
        """
        return cast("models.Application | models.ApplicationReceipt", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/applications",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def approve_application(
        self,
        code: str,
        id: str,
        body: models.ApproveApplicationRequest,
        *,
        timeout: float | None = None,
    ) -> models.Application:
        """Let somebody in: `POST /api/v1/communities/{code}/applications/{id}/approve`

        The applicant becomes a member with an account, and gets a mail. Approving twice is the same as once. Another credit
        limit than the community's own needs a proof of who you are that is at most five minutes old. For admins.
        """
        return cast("models.Application", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/applications/{quote(id)}/approve",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def refuse_application(
        self,
        code: str,
        id: str,
        body: models.RefuseApplicationRequest,
        *,
        timeout: float | None = None,
    ) -> models.Application:
        """Refuse an application: `POST /api/v1/communities/{code}/applications/{id}/refuse`

        The applicant gets a mail with the reason, and may ask again. Refusing twice is the same as once. For admins.
        """
        return cast("models.Application", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/applications/{quote(id)}/refuse",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_approval_rules(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.ApprovalRules:
        """Read above which amounts two admins are needed: `GET /api/v1/communities/{code}/approval-rules`

        For the community's members.
        """
        return cast("models.ApprovalRules", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/approval-rules",
            timeout=timeout,
        ))

    def set_approval_rules(
        self,
        code: str,
        body: models.SetApprovalRulesRequest,
        *,
        timeout: float | None = None,
    ) -> models.ApprovalRules | models.Approval:
        """Set above which amounts two admins are needed: `PUT /api/v1/communities/{code}/approval-rules`

        For the community's admins, with a proof that is at most five minutes old. In the beginning there are no such rules.
        What lets one admin do more than before needs two itself: it answers 202, and holds once another admin agrees. So
        have two admins before you set an amount.
        """
        return cast("models.ApprovalRules | models.Approval", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/approval-rules",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_approvals(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.ApprovalPage:
        """List what needs two admins: `GET /api/v1/communities/{code}/approvals`

        Newest first: what one admin asked for above the community's amounts, and what became of it. For admins.

        - `state`: Only in this state: `pending`, `approved`, `refused` or `expired`.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.ApprovalPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/approvals",
            query={"state": state, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_approvals(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Approval]:
        """All that `list_approvals` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_approvals(code, state=state, limit=limit, timeout=timeout, cursor=cursor))

    def approve_approval(
        self,
        code: str,
        id: str,
        body: models.SettleApprovalRequest,
        *,
        timeout: float | None = None,
    ) -> models.Approval:
        """Agree to what another admin asked for: `POST /api/v1/communities/{code}/approvals/{id}/approve`

        For the community's other admins, with a proof that is at most five minutes old. It is done in the same step, in the
        name of who asked, or not at all.
        """
        return cast("models.Approval", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/approvals/{quote(id)}/approve",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def refuse_approval(
        self,
        code: str,
        id: str,
        body: models.SettleApprovalRequest,
        *,
        timeout: float | None = None,
    ) -> models.Approval:
        """Refuse what another admin asked for: `POST /api/v1/communities/{code}/approvals/{id}/refuse`

        For the community's admins, with a proof that is at most five minutes old. Whoever asked may take it back like this.
        """
        return cast("models.Approval", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/approvals/{quote(id)}/refuse",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_audits(
        self,
        code: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        action: str | None = None,
        actor: str | None = None,
        subject: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.AuditPage:
        """List what was changed in a community: `GET /api/v1/communities/{code}/audit`

        Its audit log, newest first: who changed what, when, from where and why. For admins.

        - `from_`: Only at or after this time (RFC 3339).
        - `to`: Only before this time (RFC 3339).
        - `action`: Only this action, such as `account.limits`.
        - `actor`: Only by this member or user: an id.
        - `subject`: Only on this account, by its code or id, or on another thing, by its id.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.AuditPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/audit",
            query={"from": from_, "to": to, "action": action, "actor": actor, "subject": subject, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_audits(
        self,
        code: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        action: str | None = None,
        actor: str | None = None,
        subject: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.AuditLine]:
        """All that `list_audits` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_audits(code, from_=from_, to=to, action=action, actor=actor, subject=subject, limit=limit, timeout=timeout, cursor=cursor))

    def get_balance_sheet(
        self,
        code: str,
        *,
        date: str | None = None,
        timeout: float | None = None,
    ) -> models.BalanceSheet:
        """Get a community's balance sheet: `GET /api/v1/communities/{code}/balance-sheet`

        The sums of what its members hold and owe and of its own accounts, which add up to zero, at the end of a day or now; with what
        is reserved and how much credit is granted. It is derived from the ledger's records up to `seq`, so that it stays the same for
        a day that is over. For admins.

        As PDF: a page in your language. As CSV: `date,seq,item,accounts,amount,currency,unit`, one sum on each line; the items `positive_balances`,
        `negative_balances`, `commons`, `write_off` and `peers` add up to `sum`, which is zero, and `reserved` and `credit_granted` stand behind it.

        - `date`: The day at whose end it is told, by the clocks of the community's time zone; now where it is left out.
        """
        return cast("models.BalanceSheet", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/balance-sheet",
            query={"date": date},
            timeout=timeout,
        ))

    def get_balance_sheet_as(
        self,
        code: str,
        *,
        date: str | None = None,
        accept: Literal["text/csv", "application/pdf"],
        timeout: float | None = None,
    ) -> bytes:
        """Get a community's balance sheet: `GET /api/v1/communities/{code}/balance-sheet`

        The sums of what its members hold and owe and of its own accounts, which add up to zero, at the end of a day or now; with what
        is reserved and how much credit is granted. It is derived from the ledger's records up to `seq`, so that it stays the same for
        a day that is over. For admins.

        As PDF: a page in your language. As CSV: `date,seq,item,accounts,amount,currency,unit`, one sum on each line; the items `positive_balances`,
        `negative_balances`, `commons`, `write_off` and `peers` add up to `sum`, which is zero, and `reserved` and `credit_granted` stand behind it.

        - `date`: The day at whose end it is told, by the clocks of the community's time zone; now where it is left out.
        """
        return self._send_for_document(
            "GET",
            f"/api/v1/communities/{quote(code)}/balance-sheet",
            query={"date": date},
            accept=accept,
            timeout=timeout,
        )

    def get_contributions(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.Contributions:
        """See what members contribute: `GET /api/v1/communities/{code}/contributions`

        How much each member contributes after each month or year, what is charged on balances, and when comes next. For members.
        """
        return cast("models.Contributions", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/contributions",
            timeout=timeout,
        ))

    def set_contributions(
        self,
        code: str,
        body: models.SetContributionsRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Contributions:
        """Set what members contribute: `PUT /api/v1/communities/{code}/contributions`

        For the community's admins, with a proof that is at most five minutes old. After each month, by the community's clocks, each member contributes the amount (after December, if
        yearly) from their first account, and each account is charged for the balance that it had at the month's end: all into the
        commons account, as payments with entries of the kinds `contribution` and `holding_charge`. The first month is the one in
        progress when contributions are set for the first time. What a limit does not allow is left owing.

        - `if_match`: `"v…"` with the version that the change is based on
        """
        return cast("models.Contributions", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/contributions",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_owing_contributions(
        self,
        code: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.OwingPage:
        """List accounts that owe contributions: `GET /api/v1/communities/{code}/contributions/owing`

        What a limit, or a frozen account, did not let the community take is left owing, and asked for again with the next month's.
        For admins.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.OwingPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/contributions/owing",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_owing_contributions(
        self,
        code: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.OwingAccount]:
        """All that `list_owing_contributions` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_owing_contributions(code, limit=limit, timeout=timeout, cursor=cursor))

    def get_contributions_preview(
        self,
        code: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.ContributionsPreview:
        """See what members would contribute: `GET /api/v1/communities/{code}/contributions/preview`

        By the rules that hold, and with the balances of now: what each account would be asked for if the month ended now, what it owes
        from before, and what all would be asked for together. For admins. Nothing is changed.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.ContributionsPreview", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/contributions/preview",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_get_contributions_preview(
        self,
        code: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.ExpectedDues]:
        """All that `get_contributions_preview` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.get_contributions_preview(code, limit=limit, timeout=timeout, cursor=cursor))

    def get_expected_loss(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.ExpectedLoss:
        """See what a community has to expect to lose: `GET /api/v1/communities/{code}/expected-loss`

        What members owe, by how long they have owed it, with the rate of each age that is expected to be lost, and what the commons
        has set aside. The rates stand in `people.md`. For admins.
        """
        return cast("models.ExpectedLoss", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/expected-loss",
            timeout=timeout,
        ))

    def set_fees(
        self,
        code: str,
        body: models.SetFeesRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.FeeRules:
        """Set which fees payments bear: `PUT /api/v1/communities/{code}/fees`

        For the community's admins, with a proof that is at most five minutes old. Payments between members bear these fees from
        then on, for the community's commons account, in their own transfer: the payer's on top of the amount, the payee's out of what
        is received, each rounded half up to the minor unit. A payment that is too small to bear the payee's fee is refused. Payments
        from or to the community's own accounts bear none, and nor does any while the commons account is not active or would go above
        its ceiling. What was reserved with an authorised payment stays the most that its payer bears. A refund gives no fees back, and a
        reversal all of them.

        - `if_match`: `"v…"` with the version of the fees that the change is based on
        """
        return cast("models.FeeRules", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/fees",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_income(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.Income:
        """See the income that the fund pays: `GET /api/v1/communities/{code}/fund/income`

        How much, how often and to whom; when comes next; and what came of the last periods: where the fund had not enough for all
        who qualified, it says so, and nobody got it. For members; admins see what the next would bring if its period ended now.
        """
        return cast("models.Income", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/fund/income",
            timeout=timeout,
        ))

    def set_income(
        self,
        code: str,
        body: models.SetIncomeRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Income | models.Approval:
        """Set the income that the fund pays: `PUT /api/v1/communities/{code}/fund/income`

        For the community's admins, with a proof that is at most five minutes old. After each period, by the community's clocks, each
        member who qualifies gets the amount to their first active account, in payments with entries of the kind `income`. All who
        qualify get it or nobody: where the fund has not enough for all of them, nobody gets anything for the period, the admins
        are told by mail, and it is not made up for later. Members whose account can take no more are left out. It begins with the
        period in progress. An amount above the community's `reversals_above` (`approval-rules`), and whatever the amount an income to a
        group that the admin is in, needs two admins: it answers 202, and holds once another admin agrees.

        - `if_match`: `"v…"` with the version that the change is based on
        """
        return cast("models.Income | models.Approval", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/fund/income",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_payout(
        self,
        code: str,
        body: models.CreatePayoutRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment | models.Approval:
        """Pay out of the fund: `POST /api/v1/communities/{code}/fund/payouts`

        For the community's admins, with a proof that is at most five minutes old, and not for apps. A payment of the commons account to
        a member's, with entries of the kind `payout`; it bears no fees. More than the `reversals_above` of
        `GET /communities/{code}/approval-rules`, and whatever goes to an account of your own, needs two admins: it answers 202, and
        is paid once another admin agrees.
        """
        return cast("models.Payment | models.Approval", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/fund/payouts",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def list_groups(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.MemberGroupList:
        """List a community's groups: `GET /api/v1/communities/{code}/groups`

        For admins. Groups are what policies tell members apart by; at most 100, in the order of their names.
        """
        return cast("models.MemberGroupList", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/groups",
            timeout=timeout,
        ))

    def create_group(
        self,
        code: str,
        body: models.CreateGroupRequest,
        *,
        timeout: float | None = None,
    ) -> models.MemberGroup:
        """Make a group: `POST /api/v1/communities/{code}/groups`

        For admins.
        """
        return cast("models.MemberGroup", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/groups",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def edit_group(
        self,
        code: str,
        group: str,
        body: models.EditGroupRequest,
        *,
        timeout: float | None = None,
    ) -> models.MemberGroup:
        """Rename a group: `PUT /api/v1/communities/{code}/groups/{group}`

        For admins.
        """
        return cast("models.MemberGroup", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/groups/{quote(group)}",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_group(
        self,
        code: str,
        group: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Delete a group: `DELETE /api/v1/communities/{code}/groups/{group}`

        Only one in which nobody is and which the limit policy does not name. For admins.
        """
        self._send(
            "DELETE",
            f"/api/v1/communities/{quote(code)}/groups/{quote(group)}",
            timeout=timeout,
        )

    def get_currency_health(
        self,
        code: str,
        *,
        figures: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        interval: str | None = None,
        timeout: float | None = None,
    ) -> models.CurrencyHealth:
        """See how the currency is doing: `GET /api/v1/communities/{code}/health`

        For the community's admins: turnover, velocity, active members, how balances are distributed, credit granted and used, how old
        debts and idle balances are, refusals, who trades with whom, newcomers and churn; each as a value now and as a series. They are
        written down in the background: those of the day in progress within minutes, those of a day that is over once, soon after
        midnight by the community's clocks. Every figure's formula and unit is in `health.md` beside this document. No sum is over fewer
        than three accounts or members, unless it is over all of them; what cannot be told is null. At most 400 steps and five years.

        - `figures`: The figures of the series, by name, with commas between them; all where it is left out.
        - `from_`: The day with which the series begins; left out, so that there are 30 steps.
        - `to`: The day before which it ends; tomorrow where it is left out.
        - `interval`: How long each step is: `day`, `week` (from Monday) or `month`; `day` where it is left out.
        """
        return cast("models.CurrencyHealth", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/health",
            query={"figures": figures, "from": from_, "to": to, "interval": interval},
            timeout=timeout,
        ))

    def set_health_thresholds(
        self,
        code: str,
        body: models.SetHealthThresholdsRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.HealthThresholds:
        """Set alert thresholds: `PUT /api/v1/communities/{code}/health/thresholds`

        For the community's admins, in the place of all thresholds there were. When a day ends with a figure beyond a threshold, the
        admins get a mail, and no other while it stays there. A figure without a value neither crosses a threshold nor comes back.

        - `if_match`: The `ETag` of the community's health that the change is based on
        """
        return cast("models.HealthThresholds", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/health/thresholds",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_invitations(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.InvitationPage:
        """List who was invited: `GET /api/v1/communities/{code}/invitations`

        Newest first. For admins.

        - `state`: Only in this state: `pending`, `accepted` or `revoked`.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.InvitationPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/invitations",
            query={"state": state, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_invitations(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Invitation]:
        """All that `list_invitations` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_invitations(code, state=state, limit=limit, timeout=timeout, cursor=cursor))

    def create_invitation(
        self,
        code: str,
        body: models.CreateInvitationRequest,
        *,
        timeout: float | None = None,
    ) -> models.Invitation:
        """Invite somebody: `POST /api/v1/communities/{code}/invitations`

        By a mail with a link that works once, for two weeks. Whoever applies with it needs no other confirmation of the
        address. For admins and, where the community allows it, for members: ten a day.
        """
        return cast("models.Invitation", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/invitations",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_invitation(
        self,
        code: str,
        id: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Take an invitation back: `DELETE /api/v1/communities/{code}/invitations/{id}`

        Its link stops working. For admins.
        """
        self._send(
            "DELETE",
            f"/api/v1/communities/{quote(code)}/invitations/{quote(id)}",
            timeout=timeout,
        )

    def list_leavings(
        self,
        code: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.LeavingPage:
        """List who is leaving: `GET /api/v1/communities/{code}/leavings`

        The newest member first, with what each still holds or owes, and the plan. For admins.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.LeavingPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/leavings",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_leavings(
        self,
        code: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Leaving]:
        """All that `list_leavings` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_leavings(code, limit=limit, timeout=timeout, cursor=cursor))

    def get_ledger(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.LedgerSummary:
        """See a community's ledger in numbers: `GET /api/v1/communities/{code}/ledger`

        All of one moment. Keep the head: with it you can tell later that history was not rewritten. For members.
        """
        return cast("models.LedgerSummary", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/ledger",
            timeout=timeout,
        ))

    def list_limit_policies(
        self,
        code: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.LimitPolicyPage:
        """List the limit policies: `GET /api/v1/communities/{code}/limit-policies`

        Every policy that was adopted, newest first. For admins.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.LimitPolicyPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/limit-policies",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_limit_policies(
        self,
        code: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.LimitPolicy]:
        """All that `list_limit_policies` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_limit_policies(code, limit=limit, timeout=timeout, cursor=cursor))

    def get_limit_policy(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.LimitPolicy:
        """See the limit policy: `GET /api/v1/communities/{code}/limit-policy`

        For members: how far accounts may go follows from it, unless an admin decided otherwise for one. `limits.md` beside this document says what each term is and how it is rounded. Before a community adopts one, all have what new members get: version 0.
        """
        return cast("models.LimitPolicy", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/limit-policy",
            timeout=timeout,
        ))

    def set_limit_policy(
        self,
        code: str,
        body: models.SetLimitPolicyRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.LimitPolicy | models.Approval:
        """Adopt a limit policy: `PUT /api/v1/communities/{code}/limit-policy`

        For admins, with a proof of who they are that is at most five minutes old. It becomes the next version, and every account follows it: soon, then day by day, each by a record of its own. Limits that an admin gave one account count instead of it until they end. A policy that could give more than one admin may give alone (`GET /communities/{code}/approval-rules`) needs two: it answers 202, and holds once another admin agrees.

        - `if_match`: The `ETag` of the policy that the change is based on
        """
        return cast("models.LimitPolicy | models.Approval", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/limit-policy",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_limit_policy_preview(
        self,
        code: str,
        body: models.CreateLimitPolicyPreviewRequest,
        *,
        timeout: float | None = None,
    ) -> models.LimitPolicyPreview:
        """Try a limit policy: `POST /api/v1/communities/{code}/limit-policy/preview`

        For admins: who would get other limits, how much credit would be granted in all, and which payments of the last year left an account beyond the limits that it would get, or were more than its payment limits would allow. Nothing is changed.
        """
        return cast("models.LimitPolicyPreview", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/limit-policy/preview",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_mails(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.MailPage:
        """List a community's mails: `GET /api/v1/communities/{code}/mails`

        Newest first: that they were sent, or why not, never what they say. For admins. Sent mails stay on the list for 30
        days, failed ones for 90.

        - `state`: Only in this state: `waiting`, `sent` or `failed`.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.MailPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/mails",
            query={"state": state, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_mails(
        self,
        code: str,
        *,
        state: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Mail]:
        """All that `list_mails` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_mails(code, state=state, limit=limit, timeout=timeout, cursor=cursor))

    def retry_mail(
        self,
        code: str,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Mail:
        """Send a failed mail after all: `POST /api/v1/communities/{code}/mails/{id}/retry`

        It is due at once, with all its attempts before it. A mail that waits already is left as it is. For admins. A failed
        mail with a one-time link cannot be sent again, because the link was erased: what sent it has to be asked for anew.
        """
        return cast("models.Mail", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/mails/{quote(id)}/retry",
            timeout=timeout,
        ))

    def list_members(
        self,
        code: str,
        *,
        q: str | None = None,
        status: str | None = None,
        group: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.MemberPage:
        """List a community's members: `GET /api/v1/communities/{code}/members`

        In the order of joining. For members.

        - `q`: Only with this text in the name or an account's code.
        - `status`: Only who stands so: `active`, `frozen`, `leaving`, or, for admins, `closed`. Left out, all but closed ones.
        - `group`: Only who is in the group with this id; for admins.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.MemberPage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/members",
            query={"q": q, "status": status, "group": group, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_members(
        self,
        code: str,
        *,
        q: str | None = None,
        status: str | None = None,
        group: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.DirectoryMember]:
        """All that `list_members` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_members(code, q=q, status=status, group=group, limit=limit, timeout=timeout, cursor=cursor))

    def get_member_class(
        self,
        code: str,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.MemberClass:
        """See what policies know of a member: `GET /api/v1/communities/{code}/members/{id}/class`

        For admins: its kind and its group. Whoever nothing was said about is a person in no group.
        """
        return cast("models.MemberClass", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/class",
            timeout=timeout,
        ))

    def set_member_class(
        self,
        code: str,
        id: str,
        body: models.SetMemberClassRequest,
        *,
        timeout: float | None = None,
    ) -> models.MemberClass:
        """Say what kind of member it is, and in which group: `PUT /api/v1/communities/{code}/members/{id}/class`

        For admins. A member is in at most one group. What the limit policy gives the member follows at once.
        """
        return cast("models.MemberClass", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/class",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_leaving(
        self,
        code: str,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Leaving:
        """See how far a member's leaving has come: `GET /api/v1/communities/{code}/members/{id}/leaving`

        For whoever operates the member, and for admins: since when, what is still to be settled, and the plan.
        """
        return cast("models.Leaving", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/leaving",
            timeout=timeout,
        ))

    def propose_leaving_plan(
        self,
        code: str,
        id: str,
        body: models.ProposePlanRequest,
        *,
        timeout: float | None = None,
    ) -> models.Leaving:
        """Propose how a leaving member comes to zero: `PUT /api/v1/communities/{code}/members/{id}/leaving/plan`

        For whoever operates the member, and for admins, with a proof that is at most five minutes old. It takes the place of the
        plan before, and the other side, which is told by mail, agrees to it. The plan binds nobody's payments: it says what was
        agreed, and reminds of it.
        """
        return cast("models.Leaving", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/leaving/plan",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def agree_to_leaving_plan(
        self,
        code: str,
        id: str,
        body: models.AgreeToPlanRequest,
        *,
        timeout: float | None = None,
    ) -> models.Leaving:
        """Agree to a leaving member's plan: `POST /api/v1/communities/{code}/members/{id}/leaving/plan/agree`

        For the side that did not propose it: an admin, or whoever operates the member; with a proof that is at most five minutes
        old. From then on people are reminded by mail, a week before each date and on the day.
        """
        return cast("models.Leaving", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/leaving/plan/agree",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def set_member_name(
        self,
        code: str,
        id: str,
        body: models.RenameMemberRequest,
        *,
        timeout: float | None = None,
    ) -> models.Member:
        """Give a member another name: `PUT /api/v1/communities/{code}/members/{id}/name`

        For the community's admins, with a proof that is at most five minutes old. Those of the member's accounts that had the old name get the
        new one; payments that were made before show it, too. The login's own name stays as it is. The audit log says who did it and why, and
        no name. Those who operate the member are written to.
        """
        return cast("models.Member", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/name",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def set_role(
        self,
        code: str,
        id: str,
        body: models.SetRoleRequest,
        *,
        timeout: float | None = None,
    ) -> models.Member:
        """Set what a member may do: `PUT /api/v1/communities/{code}/members/{id}/role`

        For the community's admins, with a proof that is at most five minutes old. A `broker` may let people in, and act for
        members who agreed to it; what they agreed to ends with the role. The last admin who can act stays one.
        """
        return cast("models.Member", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/role",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def set_member_status(
        self,
        code: str,
        id: str,
        body: models.SetMemberStatusRequest,
        *,
        timeout: float | None = None,
    ) -> models.Member:
        """Freeze, thaw or close a member, or let it leave: `PUT /api/v1/communities/{code}/members/{id}/status`

        For the community's admins, with a proof that is at most five minutes old. The member's accounts get the same status, and
        whoever operates it is told by mail, with the reason. The balance of a member who is leaving only moves towards zero; at zero
        it is closed by itself. Only a member whose accounts are at zero can be closed, and stays so; the last admin who can act stays.
        """
        return cast("models.Member", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/members/{quote(id)}/status",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_merges(
        self,
        code: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.MergePage:
        """List the merges of accounts: `GET /api/v1/communities/{code}/merges`

        For the community's admins: which accounts were merged into which, what moved and by which payment, that of the newest account
        first.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.MergePage", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/merges",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_merges(
        self,
        code: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Merge]:
        """All that `list_merges` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_merges(code, limit=limit, timeout=timeout, cursor=cursor))

    def create_merge(
        self,
        code: str,
        body: models.CreateMergeRequest,
        *,
        timeout: float | None = None,
    ) -> models.Merge | models.Approval:
        """Merge two accounts of one person: `POST /api/v1/communities/{code}/merges`

        For the community's admins, with a proof that is at most five minutes old, and not of just one account of their own. All that
        the duplicate has moves to the account that is kept, within that one's limits, by entries of the kind `merge`; then the
        duplicate is closed with its member, and leads to the other. Where the community has two admins agree to anything
        (`approval-rules`), it answers 202, and is done once another admin agrees. Asked for again, it answers as before.
        What is open at the duplicate stands in the way: `errors` names each of them.
        """
        return cast("models.Merge | models.Approval", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/merges",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_merge_preview(
        self,
        code: str,
        body: models.CreateMergePreviewRequest,
        *,
        timeout: float | None = None,
    ) -> models.MergePreview:
        """Try a merge: `POST /api/v1/communities/{code}/merges/preview`

        For the community's admins: what would move, what the account that is kept would have, whether another admin has to agree,
        and everything that stands in the way, each by its id. Nothing is changed.
        """
        return cast("models.MergePreview", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/merges/preview",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_sandbox(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.Sandbox:
        """Get a sandbox: `POST /api/v1/communities/{code}/sandbox`

        For members: the community's twin, in which keys and shops are tried, with an account for a shop and one for a buyer, both the caller's.
        Whoever asks first has it made; asked again, it tells the same. The twin is a community of its own, with a ledger of its own: its keys
        begin with `cfk_test_` and work nowhere else, and nobody is written of what happens there.
        """
        return cast("models.Sandbox", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/sandbox",
            timeout=timeout,
        ))

    def get_settings(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> models.Settings:
        """Read a community's settings: `GET /api/v1/communities/{code}/settings`

        For the community's members: what its admins chose about it as a whole, with what each was at first and where the rest
        is chosen. `GET /communities/{code}/audit` tells each change, with who made it and why.
        """
        return cast("models.Settings", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/settings",
            timeout=timeout,
        ))

    def edit_settings(
        self,
        code: str,
        body: models.EditSettingsRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Settings | models.Approval:
        """Change a community's settings: `PATCH /api/v1/communities/{code}/settings`

        For its admins: all that is named is changed at once, or nothing. `step_up_above` needs a proof that is at most five
        minutes old; where a community has two admins agree to anything (`approval-rules`), protecting payments less needs two
        as well: it answers 202, and holds once another admin agrees.

        - `if_match`: The `ETag` of the settings that the change is based on
        """
        return cast("models.Settings | models.Approval", self._send(
            "PATCH",
            f"/api/v1/communities/{quote(code)}/settings",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def set_community_step_up(
        self,
        code: str,
        body: models.SetCommunityStepUpRequest,
        *,
        timeout: float | None = None,
    ) -> models.CommunityStepUpView | models.Approval:
        """Set above which amount all payments need a fresh proof: `PUT /api/v1/communities/{code}/step-up`

        For the community's admins, with a proof that is at most five minutes old. Members may set a lower amount for their
        own accounts. Where a community has two admins agree to anything, protecting payments less needs two as well.
        """
        return cast("models.CommunityStepUpView | models.Approval", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/step-up",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def set_time_zone(
        self,
        code: str,
        body: models.SetTimeZoneRequest,
        *,
        timeout: float | None = None,
    ) -> models.Community:
        """Set the time zone: `PUT /api/v1/communities/{code}/time-zone`

        For the community's admins. Planned payments come by the clocks of this zone. What is next of a schedule stays at its
        time; the runs behind it come by the new clocks.
        """
        return cast("models.Community", self._send(
            "PUT",
            f"/api/v1/communities/{quote(code)}/time-zone",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_write_offs(
        self,
        code: str,
        *,
        year: int | None = None,
        timeout: float | None = None,
    ) -> models.WriteOffRegister:
        """Read the register of write-offs: `GET /api/v1/communities/{code}/write-offs`

        For the community's members: what was written off in a year, by amount and month, with the reason in short, and without names.
        A month is shown once it is over, and a reason where at least three write-offs of the year have it. Admins see all of it, with
        the accounts. At most 1,000 lines.

        - `year`: The year, by the clocks of the community's time zone; the present one where it is left out.
        """
        return cast("models.WriteOffRegister", self._send(
            "GET",
            f"/api/v1/communities/{quote(code)}/write-offs",
            query={"year": year},
            timeout=timeout,
        ))

    def create_write_off(
        self,
        code: str,
        body: models.CreateWriteOffRequest,
        *,
        timeout: float | None = None,
    ) -> models.Approval:
        """Ask for a balance to be written off: `POST /api/v1/communities/{code}/write-offs`

        For the community's admins, with a proof that is at most five minutes old, and not of their own account. It always needs
        two: it answers 202, and another admin agrees with `POST …/approvals/{id}/approve`. Then all of the balance moves between the
        account and the community's write-off account, past whatever limits there are: no more than it was when it was asked for.
        Nothing may be reserved in the account.
        """
        return cast("models.Approval", self._send(
            "POST",
            f"/api/v1/communities/{quote(code)}/write-offs",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_event_ticket(
        self,
        *,
        timeout: float | None = None,
    ) -> models.EventTicket:
        """Get a ticket for a stream: `POST /api/v1/events/tickets`

        For browsers, which cannot set headers when they open a stream: `GET /events?ticket=…`. It opens one stream, within 30
        seconds, that hears what the token may hear and ends with it.
        """
        return cast("models.EventTicket", self._send(
            "POST",
            "/api/v1/events/tickets",
            timeout=timeout,
        ))

    def get_me(
        self,
        *,
        timeout: float | None = None,
    ) -> models.Me:
        """Who am I: `GET /api/v1/me`

        The login, with one membership for each member that it operates, and their accounts.
        """
        return cast("models.Me", self._send(
            "GET",
            "/api/v1/me",
            timeout=timeout,
        ))

    def list_own_audits(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.OwnAuditPage:
        """List what happened to one's own login: `GET /api/v1/me/audit`

        Sign-ins, ended sessions, wrong guesses that reached a limit and changes, newest first, with where they came from.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.OwnAuditPage", self._send(
            "GET",
            "/api/v1/me/audit",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_own_audits(
        self,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.OwnAuditLine]:
        """All that `list_own_audits` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_own_audits(limit=limit, timeout=timeout, cursor=cursor))

    def create_erasure(
        self,
        body: models.CreateErasureRequest,
        *,
        timeout: float | None = None,
    ) -> models.Erasure:
        """Ask to be forgotten: `POST /api/v1/me/erasure`

        Every account must be settled and closed first, and a community's last admin makes somebody else one. After two weeks, in
        which it can be taken back, the login and every text that tells of its owner are erased; the ledger keeps ids and
        amounts, and still verifies. Where one of these does not hold any more by then, it is tried again every day. Needs a
        proof of who you are that is at most five minutes old.
        """
        return cast("models.Erasure", self._send(
            "POST",
            "/api/v1/me/erasure",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_erasure(
        self,
        *,
        timeout: float | None = None,
    ) -> None:
        """Take the wish to be forgotten back: `DELETE /api/v1/me/erasure`

        Until a minute before it is due. Everything stays as it is.
        """
        self._send(
            "DELETE",
            "/api/v1/me/erasure",
            timeout=timeout,
        )

    def get_export(
        self,
        *,
        format: str | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.Export:
        """Export all that is held about me: `GET /api/v1/me/export`

        Rows of one table after the other, at most 500 on a page: the login, memberships, accounts, entries, payments, refusals,
        sessions, audit lines, apps, mails, applications, invitations. Amounts are in minor units of the community's `scale`. Needs a proof of who you are
        that is at most five minutes old. As CSV: `table,row,column,value`, with cells guarded against formulas; the next page
        is in `Link`.

        - `format`: `json` or `csv`; where it is left out, what `Accept` asks for.
        - `cursor`: `next_cursor` of the page before, or the one in its `Link`.
        """
        return cast("models.Export", self._send(
            "GET",
            "/api/v1/me/export",
            query={"format": format, "cursor": cursor},
            timeout=timeout,
        ))

    def get_export_as(
        self,
        *,
        format: str | None = None,
        cursor: str | None = None,
        accept: Literal["text/csv"],
        timeout: float | None = None,
    ) -> bytes:
        """Export all that is held about me: `GET /api/v1/me/export`

        Rows of one table after the other, at most 500 on a page: the login, memberships, accounts, entries, payments, refusals,
        sessions, audit lines, apps, mails, applications, invitations. Amounts are in minor units of the community's `scale`. Needs a proof of who you are
        that is at most five minutes old. As CSV: `table,row,column,value`, with cells guarded against formulas; the next page
        is in `Link`.

        - `format`: `json` or `csv`; where it is left out, what `Accept` asks for.
        - `cursor`: `next_cursor` of the page before, or the one in its `Link`.
        """
        return self._send_for_document(
            "GET",
            "/api/v1/me/export",
            query={"format": format, "cursor": cursor},
            accept=accept,
            timeout=timeout,
        )

    def each_get_export(
        self,
        *,
        format: str | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.ExportedRow]:
        """All that `get_export` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.get_export(format=format, timeout=timeout, cursor=cursor))

    def list_grants(
        self,
        *,
        timeout: float | None = None,
    ) -> models.GrantList:
        """What did I allow: `GET /api/v1/me/grants`

        The apps that act for the caller, and how far, newest first. Only for a sign-in at the service itself, not for apps.
        """
        return cast("models.GrantList", self._send(
            "GET",
            "/api/v1/me/grants",
            timeout=timeout,
        ))

    def get_current_grant(
        self,
        *,
        timeout: float | None = None,
    ) -> models.PresentGrant:
        """What am I allowed: `GET /api/v1/me/grants/current`

        For apps, asked with the token that they got: what the member allowed, and the one account that they were bound to, where they
        were: a shop platform so learns which shop has connected, and whether that is only a test.
        """
        return cast("models.PresentGrant", self._send(
            "GET",
            "/api/v1/me/grants/current",
            timeout=timeout,
        ))

    def delete_grant(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Take back what I allowed: `DELETE /api/v1/me/grants/{id}`

        From its next request on, the app can do nothing more.
        """
        self._send(
            "DELETE",
            f"/api/v1/me/grants/{quote(id)}",
            timeout=timeout,
        )

    def delete_membership(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Leave a community: `DELETE /api/v1/me/memberships/{code}`

        With a proof that is at most five minutes old. Closes the member and its accounts, which must hold and owe nothing. Who
        has left does not come back as they were, and may ask to join anew. The last admin who can act stays.
        """
        self._send(
            "DELETE",
            f"/api/v1/me/memberships/{quote(code)}",
            timeout=timeout,
        )

    def begin_leaving(
        self,
        code: str,
        body: models.BeginLeavingRequest,
        *,
        timeout: float | None = None,
    ) -> models.MemberList:
        """Begin to leave a community: `PUT /api/v1/me/memberships/{code}/leaving`

        With a proof that is at most five minutes old. From then on the balance only moves towards zero: who holds something may
        spend it, who owes something may earn it, and neither goes past zero. At zero the member is closed by itself. Until then it
        can stay after all, and a plan to settle can be agreed with the admins, who are told by mail. The last admin cannot leave.
        """
        return cast("models.MemberList", self._send(
            "PUT",
            f"/api/v1/me/memberships/{quote(code)}/leaving",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def end_leaving(
        self,
        code: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Stay in a community after all: `DELETE /api/v1/me/memberships/{code}/leaving`

        With a proof that is at most five minutes old. Takes back that one leaves, as long as the member is not closed; the limits
        hold again as before, and the plan to settle is off.
        """
        self._send(
            "DELETE",
            f"/api/v1/me/memberships/{quote(code)}/leaving",
            timeout=timeout,
        )

    def get_notifications(
        self,
        *,
        timeout: float | None = None,
    ) -> models.NotificationsList:
        """See what I am told of by mail: `GET /api/v1/me/notifications`

        For each of your communities, how soon you are told of each topic: `at_once`, `daily` (in the morning), `weekly` (on Monday
        morning) or `off`. Topics: `payment_received`, `payment_sent`, `request_received` (somebody asks you to pay),
        `payment_changed` (authorised, accepted, declined, cancelled, expired), `account_changed` (frozen, thawed, closed), `near_limit` (an account of yours has come near its credit limit or ceiling), `member_near_limit` (to admins: a member's account has). Mails about
        your login's safety, your limits and what you planned always come.
        """
        return cast("models.NotificationsList", self._send(
            "GET",
            "/api/v1/me/notifications",
            timeout=timeout,
        ))

    def set_notifications(
        self,
        body: models.SetNotificationsRequest,
        *,
        timeout: float | None = None,
    ) -> models.Notifications:
        """Choose what I am told of by mail: `PUT /api/v1/me/notifications`

        A choice holds for what happens from then on: what waited for a digest of another cadence is not told any more.
        """
        return cast("models.Notifications", self._send(
            "PUT",
            "/api/v1/me/notifications",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_passkeys(
        self,
        *,
        timeout: float | None = None,
    ) -> models.PasskeyList:
        """List my passkeys: `GET /api/v1/me/passkeys`

        Ten at most, the oldest first.
        """
        return cast("models.PasskeyList", self._send(
            "GET",
            "/api/v1/me/passkeys",
            timeout=timeout,
        ))

    def create_passkey(
        self,
        body: models.CreatePasskeyRequest,
        *,
        timeout: float | None = None,
    ) -> models.Passkey:
        """Add a passkey: `POST /api/v1/me/passkeys`

        From now on it signs in, without the password and also where a second factor is on, and proves again who you are. A
        login may have ten. A mail says that it was added. Needs a proof of who you are that is at most five minutes old.
        """
        return cast("models.Passkey", self._send(
            "POST",
            "/api/v1/me/passkeys",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def start_passkey(
        self,
        *,
        timeout: float | None = None,
    ) -> models.PasskeyCreation:
        """Start a passkey: `POST /api/v1/me/passkeys/options`

        What a browser needs to make one. What it gives goes to `POST /me/passkeys` within five minutes, in the same session.
        Needs a proof of who you are that is at most five minutes old.
        """
        return cast("models.PasskeyCreation", self._send(
            "POST",
            "/api/v1/me/passkeys/options",
            timeout=timeout,
        ))

    def delete_passkey(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Remove one of my passkeys: `DELETE /api/v1/me/passkeys/{id}`

        Sessions that were begun with it end, but for the one that asks. A mail says that it was removed. Needs a proof of who
        you are that is at most five minutes old.
        """
        self._send(
            "DELETE",
            f"/api/v1/me/passkeys/{quote(id)}",
            timeout=timeout,
        )

    def set_password(
        self,
        body: models.SetPasswordRequest,
        *,
        timeout: float | None = None,
    ) -> None:
        """Change my password: `POST /api/v1/me/password`

        Needs a proof of who you are that is at most five minutes old. All other sessions end.
        """
        self._send(
            "POST",
            "/api/v1/me/password",
            body=body,
            body_type="application/json",
            timeout=timeout,
        )

    def start_totp(
        self,
        *,
        timeout: float | None = None,
    ) -> models.StartedTotpView:
        """Start a second factor: `POST /api/v1/me/totp`

        It counts once `POST /me/totp/confirm` has seen a code of it. Needs a proof of who you are that is at most five
        minutes old.
        """
        return cast("models.StartedTotpView", self._send(
            "POST",
            "/api/v1/me/totp",
            timeout=timeout,
        ))

    def delete_totp(
        self,
        *,
        timeout: float | None = None,
    ) -> None:
        """Turn the second factor off: `DELETE /api/v1/me/totp`

        Needs a proof by the second factor that is at most five minutes old, and a password of at least 15 characters.
        """
        self._send(
            "DELETE",
            "/api/v1/me/totp",
            timeout=timeout,
        )

    def confirm_totp(
        self,
        body: models.ConfirmTotpRequest,
        *,
        timeout: float | None = None,
    ) -> models.RecoveryCodesView:
        """Turn the second factor on: `POST /api/v1/me/totp/confirm`

        Signing in asks for a code from now on. Keep the recovery codes somewhere else than the authenticator.
        """
        return cast("models.RecoveryCodesView", self._send(
            "POST",
            "/api/v1/me/totp/confirm",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_oauth_clients(
        self,
        *,
        timeout: float | None = None,
    ) -> models.OAuthClientList:
        """List my apps: `GET /api/v1/oauth-clients`

        The apps that the caller registered, oldest first, without their secrets.
        """
        return cast("models.OAuthClientList", self._send(
            "GET",
            "/api/v1/oauth-clients",
            timeout=timeout,
        ))

    def create_oauth_client(
        self,
        body: models.CreateOAuthClientRequest,
        *,
        timeout: float | None = None,
    ) -> models.OAuthClient:
        """Register an app: `POST /api/v1/oauth-clients`

        It belongs to the caller, who may have twenty. A confidential app's secret is told in this answer and never again.
        A machine (`client_credentials`) acts for the caller, on the accounts that the caller operates at the time, with no
        more than its scopes, and within its ceilings where it has some.
        """
        return cast("models.OAuthClient", self._send(
            "POST",
            "/api/v1/oauth-clients",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_oauth_client(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Remove an app: `DELETE /api/v1/oauth-clients/{id}`

        It gets no more tokens, and whatever members allowed it ends.
        """
        self._send(
            "DELETE",
            f"/api/v1/oauth-clients/{quote(id)}",
            timeout=timeout,
        )

    def create_password_reset(
        self,
        body: models.CreatePasswordResetRequest,
        *,
        timeout: float | None = None,
    ) -> None:
        """Ask for a new password: `POST /api/v1/password-resets`

        Sends a message to the address if it has a login. The answer is the same whether it has one or not.
        """
        self._send(
            "POST",
            "/api/v1/password-resets",
            body=body,
            body_type="application/json",
            timeout=timeout,
        )

    def complete_password_reset(
        self,
        body: models.CompletePasswordResetRequest,
        *,
        timeout: float | None = None,
    ) -> None:
        """Choose a new password: `POST /api/v1/password-resets/complete`

        The token works once, for twenty minutes, and only while no newer one was asked for. All sessions end.
        """
        self._send(
            "POST",
            "/api/v1/password-resets/complete",
            body=body,
            body_type="application/json",
            timeout=timeout,
        )

    def list_payment_links(
        self,
        *,
        account: str | None = None,
        timeout: float | None = None,
    ) -> models.PaymentLinkList:
        """List payment links: `GET /api/v1/payment-links`

        Those in use of one's own accounts, newest first; or those of one account that one may take for.

        - `account`: Only of this account: its code or id.
        """
        return cast("models.PaymentLinkList", self._send(
            "GET",
            "/api/v1/payment-links",
            query={"account": account},
            timeout=timeout,
        ))

    def create_payment_link(
        self,
        body: models.CreatePaymentLinkRequest,
        *,
        timeout: float | None = None,
    ) -> models.PaymentLink:
        """Make a payment link: `POST /api/v1/payment-links`

        For shops and causes without software of their own: its `url` is a button on a web site, a line in a mail or a QR code on a
        counter. Each member who follows it gets a checkout of 15 minutes. An account can have a hundred in use.
        """
        return cast("models.PaymentLink", self._send(
            "POST",
            "/api/v1/payment-links",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_payment_link(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """Take a payment link out of use: `DELETE /api/v1/payment-links/{id}`

        For whoever may take for its account. Its page says so from then on; checkouts that it made stand as they are.
        """
        self._send(
            "DELETE",
            f"/api/v1/payment-links/{quote(id)}",
            timeout=timeout,
        )

    def create_payment_request(
        self,
        body: models.CreatePaymentRequestRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Ask to be paid: `POST /api/v1/payment-requests`

        For whoever may take for the payee. The payer is told, and accepts or declines; the payee can cancel it as long as it
        is open. A request that the payer's standing order covers, which trusts the payee up to an amount, is paid at once:
        the answer's state says so. At most 50 requests from one account to another are open at the same time.
        """
        return cast("models.Payment", self._send(
            "POST",
            "/api/v1/payment-requests",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def list_payments(
        self,
        *,
        state: str | None = None,
        account: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        q: str | None = None,
        direction: str | None = None,
        party: str | None = None,
        amount_min: str | None = None,
        amount_max: str | None = None,
        category: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.PaymentPage:
        """List payments: `GET /api/v1/payments`

        One's own, newest first, over all of one's communities. Admins may name any account of their community. A request looks at
        some thousand payments: where few of them fit, the page is short or even empty, and `next_cursor` goes on below them. Only
        where it is null there are no more.

        - `state`: Only in this state, such as `completed`.
        - `account`: Only from or to this account: its code or id.
        - `from_`: Only made at or after this time (RFC 3339).
        - `to`: Only made before this time (RFC 3339).
        - `q`: Only with this text in the description, or in the other side's name or code.
        - `direction`: Only this way: `in` to your account, or `out` from it.
        - `party`: Only from or to this account: its code or id.
        - `amount_min`: Only of at least this amount.
        - `amount_max`: Only of at most this amount.
        - `category`: Only those which you noted under this category.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.PaymentPage", self._send(
            "GET",
            "/api/v1/payments",
            query={"state": state, "account": account, "from": from_, "to": to, "q": q, "direction": direction, "party": party, "amount_min": amount_min, "amount_max": amount_max, "category": category, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_payments(
        self,
        *,
        state: str | None = None,
        account: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        q: str | None = None,
        direction: str | None = None,
        party: str | None = None,
        amount_min: str | None = None,
        amount_max: str | None = None,
        category: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Payment]:
        """All that `list_payments` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_payments(state=state, account=account, from_=from_, to=to, q=q, direction=direction, party=party, amount_min=amount_min, amount_max=amount_max, category=category, limit=limit, timeout=timeout, cursor=cursor))

    def create_payment(
        self,
        body: models.CreatePaymentRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Pay: `POST /api/v1/payments`

        Moves money at once, or, with `"capture":"manual"`, sets it aside: then the payment is `authorised`, the amount counts
        as reserved, and the payee captures or voids it until `expires_at`. The answer comes after the payment is on disk. The same `Idempotency-Key` with the same body
        pays at most once, for ever, and answers the same bytes with `Idempotency-Replayed: true`. A refusal is kept under
        its key, too: use a new key after a limit was raised.

        With `scheduled_for` the payment is planned instead: it is `scheduled`, can be cancelled, and is judged and made when
        its time comes; then it is `completed`, or `failed` with the reason. A fresh proof, where its amount needs one, is
        needed now and not again then. Up to a hundred payments and schedules may be planned from an account.

        People press twice: what looks like the repetition of a payment of the last two minutes is answered
        `409 possible_duplicate` with the earlier one as `payment_id`, and goes through under a new key with
        `"allow_duplicate": true`. A program that keeps its own keys apart sets it always.
        """
        return cast("models.Payment", self._send(
            "POST",
            "/api/v1/payments",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def create_batch(
        self,
        body: models.PaymentListRequest,
        *,
        idempotency_key: str,
        allow_duplicate: bool | None = None,
        timeout: float | None = None,
    ) -> models.PaymentBatch:
        """Pay one to many, or many to one: `POST /api/v1/payments/batch`

        Makes up to 1,000 payments by one transfer: all or none. Each account's net change counts, whatever the order, so what one
        of the payments brings in another one can spend. Who pays must be yours each time. Where a line is refused nothing is
        posted, and the answer is `409 lines_refused` with each such line in `errors`.

        - `allow_duplicate`: Whether each is meant, also where it looks like the repetition of another; false where it is left out.
        """
        return cast("models.PaymentBatch", self._send(
            "POST",
            "/api/v1/payments/batch",
            query={"allow_duplicate": allow_duplicate},
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def create_bulk(
        self,
        body: models.PaymentListRequest,
        *,
        idempotency_key: str,
        mode: str | None = None,
        allow_duplicate: bool | None = None,
        timeout: float | None = None,
    ) -> models.PaymentBatch:
        """Pay a list: `POST /api/v1/payments/bulk`

        Makes up to 10,000 payments by one transfer, judged one after the other with the balances that the lines before leave, as
        the preview shows them. JSON, or CSV (UTF-8, commas or semicolons) with the columns `payer`, `payee`, `amount` and, if you
        like, `description`. The list as a whole is posted at most once for each `Idempotency-Key`. With `all_or_nothing` one refused
        line refuses all (`409 lines_refused`, with each in `errors`); with `valid_lines` the answer's `refusals` tell what was left out.
        Lines are counted from 1, in a file with its first line.

        - `mode`: `all_or_nothing`, or `valid_lines` to leave out what is refused; the first where it is left out.
        - `allow_duplicate`: Whether each payment is meant, also where it looks like the repetition of another; false where it is left out.
        """
        return cast("models.PaymentBatch", self._send(
            "POST",
            "/api/v1/payments/bulk",
            query={"mode": mode, "allow_duplicate": allow_duplicate},
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def create_bulk_preview(
        self,
        body: models.PaymentListRequest,
        *,
        allow_duplicate: bool | None = None,
        timeout: float | None = None,
    ) -> models.BulkPreview:
        """Preview a list of payments: `POST /api/v1/payments/bulk/preview`

        Takes the body of a list and says line by line what would happen, by the rules that post it: the payer's balance and what it
        could still spend after each line, or why the line would be refused. Nothing is posted, and no key is needed.

        - `allow_duplicate`: Whether each is meant, also where it looks like the repetition of another; false where it is left out.
        """
        return cast("models.BulkPreview", self._send(
            "POST",
            "/api/v1/payments/bulk/preview",
            query={"allow_duplicate": allow_duplicate},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_payment(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Payment:
        """See a payment: `GET /api/v1/payments/{id}`

        For those who have a side in it, and for admins.
        """
        return cast("models.Payment", self._send(
            "GET",
            f"/api/v1/payments/{quote(id)}",
            timeout=timeout,
        ))

    def accept_payment(
        self,
        id: str,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Accept a request: `POST /api/v1/payments/{id}/accept`

        For whoever may pay from the account that was asked. It is paid by the rules of any payment, at once; a refusal leaves the request as it is. Of two who act on one request at the same time, one wins.
        """
        return cast("models.Payment", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/accept",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def cancel_payment(
        self,
        id: str,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Cancel a request or a planned payment: `POST /api/v1/payments/{id}/cancel`

        A request: for whoever may ask for the payee. A payment that is planned for later: for whoever may pay from the account,
        until it has had its turn. What is authorised is not cancelled but voided.
        """
        return cast("models.Payment", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/cancel",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def capture_payment(
        self,
        id: str,
        body: models.CaptureRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Capture an authorised payment: `POST /api/v1/payments/{id}/capture`

        For whoever may take for the payee, in part or whole; what is left is released. It passes also where the payer's limit was cut or the account frozen since.
        """
        return cast("models.Payment", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/capture",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def decline_payment(
        self,
        id: str,
        body: models.DeclineRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Decline a request: `POST /api/v1/payments/{id}/decline`

        For whoever may pay from the account that was asked. The payee is told, with the reason.
        """
        return cast("models.Payment", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/decline",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def get_payment_note(
        self,
        id: str,
        *,
        account: str | None = None,
        timeout: float | None = None,
    ) -> models.PaymentNote:
        """See what you noted of a payment: `GET /api/v1/payments/{id}/note`

        A category and a note, for those who look after your account. The other side has its own, and admins see neither.

        - `account`: Your account, by code or id, where both sides are yours.
        """
        return cast("models.PaymentNote", self._send(
            "GET",
            f"/api/v1/payments/{quote(id)}/note",
            query={"account": account},
            timeout=timeout,
        ))

    def set_payment_note(
        self,
        id: str,
        body: models.SetNoteRequest,
        *,
        account: str | None = None,
        timeout: float | None = None,
    ) -> models.PaymentNote:
        """Note something of a payment: `PUT /api/v1/payments/{id}/note`

        For those who look after your account: the other side sees nothing of it, and nobody else. It goes into your export, and goes
        when you are forgotten. The last word counts.

        - `account`: Your account, by code or id, where both sides are yours.
        """
        return cast("models.PaymentNote", self._send(
            "PUT",
            f"/api/v1/payments/{quote(id)}/note",
            query={"account": account},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_payment_receipt_as(
        self,
        id: str,
        *,
        accept: Literal["application/pdf"],
        timeout: float | None = None,
    ) -> bytes:
        """Get a payment's receipt: `GET /api/v1/payments/{id}/receipt`

        A page of PDF in your language: who paid whom, how much, what for and when by the clocks of the community's time zone, with the
        payment's id and its place in the ledger. For completed payments, to those who may see them. The page sets scripts that run from
        left to right, letter by letter: Latin, Greek, Cyrillic, Armenian, Georgian and more. For a character that its font lacks, such as
        Chinese ones and pictures, stands the sign �; a name or text from right to left (Hebrew, Arabic), or of such characters alone, is left
        out, and the page says so. Account codes and amounts are always there.
        """
        return self._send_for_document(
            "GET",
            f"/api/v1/payments/{quote(id)}/receipt",
            accept=accept,
            timeout=timeout,
        )

    def create_refund(
        self,
        id: str,
        body: models.CreateRefundRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Refund a payment: `POST /api/v1/payments/{id}/refunds`

        For whoever may pay from the account that was paid. The refund is a new payment the other way, which names the first
        as `refund_of`; the first tells in `refunded` how much of it was given back. There may be several, which together are
        never more than was paid. A refund itself is not refunded. Accounts and limits are judged as for any payment.
        Where the price was paid in two moneys, `national_back` says what you give back yourself of the other one: the same share.
        """
        return cast("models.Payment", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/refunds",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def create_reversal(
        self,
        id: str,
        body: models.CreateReversalRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment | models.Approval:
        """Reverse a payment: `POST /api/v1/payments/{id}/reversal`

        For admins, with a fresh proof, and not for apps. Takes back what is left of a completed payment, after its refunds, in one
        new payment the other way, which names the first as `reversal_of`; so there is at most one for each payment. Frozen accounts
        are moved as well, closed ones are not. Where an account would be left past its limit, the reversal says so
        (`insufficient_credit`, `ceiling_exceeded`) and goes through under a new key with `allow_beyond_limit`. What gives back another
        payment itself is not reversed: make a new payment. A reversal of more than the
        amount of `GET /communities/{code}/approval-rules` needs two admins: it answers 202, and is made, of what is left then, once
        another admin agrees; a limit that it would break then is told to whoever agrees.
        """
        return cast("models.Payment | models.Approval", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/reversal",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def void_payment(
        self,
        id: str,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Payment:
        """Void an authorised payment: `POST /api/v1/payments/{id}/void`

        For whoever may take for the payee, and for admins. The payer cannot: the hold is a promise given to the payee.
        """
        return cast("models.Payment", self._send(
            "POST",
            f"/api/v1/payments/{quote(id)}/void",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def create_quote(
        self,
        body: models.CreatePaymentRequest,
        *,
        timeout: float | None = None,
    ) -> models.Quote:
        """Ask what a payment would do: `POST /api/v1/quotes`

        Takes the body of a payment and judges it by the rules that post payments: fees, how both sides would be afterwards, and
        the `refusal` in full, where it would be refused. With `capture` `manual` it shows what setting the money aside would leave
        available, and with `scheduled_for` whether the payment could be planned: what is planned changes no amounts, and credit is
        judged when its time comes. Nothing is posted or kept, and no key is needed. Amounts of
        a side are null where the payment would be refused, where the account's amounts are not yours to see, and where the token
        lacks `accounts:read`. Until you pay, others may pay, too: what counts is what holds then.
        """
        return cast("models.Quote", self._send(
            "POST",
            "/api/v1/quotes",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_schedules(
        self,
        *,
        state: str | None = None,
        account: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.SchedulePage:
        """List schedules: `GET /api/v1/schedules`

        From one's own accounts, newest first, over all of one's communities. Admins may name any account of their community.
        Payments that are planned once are among the payments, in the state `scheduled`.

        - `state`: Only in this state: `active`, `paused` or `ended`.
        - `account`: Only from this account: its code or id.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.SchedulePage", self._send(
            "GET",
            "/api/v1/schedules",
            query={"state": state, "account": account, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_schedules(
        self,
        *,
        state: str | None = None,
        account: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Schedule]:
        """All that `list_schedules` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_schedules(state=state, account=account, limit=limit, timeout=timeout, cursor=cursor))

    def create_schedule(
        self,
        body: models.CreateScheduleRequest,
        *,
        idempotency_key: str,
        timeout: float | None = None,
    ) -> models.Schedule:
        """Make a schedule: `POST /api/v1/schedules`

        For whoever may pay from the account. Each run is judged like any payment when its time comes, on the authority of
        whoever made the schedule as it is then: who may no longer pay from the account pays nothing. What was missed while
        the service was down is made up for, oldest first. A fresh proof, where the amount needs one, is needed now and not
        again at the runs. An app's and a teller's ceilings are judged now, and counted on the day of each run.

        What it pays and when it ends can be changed for the runs to come: `PATCH /schedules/{id}`.

        The same `Idempotency-Key` with the same body makes one schedule, for ever, and shows it as it is now.
        """
        return cast("models.Schedule", self._send(
            "POST",
            "/api/v1/schedules",
            body=body,
            body_type="application/json",
            idempotency_key=idempotency_key,
            takes_key=True,
            timeout=timeout,
        ))

    def get_schedule(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Schedule:
        """See a schedule: `GET /api/v1/schedules/{id}`

        For those who may look into the paying account or pay from it.
        """
        return cast("models.Schedule", self._send(
            "GET",
            f"/api/v1/schedules/{quote(id)}",
            timeout=timeout,
        ))

    def edit_schedule(
        self,
        id: str,
        body: models.EditScheduleRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.Schedule:
        """Change a schedule: `PATCH /api/v1/schedules/{id}`

        For whoever may pay from the account: from the next run on it pays otherwise, with the proof that making it would need. It then runs
        on the authority of whoever changed it, where the account is theirs; changed by a teller or a broker, it stays its maker's. Runs that had their turn stay what they were; which run is the first by the new
        terms is decided once, also where one comes due at this moment. Where no run is left, the schedule ends. Payer, payee, days
        and times do not change: cancel it and make another one.

        - `if_match`: The `ETag` of the schedule that the change is based on
        """
        return cast("models.Schedule", self._send(
            "PATCH",
            f"/api/v1/schedules/{quote(id)}",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def cancel_schedule(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Schedule:
        """End a schedule: `POST /api/v1/schedules/{id}/cancel`

        No run comes any more. One that was cancelled already stays so.
        """
        return cast("models.Schedule", self._send(
            "POST",
            f"/api/v1/schedules/{quote(id)}/cancel",
            timeout=timeout,
        ))

    def pause_schedule(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Schedule:
        """Pause a schedule: `POST /api/v1/schedules/{id}/pause`

        No run comes until it is resumed. One that is paused already stays so.
        """
        return cast("models.Schedule", self._send(
            "POST",
            f"/api/v1/schedules/{quote(id)}/pause",
            timeout=timeout,
        ))

    def list_schedule_payments(
        self,
        id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.PaymentPage:
        """List a schedule's payments: `GET /api/v1/schedules/{id}/payments`

        One for each run that had its turn, newest first: `completed`, or `failed` with the reason.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.PaymentPage", self._send(
            "GET",
            f"/api/v1/schedules/{quote(id)}/payments",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_schedule_payments(
        self,
        id: str,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Payment]:
        """All that `list_schedule_payments` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_schedule_payments(id, limit=limit, timeout=timeout, cursor=cursor))

    def resume_schedule(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.Schedule:
        """Resume a schedule: `POST /api/v1/schedules/{id}/resume`

        What was planned meanwhile is not made up for: the next run is the first that lies ahead. It takes what making a
        schedule takes: a fresh proof, where the amount needs one, and room below the ceilings. One that is active already
        stays so.
        """
        return cast("models.Schedule", self._send(
            "POST",
            f"/api/v1/schedules/{quote(id)}/resume",
            timeout=timeout,
        ))

    def list_sessions(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.SessionPage:
        """List my sessions: `GET /api/v1/sessions`

        Those that have not ended, newest first, with the device that each was begun with.

        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.SessionPage", self._send(
            "GET",
            "/api/v1/sessions",
            query={"limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_sessions(
        self,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.Session]:
        """All that `list_sessions` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_sessions(limit=limit, timeout=timeout, cursor=cursor))

    def create_session(
        self,
        body: models.CreateSessionRequest,
        *,
        timeout: float | None = None,
    ) -> models.Tokens:
        """Sign in: `POST /api/v1/sessions`

        Gives a short-lived access token and a refresh token for the next one. A login takes ten wrong passwords in a quarter
        of an hour, an address twenty a minute; then the answer is 429 until `Retry-After`, also for the right one. A login
        that has taken a hundred in a row takes one an hour. Sessions go on, and so do addresses that signed in before.
        """
        return cast("models.Tokens", self._send(
            "POST",
            "/api/v1/sessions",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_other_sessions(
        self,
        *,
        timeout: float | None = None,
    ) -> None:
        """End all my other sessions: `DELETE /api/v1/sessions`

        From the next request on, none of their tokens works; the session that asks goes on.
        """
        self._send(
            "DELETE",
            "/api/v1/sessions",
            timeout=timeout,
        )

    def delete_session(
        self,
        *,
        timeout: float | None = None,
    ) -> None:
        """Sign out: `DELETE /api/v1/sessions/current`

        From the next request on, none of the session's tokens works.
        """
        self._send(
            "DELETE",
            "/api/v1/sessions/current",
            timeout=timeout,
        )

    def start_passkey_step_up(
        self,
        *,
        timeout: float | None = None,
    ) -> models.PasskeyRequest:
        """Start proving again with a passkey who I am: `POST /api/v1/sessions/current/passkey-options`

        What the browser gives goes to `POST /sessions/current/step-up`, as `passkey`, within five minutes.
        """
        return cast("models.PasskeyRequest", self._send(
            "POST",
            "/api/v1/sessions/current/passkey-options",
            timeout=timeout,
        ))

    def step_up(
        self,
        body: models.StepUpRequest,
        *,
        timeout: float | None = None,
    ) -> models.SteppedUpToken:
        """Prove again who I am: `POST /api/v1/sessions/current/step-up`

        Sensitive acts, and payments above the amount that the member or the community set, answer `step_up_required` unless
        the last proof is at most five minutes old. This gives a token with which they pass.
        """
        return cast("models.SteppedUpToken", self._send(
            "POST",
            "/api/v1/sessions/current/step-up",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def create_passkey_session(
        self,
        body: models.CreatePasskeySessionRequest,
        *,
        timeout: float | None = None,
    ) -> models.Tokens:
        """Sign in with a passkey: `POST /api/v1/sessions/passkey`

        Gives the same as signing in with the password does, and asks for no code where a second factor is on: a passkey is
        something you have, and makes sure that it is you who has it.
        """
        return cast("models.Tokens", self._send(
            "POST",
            "/api/v1/sessions/passkey",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def start_passkey_session(
        self,
        *,
        timeout: float | None = None,
    ) -> models.PasskeyRequest:
        """Start signing in with a passkey: `POST /api/v1/sessions/passkey-options`

        Nobody has to say who they are: the passkey does. What the browser gives goes to `POST /sessions/passkey` within five
        minutes.
        """
        return cast("models.PasskeyRequest", self._send(
            "POST",
            "/api/v1/sessions/passkey-options",
            timeout=timeout,
        ))

    def refresh_session(
        self,
        body: models.RefreshSessionRequest,
        *,
        timeout: float | None = None,
    ) -> models.Tokens:
        """Stay signed in: `POST /api/v1/sessions/refresh`

        Exchanges the refresh token for a new pair. A token that was exchanged before ends the whole session, unless it
        is the newest one, repeated within ten seconds.
        """
        return cast("models.Tokens", self._send(
            "POST",
            "/api/v1/sessions/refresh",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def delete_one_session(
        self,
        session: str,
        *,
        timeout: float | None = None,
    ) -> None:
        """End one of my sessions: `DELETE /api/v1/sessions/{session}`

        From the next request on, none of that session's tokens works.
        """
        self._send(
            "DELETE",
            f"/api/v1/sessions/{quote(session)}",
            timeout=timeout,
        )

    def get_webhook_delivery(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.WebhookDelivery:
        """See what became of a message: `GET /api/v1/webhook-deliveries/{id}`

        With its last attempt, what was sent and what was answered.
        """
        return cast("models.WebhookDelivery", self._send(
            "GET",
            f"/api/v1/webhook-deliveries/{quote(id)}",
            timeout=timeout,
        ))

    def redeliver_webhook(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.WebhookDelivery:
        """Send a message once more: `POST /api/v1/webhook-deliveries/{id}/redeliver`

        At once, under the same message id, with all its attempts before it. One that is being tried, or will be within half a minute, is
        left as it is.
        """
        return cast("models.WebhookDelivery", self._send(
            "POST",
            f"/api/v1/webhook-deliveries/{quote(id)}/redeliver",
            timeout=timeout,
        ))

    def list_webhook_endpoints(
        self,
        *,
        account: str | None = None,
        timeout: float | None = None,
    ) -> models.WebhookEndpointList:
        """List where messages go: `GET /api/v1/webhook-endpoints`

        All endpoints of the accounts that you operate, or of one of them; each has 10 at most.

        - `account`: Only those of this account, by its code or id.
        """
        return cast("models.WebhookEndpointList", self._send(
            "GET",
            "/api/v1/webhook-endpoints",
            query={"account": account},
            timeout=timeout,
        ))

    def create_webhook_endpoint(
        self,
        body: models.CreateWebhookEndpointRequest,
        *,
        timeout: float | None = None,
    ) -> models.NewWebhookEndpoint:
        """Be told what happens on an account: `POST /api/v1/webhook-endpoints`

        From now on, what happens is sent to the URL: signed by Standard Webhooks, within moments, at least once, again for three
        days where it does not arrive. The guide for receivers is `api-spec/webhooks.md`. The `secret` is shown this once. An
        account has 10 endpoints at most. For those who operate the account, and for apps and keys with `webhooks:manage` and,
        for what is to be told, `payments:read` (`payment.*`, `checkout.*`) or `accounts:read` (`account.*`, `member.*`).
        """
        return cast("models.NewWebhookEndpoint", self._send(
            "POST",
            "/api/v1/webhook-endpoints",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def get_webhook_endpoint(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.WebhookEndpoint:
        """See an endpoint: `GET /api/v1/webhook-endpoints/{id}`

        With how it is doing; never with its secret.
        """
        return cast("models.WebhookEndpoint", self._send(
            "GET",
            f"/api/v1/webhook-endpoints/{quote(id)}",
            timeout=timeout,
        ))

    def delete_webhook_endpoint(
        self,
        id: str,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Remove an endpoint: `DELETE /api/v1/webhook-endpoints/{id}`

        Nothing is sent there any more, and its log goes.

        - `if_match`: The `ETag` of the endpoint that is meant
        """
        self._send(
            "DELETE",
            f"/api/v1/webhook-endpoints/{quote(id)}",
            headers={"If-Match": if_match},
            timeout=timeout,
        )

    def edit_webhook_endpoint(
        self,
        id: str,
        body: models.EditWebhookEndpointRequest,
        *,
        if_match: str | None = None,
        timeout: float | None = None,
    ) -> models.WebhookEndpoint:
        """Change an endpoint: `PATCH /api/v1/webhook-endpoints/{id}`

        Messages that wait go to the new URL. What happened while it was off can be told with `replay`.

        - `if_match`: The `ETag` of the endpoint that the change is based on
        """
        return cast("models.WebhookEndpoint", self._send(
            "PATCH",
            f"/api/v1/webhook-endpoints/{quote(id)}",
            headers={"If-Match": if_match},
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def list_webhook_deliveries(
        self,
        id: str,
        *,
        state: str | None = None,
        type: str | None = None,
        subject: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> models.WebhookDeliveryPage:
        """List an endpoint's deliveries: `GET /api/v1/webhook-endpoints/{id}/deliveries`

        Newest first, for 30 days: each with its last attempt, what was sent and what was answered, and with the attempts before it.
        A page of a filtered list may be short, or empty, where few of the log fit: it goes on at its cursor.

        - `state`: Only in this state: `waiting`, `delivered` or `failed`.
        - `type`: Only of this type, such as `payment.completed`.
        - `subject`: Only about this payment, account or member, by its id.
        - `limit`: How many, 1 to 100; 20 where it is left out.
        - `cursor`: `next_cursor` of the page before.
        """
        return cast("models.WebhookDeliveryPage", self._send(
            "GET",
            f"/api/v1/webhook-endpoints/{quote(id)}/deliveries",
            query={"state": state, "type": type, "subject": subject, "limit": limit, "cursor": cursor},
            timeout=timeout,
        ))

    def each_webhook_deliveries(
        self,
        id: str,
        *,
        state: str | None = None,
        type: str | None = None,
        subject: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Iterator[models.WebhookDelivery]:
        """All that `list_webhook_deliveries` lists, page by page as they are asked for."""
        return self._pages(lambda cursor: self.list_webhook_deliveries(id, state=state, type=type, subject=subject, limit=limit, timeout=timeout, cursor=cursor))

    def replay_webhooks(
        self,
        id: str,
        body: models.ReplayWebhooksRequest,
        *,
        timeout: float | None = None,
    ) -> models.WebhookReplay:
        """Tell again what happened since a time: `POST /api/v1/webhook-endpoints/{id}/replay`

        The oldest first, under the same message ids as before, so that a receiver knows what it has. What happened before the
        endpoint was made is never told. What waits for a later try does not wait any more.
        """
        return cast("models.WebhookReplay", self._send(
            "POST",
            f"/api/v1/webhook-endpoints/{quote(id)}/replay",
            body=body,
            body_type="application/json",
            timeout=timeout,
        ))

    def rotate_webhook_secret(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.WebhookSecret:
        """Give an endpoint a new secret: `POST /api/v1/webhook-endpoints/{id}/rotate-secret`

        For 24 hours messages are signed with both, so that the receiver can be changed in between. Rotated once more within that
        time, only the last two sign.
        """
        return cast("models.WebhookSecret", self._send(
            "POST",
            f"/api/v1/webhook-endpoints/{quote(id)}/rotate-secret",
            timeout=timeout,
        ))

    def test_webhook_endpoint(
        self,
        id: str,
        *,
        timeout: float | None = None,
    ) -> models.WebhookDelivery:
        """Send a test message: `POST /api/v1/webhook-endpoints/{id}/test`

        Of the type `webhook.test`, whatever events the endpoint has. What becomes of it stands in the log.
        """
        return cast("models.WebhookDelivery", self._send(
            "POST",
            f"/api/v1/webhook-endpoints/{quote(id)}/test",
            timeout=timeout,
        ))

    def get_health(
        self,
        *,
        timeout: float | None = None,
    ) -> models.Health:
        """Whether the process runs: `GET /healthz`

        Says nothing of the database.
        """
        return cast("models.Health", self._send(
            "GET",
            "/healthz",
            timeout=timeout,
        ))

    def get_readiness(
        self,
        *,
        timeout: float | None = None,
    ) -> models.Health:
        """Whether requests can be served: `GET /readyz`

        Asks the database. Load balancers leave a process out that is not ready.
        """
        return cast("models.Health", self._send(
            "GET",
            "/readyz",
            timeout=timeout,
        ))
