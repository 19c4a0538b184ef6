<?php

declare(strict_types=1);

namespace Counterfoil\WooCommerce;

defined('ABSPATH') || exit;

/** The payment method, as WooCommerce knows it. What it decides is in `Payments`. */
final class Gateway extends \WC_Payment_Gateway
{
    public const ID = 'counterfoil';

    public function __construct()
    {
        $this->id = self::ID;
        $this->method_title = __('Counterfoil', 'counterfoil-gateway');
        $this->method_description = __('Takes payments in a local mutual-credit currency.', 'counterfoil-gateway');
        $this->has_fields = false;
        $this->supports = ['products', 'refunds'];
        $this->init_form_fields();
        $this->init_settings();
        $this->title = $this->get_option('title');
        $this->description = $this->get_option('description');
        add_action("woocommerce_update_options_payment_gateways_$this->id", [$this, 'process_admin_options']);
        add_action("woocommerce_thankyou_$this->id", static fn (int $order) => self::refresh($order));
        add_action('woocommerce_api_counterfoil', [$this, 'takeWebhook']);
        // Whoever processes an order collects what was set aside; whoever cancels it, gives it free.
        add_action('woocommerce_order_status_on-hold_to_processing', static fn (int $order) => self::onOrder($order, 'capture'));
        add_action('woocommerce_order_status_on-hold_to_completed', static fn (int $order) => self::onOrder($order, 'capture'));
        add_action('woocommerce_order_status_cancelled', static fn (int $order) => self::onOrder($order, 'release'));
    }

    public function init_form_fields(): void
    {
        $text = static fn (string $title, string $description = '', string $default = '', string $type = 'text'): array => compact('title', 'description', 'default', 'type');
        $hook = add_query_arg('wc-api', 'counterfoil', home_url('/'));
        $this->form_fields = [
            'enabled' => ['title' => __('Enabled', 'counterfoil-gateway'), 'type' => 'checkbox', 'default' => 'no'],
            'title' => $text(__('Title', 'counterfoil-gateway'), '', __('Local currency', 'counterfoil-gateway')),
            'description' => $text(__('Description', 'counterfoil-gateway'), '', __('You approve the payment on your community\'s page.', 'counterfoil-gateway')),
            'url' => $text(__('Address of the service', 'counterfoil-gateway'), 'https://river.example'),
            'currency' => $text(__('Currency', 'counterfoil-gateway'), __('The community\'s code. Orders in another currency cannot be paid with it.', 'counterfoil-gateway')),
            'scale' => $text(__('Decimal places', 'counterfoil-gateway'), __('Those of the community\'s amounts.', 'counterfoil-gateway'), '2'),
            'prefix' => $text(__('Prefix of order references', 'counterfoil-gateway'), __('Another one for each shop that shares an account.', 'counterfoil-gateway'), 'shop'),
            'capture' => [
                'title' => __('Payment', 'counterfoil-gateway'),
                'type' => 'select',
                'default' => 'automatic',
                'options' => [
                    'automatic' => __('Moves when the customer approves', 'counterfoil-gateway'),
                    'manual' => __('Is set aside, and moves when you process the order', 'counterfoil-gateway'),
                ],
            ],
            'testing' => ['title' => __('Test mode', 'counterfoil-gateway'), 'type' => 'checkbox', 'default' => 'yes', 'description' => __('Uses the keys of the sandbox. No real credit moves.', 'counterfoil-gateway')],
            'key' => $text(__('Key', 'counterfoil-gateway'), __('Scopes: requests:write, payments:read, refunds:write.', 'counterfoil-gateway'), '', 'password'),
            /* translators: %s: an address */
            'secret' => $text(__('Webhook secret', 'counterfoil-gateway'), sprintf(__('Of the webhook endpoint %s with the events checkout.*', 'counterfoil-gateway'), $hook), '', 'password'),
            'test_key' => $text(__('Test key', 'counterfoil-gateway'), '', '', 'password'),
            'test_secret' => $text(__('Test webhook secret', 'counterfoil-gateway'), '', '', 'password'),
        ];
    }

    public static function setting(string $name): string
    {
        $settings = get_option('woocommerce_' . self::ID . '_settings', []);
        return is_array($settings) ? (string) ($settings[$name] ?? '') : '';
    }

    /** A key or a secret: the sandbox's while testing. */
    private static function secret(string $name): string
    {
        return trim(self::setting(self::setting('testing') === 'no' ? $name : "test_$name"));
    }

    public function is_available(): bool
    {
        return parent::is_available() && self::secret('key') !== '' && get_woocommerce_currency() === self::setting('currency');
    }

    /** @return array<string, string> */
    public function process_payment($order_id): array
    {
        try {
            $order = self::find((int) $order_id) ?? throw new \RuntimeException('There is no such order.');
            return ['result' => 'success', 'redirect' => self::payments()->start($order)];
        } catch (\Exception $failure) {
            self::log("order $order_id cannot be paid: {$failure->getMessage()}");
            wc_add_notice(__('The payment could not be started. Nothing was paid. Please try again.', 'counterfoil-gateway'), 'error');
            return ['result' => 'failure', 'redirect' => ''];
        }
    }

    public function process_refund($order_id, $amount = null, $reason = ''): bool|\WP_Error
    {
        try {
            $scale = (int) self::setting('scale');
            $amount = number_format((float) wc_format_decimal($amount ?? 0, $scale), $scale, '.', '');
            $order = self::find((int) $order_id, $amount) ?? throw new \RuntimeException('There is no such order.');
            self::payments()->refund($order, $amount, (string) $reason);
            return true;
        } catch (\Exception $failure) {
            self::log("order $order_id: no refund: {$failure->getMessage()}");
            return new \WP_Error('counterfoil', $failure->getMessage());
        }
    }

    /** Answers at once, and reads the order afterwards: the service waits five seconds. */
    public function takeWebhook(): void
    {
        $headers = [];
        foreach (['webhook-id', 'webhook-timestamp', 'webhook-signature'] as $name) {
            $value = $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
            $headers[$name] = is_string($value) ? wp_unslash($value) : '';
        }
        try {
            $body = (string) file_get_contents('php://input', false, null, 0, Signature::LARGEST_BODY + 1);
            $reference = Payments::notified($body, $headers, self::secret('secret'), time());
        } catch (NotSigned $failure) {
            self::log("a webhook was refused: {$failure->getMessage()}");
            status_header(401);
            exit;
        }
        $number = $reference === null ? null : ShopOrder::numberOf($reference, self::setting('prefix'));
        if ($number !== null) {
            as_enqueue_async_action(REFRESH, [$number], 'counterfoil');
        }
        status_header(204);
        exit;
    }

    public static function refresh(int $number): void
    {
        self::onOrder($number, 'refresh');
    }

    /** Orders that wait, should an event not have come. */
    public static function lookAgain(): void
    {
        $waiting = wc_get_orders([
            'payment_method' => self::ID,
            'status' => ['pending', 'on-hold'],
            'limit' => ORDERS_PER_LOOK,
            'orderby' => 'modified',
            'order' => 'ASC',
            'return' => 'ids',
        ]);
        foreach ($waiting as $number) {
            self::refresh((int) $number);
        }
    }

    /** @param 'refresh'|'capture'|'release' $what */
    private static function onOrder(int $number, string $what): void
    {
        try {
            $order = self::find($number);
            if ($order !== null) {
                self::payments()->$what($order);
            }
        } catch (\Exception $failure) {
            self::log("order $number: $what failed: {$failure->getMessage()}");
            if ($what === 'capture' && isset($order)) {
                $order->holdAgain($failure->getMessage());
            }
        }
    }

    private static function find(int $number, string $beingRefunded = '0'): ?ShopOrder
    {
        $order = wc_get_order($number);
        $isOurs = $order instanceof \WC_Order && $order->get_payment_method() === self::ID;
        return $isOurs ? new ShopOrder($order, self::setting('prefix'), (int) self::setting('scale'), $beingRefunded) : null;
    }

    private static function payments(): Payments
    {
        $api = new Api(self::setting('url'), self::secret('key'), new WordPressTransport());
        return new Payments($api, self::setting('capture') === 'manual' ? 'manual' : 'automatic', self::log(...));
    }

    private static function log(string $text): void
    {
        wc_get_logger()->info($text, ['source' => 'counterfoil']);
    }
}
