<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/** Sends one HTTP request. WordPress has its own; the tests use PHP's. */
interface Transport
{
    /**
     * @param array<string, string> $headers
     * @return array{status: int, headers: array<string, string>, body: string} headers by their names in small letters
     * @throws NoAnswer where none came
     */
    public function send(string $method, string $url, array $headers, ?string $body, int $timeout): array;
}

/** Whether the request arrived is not known. */
final class NoAnswer extends \RuntimeException
{
}
