<?php

// The shop plugin's logic against a service that answers what a script says, and its signatures with the test vectors.

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

$plugin = dirname(__DIR__, 2) . '/deploy/woocommerce/counterfoil-gateway/src';
foreach (['Transport', 'Problem', 'Api', 'Signature', 'Order', 'Payments'] as $name) {
    require_once "$plugin/$name.php";
}

set_error_handler(static function (int $level, string $text, string $file, int $line): never {
    throw new \ErrorException($text, 0, $level, $file, $line);
});

function same(mixed $expected, mixed $found, string $what): void
{
    if ($expected !== $found) {
        throw new \LogicException("$what: expected " . var_export($expected, true) . ', found ' . var_export($found, true));
    }
}

/** @param class-string<\Throwable> $kind */
function fails(string $kind, callable $call, string $what): \Throwable
{
    try {
        $call();
    } catch (\Throwable $failure) {
        same($kind, $failure::class, "$what ({$failure->getMessage()})");
        return $failure;
    }
    throw new \LogicException("$what: nothing was thrown");
}

/** Answers from a list; an answer that is null is lost on its way. */
final class Script implements Transport
{
    /** @var list<?array{0: int, 1: array<string, mixed>, 2?: array<string, int>}> */
    public array $answers = [];
    /** @var list<array{method: string, path: string, key: ?string, body: ?string}> */
    public array $asked = [];

    public function send(string $method, string $url, array $headers, ?string $body, int $timeout): array
    {
        $path = substr($url, strlen('https://river.example/api/v1'));
        $this->asked[] = ['method' => $method, 'path' => $path, 'key' => $headers['Idempotency-Key'] ?? null, 'body' => $body];
        $answer = array_shift($this->answers) ?? throw new NoAnswer('lost');
        return ['status' => $answer[0], 'headers' => array_map(strval(...), $answer[2] ?? []), 'body' => json_encode($answer[1], JSON_THROW_ON_ERROR)];
    }
}

final class BookOrder implements Order
{
    /** @var array<string, string> */
    public array $kept = [];
    public string $refunded = '0.00';
    public string $currency = 'RIVER';
    public string $paidBy = '';
    public bool $isOurs = true;
    /** @var list<string> */
    public array $said = [];

    public function __construct(public string $state = 'pending', public string $total = '75.00')
    {
    }

    public function currency(): string
    {
        return $this->currency;
    }

    public function paidBy(): string
    {
        return $this->paidBy;
    }

    public function reference(): string
    {
        return 'shop-1042';
    }

    public function identity(): string
    {
        return 'this one';
    }

    public function total(): string
    {
        return $this->total;
    }

    public function refunded(): string
    {
        return $this->refunded;
    }

    public function description(): string
    {
        return 'Order 1042';
    }

    public function returnUrl(): string
    {
        return 'https://shop.example/thanks';
    }

    public function cancelUrl(): string
    {
        return 'https://shop.example/pay';
    }

    public function recall(string $name): string
    {
        return $this->kept[$name] ?? '';
    }

    public function remember(string $name, string $value): void
    {
        $this->kept[$name] = $value;
    }

    public function state(): string
    {
        return $this->state;
    }

    public function isOurs(): bool
    {
        return $this->isOurs;
    }

    public function pay(string $payment, bool $isExpected): void
    {
        $this->paidBy = $payment;
        if (!in_array($this->state, ['processing', 'completed', 'refunded'], true)) {
            $this->state = 'processing';
        } elseif (!$isExpected) {
            $this->said[] = 'perhaps twice';
        }
    }

    public function hold(): void
    {
        $this->state = 'on-hold';
    }

    public function question(string $paid): void
    {
        $this->state = 'on-hold';
        $this->said[] = $paid;
    }

    public function reopen(): void
    {
        $this->state = 'pending';
    }

    public function fail(): void
    {
        $this->state = 'failed';
    }

    public function cancel(string $why): void
    {
        $this->state = 'cancelled';
    }

    public function note(string $text): void
    {
        $this->said[] = $text;
    }
}

/**
 * @param array<string, mixed> $change
 * @return array{int, array<string, mixed>}
 */
function checkout(string $state, string $id = 'c1', string $refunded = '0.00', array $change = []): array
{
    $sums = ['amount' => '75.00', 'captured' => $state === 'completed' ? '75.00' : '0.00', 'refunded' => $refunded, 'currency' => 'RIVER'];
    $rest = ['state' => $state, 'url' => "https://river.example/c/$id", 'order_reference' => 'shop-1042', 'payment_id' => 'p1', 'metadata' => ['order' => 'this one']];
    return [200, $change + ['id' => $id] + $rest + $sums];
}

/** @return array{int, array<string, mixed>, array<string, int>} */
function problem(int $status, string $code, array $members = [], array $headers = []): array
{
    return [$status, ['code' => $code, 'detail' => $code] + $members, $headers];
}

$script = new Script();
$waits = [];
$logged = [];
$api = new Api('https://river.example', 'cfk_secret', $script, static function (float $seconds) use (&$waits): void {
    $waits[] = $seconds;
});
$payments = new Payments($api, 'automatic', 'RIVER', false, static function (string $text) use (&$logged): void {
    $logged[] = $text;
});
$begin = static function (?array ...$answers) use ($script, &$waits): void {
    $script->answers = $answers;
    $script->asked = [];
    $waits = [];
};

// ---- signatures

$vectors = json_decode(file_get_contents(__DIR__ . '/webhook_vectors.json'), true, 16, JSON_THROW_ON_ERROR);
$secret = $vectors['secret'];
foreach ($vectors['vectors'] as $vector) {
    $verify = static fn (array $change = [], int $shift = 0, string $more = '', ?string $other = null): array => Signature::verify(
        $vector['body'] . $more,
        $change + ['webhook-id' => $vector['id'], 'webhook-timestamp' => (string) $vector['timestamp'], 'webhook-signature' => $vector['signature']],
        $other ?? $secret,
        $vector['timestamp'] + $shift,
    );
    same(json_decode($vector['body'], true), $verify(), 'a right one');
    $verify(['webhook-signature' => 'v1,AAAA v1a,BBBB ' . $vector['signature']], 300);
    foreach ([
        'another body' => [[], 0, ' '],
        'another id' => [['webhook-id' => 'msg_other']],
        'another time' => [['webhook-timestamp' => (string) ($vector['timestamp'] + 1)]],
        'too old' => [[], 301],
        'too new' => [[], -301],
        'no time' => [['webhook-timestamp' => 'now']],
        'no signature' => [['webhook-signature' => '']],
        'one without a version' => [['webhook-signature' => substr($vector['signature'], 3)]],
        'an empty one' => [['webhook-signature' => 'v1,']],
        'another secret' => [[], 0, '', 'whsec_' . base64_encode(str_repeat('x', 24))],
        'no secret' => [[], 0, '', ''],
    ] as $what => $arguments) {
        fails(NotSigned::class, static fn () => $verify(...$arguments), $what);
    }
}

$short = base64_encode('short');
$signature = 'v1,' . base64_encode(hash_hmac('sha256', 'msg_1.1790000000.{}', 'short', true));
$headers = ['webhook-id' => 'msg_1', 'webhook-timestamp' => '1790000000', 'webhook-signature' => $signature];
fails(NotSigned::class, static fn () => Signature::verify('{}', $headers, "whsec_$short", 1790000000), 'a secret that can be guessed');

// ---- starting

$order = new BookOrder();
$begin(checkout('open'), checkout('open'));
same('https://river.example/c/c1', $payments->start($order), 'the page');
same(['c1', '1'], [$order->kept['checkout'], $order->kept['attempt']], 'what is kept');
$first = $script->asked[0];

// Twice, and with the answer lost: the same request under the same key.
$begin(null, checkout('open'), checkout('open'));
$payments->start($order);
same([$first['key'], $first['key']], array_column(array_slice($script->asked, 0, 2), 'key'), 'the key after a lost answer');
same($first['body'], $script->asked[1]['body'], 'the body after a lost answer');

// The service is not there: nothing is changed.
$begin();
fails(NoAnswer::class, static fn () => $payments->start($order), 'no service');
same([3, 'pending'], [count($script->asked), $order->state], 'tries');

// It asks to wait longer than a customer does.
$begin(problem(503, 'overloaded', [], ['retry-after' => 60]));
fails(Problem::class, static fn () => $payments->start($order), 'overloaded');
$begin(problem(503, 'overloaded', [], ['retry-after' => 2]), checkout('open'), checkout('open'));
$payments->start($order);
same([2.0], $waits, 'the wait');

// An expired page is followed by a new one, under a new key.
$begin(checkout('expired'), checkout('expired'), checkout('open', 'c2'), checkout('open', 'c2'));
same('https://river.example/c/c2', $payments->start($order), 'the next page');
same(['c2', '2'], [$order->kept['checkout'], $order->kept['attempt']], 'the next attempt');

// Another amount: the open page with the old one is closed first.
$order->total = '80.00';
$taken = problem(409, 'conflict', ['reason' => 'order_reference_taken', 'checkout_id' => 'c2']);
$begin($taken, [200, ['data' => [checkout('open', 'c2')[1]]]], checkout('cancelled', 'c2'), checkout('open', 'c3'), checkout('open', 'c3'));
same('https://river.example/c/c3', $payments->start($order), 'the page with the new amount');
same('/checkouts/c2/cancel', $script->asked[2]['path'], 'the old page');

// Paid meanwhile: no second page.
$begin($taken, [200, ['data' => [checkout('completed', 'c2')[1]]]]);
same('https://shop.example/thanks', $payments->start($order), 'paid already');
// With the old amount: somebody has to look at it.
same(['on-hold', ['75.00']], [$order->state, $order->said], 'paid already');

// Another order of the same number, of the shop before its database was restored or of a copy of it: neither taken for this one's nor closed.
$order = new BookOrder();
foreach (['open', 'authorised', 'completed'] as $state) {
    foreach ([['order' => 'another'], []] as $metadata) {
        $begin($taken, [200, ['data' => [checkout('expired', 'c9')[1], checkout($state, 'c2', '0.00', ['metadata' => $metadata])[1]]]]);
        fails(\RuntimeException::class, static fn () => $payments->start($order), "another shop's order, $state");
        same(['pending', 2], [$order->state, count($script->asked)], "another shop's order, $state");
    }
}
$order->kept['checkout'] = 'c2';
$begin(checkout('completed', 'c2', '0.00', ['metadata' => ['order' => 'another']]));
fails(\RuntimeException::class, static fn () => $payments->refresh($order), 'another shop\'s checkout');
same('pending', $order->state, 'another shop\'s checkout');

// Who declined tries again, and pays.
$order = new BookOrder('failed');
$begin(checkout('declined'), checkout('declined'), checkout('open', 'c2'), checkout('open', 'c2'));
$payments->start($order);
same('pending', $order->state, 'another try');

// An order in another currency, a key of another community, and one of the sandbox: nobody is sent to pay.
$order = new BookOrder();
$order->currency = 'EUR';
$begin();
fails(\RuntimeException::class, static fn () => $payments->start($order), 'another currency');
same([], $script->asked, 'another currency');
$order->currency = 'RIVER';
$test = new Payments($api, 'automatic', 'RIVER', true, static fn () => null);
$sandbox = ['currency' => 'RIVERTEST', 'test_mode' => true];
foreach ([[$payments, ['currency' => 'LAKE']], [$payments, $sandbox], [$test, []]] as [$shop, $change]) {
    $begin(checkout('open', 'c1', '0.00', $change), checkout('open', 'c1', '0.00', $change));
    fails(\RuntimeException::class, static fn () => $shop->start($order), 'not this key\'s');
    $order->kept['checkout'] = 'c1';
    $begin(checkout('completed', 'c1', '0.00', $change));
    fails(\RuntimeException::class, static fn () => $shop->refresh($order), 'not this key\'s');
    same('pending', $order->state, 'not this key\'s');
}
$begin(checkout('open', 'c1', '0.00', $sandbox), checkout('open', 'c1', '0.00', $sandbox));
same('https://river.example/c/c1', $test->start($order), 'the sandbox');

// The settings, as the service sees them.
foreach ([
    'right' => [$payments, [], true],
    'of the sandbox' => [$payments, ['test_mode' => true], false],
    'of another community' => [$payments, ['community' => 'LAKE'], false],
    'with too little' => [$payments, ['scopes' => ['payments:read', 'requests:write']], false],
    'a real one for tests' => [$test, [], false],
    'for tests' => [$test, ['test_mode' => true, 'community' => 'RIVERTEST'], true],
] as $what => [$shop, $change, $isRight]) {
    $begin([200, $change + ['test_mode' => false, 'community' => 'RIVER', 'scopes' => ['requests:write', 'payments:read', 'refunds:write']]]);
    same($isRight, $shop->fault() === null, "a key $what");
}

// ---- what the order becomes

foreach ([
    ['pending', 'open', 'pending'],
    ['pending', 'authorised', 'on-hold'],
    ['pending', 'completed', 'processing'],
    ['on-hold', 'completed', 'processing'],
    ['pending', 'declined', 'failed'],
    ['failed', 'declined', 'failed'],
    ['failed', 'authorised', 'on-hold'],
    ['failed', 'completed', 'processing'],
    ['pending', 'expired', 'cancelled'],
    ['on-hold', 'cancelled', 'cancelled'],
    ['on-hold', 'authorised', 'on-hold'],
    // Late, repeated and out of order: nothing goes back.
    ['processing', 'expired', 'processing'],
    ['completed', 'cancelled', 'completed'],
    ['refunded', 'expired', 'refunded'],
    // The money is there, whatever the shop did meanwhile.
    ['cancelled', 'completed', 'processing'],
    // A word that a later version may bring ends nothing that is paid.
    ['processing', 'disputed', 'processing'],
] as [$before, $state, $after]) {
    $order = new BookOrder($before);
    $order->kept['checkout'] = 'c1';
    $begin(checkout($state));
    same($after, $payments->refresh($order), "$before, $state");
}

// What the shopkeeper makes of an order that is paid stands, whatever comes late or twice.
$order = new BookOrder();
$order->kept['checkout'] = 'c1';
$begin(checkout('completed'), checkout('completed'));
$payments->refresh($order);
$order->state = 'cancelled';
same('cancelled', $payments->refresh($order), 'cancelled after it was paid');
// Sent before it was known to be paid: it is known now.
$order = new BookOrder('completed');
$order->kept['checkout'] = 'c1';
$begin(checkout('completed'));
same(['completed', 'p1', ['perhaps twice']], [$payments->refresh($order), $order->paidBy, $order->said], 'sent before');

// Given back at the service itself: said once for each sum, and not of what the shop gave back.
$order = new BookOrder();
$order->kept['checkout'] = 'c1';
$begin(checkout('completed'), checkout('completed', 'c1', '5.00'), checkout('completed', 'c1', '5.00'), checkout('completed', 'c1', '5.00'));
$payments->refresh($order);
$payments->refresh($order);
$payments->refresh($order);
same(1, count($order->said), 'given back at the service');
$order->refunded = '5.00';
$payments->refresh($order);
same(1, count($order->said), 'given back here, too');

// Another sum than the order's: held, said once, and paid once they are in step.
$order = new BookOrder('pending', '80.00');
$order->kept['checkout'] = 'c1';
$begin(checkout('completed'), checkout('completed'), checkout('completed'));
$payments->refresh($order);
same(['on-hold', ['75.00'], ''], [$payments->refresh($order), $order->said, $order->paidBy], 'too little');
$order->total = '75.00';
same('processing', $payments->refresh($order), 'in step again');
$order = new BookOrder();
$begin();
same('pending', $payments->refresh($order), 'an order without a checkout');
$order->kept['checkout'] = 'c1';
$begin(checkout('completed', 'c1', '0.00', ['order_reference' => 'shop-1']));
fails(\RuntimeException::class, static fn () => $payments->refresh($order), 'another order\'s checkout');
same('pending', $order->state, 'another order\'s checkout');

// ---- events

$sign = static function (array $event) use ($secret): array {
    $body = json_encode($event, JSON_THROW_ON_ERROR);
    $key = base64_decode(substr($secret, 6), true);
    $signature = 'v1,' . base64_encode(hash_hmac('sha256', "msg_1.1790000000.$body", $key, true));
    return [$body, ['webhook-id' => 'msg_1', 'webhook-timestamp' => '1790000000', 'webhook-signature' => $signature], $secret, 1790000000];
};
same(['order', 'shop-1042'], Payments::notified(...$sign(['type' => 'checkout.completed', 'data' => ['order_reference' => 'shop-1042']])), 'an event');
same(['payment', 'p1'], Payments::notified(...$sign(['type' => 'payment.refunded', 'data' => ['id' => 'p1', 'refund' => ['id' => 'r1']]])), 'a refund');
foreach ([['type' => 'webhook.test', 'data' => []], ['type' => 'checkout.open', 'data' => ['order_reference' => 'shop-1042']], ['type' => 'payment.completed', 'data' => ['id' => 'p1']], ['type' => 'payment.refunded', 'data' => []], ['type' => 'checkout.completed', 'data' => ['order_reference' => 7]], []] as $event) {
    same(null, Payments::notified(...$sign($event)), 'an event of something else');
}

// ---- collecting and giving free

$manual = new Payments($api, 'manual', 'RIVER', false, static fn () => null);
$held = static function (string $total = '75.00'): BookOrder {
    $order = new BookOrder('processing', $total);
    $order->kept['checkout'] = 'c1';
    return $order;
};
$order = $held();
$begin(checkout('authorised'), [200, []], checkout('completed'));
$manual->settle($order, true);
same(['/payments/p1/capture', 'woo-capture-c1-75.00'], [$script->asked[1]['path'], $script->asked[1]['key']], 'collecting');
same(['p1', []], [$order->paidBy, $order->said], 'collecting');
// The change of state that this brings about asks for it again.
$begin();
$manual->settle($order, true);
same([], $script->asked, 'collected already');

// The order became smaller, and larger, after the customer had approved.
$order = $held('70.00');
$begin(checkout('authorised'), [200, []], checkout('completed', 'c1', '0.00', ['captured' => '70.00']));
$manual->settle($order, true);
same(['{"amount":"70.00"}', 'p1'], [$script->asked[1]['body'], $order->paidBy], 'collecting less');
$begin(checkout('authorised'));
fails(\RuntimeException::class, static fn () => $manual->settle($held('80.00'), true), 'collecting more');

// Too late: said once, and in the way once.
$order = $held();
$begin(checkout('expired'), checkout('expired'));
fails(\RuntimeException::class, static fn () => $manual->settle($order, true), 'too late');
$manual->settle($order, true);
same('', $order->paidBy, 'too late');

// Processed by hand before the customer approved: the page closes. In the moment in which they approve: it is collected, or known.
$begin(checkout('open'), [200, []]);
$manual->settle($held(), false);
same('/checkouts/c1/cancel', $script->asked[1]['path'], 'paid in cash');
$fast = problem(409, 'conflict', ['reason' => 'checkout_not_open']);
$order = $held();
$begin(checkout('open'), $fast, checkout('authorised'), [200, []], checkout('completed'));
$manual->settle($order, false);
same(['/payments/p1/capture', 'p1'], [$script->asked[3]['path'], $order->paidBy], 'approved meanwhile');
$order = $held();
$begin(checkout('open'), $fast, checkout('completed'));
$payments->settle($order, false);
same(['p1', ['perhaps twice']], [$order->paidBy, $order->said], 'paid meanwhile');
// An event that comes late does the same.
$order = $held();
$begin(checkout('authorised'), [200, []], checkout('completed'));
$manual->refresh($order);
same('p1', $order->paidBy, 'collected by an event');

// Paid by another method: what is open closes, what is set aside is free again, and what is paid twice is said.
$order = $held();
$order->isOurs = false;
$begin(checkout('open'), [200, []]);
$payments->settle($order, false);
same('/checkouts/c1/cancel', $script->asked[1]['path'], 'paid otherwise');
$begin(checkout('authorised'), [200, []]);
$payments->refresh($order);
same('/payments/p1/void', $script->asked[1]['path'], 'paid otherwise');
$begin(checkout('completed'), checkout('completed'));
$payments->refresh($order);
$payments->refresh($order);
same([1, ''], [count($order->said), $order->paidBy], 'paid twice');
// It may still come to be paid here, as long as the customer has only looked at the other method.
$order->state = 'pending';
$begin(checkout('open'));
$payments->refresh($order);
same(1, count($script->asked), 'still open');

$order = new BookOrder('cancelled');
$order->kept['checkout'] = 'c1';
$begin(checkout('authorised'), [200, []]);
$manual->release($order);
same('/payments/p1/void', $script->asked[1]['path'], 'giving free');
$begin(checkout('open'), [200, []]);
$manual->release($order);
same('/checkouts/c1/cancel', $script->asked[1]['path'], 'closing the page');
// An event that comes later does the same, should the service not have been there.
$begin(checkout('authorised'), [200, []]);
same('cancelled', $manual->refresh($order), 'giving free later');
same('/payments/p1/void', $script->asked[1]['path'], 'giving free later');
// The customer was faster: with the money set aside, and with the money.
$begin(checkout('open'), $fast, checkout('authorised'), [200, []]);
$manual->release($order);
same(['/payments/p1/void', 'cancelled'], [$script->asked[3]['path'], $order->state], 'the customer was faster');
$begin(checkout('open'), $fast, checkout('completed'));
$manual->release($order);
same('processing', $order->state, 'the customer was faster, and paid');

// ---- giving back

$order = new BookOrder('processing');
$order->kept['checkout'] = 'c1';
$begin(checkout('completed'), [201, ['id' => 'r1']]);
$payments->refund($order, '5.00', 'Broken');
same(['woo-refund-shop-1042-1', ''], [$script->asked[1]['key'], $order->kept['refund']], 'a refund');
same('{"amount":"5.00","reason":"Broken"}', $script->asked[1]['body'], 'a refund');

// Its answer is lost three times: the shop's books take it back, and the next try repeats it under its key.
$order->refunded = '5.00';
$begin(checkout('completed', 'c1', '5.00'));
fails(NoAnswer::class, static fn () => $payments->refund($order, '7.00', ''), 'a lost refund');
fails(\RuntimeException::class, static fn () => $payments->refund($order, '8.00', ''), 'another amount meanwhile');
$begin(checkout('completed', 'c1', '12.00'), [201, ['id' => 'r2']]);
$payments->refund($order, '7.00', '');
same('woo-refund-shop-1042-2', $script->asked[1]['key'], 'the refund again');

// The service does not know either: the same.
$order->refunded = '12.00';
$begin(checkout('completed', 'c1', '12.00'), problem(503, 'outcome_unknown', [], ['retry-after' => 60]));
fails(Problem::class, static fn () => $payments->refund($order, '0.50', ''), 'an unknown refund');
$begin(checkout('completed', 'c1', '12.50'), [201, ['id' => 'r3']]);
$payments->refund($order, '0.50', '');
same('woo-refund-shop-1042-3', $script->asked[1]['key'], 'the unknown refund again');

// A refusal is final for its key; the next try has another.
$order->refunded = '12.50';
$begin(checkout('completed', 'c1', '12.50'), problem(409, 'insufficient_credit'));
fails(Problem::class, static fn () => $payments->refund($order, '1.00', ''), 'a refused refund');
$begin(checkout('completed', 'c1', '12.50'), [201, ['id' => 'r5']]);
$payments->refund($order, '1.00', '');
same('woo-refund-shop-1042-5', $script->asked[1]['key'], 'the refund after a refusal');

// Given back at the service itself: the shop's books come first.
$begin(checkout('completed', 'c1', '60.00'));
fails(\RuntimeException::class, static fn () => $payments->refund($order, '1.00', ''), 'books that differ');

// ---- secrets and addresses

same(false, str_contains(implode('', $logged), 'cfk_secret'), 'the log');
try {
    new Api('http://river.example', 'cfk_secret', $script);
    throw new \LogicException('plain http was taken');
} catch (\InvalidArgumentException $failure) {
    same(false, str_contains((string) $failure, 'cfk_secret'), 'the trace');
}
fails(\InvalidArgumentException::class, static fn () => new Api('https://a:b@river.example', 'k', $script), 'a user in the address');
new Api('http://127.0.0.1:8080', 'k', $script);

echo "PHP: signatures, states, keys, refunds\n";
