<?php
/**
 * Plugin Name: Counterfoil for WooCommerce
 * Description: Takes payments in a local mutual-credit currency.
 * Version: 0.1.0
 * Requires at least: 6.4
 * Requires PHP: 8.2
 * Requires Plugins: woocommerce
 * WC requires at least: 8.2
 * Author: The Counterfoil project
 * License: MIT OR Apache-2.0
 * Text Domain: counterfoil-gateway
 */

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

defined('ABSPATH') || exit;

foreach (['Transport', 'Problem', 'Api', 'Signature', 'Order', 'Payments'] as $name) {
    require_once __DIR__ . "/src/$name.php";
}

/** How often orders that wait are looked at, should an event not have come. */
const LOOK_AGAIN = 'counterfoil_look_again';
/** Reads one order again, after a webhook has its answer. */
const REFRESH = 'counterfoil_refresh';
/** Orders that one look takes. */
const ORDERS_PER_LOOK = 50;
/** The option that says how many were looked at, so that the next look goes on there. */
const LOOKED = 'counterfoil_looked';
/** Seconds after which an order that could not be given up at the service is looked at again. */
const RELEASE_AGAIN = 600;
/** Seconds for which something waits until something else with the same order is done. */
const LOCK_WAIT = 20;

add_action('before_woocommerce_init', static function (): void {
    // Orders are reached through WooCommerce's own objects only, so its newer tables work as well.
    if (class_exists(\Automattic\WooCommerce\Utilities\FeaturesUtil::class)) {
        \Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility('custom_order_tables', __FILE__);
        \Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility('cart_checkout_blocks', __FILE__);
    }
});

add_action('plugins_loaded', static function (): void {
    if (!class_exists(\WC_Payment_Gateway::class)) {
        return;
    }
    foreach (['WordPressTransport', 'ShopOrder', 'Gateway'] as $name) {
        require_once __DIR__ . "/includes/$name.php";
    }
    add_filter('woocommerce_payment_gateways', static fn (array $gateways): array => [...$gateways, Gateway::class]);
    add_filter('woocommerce_currencies', static function (array $currencies): array {
        $code = Gateway::setting('currency');
        return $code === '' ? $currencies : $currencies + [$code => $code];
    });
    add_action('woocommerce_blocks_payment_method_type_registration', static function (object $registry): void {
        require_once __DIR__ . '/includes/BlockSupport.php';
        $registry->register(new BlockSupport());
    });
    Gateway::join();
    if (!wp_next_scheduled(LOOK_AGAIN)) {
        wp_schedule_event(time() + 600, 'hourly', LOOK_AGAIN);
    }
});

register_deactivation_hook(__FILE__, static fn () => wp_clear_scheduled_hook(LOOK_AGAIN));
