import {
  choice,
  currency,
  files,
  flag,
  integer,
  optional,
  optionalCountry,
  optionalUrl,
  origins,
  ranges,
  returnUrls,
  text,
} from './settings.js';

const DATABASE_PROTOCOLS = ['postgres', 'postgresql'] as const;

/** Every setting that Tradepost reads from its environment. */
export const schema = {
  NODE_ENV: choice('development', ['development', 'production', 'test'], 'What the process is for.'),
  HOST: text('127.0.0.1', 'Address to listen on; 0.0.0.0 for every interface.'),
  PORT: integer(3000, 0, 65_535, 'TCP port to listen on; 0 takes a free one.'),
  PUBLIC_URL: optionalUrl(
    ['http', 'https'],
    'How clients reach this shop; used in links. Without it: http://HOST:PORT.',
  ),
  DATA_DIR: text('.data', 'Folder for the embedded PostgreSQL and other local state.'),
  KEYS_DIR: text('keys', 'Folder of the RSA keys that sign access tokens, one PEM file a key.'),
  KEY_PUBLISH_SECONDS: integer(
    300,
    0,
    86_400,
    'Seconds for which a new key is published before it signs; verifiers may keep the key set a minute less.',
  ),
  TEST_CLOCK_ENABLED: flag(
    true,
    'Whether time can be moved by /api/test-clock, to try what expires. In production it never can.',
  ),
  WORKER: flag(true, 'Whether the server process also runs the background jobs.'),

  DATABASE_URL: optionalUrl(
    DATABASE_PROTOCOLS,
    'PostgreSQL to use. Without it an embedded one is started in DATA_DIR.',
  ),
  DATABASE_MIGRATION_URL: optionalUrl(
    DATABASE_PROTOCOLS,
    'The same database as the role that owns the schema, for migrations. Without it: DATABASE_URL.',
  ),
  DATABASE_POOL_SIZE: integer(10, 1, 200, 'Most connections that one process keeps to PostgreSQL.'),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(10_000, 100, 600_000, 'A statement that runs longer is cancelled.'),
  DATABASE_LOCK_TIMEOUT_MS: integer(5_000, 100, 600_000, 'A statement that waits longer for a lock is cancelled.'),
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: integer(10_000, 100, 600_000, 'A transaction idle for longer is ended.'),
  MIGRATE_ON_START: choice(
    'auto',
    ['auto', 'always', 'never'],
    'Whether the server applies pending migrations when it starts; auto does except in production.',
  ),

  REDIS_URL: optionalUrl(['redis', 'rediss'], 'Redis to cache in. Without it and REDIS_HOST: memory of the process.'),
  REDIS_HOST: optional('Host of Redis, where REDIS_URL is not set.'),
  REDIS_PORT: integer(6379, 1, 65_535, 'Port of Redis, with REDIS_HOST.'),
  REDIS_USERNAME: optional('User of Redis, with REDIS_HOST.'),
  REDIS_PASSWORD: optional('Password of Redis, with REDIS_HOST.'),
  CACHE_DEFAULT_TIMEOUT: integer(300, 1, 86_400, 'Seconds that a cached answer lives where nothing else is said.'),

  STORE_NAME: text('Tradepost', 'Name of the shop, on invoices and in the API documentation.'),
  STORE_ADDRESS: text('', 'Address of the seller, on invoices; lines separated by a semicolon.'),
  STORE_COUNTRY: optionalCountry(
    'ISO 3166-1 code of the country of the seller, on invoices; without it their XML does not conform to EN 16931.',
  ),
  STORE_TAX_ID: text(
    '',
    'Tax identification of the seller, on invoices, with the prefix of its country if it is for VAT; without it their ' +
      'XML does not conform to EN 16931.',
  ),
  DOCUMENT_FONTS: files(
    'Font files (TTF, OTF, WOFF) separated by commas, for what Noto Sans cannot write on invoices: other scripts than ' +
      'Latin, Greek, Cyrillic and Devanagari.',
  ),
  STORE_CURRENCY: currency('USD', 'ISO 4217 code of the currency that the shop sells in.'),
  STORE_PRICES_INCLUDE_TAX: flag(
    false,
    'Whether prices have their tax in them. Otherwise it is added to them; rates are set over the API.',
  ),
  TAX_ROUNDING: choice(
    'total',
    ['total', 'line'],
    'What tax is rounded on: the sum of what has one rate, as EN 16931 asks, or each line.',
  ),
  TAX_ROUNDING_MODE: choice(
    'half-up',
    ['half-up', 'half-even'],
    'What becomes of the exact half of a minor unit, of taxes and of discounts: up, or to the even neighbour.',
  ),
  LOW_STOCK_THRESHOLD: integer(
    0,
    0,
    1_000_000_000,
    'Stock below this is low where a product has no threshold of its own; 0 for never.',
  ),
  SANDBOX_PAYMENTS: choice(
    'auto',
    ['auto', 'on', 'off'],
    'Whether sales can be paid in the sandbox, which takes no money; auto until Stripe has a live key.',
  ),
  SANDBOX_WEBHOOK_SECRET: optional(
    'Secret that signs webhooks of the sandbox (Standard Webhooks). Without it: one derived from secrets.key.',
  ),
  STRIPE_SECRET_KEY: optional(
    'Secret or restricted key of the Stripe account. Without it, Stripe cannot be paid with.',
  ),
  STRIPE_WEBHOOK_SECRET: optional('Secret of the webhook endpoint at Stripe. Without it, its webhooks are refused.'),
  STRIPE_API_BASE: optionalUrl(
    ['https', 'http'],
    'Where Stripe answers; http only on this machine. Without it: https://api.stripe.com.',
  ),
  DRAFT_HOURS: integer(72, 1, 2_160, 'Hours that an unpaid sale which staff drafted holds its stock.'),
  MAX_OPEN_RESERVATIONS: integer(
    100,
    0,
    100_000,
    'Most unpaid sales that one customer, or one guest by the cart, holds stock with at a time; 0 for any number.',
  ),
  GUEST_CART_DAYS: integer(90, 1, 3_650, 'Days without a change after which the cart of a guest expires.'),
  CUSTOMER_CART_DAYS: integer(365, 1, 3_650, 'Days without a change after which the cart of a customer expires.'),
  RESERVATION_MINUTES: integer(15, 1, 1_440, 'Minutes that an unpaid sale holds its stock.'),

  JWT_ISSUER: text('tradepost', 'The iss claim of access tokens.'),
  JWT_AUDIENCE: text('tradepost', 'The aud claim of access tokens.'),
  ACCESS_TOKEN_SECONDS: integer(3_600, 60, 86_400, 'Life of an access token.'),
  REFRESH_TOKEN_DAYS: integer(30, 1, 365, 'Life of a refresh token.'),
  OIDC_ISSUER: optionalUrl(
    ['https', 'http'],
    'OpenID Connect provider to sign in with; http only on this machine, and not in production.',
  ),
  OIDC_CLIENT_ID: optional('Id of this shop at the OpenID provider.'),
  OIDC_CLIENT_SECRET: optional('Secret of this shop at the OpenID provider; without it, it is a public client.'),
  OIDC_REDIRECT_URI: optionalUrl(
    ['https', 'http'],
    'Where the OpenID provider sends people back to. Without it: PUBLIC_URL/api/users/oidc/callback.',
  ),
  OIDC_RETURN_URLS: returnUrls(
    'Pages of storefronts that may ask for people to be sent back to them after such a sign-in, separated by commas.',
  ),
  OIDC_SCOPES: text('openid email profile', 'What the OpenID provider is asked for, separated by spaces.'),
  REFRESH_GRACE_SECONDS: integer(
    10,
    0,
    60,
    'Seconds after its exchange in which a refresh token may come again, because its answer was lost or in a race.',
  ),
  PASSWORD_HASH_MEMORY_KIB: integer(
    19_456,
    1_024,
    1_048_576,
    'Memory of each password hash (argon2id, two passes), in KiB. OWASP asks for at least 19456.',
  ),

  RATE_LIMIT_ENABLED: flag(true, 'Whether requests are counted and, beyond the limits below, refused with 429.'),
  RATE_LIMIT_READ: integer(1_200, 1, 1_000_000, 'Reading requests a minute of one user, or of one address without.'),
  RATE_LIMIT_WRITE: integer(600, 1, 1_000_000, 'Other requests a minute of one user, or of one address without.'),
  RATE_LIMIT_REGISTER: integer(100, 1, 1_000_000, 'Registrations a minute from one address.'),
  RATE_LIMIT_LOGIN: integer(
    60,
    1,
    1_000_000,
    'Logins a minute from one address, whether they succeed or not; with a provider, each of the steps.',
  ),
  RATE_LIMIT_LOGIN_FAILURES: integer(
    10,
    1,
    1_000,
    'Wrong passwords in a row that lock an account: for a minute, then longer each time, up to 15 minutes.',
  ),
  RATE_LIMIT_RESET: integer(60, 1, 1_000_000, 'Requests about password resets a minute from one address.'),
  RATE_LIMIT_RESET_ACCOUNT: integer(5, 1, 1_000_000, 'Password resets in 15 minutes for one email address.'),
  RATE_LIMIT_ADDRESS: integer(6_000, 1, 1_000_000, 'Requests a minute of all users of one address together.'),
  AUDIT_RETENTION_DAYS: integer(
    730,
    30,
    36_500,
    'Days that entries of the audit log are kept. The database lets nobody remove any before the thirtieth.',
  ),
  TRUSTED_PROXIES: ranges(
    'Proxies whose X-Forwarded-For names the client: addresses and CIDRs separated by commas, or loopback, linklocal, ' +
      'uniquelocal. Without them clients are known by the address that connects, which behind a proxy is the same for all.',
  ),
  SMTP_URL: optionalUrl(
    ['smtp', 'smtps'],
    'Server to send mails with, such as smtps://user:password@host. Without it they are written to mail in DATA_DIR.',
  ),
  MAIL_FROM: optional('Address that mails are from. Without it: no-reply at the host of PUBLIC_URL.'),
  MAIL_INVOICES: flag(true, 'Whether buyers get their invoices and credit notes by mail, as PDF.'),

  MEDIA_MAX_BYTES: integer(10_485_760, 65_536, 104_857_600, 'Largest file that is taken as an image of a product.'),
  MEDIA_MAX_PIXELS: integer(
    50_000_000,
    1_000_000,
    500_000_000,
    'Most pixels of an uploaded image; decoding takes up to four bytes of memory for each.',
  ),
  MEDIA_ORPHAN_HOURS: integer(24, 1, 8_760, 'Hours after which an image that no product shows any more is deleted.'),
  MEDIA_S3_BUCKET: optional('Bucket of an S3-compatible service to keep images in. Without it: media in DATA_DIR.'),
  MEDIA_S3_ENDPOINT: optionalUrl(['https', 'http'], 'Address of the S3-compatible service. Without it: Amazon’s.'),
  MEDIA_S3_REGION: text('us-east-1', 'Region of the bucket.'),
  MEDIA_S3_ACCESS_KEY: optional('Id of the key that may read, write and delete in the bucket.'),
  MEDIA_S3_SECRET_KEY: optional('The secret of that key.'),

  CORS_ORIGINS: origins('Origins that browsers may call from, separated by commas; * for any. None by default.'),
  BODY_LIMIT_BYTES: integer(1_048_576, 1_024, 104_857_600, 'Largest request body.'),
  IMPORT_MAX_BYTES: integer(
    268_435_456,
    1_024,
    10_737_418_240,
    'Largest file that is taken by POST /api/products/import, as it is sent.',
  ),
  IMPORT_MAX_UNPACKED_BYTES: integer(
    4_294_967_296,
    1_024,
    107_374_182_400,
    'An import whose file is larger than this without its compression fails there.',
  ),
  IMPORT_MAX_ROWS: integer(
    2_000_000,
    1,
    20_000_000,
    'An import whose file has more rows than this fails there; each takes some 30 bytes of memory.',
  ),
  REQUEST_TIMEOUT_MS: integer(15_000, 1_000, 600_000, 'A client that takes longer to send its request is cut off.'),
  SHUTDOWN_TIMEOUT_MS: integer(25_000, 1_000, 600_000, 'Longest wait for open requests when the process is stopped.'),

  LOG_LEVEL: choice(
    'info',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'Least severe messages that are logged.',
  ),
  LOG_FILE: optional('Also log to this file, rotated daily and at 50 MB, 14 files kept.'),
} as const;
