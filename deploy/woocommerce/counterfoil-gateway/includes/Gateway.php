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
        if (self::isTest()) {
            $this->description = trim("$this->description " . __('This is a test: nothing is really paid.', 'counterfoil-gateway'));
        }
        add_action("woocommerce_update_options_payment_gateways_$this->id", [$this, 'process_admin_options']);
    }

    /** Joined once, by the plugin: WooCommerce makes gateways where it needs them, and makes none where it cancels orders by itself. */
    public static function join(): void
    {
        add_action('woocommerce_api_counterfoil', [self::class, 'takeWebhook']);
        add_action('woocommerce_thankyou_' . self::ID, [self::class, 'refresh']);
        add_action(REFRESH, [self::class, 'refresh']);
        add_action(LOOK_AGAIN, [self::class, 'lookAgain']);
        // Whoever processes an order collects what was set aside, or has it paid otherwise; whoever cancels it, gives it free.
        add_action('woocommerce_order_status_changed', [self::class, 'changed'], 10, 3);
    }

    public function init_form_fields(): void
    {
        $text = static fn (string $title, string $description = '', string $default = '', string $type = 'text'): array => compact('title', 'description', 'default', 'type');
        $hook = esc_url(add_query_arg('wc-api', 'counterfoil', home_url('/')));
        /* translators: %s: an address */
        $endpoint = sprintf(__('Of the webhook endpoint %s with the events checkout.* and payment.refunded', 'counterfoil-gateway'), $hook);
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
            'secret' => $text(__('Webhook secret', 'counterfoil-gateway'), $endpoint, '', 'password'),
            'test_key' => $text(__('Test key', 'counterfoil-gateway'), '', '', 'password'),
            'test_secret' => $text(__('Test webhook secret', 'counterfoil-gateway'), '', '', 'password'),
        ];
    }

    /** Saves, and asks the service whether the settings are right. WooCommerce has checked who it is, and that they may. */
    public function process_admin_options(): bool
    {
        $isSaved = parent::process_admin_options();
        if (self::secret('key') === '') {
            return $isSaved;
        }
        try {
            $fault = self::payments()->fault();
        } catch (\Throwable $failure) {
            $fault = $failure->getMessage();
        }
        if ($fault !== null) {
            /* translators: %s: the reason */
            \WC_Admin_Settings::add_error(sprintf(__('Nobody can pay with Counterfoil yet: %s', 'counterfoil-gateway'), $fault));
        }
        return $isSaved;
    }

    public static function setting(string $name): string
    {
        $settings = get_option('woocommerce_' . self::ID . '_settings', []);
        return is_array($settings) ? (string) ($settings[$name] ?? '') : '';
    }

    private static function isTest(): bool
    {
        return self::setting('testing') !== 'no';
    }

    /** A key or a secret: the sandbox's while testing. */
    private static function secret(string $name, ?bool $isTest = null): string
    {
        return trim(self::setting($isTest ?? self::isTest() ? "test_$name" : $name));
    }

    public function is_available(): bool
    {
        return parent::is_available() && self::secret('key') !== '' && get_woocommerce_currency() === self::setting('currency');
    }

    /** @return array<string, string> */
    public function process_payment($order_id): array
    {
        try {
            $page = self::alone((int) $order_id, static function () use ($order_id): string {
                $order = self::find((int) $order_id) ?? throw new \RuntimeException('There is no such order.');
                return self::payments()->start($order);
            });
            return ['result' => 'success', 'redirect' => $page];
        } catch (\Throwable $failure) {
            self::log("order $order_id cannot be paid: {$failure->getMessage()}");
            wc_add_notice(__('The payment could not be started. Please try again.', 'counterfoil-gateway'), 'error');
            return ['result' => 'failure', 'redirect' => ''];
        }
    }

    public function process_refund($order_id, $amount = null, $reason = ''): bool|\WP_Error
    {
        try {
            $scale = (int) self::setting('scale');
            $amount = number_format((float) $amount, $scale, '.', '');
            self::alone((int) $order_id, static function () use ($order_id, $amount, $reason): void {
                $order = self::find((int) $order_id, $amount) ?? throw new \RuntimeException('There is no such order.');
                self::payments($order)->refund($order, $amount, (string) $reason);
            });
            return true;
        } catch (\Throwable $failure) {
            self::log("order $order_id: no refund: {$failure->getMessage()}");
            return new \WP_Error('counterfoil', $failure->getMessage());
        }
    }

    /** Answers at once, and reads the order afterwards: the service waits five seconds. */
    public static function takeWebhook(): void
    {
        $headers = [];
        foreach (['webhook-id', 'webhook-timestamp', 'webhook-signature'] as $name) {
            $value = $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
            $headers[$name] = is_string($value) ? sanitize_text_field(wp_unslash($value)) : '';
        }
        try {
            $body = (string) file_get_contents('php://input', false, null, 0, Signature::LARGEST_BODY + 1);
            $about = Payments::notified($body, $headers, self::secret('secret'), time());
        } catch (NotSigned $failure) {
            self::log("a webhook was refused: {$failure->getMessage()}");
            status_header(401);
            exit;
        }
        $number = match ($about[0] ?? '') {
            'order' => ShopOrder::numberOf($about[1], self::setting('prefix')),
            'payment' => wc_get_orders(['transaction_id' => $about[1], 'payment_method' => self::ID, 'limit' => 1, 'return' => 'ids'])[0] ?? null,
            default => null,
        };
        if ($number !== null) {
            as_enqueue_async_action(REFRESH, [(int) $number], 'counterfoil');
        }
        status_header(204);
        exit;
    }

    /** WooCommerce hands over numbers of orders as it has them, and strings among them. */
    public static function refresh(int|string $order): void
    {
        self::onOrder((int) $order, 'refresh');
    }

    public static function changed(int|string $order, string $from, string $to): void
    {
        if (in_array($to, ['processing', 'completed'], true)) {
            self::onOrder((int) $order, 'settle', $from === 'on-hold');
        } elseif ($to === 'cancelled') {
            self::onOrder((int) $order, 'release');
        }
    }

    /** Orders that wait, should an event not have come. Each look takes those behind the last one's, and begins anew behind the end. */
    public static function lookAgain(): void
    {
        $offset = max(0, (int) get_option(LOOKED, 0));
        $waiting = wc_get_orders([
            'type' => 'shop_order',
            'payment_method' => self::ID,
            'status' => ['pending', 'on-hold'],
            'limit' => ORDERS_PER_LOOK,
            'offset' => $offset,
            'orderby' => 'ID',
            'order' => 'ASC',
            'return' => 'ids',
        ]);
        update_option(LOOKED, count($waiting) < ORDERS_PER_LOOK ? 0 : $offset + ORDERS_PER_LOOK, false);
        foreach ($waiting as $number) {
            as_enqueue_async_action(REFRESH, [(int) $number], 'counterfoil');
        }
    }

    /** @param 'refresh'|'settle'|'release' $what */
    private static function onOrder(int $number, string $what, bool ...$more): void
    {
        if (self::find($number) === null) {
            return;
        }
        try {
            self::alone($number, static function () use ($number, $what, $more): void {
                // As it is now that nothing else is done with it.
                $order = self::find($number) ?? throw new \RuntimeException('There is no such order any more.');
                self::payments($order)->$what($order, ...$more);
            });
        } catch (\Throwable $failure) {
            self::log("order $number: $what failed: {$failure->getMessage()}");
            if ($what === 'settle' && $more === [true]) {
                self::find($number)?->holdAgain($failure->getMessage());
            } elseif ($what !== 'refresh') {
                // Nobody looks at orders that are cancelled or processing else.
                as_schedule_single_action(time() + RELEASE_AGAIN, REFRESH, [$number], 'counterfoil');
            }
        }
    }

    /**
     * One thing at a time with an order: a customer who comes back, an event and the shopkeeper's hand would each see it as it was
     * before the others. The lock is the database connection's, and counts: what is done inside may ask for it again. A database that
     * has no such locks goes on without.
     *
     * @template T
     * @param \Closure(): T $do
     * @return T
     */
    private static function alone(int $number, \Closure $do): mixed
    {
        global $wpdb;
        $name = 'counterfoil_' . md5(DB_NAME . "/{$wpdb->prefix}/$number");
        if ((string) $wpdb->get_var($wpdb->prepare('SELECT GET_LOCK(%s, %d)', $name, LOCK_WAIT)) === '0') {
            throw new \RuntimeException("Something else is being done with order $number.");
        }
        try {
            return $do();
        } finally {
            $wpdb->query($wpdb->prepare('SELECT RELEASE_LOCK(%s)', $name));
        }
    }

    private static function find(int $number, string $beingRefunded = '0'): ?ShopOrder
    {
        $order = wc_get_order($number);
        // One that is paid by another method by now may still have a page that is open, or an amount that is set aside.
        $isKnown = $order instanceof \WC_Order && ($order->get_payment_method() === self::ID || $order->get_meta('_counterfoil_checkout') !== '');
        return $isKnown ? new ShopOrder($order, self::setting('prefix'), (int) self::setting('scale'), $beingRefunded) : null;
    }

    /** For an order that was begun: with the key with which it was, also after test mode was left or entered. */
    private static function payments(?ShopOrder $order = null): Payments
    {
        $mode = $order?->recall(Payments::MODE) ?? '';
        $isTest = $mode === '' ? self::isTest() : $mode === 'test';
        $api = new Api(self::setting('url'), self::secret('key', $isTest), new WordPressTransport());
        $capture = self::setting('capture') === 'manual' ? 'manual' : 'automatic';
        return new Payments($api, $capture, self::setting('currency'), $isTest, self::log(...));
    }

    private static function log(string $text): void
    {
        wc_get_logger()->info($text, ['source' => 'counterfoil']);
    }
}
