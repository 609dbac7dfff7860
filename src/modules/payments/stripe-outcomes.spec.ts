import { failureCode, type IntentLike, newsOfRefund, outcomeOfIntent, outcomeOfRefund } from './stripe-outcomes.js';

const intent = (changes: Partial<IntentLike>): IntentLike => ({
  id: 'pi_1',
  status: 'succeeded',
  amount_received: 500,
  currency: 'isk',
  client_secret: 'pi_1_secret_2',
  metadata: {},
  ...changes,
});

it.each([
  [{}, { status: 'completed', reference: 'pi_1', taken: { amount: 5n, currency: 'ISK' } }],
  [{ status: 'processing' }, { status: 'pending', reference: 'pi_1' }],
  [{ status: 'requires_action' }, { status: 'pending', reference: 'pi_1', clientSecret: 'pi_1_secret_2' }],
  [
    { status: 'requires_action', client_secret: null },
    { status: 'pending', reference: 'pi_1' },
  ],
  [{ status: 'canceled' }, { status: 'failed', failureCode: 'cancelled', reference: 'pi_1' }],
  [{ status: 'requires_payment_method' }, { status: 'failed', failureCode: 'payment_failed', reference: 'pi_1' }],
  [{ status: 'something_new' }, { status: 'pending', reference: 'pi_1' }],
])('a PaymentIntent %j is %j', (changes, outcome) => {
  expect(outcomeOfIntent(intent(changes))).toEqual(outcome);
});

it.each([
  ['card_declined', 'insufficient_funds', 'insufficient_funds'],
  ['card_declined', 'generic_decline', 'card_declined'],
  ['expired_card', undefined, 'expired_card'],
  [undefined, undefined, 'payment_failed'],
])('the code %s with the reason %s is %s', (code, declined, expected) => {
  expect(failureCode(code, declined)).toBe(expected);
});

const refund = {
  id: 're_1',
  amount: 400,
  currency: 'usd',
  status: 'succeeded',
  payment_intent: 'pi_1',
  metadata: null,
};

it.each([
  ['succeeded', { status: 'completed', reference: 're_1' }],
  ['pending', { status: 'pending', reference: 're_1' }],
  ['requires_action', { status: 'pending', reference: 're_1' }],
  ['failed', { status: 'failed', failureCode: 'refund_failed', reference: 're_1' }],
  ['canceled', { status: 'failed', failureCode: 'refund_cancelled', reference: 're_1' }],
])('a refund that is %s is %j', (status, outcome) => {
  expect(outcomeOfRefund({ ...refund, status })).toEqual(outcome);
});

it('a refund that was made at Stripe names its charge alone', () => {
  const given = { amount: 400n, currency: 'USD' };
  const outcome = { status: 'completed', reference: 're_1' };
  const news = { kind: 'refund', refundId: undefined, reference: 're_1', charge: 'pi_1', given, outcome };
  expect(newsOfRefund(refund)).toEqual(news);
  expect(newsOfRefund({ ...refund, payment_intent: { id: 'pi_1' } })).toEqual(news);
  expect(newsOfRefund({ ...refund, metadata: { tradepost_refund: 'r' } })).toEqual({ ...news, refundId: 'r' });
});
