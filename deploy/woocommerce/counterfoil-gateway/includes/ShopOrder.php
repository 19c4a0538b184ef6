<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

defined('ABSPATH') || exit;

/** WooCommerce's order, as the logic sees it. */
final class ShopOrder implements Order
{
    public function __construct(
        private readonly \WC_Order $order,
        private readonly string $prefix,
        private readonly int $scale,
        /** What is being given back now is in WooCommerce's sum already. */
        private readonly string $beingRefunded = '0',
    ) {
    }

    /** The order's number out of a reference; null where it is another shop's. */
    public static function numberOf(string $reference, string $prefix): ?int
    {
        $number = str_starts_with($reference, "$prefix-") ? substr($reference, strlen($prefix) + 1) : '';
        return preg_match('/^[1-9][0-9]{0,17}$/D', $number) === 1 ? (int) $number : null;
    }

    public function reference(): string
    {
        return "{$this->prefix}-{$this->order->get_id()}";
    }

    public function total(): string
    {
        return $this->amount($this->order->get_total('edit'));
    }

    public function refunded(): string
    {
        return $this->amount($this->order->get_total_refunded() - (float) $this->beingRefunded);
    }

    public function description(): string
    {
        /* translators: %s: the order's number */
        return sprintf(__('Order %s', 'counterfoil-gateway'), $this->order->get_order_number());
    }

    public function returnUrl(): string
    {
        return $this->order->get_checkout_order_received_url();
    }

    public function cancelUrl(): string
    {
        return $this->order->get_checkout_payment_url();
    }

    public function recall(string $name): string
    {
        return (string) $this->order->get_meta("_counterfoil_$name");
    }

    public function remember(string $name, string $value): void
    {
        $this->order->update_meta_data("_counterfoil_$name", $value);
        $this->order->save_meta_data();
    }

    public function state(): string
    {
        return $this->order->get_status();
    }

    public function pay(string $payment): void
    {
        if (!$this->order->is_paid() && $this->order->get_status() !== 'refunded') {
            // Processing, or completed where nothing has to be sent. An order that was cancelled meanwhile comes back: it is paid.
            $this->order->payment_complete($payment);
        }
    }

    public function hold(): void
    {
        $this->order->update_status('on-hold', __('The amount is set aside; it is collected when you process the order.', 'counterfoil-gateway'));
    }

    /** Processed too early: the amount could not be collected. */
    public function holdAgain(string $why): void
    {
        /* translators: %s: the reason */
        $this->order->update_status('on-hold', sprintf(__('The amount could not be collected: %s', 'counterfoil-gateway'), $why));
    }

    public function cancel(string $why): void
    {
        /* translators: %s: expired, declined or cancelled */
        $this->order->update_status('cancelled', sprintf(__('The payment is %s.', 'counterfoil-gateway'), $why));
    }

    public function note(string $text): void
    {
        $this->order->add_order_note($text);
    }

    /** WooCommerce calculates in floats and rounds to the shop's places; here it becomes text of the community's. */
    private function amount(float|string $amount): string
    {
        return number_format((float) wc_format_decimal($amount, $this->scale), $this->scale, '.', '');
    }
}
