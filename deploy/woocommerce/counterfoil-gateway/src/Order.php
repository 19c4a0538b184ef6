<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/** What the logic needs to know of a shop's order and to do with it; WooCommerce's are behind it, and the tests' own. */
interface Order
{
    /** The same for every try to pay this order, and no other order's: `shop-1042`. */
    public function reference(): string;

    /**
     * Of this order alone, whichever shop has another one of the same number: a copy of it, or one that began anew. It is no secret.
     */
    public function identity(): string;

    /** What is to be paid, as decimal text in the community's places. */
    public function total(): string;

    /** What was given back of it so far by the shop's own books, without what is being given back now. */
    public function refunded(): string;

    /** The code of the currency in which that is. */
    public function currency(): string;

    public function description(): string;

    public function returnUrl(): string;

    public function cancelUrl(): string;

    /** Something remembered with the order; empty where nothing is. */
    public function recall(string $name): string;

    /** Remembers it, on disk, before this returns. */
    public function remember(string $name, string $value): void;

    /** pending, on-hold, processing, failed or cancelled, or another word of the shop's own. */
    public function state(): string;

    /** The payment by which it is known to be paid; empty where there is none. */
    public function paidBy(): string;

    /** Whether it is still to be paid this way, and not by another method that the customer or the shopkeeper chose since. */
    public function isOurs(): bool;

    /**
     * The payment is complete, and `paidBy` says so from now on.
     *
     * @param bool $isExpected whether an order that is processing already is so in view of this payment: else it may have been paid twice
     */
    public function pay(string $payment, bool $isExpected): void;

    /** The amount is set aside at the payer's. */
    public function hold(): void;

    /** So much was paid, which is not what the order is about: somebody has to look at it. */
    public function question(string $paid): void;

    /** The customer tries again. */
    public function reopen(): void;

    /** The customer declined, and may try again, or pay otherwise. */
    public function fail(): void;

    /** @param string $why expired, cancelled, or a word that a later version brings */
    public function cancel(string $why): void;

    public function note(string $text): void;
}
