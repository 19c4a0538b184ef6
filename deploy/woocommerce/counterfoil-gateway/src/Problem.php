<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/** The service said no. Branch on `problemCode`. */
final class Problem extends \RuntimeException
{
    /** @param array<string, mixed> $members */
    public function __construct(
        public readonly int $status,
        public readonly string $problemCode,
        string $detail,
        public readonly array $members = [],
    ) {
        parent::__construct($detail === '' ? $problemCode : $detail);
    }
}
