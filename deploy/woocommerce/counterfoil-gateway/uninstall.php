<?php

// What goes with the plugin: its settings, keys and secrets among them, and its work in the background. Orders keep what they say of
// their payments: they are the shop's books.

declare(strict_types=1);

defined('WP_UNINSTALL_PLUGIN') || exit;

delete_option('woocommerce_counterfoil_settings');
delete_option('counterfoil_looked');
wp_clear_scheduled_hook('counterfoil_look_again');
if (function_exists('as_unschedule_all_actions')) {
    as_unschedule_all_actions('counterfoil_refresh');
}
