<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/**
 * How an order is paid. Everything here may happen twice, at once, late or not at all, and the order is right afterwards: what
 * the order becomes is always read from the service, never taken from a browser or from an event.
 */
final class Payments
{
    private const CHECKOUT = 'checkout';
    private const ATTEMPT = 'attempt';
    private const REFUND = 'refund';
    private const REFUNDS = 'refunds';

    /** @param \Closure(string): void $log must never get keys, secrets or bodies */
    public function __construct(
        private readonly Api $api,
        private readonly string $capture,
        private readonly \Closure $log,
    ) {
    }

    /** Where the customer goes to pay. Asked again, the same page, as long as it is open. */
    public function start(Order $order): string
    {
        $attempt = max(1, (int) $order->recall(self::ATTEMPT));
        // At most: one that is over, one whose amount has changed, and the one that counts.
        for ($try = 0; $try < 4; $try++, $attempt++) {
            $checkout = $this->create($order, $attempt);
            if ($checkout === null) {
                continue;
            }
            $order->remember(self::ATTEMPT, (string) $attempt);
            $order->remember(self::CHECKOUT, $checkout['id']);
            if ($checkout['state'] === 'open') {
                ($this->log)("{$order->reference()}: checkout {$checkout['id']}");
                return $checkout['url'];
            }
            if (in_array($checkout['state'], ['authorised', 'completed'], true)) {
                $this->apply($order, $checkout);
                return $order->returnUrl();
            }
            // Expired, declined or cancelled: the customer tries again.
        }
        throw new \RuntimeException("{$order->reference()} cannot be paid at the moment.");
    }

    /** @return ?array<string, mixed> null where another checkout stood in the way and is out of it now */
    private function create(Order $order, int $attempt): ?array
    {
        $body = [
            'amount' => $order->total(),
            'order_reference' => $order->reference(),
            'description' => $order->description(),
            'return_url' => $order->returnUrl(),
            'cancel_url' => $order->cancelUrl(),
            'capture' => $this->capture,
        ];
        // The same order, amount and attempt are one checkout, whatever happens in between.
        $key = "woo-{$order->reference()}-$attempt-" . substr(hash('sha256', json_encode($body, JSON_THROW_ON_ERROR)), 0, 16);
        try {
            return $this->api->checkout($this->api->createCheckout($body, $key)['id']);
        } catch (Problem $problem) {
            if (($problem->members['reason'] ?? '') !== 'order_reference_taken') {
                throw $problem;
            }
            // The order has a checkout with other words or another amount.
            foreach ($this->api->checkoutsOf($order->reference()) as $other) {
                if (in_array($other['state'], ['authorised', 'completed'], true)) {
                    return $other;
                }
                if ($other['state'] === 'open') {
                    $this->api->cancelCheckout($other['id'], "woo-cancel-{$other['id']}");
                }
            }
            return null;
        }
    }

    /** Reads the order's checkout again and makes of the order what it says. For returns, events, and now and then. */
    public function refresh(Order $order): string
    {
        $id = $order->recall(self::CHECKOUT);
        if ($id === '') {
            return $order->state();
        }
        $this->apply($order, $this->api->checkout($id));
        return $order->state();
    }

    /** @param array<string, mixed> $checkout */
    private function apply(Order $order, array $checkout): void
    {
        if ($checkout['order_reference'] !== $order->reference()) {
            throw new \RuntimeException("{$order->reference()} and checkout {$checkout['id']} do not belong together.");
        }
        $state = $order->state();
        switch ($checkout['state']) {
            case 'completed':
                $order->pay($checkout['payment_id']);
                break;
            case 'authorised':
                if ($state === 'pending') {
                    $order->hold();
                }
                break;
            case 'open':
                break;
            default:
                // What is over ends an order that waits for it, and no other: not one that is paid in another way by now.
                if (in_array($state, ['pending', 'on-hold'], true) && $checkout['id'] === $order->recall(self::CHECKOUT)) {
                    $order->cancel($checkout['state']);
                }
        }
        if ($order->state() !== $state) {
            ($this->log)("{$order->reference()}: $state, now {$order->state()} by checkout {$checkout['id']}");
        }
    }

    /**
     * The order that a webhook is about; null for events that are none of an order's. Whoever asked reads the order again, after
     * the service has its answer.
     *
     * @param array<string, string> $headers by their names in small letters
     * @throws NotSigned
     */
    public static function notified(string $body, array $headers, #[\SensitiveParameter] string $secret, int $now): ?string
    {
        $event = Signature::verify($body, $headers, $secret, $now);
        $reference = $event['data']['order_reference'] ?? null;
        return str_starts_with((string) ($event['type'] ?? ''), 'checkout.') && is_string($reference) ? $reference : null;
    }

    /** Collects what was set aside. Throws where that is not possible any more. */
    public function capture(Order $order): void
    {
        $checkout = $this->api->checkout($order->recall(self::CHECKOUT));
        if ($checkout['state'] === 'authorised') {
            $this->api->capture($checkout['payment_id'], "woo-capture-{$checkout['id']}");
            $checkout = $this->api->checkout($checkout['id']);
        }
        if ($checkout['state'] !== 'completed') {
            throw new \RuntimeException("The payment is {$checkout['state']}.");
        }
        $this->apply($order, $checkout);
    }

    /** Gives up an order that is not paid: its page closes, or what was set aside is free again. */
    public function release(Order $order): void
    {
        $id = $order->recall(self::CHECKOUT);
        if ($id === '') {
            return;
        }
        $checkout = $this->api->checkout($id);
        try {
            if ($checkout['state'] === 'authorised') {
                $this->api->void($checkout['payment_id'], "woo-void-$id");
            } elseif ($checkout['state'] === 'open') {
                $this->api->cancelCheckout($id, "woo-cancel-$id");
            }
        } catch (Problem $problem) {
            if ($problem->problemCode !== 'conflict') {
                throw $problem;
            }
            // The customer was faster, and has paid.
            $this->refresh($order);
        }
    }

    /**
     * Gives back. What is not known to have happened is remembered and repeated under its key, so that nothing is given back
     * twice; another amount has to wait for it.
     */
    public function refund(Order $order, string $amount, string $reason): void
    {
        $pending = json_decode($order->recall(self::REFUND), true);
        if (is_array($pending) && $pending['amount'] !== $amount) {
            throw new \RuntimeException("Whether a refund of {$pending['amount']} was made is not known. Repeat that one first.");
        }
        $checkout = $this->api->checkout($order->recall(self::CHECKOUT));
        if (!is_array($pending)) {
            if ($checkout['refunded'] !== $order->refunded()) {
                throw new \RuntimeException("{$checkout['refunded']} were given back at the service, and {$order->refunded()} here. Bring the order in step first.");
            }
            $number = 1 + (int) $order->recall(self::REFUNDS);
            $pending = ['amount' => $amount, 'reason' => $reason, 'key' => "woo-refund-{$order->reference()}-$number"];
            $order->remember(self::REFUNDS, (string) $number);
            $order->remember(self::REFUND, json_encode($pending, JSON_THROW_ON_ERROR));
        }
        try {
            $refund = $this->api->refund($checkout['payment_id'], $pending['amount'], $pending['reason'], $pending['key']);
        } catch (Problem $problem) {
            // The service's own faults leave open what became of it, unless it says that nothing was done.
            if ($problem->status < 500 || $problem->problemCode === 'overloaded') {
                $order->remember(self::REFUND, '');
            }
            throw $problem;
        }
        $order->remember(self::REFUND, '');
        $order->note("$amount given back by payment {$refund['id']}.");
        ($this->log)("{$order->reference()}: $amount given back by {$refund['id']}");
    }
}
