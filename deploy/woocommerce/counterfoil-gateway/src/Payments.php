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
    private const TOLD = 'told';
    /** What remembers of an order whether it is the sandbox's: `test`, or `live`. */
    public const MODE = 'mode';

    /**
     * @param 'automatic'|'manual' $capture
     * @param string $currency the community's code
     * @param bool $isTest whether the key must be the sandbox's; if not, it must be none of those
     * @param \Closure(string): void $log must never get keys, secrets or bodies
     */
    public function __construct(
        private readonly Api $api,
        private readonly string $capture,
        private readonly string $currency,
        private readonly bool $isTest,
        private readonly \Closure $log,
    ) {
    }

    /** What is wrong with the settings, as far as the service can tell; null where nothing is. */
    public function fault(): ?string
    {
        $key = $this->api->currentKey();
        $missing = array_diff(['requests:write', 'payments:read', 'refunds:write'], $key['scopes']);
        return match (true) {
            $key['test_mode'] !== $this->isTest => $this->isTest ? 'The test key is a real one.' : 'The key is only for tests.',
            !$this->isTest && $key['community'] !== $this->currency => "The key is of the community {$key['community']}, not {$this->currency}.",
            $missing !== [] => 'The key lacks the scopes ' . implode(', ', $missing) . '.',
            default => null,
        };
    }

    /** Where the customer goes to pay. Asked again, the same page, as long as it is open. */
    public function start(Order $order): string
    {
        if ($order->currency() !== $this->currency) {
            throw new \RuntimeException("{$order->reference()} is in {$order->currency()}, not in {$this->currency}.");
        }
        $attempt = max(1, (int) $order->recall(self::ATTEMPT));
        // At most: one that is over, one whose amount has changed, and the one that counts.
        for ($try = 0; $try < 4; $try++, $attempt++) {
            $checkout = $this->create($order, $attempt);
            if ($checkout === null) {
                continue;
            }
            $this->expectOurs($checkout);
            $order->remember(self::MODE, $this->isTest ? 'test' : 'live');
            $order->remember(self::ATTEMPT, (string) $attempt);
            $order->remember(self::CHECKOUT, $checkout['id']);
            if ($checkout['state'] === 'open') {
                if ($order->state() === 'failed') {
                    $order->reopen();
                }
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

    /**
     * A key in the wrong field would sell for nothing what is real, or take real money for a test; and 10 of one currency are not 10 of
     * another.
     *
     * @param array<string, mixed> $checkout
     */
    private function expectOurs(array $checkout): void
    {
        if (($checkout['test_mode'] ?? false) !== $this->isTest) {
            throw new \RuntimeException($this->isTest ? 'The test key is a real one.' : 'The key is only for tests.');
        }
        if (!$this->isTest && $checkout['currency'] !== $this->currency) {
            throw new \RuntimeException("The service takes {$checkout['currency']}, and this shop {$this->currency}.");
        }
    }

    /**
     * A reference is a number behind a prefix. A shop whose database was restored, and a copy of a shop, have the numbers of another
     * shop's orders, which may be paid.
     *
     * @param array<string, mixed> $checkout
     */
    private static function expectOf(Order $order, array $checkout): void
    {
        if ($checkout['order_reference'] !== $order->reference() || ($checkout['metadata']['order'] ?? '') !== $order->identity()) {
            throw new \RuntimeException("Checkout {$checkout['id']} is of another order {$order->reference()}. Choose another prefix of order references.");
        }
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
            'metadata' => ['order' => $order->identity()],
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
                if (!in_array($other['state'], ['open', 'authorised', 'completed'], true)) {
                    continue;
                }
                self::expectOf($order, $other);
                if (in_array($other['state'], ['authorised', 'completed'], true)) {
                    return $other;
                }
                $this->api->cancelCheckout($other['id'], "woo-cancel-{$other['id']}");
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

    /**
     * @param array<string, mixed> $checkout
     * @param bool $isExpected whether the order is processing in view of what was set aside
     */
    private function apply(Order $order, array $checkout, bool $isExpected = false): void
    {
        self::expectOf($order, $checkout);
        $this->expectOurs($checkout);
        if (!$order->isOurs()) {
            $this->applyElsewhere($order, $checkout);
            return;
        }
        $state = $order->state();
        $isWaiting = in_array($state, ['pending', 'on-hold', 'failed'], true);
        switch ($checkout['state']) {
            case 'completed':
                $this->applyPaid($order, $checkout, $isExpected);
                break;
            case 'authorised':
                if (in_array($state, ['pending', 'failed'], true)) {
                    $order->hold();
                } elseif (in_array($state, ['processing', 'completed'], true) && $order->paidBy() === '') {
                    $this->collect($order, $checkout);
                } elseif (!$isWaiting) {
                    $this->api->void($checkout['payment_id'], "woo-void-{$checkout['id']}");
                }
                break;
            case 'open':
                // Given up, or paid otherwise: nobody is to pay it here any more.
                if (!$isWaiting) {
                    $this->api->cancelCheckout($checkout['id'], "woo-cancel-{$checkout['id']}");
                }
                break;
            default:
                // What is over ends an order that waits for it, and no other: not one that is paid in another way by now.
                if (in_array($state, ['pending', 'on-hold'], true)) {
                    $checkout['state'] === 'declined' ? $order->fail() : $order->cancel($checkout['state']);
                }
        }
        if ($order->state() !== $state) {
            ($this->log)("{$order->reference()}: $state, now {$order->state()} by checkout {$checkout['id']}");
        }
    }

    /** @param array<string, mixed> $checkout */
    private function applyPaid(Order $order, array $checkout, bool $isExpected): void
    {
        // What is known already changes nothing again: what the shopkeeper made of the order since then stands.
        if ($order->paidBy() === $checkout['payment_id']) {
            if ($checkout['refunded'] !== $order->refunded()) {
                $this->tell($order, "{$checkout['refunded']} were given back at the service, and {$order->refunded()} here.");
            }
            return;
        }
        if ($checkout['captured'] === $order->total() || !in_array($order->state(), ['pending', 'on-hold', 'failed', 'cancelled'], true)) {
            $order->pay($checkout['payment_id'], $isExpected);
        } elseif ($order->state() !== 'on-hold') {
            $order->question($checkout['captured']);
        }
    }

    /**
     * Of an order that is to be paid by another method by now: nothing is taken for it here.
     *
     * @param array<string, mixed> $checkout
     */
    private function applyElsewhere(Order $order, array $checkout): void
    {
        if ($checkout['state'] === 'authorised') {
            $this->api->void($checkout['payment_id'], "woo-void-{$checkout['id']}");
        } elseif ($checkout['state'] === 'open' && !in_array($order->state(), ['pending', 'on-hold', 'failed'], true)) {
            $this->api->cancelCheckout($checkout['id'], "woo-cancel-{$checkout['id']}");
        } elseif ($checkout['state'] === 'completed' && $checkout['refunded'] !== $checkout['captured'] && $order->paidBy() !== $checkout['payment_id']) {
            $this->tell($order, "{$checkout['captured']} were paid at the service by {$checkout['payment_id']}, beside another method. Give back there what was paid twice.");
        }
    }

    /** Says something once: with a note, or by throwing it. */
    private function tell(Order $order, string $what, bool $isInTheWay = false): void
    {
        if ($order->recall(self::TOLD) === $what) {
            return;
        }
        $order->remember(self::TOLD, $what);
        if ($isInTheWay) {
            throw new \RuntimeException($what);
        }
        $order->note($what);
    }

    /**
     * What a webhook is about: an order's reference, or a payment of which something was given back; null for other events. Whoever
     * asked reads the order again, after the service has its answer.
     *
     * @param array<string, string> $headers by their names in small letters
     * @return ?array{'order'|'payment', string}
     * @throws NotSigned
     */
    public static function notified(string $body, array $headers, #[\SensitiveParameter] string $secret, int $now): ?array
    {
        $event = Signature::verify($body, $headers, $secret, $now);
        $type = (string) ($event['type'] ?? '');
        $about = match (true) {
            // It is the shop that made it.
            $type === 'checkout.open' => ['', null],
            str_starts_with($type, 'checkout.') => ['order', $event['data']['order_reference'] ?? null],
            $type === 'payment.refunded' => ['payment', $event['data']['id'] ?? null],
            default => ['', null],
        };
        return is_string($about[1]) ? $about : null;
    }

    /**
     * The order is processing or completed, by whoever's hand: what was set aside for it is collected, namely what it is about now, if
     * that is not more. Its page closes, should it have been paid otherwise. Throws where that is not possible; where what was set aside is
     * gone, once, so that it can be processed all the same.
     */
    public function settle(Order $order, bool $wasHeld): void
    {
        $id = $order->recall(self::CHECKOUT);
        if ($id === '' || ($order->isOurs() && $order->paidBy() !== '')) {
            return;
        }
        $this->twice(function () use ($order, $id, $wasHeld): void {
            $checkout = $this->api->checkout($id);
            $this->apply($order, $checkout, $wasHeld);
            $isLost = $checkout['payment_id'] !== null && !in_array($checkout['state'], ['open', 'authorised', 'completed'], true);
            if ($wasHeld && $isLost && $order->isOurs()) {
                $this->tell($order, "What was set aside is gone: the payment is {$checkout['state']}. Process the order again if it was paid otherwise.", true);
            }
        });
    }

    /** @param array<string, mixed> $checkout */
    private function collect(Order $order, array $checkout): void
    {
        $total = $order->total();
        // Both have the community's places.
        if ((int) str_replace('.', '', $total) > (int) str_replace('.', '', $checkout['amount'])) {
            throw new \RuntimeException("{$checkout['amount']} are set aside, and the order is about $total.");
        }
        $this->api->capture($checkout['payment_id'], $total, "woo-capture-{$checkout['id']}-$total");
        $this->applyPaid($order, $this->api->checkout($checkout['id']), true);
    }

    /** Does it once more where the customer was faster. */
    private function twice(\Closure $do): void
    {
        try {
            $do();
        } catch (Problem $problem) {
            if ($problem->problemCode !== 'conflict') {
                throw $problem;
            }
            $do();
        }
    }

    /** Gives up an order that was cancelled: its page closes, or what was set aside is free again. One that was paid meanwhile is paid. */
    public function release(Order $order): void
    {
        $id = $order->recall(self::CHECKOUT);
        if ($id === '') {
            return;
        }
        $this->twice(fn () => $this->apply($order, $this->api->checkout($id)));
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
