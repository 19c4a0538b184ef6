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

    public function identity(): string
    {
        // The key itself opens the order's page.
        return substr(hash('sha256', $this->order->get_order_key()), 0, 32);
    }

    public function total(): string
    {
        return $this->amount($this->order->get_total('edit'));
    }

    public function refunded(): string
    {
        $minor = static fn (string $amount): int => (int) str_replace('.', '', $amount);
        $left = $minor($this->amount($this->order->get_total_refunded())) - $minor($this->amount($this->beingRefunded));
        $digits = str_pad((string) abs($left), $this->scale + 1, '0', STR_PAD_LEFT);
        $point = strlen($digits) - $this->scale;
        return ($left < 0 ? '-' : '') . substr($digits, 0, $point) . ($this->scale > 0 ? '.' . substr($digits, $point) : '');
    }

    public function currency(): string
    {
        return $this->order->get_currency();
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

    public function paidBy(): string
    {
        return (string) $this->order->get_transaction_id();
    }

    public function isOurs(): bool
    {
        return $this->order->get_payment_method() === Gateway::ID;
    }

    public function pay(string $payment, bool $isExpected): void
    {
        if ($this->order->is_paid() || $this->order->get_status() === 'refunded') {
            $this->order->set_transaction_id($payment);
            $this->order->save();
            if (!$isExpected) {
                /* translators: %s: a payment's id */
                $this->note(sprintf(__('Payment %s came after the order had been processed. If it was paid otherwise, give it back.', 'counterfoil-gateway'), $payment));
            }
        } else {
            // Processing, or completed where nothing has to be sent. An order that was cancelled meanwhile comes back: it is paid.
            $this->order->payment_complete($payment);
        }
    }

    public function hold(): void
    {
        $this->order->update_status('on-hold', __('The amount is set aside; it is collected when you process the order.', 'counterfoil-gateway'));
    }

    public function question(string $paid): void
    {
        /* translators: 1: the amount that was paid, 2: the order's total */
        $note = __('%1$s was paid, and the order is about %2$s. Bring it in step, or process it as it is.', 'counterfoil-gateway');
        $this->order->update_status('on-hold', sprintf($note, $paid, $this->total()));
    }

    /** Processed too early: the amount could not be collected. */
    public function holdAgain(string $why): void
    {
        /* translators: %s: the reason */
        $this->order->update_status('on-hold', sprintf(__('The amount could not be collected: %s', 'counterfoil-gateway'), $why));
    }

    public function reopen(): void
    {
        $this->order->update_status('pending', __('The customer tries again.', 'counterfoil-gateway'));
    }

    public function fail(): void
    {
        $this->order->update_status('failed', __('The customer declined the payment.', 'counterfoil-gateway'));
    }

    public function cancel(string $why): void
    {
        $note = $why === 'expired'
            ? __('The payment was not made in time.', 'counterfoil-gateway')
            : __('The payment was cancelled.', 'counterfoil-gateway');
        $this->order->update_status('cancelled', $note);
    }

    public function note(string $text): void
    {
        $this->order->add_order_note($text);
    }

    /** WooCommerce calculates in floats and rounds to the shop's places; here it becomes text of the community's, which must hold it. */
    private function amount(float|string $amount): string
    {
        $text = number_format((float) $amount, $this->scale, '.', '');
        if (abs((float) $text - (float) $amount) > 1e-6) {
            throw new \RuntimeException("$amount has more decimal places than the community's {$this->scale}.");
        }
        return $text;
    }
}
