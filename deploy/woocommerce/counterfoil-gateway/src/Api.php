<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/** The few calls that a shop makes. Tries again where that is right, under the same key. */
final class Api
{
    /** How often a call is tried: a customer waits for it. */
    private const ATTEMPTS = 3;
    /** Seconds for one attempt. */
    private const TIMEOUT = 10;
    /** Seconds that are waited between attempts at most, whatever the service asks for. */
    private const LONGEST_WAIT = 5;

    private readonly string $base;
    /** @var \Closure(float): void */
    private readonly \Closure $sleep;

    /** @param ?\Closure(float): void $sleep */
    public function __construct(
        string $url,
        #[\SensitiveParameter] private readonly string $key,
        private readonly Transport $transport,
        ?\Closure $sleep = null,
    ) {
        $parts = parse_url($url);
        $host = $parts['host'] ?? '';
        $loopback = in_array($host, ['localhost', '127.0.0.1', '[::1]'], true);
        $secure = ($parts['scheme'] ?? '') === 'https' || (($parts['scheme'] ?? '') === 'http' && $loopback);
        if (!$secure || $host === '' || isset($parts['user']) || isset($parts['query']) || isset($parts['fragment'])) {
            throw new \InvalidArgumentException('The service\'s address must begin with https://.');
        }
        $this->base = rtrim($url, '/') . '/api/v1';
        $this->sleep = $sleep ?? static fn (float $seconds) => usleep((int) ($seconds * 1_000_000));
    }

    /** @return array<string, mixed> what the key is that asks */
    public function currentKey(): array
    {
        return $this->call('GET', '/api-keys/current');
    }

    /**
     * @param array<string, mixed> $checkout
     * @return array<string, mixed>
     */
    public function createCheckout(array $checkout, string $key): array
    {
        return $this->call('POST', '/checkouts', $checkout, $key);
    }

    /** @return array<string, mixed> */
    public function checkout(string $id): array
    {
        return $this->call('GET', '/checkouts/' . rawurlencode($id));
    }

    /** @return list<array<string, mixed>> all that this order ever had, the newest first */
    public function checkoutsOf(string $reference): array
    {
        return $this->call('GET', '/checkouts?' . http_build_query(['order_reference' => $reference]))['data'];
    }

    /** @return array<string, mixed> */
    public function cancelCheckout(string $id, string $key): array
    {
        return $this->call('POST', '/checkouts/' . rawurlencode($id) . '/cancel', null, $key);
    }

    /** @return array<string, mixed> */
    public function capture(string $payment, string $amount, string $key): array
    {
        return $this->call('POST', '/payments/' . rawurlencode($payment) . '/capture', ['amount' => $amount], $key);
    }

    /** @return array<string, mixed> */
    public function void(string $payment, string $key): array
    {
        return $this->call('POST', '/payments/' . rawurlencode($payment) . '/void', null, $key);
    }

    /** @return array<string, mixed> */
    public function refund(string $payment, string $amount, string $reason, string $key): array
    {
        $body = ['amount' => $amount] + ($reason === '' ? [] : ['reason' => $reason]);
        return $this->call('POST', '/payments/' . rawurlencode($payment) . '/refunds', $body, $key);
    }

    /**
     * @param ?array<string, mixed> $body
     * @return array<string, mixed>
     * @throws Problem|NoAnswer
     */
    private function call(string $method, string $path, ?array $body = null, ?string $key = null): array
    {
        $headers = ['Authorization' => 'Bearer ' . $this->key, 'Accept' => 'application/json'];
        if ($body !== null) {
            $headers['Content-Type'] = 'application/json';
        }
        if ($key !== null) {
            $headers['Idempotency-Key'] = $key;
        }
        $content = $body === null ? null : json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        for ($attempt = 1; ; $attempt++) {
            $wait = 0.25 * 2 ** ($attempt - 1);
            try {
                $answer = $this->transport->send($method, $this->base . $path, $headers, $content, self::TIMEOUT);
                if ($answer['status'] >= 200 && $answer['status'] < 300) {
                    return json_decode($answer['body'], true, 64, JSON_THROW_ON_ERROR);
                }
                $failure = self::failure($answer);
                $wait = max($wait, (float) ($answer['headers']['retry-after'] ?? 0));
                $again = self::mayRepeat($answer['status'], $failure, isset($answer['headers']['retry-after']));
            } catch (NoAnswer $lost) {
                $failure = $lost;
                $again = true;
            } catch (\JsonException) {
                $failure = new NoAnswer('What the service answered is not JSON.');
                $again = false;
            }
            // Every POST here has a key, and the rest are GETs: the same request may always be sent again.
            if (!$again || $attempt >= self::ATTEMPTS || $wait > self::LONGEST_WAIT) {
                throw $failure;
            }
            ($this->sleep)($wait);
        }
    }

    /** @param array{status: int, headers: array<string, string>, body: string} $answer */
    private static function failure(array $answer): Problem|NoAnswer
    {
        $problem = json_decode($answer['body'], true, 64);
        if (!is_array($problem) || !is_string($problem['code'] ?? null)) {
            return new NoAnswer("Status {$answer['status']} without a problem.");
        }
        return new Problem($answer['status'], $problem['code'], (string) ($problem['detail'] ?? ''), $problem);
    }

    private static function mayRepeat(int $status, Problem|NoAnswer $failure, bool $isTold): bool
    {
        if ($failure instanceof NoAnswer) {
            return in_array($status, [502, 503, 504], true);
        }
        return in_array($status, [408, 429, 503], true) || ($status === 409 && $failure->problemCode === 'conflict' && $isTold);
    }
}
