<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

defined('ABSPATH') || exit;

/** WordPress's own HTTP. */
final class WordPressTransport implements Transport
{
    public function send(string $method, string $url, array $headers, ?string $body, int $timeout): array
    {
        $answer = wp_remote_request($url, [
            'method' => $method,
            'headers' => $headers,
            'body' => $body,
            'timeout' => $timeout,
            // The key belongs to this address and to no other.
            'redirection' => 0,
            'limit_response_size' => 1_048_576,
        ]);
        if (is_wp_error($answer)) {
            throw new NoAnswer($answer->get_error_message());
        }
        $told = wp_remote_retrieve_headers($answer);
        $told = is_array($told) ? $told : $told->getAll();
        return [
            'status' => (int) wp_remote_retrieve_response_code($answer),
            'headers' => array_map(strval(...), array_change_key_case(array_filter($told, is_scalar(...)))),
            'body' => wp_remote_retrieve_body($answer),
        ];
    }
}
