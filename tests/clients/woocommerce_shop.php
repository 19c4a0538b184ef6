<?php

// As much of WordPress and WooCommerce as the plugin touches, for PHP's own web server:
//
//     SHOP_FOLDER=… SHOP_SETTINGS=… php -S 127.0.0.1:PORT woocommerce_shop.php
//
// SHOP_SETTINGS is the JSON of the plugin's settings; orders are files in SHOP_FOLDER. What only WordPress itself would show, such as
// pages, is not here: the plugin is loaded as it is and runs as it is.
//
//     POST /orders {"total"}            an order, and where WooCommerce sends the customer   GET /orders/N   how it stands
//     POST /orders/N/pay                the button once more                                 POST /orders/N/refunds {"amount"}
//     POST /orders/N/status {"status"}  what the shopkeeper does                             GET /thanks/N   the customer comes back
//     POST /orders/N/method {"method"}  another payment method
//     POST /?wc-api=counterfoil         a webhook                                            POST /actions   work in the background
//     POST /looks                       the hourly look                                      POST /settings  the settings are saved
//     GET /blocks                       what the checkout made of blocks is told             DELETE /        the plugin is deleted

declare(strict_types=1);

define('ABSPATH', __DIR__);
define('DB_NAME', 'shop');
error_reporting(E_ALL);
set_error_handler(static function (int $level, string $text, string $file, int $line): never {
    throw new ErrorException($text, 0, $level, $file, $line);
});

$folder = getenv('SHOP_FOLDER');
$settings = json_decode(getenv('SHOP_SETTINGS'), true, 8, JSON_THROW_ON_ERROR);
$base = "http://{$_SERVER['HTTP_HOST']}";
/** @var array<string, list<callable>> */
$hooks = [];

// ---- WordPress

function add_action(string $name, callable $call): void
{
    $GLOBALS['hooks'][$name][] = $call;
}

function add_filter(string $name, callable $call): void
{
    add_action($name, $call);
}

function do_action(string $name, mixed ...$arguments): void
{
    foreach ($GLOBALS['hooks'][$name] ?? [] as $call) {
        $call(...$arguments);
    }
}

function apply_filters(string $name, mixed $value): mixed
{
    foreach ($GLOBALS['hooks'][$name] ?? [] as $call) {
        $value = $call($value);
    }
    return $value;
}

function __(string $text, string $domain): string
{
    return $text;
}

function get_option(string $name, mixed $default): mixed
{
    $file = "{$GLOBALS['folder']}/option-$name";
    return $name === 'woocommerce_counterfoil_settings' ? $GLOBALS['settings'] : (is_file($file) ? file_get_contents($file) : $default);
}

function update_option(string $name, mixed $value, bool $isLoadedAlways): bool
{
    return file_put_contents("{$GLOBALS['folder']}/option-$name", (string) $value) !== false;
}

function delete_option(string $name): void
{
    $GLOBALS['deleted'][] = $name;
}

function wp_clear_scheduled_hook(string $name): void
{
    $GLOBALS['deleted'][] = $name;
}

function wp_register_script(string $handle, string $url, array $needs, string $version, bool $isInFooter): void
{
    $GLOBALS['scripts'][$handle] = $url;
}

function plugins_url(string $path, string $file): string
{
    return is_file(dirname($file) . "/$path") ? "{$GLOBALS['base']}/$path" : '';
}

function esc_url(string $url): string
{
    return $url;
}

function sanitize_text_field(string $text): string
{
    return trim(preg_replace('/\s+/', ' ', strip_tags($text)));
}

/** MySQL's locks, which count, as far as the plugin uses the database itself. */
$wpdb = new class {
    public string $prefix = 'wp_';
    /** @var array<string, array{resource, int}> */
    private array $held = [];

    /** @return list<mixed> */
    public function prepare(string $sql, mixed ...$values): array
    {
        return [$sql, ...$values];
    }

    public function get_var(array $query): string
    {
        [$sql, $name, $seconds] = $query;
        assert($sql === 'SELECT GET_LOCK(%s, %d)' && strlen($name) <= 64);
        [$file, $times] = $this->held[$name] ?? [fopen("{$GLOBALS['folder']}/lock-$name", 'c'), 0];
        for ($end = microtime(true) + $seconds; $times === 0 && !flock($file, LOCK_EX | LOCK_NB); usleep(5_000)) {
            if (microtime(true) > $end) {
                return '0';
            }
        }
        $this->held[$name] = [$file, $times + 1];
        return '1';
    }

    public function query(array $query): void
    {
        [$sql, $name] = $query;
        assert($sql === 'SELECT RELEASE_LOCK(%s)');
        if (--$this->held[$name][1] === 0) {
            flock($this->held[$name][0], LOCK_UN);
            unset($this->held[$name]);
        }
    }
};

function home_url(string $path): string
{
    return $GLOBALS['base'] . $path;
}

function add_query_arg(string $name, string $value, string $url): string
{
    return "$url?" . http_build_query([$name => $value]);
}

function wp_next_scheduled(string $name): bool
{
    return true;
}

function register_deactivation_hook(string $file, callable $call): void
{
}

function wp_unslash(string $text): string
{
    return stripslashes($text);
}

function status_header(int $status): void
{
    http_response_code($status);
}

final class WP_Error
{
    public function __construct(public readonly string $code, public readonly string $message)
    {
    }

    public function get_error_message(): string
    {
        return $this->message;
    }
}

function is_wp_error(mixed $value): bool
{
    return $value instanceof WP_Error;
}

/** @param array<string, mixed> $options */
function wp_remote_request(string $url, array $options): array|WP_Error
{
    $headers = [];
    foreach ($options['headers'] as $name => $value) {
        $headers[] = "$name: $value";
    }
    $http = ['method' => $options['method'], 'header' => $headers, 'content' => $options['body'] ?? '', 'timeout' => $options['timeout'], 'follow_location' => $options['redirection'], 'ignore_errors' => true, 'protocol_version' => 1.1];
    try {
        $body = file_get_contents($url, false, stream_context_create(['http' => ['header' => [...$headers, 'Connection: close']] + $http]));
    } catch (ErrorException $failure) {
        return new WP_Error('http_request_failed', $failure->getMessage());
    }
    $told = [];
    foreach (array_slice($http_response_header, 1) as $line) {
        [$name, $value] = explode(':', $line, 2);
        $told[strtolower($name)] = trim($value);
    }
    return ['status' => (int) explode(' ', $http_response_header[0])[1], 'headers' => $told, 'body' => (string) $body];
}

function wp_remote_retrieve_headers(array $answer): array
{
    return $answer['headers'];
}

function wp_remote_retrieve_response_code(array $answer): int
{
    return $answer['status'];
}

function wp_remote_retrieve_body(array $answer): string
{
    return $answer['body'];
}

// ---- WooCommerce

class WC_Payment_Gateway
{
    public string $id = '';
    public string $title = '';
    public string $description = '';
    public string $method_title = '';
    public string $method_description = '';
    public bool $has_fields = false;
    /** @var list<string> */
    public array $supports = [];
    /** @var array<string, array<string, mixed>> */
    public array $form_fields = [];

    public function init_settings(): void
    {
    }

    public function get_option(string $name): string
    {
        return (string) ($GLOBALS['settings'][$name] ?? $this->form_fields[$name]['default'] ?? '');
    }

    public function is_available(): bool
    {
        return $this->get_option('enabled') === 'yes';
    }

    public function process_admin_options()
    {
        return true;
    }
}

abstract class BlockMethod
{
    /** @var array<string, mixed> */
    protected $settings = [];
}
class_alias(BlockMethod::class, 'Automattic\\WooCommerce\\Blocks\\Payments\\Integrations\\AbstractPaymentMethodType');

function WC(): object
{
    $gateways = new class {
        /** @return array<string, WC_Payment_Gateway> */
        public function payment_gateways(): array
        {
            return ['counterfoil' => $GLOBALS['gateway']];
        }
    };
    return new class ($gateways) {
        public function __construct(private readonly object $gateways)
        {
        }

        public function payment_gateways(): object
        {
            return $this->gateways;
        }
    };
}

final class WC_Admin_Settings
{
    /** @var list<string> */
    public static array $errors = [];

    public static function add_error(string $text): void
    {
        self::$errors[] = $text;
    }
}

final class WC_Order
{
    private function __construct(private readonly int $number, private array $row)
    {
    }

    public static function make(string $total): self
    {
        $number = 1 + count(glob("{$GLOBALS['folder']}/order-*"));
        $order = new self($number, ['status' => 'pending', 'total' => $total, 'refunded' => '0', 'meta' => [], 'notes' => [], 'transaction' => null, 'paid' => 0, 'method' => 'counterfoil', 'key' => 'wc_order_' . bin2hex(random_bytes(7))]);
        $order->save();
        return $order;
    }

    public static function find(int $number): ?self
    {
        $file = "{$GLOBALS['folder']}/order-$number.json";
        return is_file($file) ? new self($number, json_decode(file_get_contents($file), true, 16, JSON_THROW_ON_ERROR)) : null;
    }

    public function save(): void
    {
        file_put_contents("{$GLOBALS['folder']}/order-{$this->number}.json", json_encode($this->row, JSON_THROW_ON_ERROR), LOCK_EX);
    }

    public function row(): array
    {
        return ['number' => $this->number] + $this->row;
    }

    public function get_id(): int
    {
        return $this->number;
    }

    public function get_order_number(): string
    {
        return (string) $this->number;
    }

    public function get_order_key(): string
    {
        return $this->row['key'];
    }

    public function get_payment_method(): string
    {
        return $this->row['method'];
    }

    public function set_payment_method(string $method): void
    {
        $this->row['method'] = $method;
    }

    public function get_currency(): string
    {
        return $this->row['currency'] ?? $GLOBALS['settings']['currency'];
    }

    public function get_transaction_id(): ?string
    {
        return $this->row['transaction'];
    }

    public function set_transaction_id(string $transaction): void
    {
        $this->row['transaction'] = $transaction;
    }

    public function get_total(string $context): string
    {
        return $this->row['total'];
    }

    public function get_total_refunded(): float
    {
        return (float) $this->row['refunded'];
    }

    public function give_back(string $amount): void
    {
        $this->row['refunded'] = number_format((float) $this->row['refunded'] + (float) $amount, 2, '.', '');
        $this->save();
    }

    public function get_checkout_order_received_url(): string
    {
        return "{$GLOBALS['base']}/thanks/{$this->number}";
    }

    public function get_checkout_payment_url(): string
    {
        return "{$GLOBALS['base']}/orders/{$this->number}";
    }

    public function get_meta(string $name): string
    {
        return (string) ($this->row['meta'][$name] ?? '');
    }

    public function update_meta_data(string $name, string $value): void
    {
        $this->row['meta'][$name] = $value;
    }

    public function save_meta_data(): void
    {
        $this->save();
    }

    public function get_status(): string
    {
        return $this->row['status'];
    }

    public function is_paid(): bool
    {
        return in_array($this->row['status'], ['processing', 'completed'], true);
    }

    public function payment_complete(string $transaction): void
    {
        if (in_array($this->row['status'], ['pending', 'on-hold', 'failed', 'cancelled'], true)) {
            $this->row['transaction'] = $transaction;
            $this->row['paid']++;
            $this->update_status('processing');
        }
    }

    public function update_status(string $status, string $note = ''): void
    {
        $before = $this->row['status'];
        $this->row['status'] = $status;
        $this->row['notes'][] = "$before to $status $note";
        $this->save();
        if ($before !== $status) {
            do_action('woocommerce_order_status_changed', $this->number, $before, $status, $this);
        }
    }

    public function add_order_note(string $text): void
    {
        $this->row['notes'][] = $text;
        $this->save();
    }
}

function wc_get_order(int $number): ?WC_Order
{
    return WC_Order::find($number);
}

/** @param array<string, mixed> $wanted */
function wc_get_orders(array $wanted): array
{
    $numbers = range(1, count(glob("{$GLOBALS['folder']}/order-*")));
    $found = array_filter($numbers, static function (int $number) use ($wanted): bool {
        $order = wc_get_order($number);
        return $order?->get_payment_method() === $wanted['payment_method']
            && in_array($order->get_status(), $wanted['status'] ?? [$order->get_status()], true)
            && $order->get_transaction_id() === ($wanted['transaction_id'] ?? $order->get_transaction_id());
    });
    return array_slice(array_values($found), $wanted['offset'] ?? 0, $wanted['limit']);
}

function get_woocommerce_currency(): string
{
    return $GLOBALS['settings']['currency'];
}

function wc_add_notice(string $text, string $kind): void
{
    $GLOBALS['notice'] = $text;
}

function wc_get_logger(): object
{
    return new class {
        public function info(string $text, array $context): void
        {
            file_put_contents("{$GLOBALS['folder']}/log", "$text\n", FILE_APPEND);
        }
    };
}

/** @param list<mixed> $arguments */
function as_enqueue_async_action(string $name, array $arguments, string $group): void
{
    file_put_contents("{$GLOBALS['folder']}/actions", json_encode([$name, $arguments], JSON_THROW_ON_ERROR) . "\n", FILE_APPEND | LOCK_EX);
}

/** @param list<mixed> $arguments */
function as_schedule_single_action(int $time, string $name, array $arguments, string $group): void
{
    as_enqueue_async_action($name, $arguments, $group);
}

function as_unschedule_all_actions(string $name): void
{
    $GLOBALS['deleted'][] = $name;
}

// ---- the plugin, and what the tests ask

require dirname(__DIR__, 2) . '/deploy/woocommerce/counterfoil-gateway/counterfoil-gateway.php';
do_action('plugins_loaded');
[$class] = apply_filters('woocommerce_payment_gateways', []);
$gateway = new $class();

function answer(mixed $value, int $status = 200): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    exit;
}

if (isset($_GET['wc-api'])) {
    do_action("woocommerce_api_{$_GET['wc-api']}");
    exit;
}
$path = explode('/', trim(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), '/'));
$wanted = json_decode(file_get_contents('php://input') ?: '{}', true, 8, JSON_THROW_ON_ERROR);
$number = (int) ($path[1] ?? 0);
switch ([$_SERVER['REQUEST_METHOD'], $path[0], $path[2] ?? '']) {
    case ['GET', '', '']:
        answer(['available' => $gateway->is_available(), 'supports' => $gateway->supports]);
    case ['GET', 'blocks', '']:
        do_action('woocommerce_blocks_payment_method_type_registration', new class {
            public function register(object $method): never
            {
                $method->initialize();
                [$handle] = $method->get_payment_method_script_handles();
                $told = ['active' => $method->is_active(), 'script' => $GLOBALS['scripts'][$handle]] + $method->get_payment_method_data();
                answer($told);
            }
        });
        // no break
    case ['DELETE', '', '']:
        define('WP_UNINSTALL_PLUGIN', 'counterfoil-gateway');
        require dirname(__DIR__, 2) . '/deploy/woocommerce/counterfoil-gateway/uninstall.php';
        answer($GLOBALS['deleted']);
    case ['POST', 'settings', '']:
        do_action('woocommerce_update_options_payment_gateways_counterfoil');
        answer(WC_Admin_Settings::$errors);
    case ['POST', 'orders', '']:
        $number = WC_Order::make($wanted['total'])->get_id();
        // no break
    case ['POST', 'orders', 'pay']:
        answer(['number' => $number, 'notice' => $GLOBALS['notice'] ?? null] + $gateway->process_payment($number));
    case ['GET', 'orders', '']:
        answer(wc_get_order($number)?->row());
    case ['POST', 'orders', 'refunds']:
        // As WooCommerce does: written down before the gateway is asked, and taken back where that fails.
        wc_get_order($number)->give_back($wanted['amount']);
        $done = $gateway->process_refund($number, $wanted['amount'], $wanted['reason'] ?? '');
        if ($done !== true) {
            wc_get_order($number)->give_back('-' . $wanted['amount']);
            answer(['error' => $done->get_error_message()], 422);
        }
        answer(wc_get_order($number)->row(), 201);
    case ['POST', 'orders', 'method']:
        // What a customer who chooses another one on the order's page brings about.
        $order = wc_get_order($number);
        $order->set_payment_method($wanted['method']);
        $order->save();
        answer($order->row());
    case ['POST', 'orders', 'status']:
        wc_get_order($number)->update_status($wanted['status']);
        answer(wc_get_order($number)->row());
    case ['GET', 'thanks', '']:
        do_action('woocommerce_thankyou_counterfoil', $number);
        answer(wc_get_order($number)->row());
    case ['POST', 'actions', '']:
        $file = "$folder/actions";
        $lines = is_file($file) ? file($file, FILE_IGNORE_NEW_LINES) : [];
        file_put_contents($file, '');
        foreach ($lines as $line) {
            [$name, $arguments] = json_decode($line, true, 8, JSON_THROW_ON_ERROR);
            do_action($name, ...$arguments);
        }
        answer(count($lines));
    case ['POST', 'looks', '']:
        do_action('counterfoil_look_again');
        answer(true);
    default:
        answer(null, 404);
}
