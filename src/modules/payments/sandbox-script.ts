import type { ChargeOutcome, Finding } from './payment-provider.js';

/** After so many milliseconds a script goes on by itself. */
export const SCRIPT_DELAY_MS = 1_000;

/** What a method of the sandbox does. */
interface Script {
  /** What the charge is answered; `none`: the answer never comes. */
  readonly charge: 'completed' | 'failed' | 'pending' | 'none';
  /** What becomes of it by itself, told by a webhook; `absent`: nothing was ever taken. */
  readonly becomes?: 'completed' | 'failed' | 'absent';
  /** Whether it is completed just when the shop gives it up. */
  readonly completedWhenGivenUp?: boolean;
  /** How often the webhook comes. */
  readonly deliveries?: number;
  /** What the sandbox takes more than it was asked for, in minor units. */
  readonly takesMore?: bigint;
  /** What refunds are answered, and what becomes of them by themselves. */
  readonly refund?: { readonly answer: 'pending' | 'failed'; readonly becomes?: 'completed' | 'failed' };
}

/** The scripts by the name of their method; docs/payments.md says what each is for. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  ok: { charge: 'completed' },
  declined: { charge: 'failed' },
  pending: { charge: 'pending' },
  pending_then_ok: { charge: 'pending', becomes: 'completed' },
  pending_then_declined: { charge: 'pending', becomes: 'failed' },
  late_ok: { charge: 'pending', completedWhenGivenUp: true },
  duplicate_webhook: { charge: 'pending', becomes: 'completed', deliveries: 3 },
  wrong_amount: { charge: 'pending', becomes: 'completed', takesMore: 1n },
  timeout_taken: { charge: 'none', becomes: 'completed', deliveries: 0 },
  timeout_lost: { charge: 'none', becomes: 'absent', deliveries: 0 },
  refund_declined: { charge: 'completed', refund: { answer: 'failed' } },
  refund_pending: { charge: 'completed', refund: { answer: 'pending', becomes: 'completed' } },
  refund_fails_later: { charge: 'completed', refund: { answer: 'pending', becomes: 'failed' } },
};

/** The methods of the sandbox. */
export const SANDBOX_METHODS = Object.keys(SCRIPTS);

const FAILED = { status: 'failed', failureCode: 'card_declined' } as const;

/** @throws {Error} where there is no such method */
export function scriptOf(method: string): Script {
  const script = Object.hasOwn(SCRIPTS, method) ? SCRIPTS[method] : undefined;
  if (script === undefined) throw new Error(`The sandbox has no method ${method}.`);
  return script;
}

/** A charge as the sandbox knows it; the amount in minor units. */
interface ScriptedCharge {
  readonly id: string;
  readonly method: string;
  readonly amount: bigint;
  readonly currency: string;
}

export const referenceOf = (id: string): string => `sandbox_${id}`;

/** What a charge is answered; undefined where the answer never comes. */
export function answerTo(method: string, id: string): ChargeOutcome | undefined {
  const { charge } = scriptOf(method);
  if (charge === 'none') return undefined;
  return charge === 'failed' ? FAILED : { status: charge, reference: referenceOf(id) };
}

/** What becomes of a charge in the end; undefined where that is for a webhook to say. */
export function endOf(charge: ScriptedCharge): Finding | undefined {
  const { charge: answer, becomes = answer } = scriptOf(charge.method);
  if (becomes === 'absent') return { status: 'absent' };
  if (becomes === 'failed') return { ...FAILED, reference: referenceOf(charge.id) };
  return becomes === 'completed' ? completed(charge) : undefined;
}

/** The charge is completed, with what the script takes. */
export function completed({ id, method, amount, currency }: ScriptedCharge): ChargeOutcome {
  const { takesMore = 0n } = scriptOf(method);
  return { status: 'completed', reference: referenceOf(id), taken: { amount: amount + takesMore, currency } };
}
