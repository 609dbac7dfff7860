import { Clock } from '../../common/clock.js';
import { parseConfig } from '../../config/config.js';
import { SecretBox } from '../../platform/security/secret-box.js';
import { SandboxProvider } from './sandbox.provider.js';
import { SANDBOX_METHODS } from './sandbox-script.js';

class FixedClock extends Clock {
  now(): Date {
    return new Date(0);
  }
}

function sandbox(environment: Readonly<Record<string, string>>): SandboxProvider {
  const config = parseConfig(environment);
  return new SandboxProvider(new SecretBox(config), new FixedClock(), config);
}

it.each([
  [{}, true],
  [{ STRIPE_SECRET_KEY: 'sk_test_1' }, true],
  [{ STRIPE_SECRET_KEY: 'sk_live_1' }, false],
  [{ STRIPE_SECRET_KEY: 'rk_live_1' }, false],
  [{ STRIPE_SECRET_KEY: 'sk_live_1', SANDBOX_PAYMENTS: 'on' }, true],
  [{ SANDBOX_PAYMENTS: 'off' }, false],
])('with %j, sales can be paid with play money: %s', (environment, open) => {
  expect(sandbox(environment).available).toBe(open);
});

it('decides at once what nothing can come after', () => {
  const decided = SANDBOX_METHODS.filter((method) => sandbox({}).decided(method, 'p') !== undefined);
  expect(decided).toEqual([
    'ok',
    'declined',
    'pending',
    'late_ok',
    'refund_declined',
    'refund_pending',
    'refund_fails_later',
  ]);
});
