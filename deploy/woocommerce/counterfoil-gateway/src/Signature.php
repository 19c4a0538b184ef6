<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

/** Verifies webhooks by the rules of Standard Webhooks 1.0, as the official libraries do. */
final class Signature
{
    /** Seconds by which the clocks may differ. */
    private const TOLERANCE = 300;
    /** Bytes of a webhook's body; the service sends less than 20 kB. */
    public const LARGEST_BODY = 65_536;

    /**
     * @param array<string, string> $headers by their names in small letters
     * @return array<string, mixed> the event
     * @throws NotSigned
     */
    public static function verify(
        string $body,
        array $headers,
        #[\SensitiveParameter] string $secret,
        int $now,
    ): array {
        $id = $headers['webhook-id'] ?? '';
        $time = $headers['webhook-timestamp'] ?? '';
        $signatures = $headers['webhook-signature'] ?? '';
        if ($id === '' || $signatures === '' || preg_match('/^[0-9]{1,12}$/D', $time) !== 1) {
            throw new NotSigned('A header is missing.');
        }
        if (abs($now - (int) $time) > self::TOLERANCE) {
            throw new NotSigned('Its time is too far from ours.');
        }
        if (strlen($body) > self::LARGEST_BODY) {
            throw new NotSigned('It is too large.');
        }
        $key = base64_decode(preg_replace('/^whsec_/', '', trim($secret)), true);
        if ($key === false || strlen($key) < 24) {
            throw new NotSigned('The secret in the settings is none.');
        }
        $expected = base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
        foreach (explode(' ', $signatures) as $signature) {
            // Others, such as v1a, are for those who know their keys.
            if (str_starts_with($signature, 'v1,') && hash_equals($expected, substr($signature, 3))) {
                $event = json_decode($body, true, 64);
                return is_array($event) ? $event : throw new NotSigned('It is no JSON.');
            }
        }
        throw new NotSigned('No signature is right.');
    }
}

/** It did not come from the service, or not in this form, or too long ago. */
final class NotSigned extends \RuntimeException
{
}
