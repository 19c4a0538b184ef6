<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/** What the logic needs to know of a shop's order and to do with it; WooCommerce's are behind it, and the tests' own. */
interface Order
{
    /** The same for every try to pay this order, and no other order's: `shop-1042`. */
    public function reference(): string;

    /** What is to be paid, as decimal text in the community's places. */
    public function total(): string;

    /** What was given back of it so far by the shop's own books, without what is being given back now. */
    public function refunded(): string;

    public function description(): string;

    public function returnUrl(): string;

    public function cancelUrl(): string;

    /** Something remembered with the order; empty where nothing is. */
    public function recall(string $name): string;

    /** Remembers it, on disk, before this returns. */
    public function remember(string $name, string $value): void;

    /** pending, on-hold, processing or cancelled, or another word of the shop's own. */
    public function state(): string;

    /** The payment is complete. Does nothing to an order that is paid already. */
    public function pay(string $payment): void;

    /** The amount is set aside at the payer's. */
    public function hold(): void;

    public function cancel(string $why): void;

    public function note(string $text): void;
}
