<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

defined('ABSPATH') || exit;

/** The payment method in the checkout that is made of blocks, which new shops have. */
final class BlockSupport extends \Automattic\WooCommerce\Blocks\Payments\Integrations\AbstractPaymentMethodType
{
    protected $name = Gateway::ID;

    public function initialize(): void
    {
        $this->settings = (array) get_option('woocommerce_' . Gateway::ID . '_settings', []);
    }

    public function is_active(): bool
    {
        return self::gateway()?->is_available() ?? false;
    }

    /** @return list<string> */
    public function get_payment_method_script_handles(): array
    {
        $needs = ['wc-blocks-registry', 'wc-settings', 'wp-element', 'wp-html-entities'];
        wp_register_script('counterfoil-checkout', plugins_url('assets/checkout.js', __DIR__), $needs, '0.1.0', true);
        return ['counterfoil-checkout'];
    }

    /** @return array<string, mixed> */
    public function get_payment_method_data(): array
    {
        $gateway = self::gateway();
        return ['title' => $gateway?->title, 'description' => $gateway?->description, 'supports' => array_values($gateway?->supports ?? [])];
    }

    private static function gateway(): ?\WC_Payment_Gateway
    {
        return WC()->payment_gateways()->payment_gateways()[Gateway::ID] ?? null;
    }
}
