import type { Config } from '../../config/config.js';

/** So many requests in a window of time, which starts with the first of them. */
export interface RateLimitPolicy {
  /** Names the policy to clients; printable ASCII without quotes. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What a policy says to one request. */
export interface Verdict {
  readonly policy: RateLimitPolicy;
  readonly allowed: boolean;
  /** Requests that are left in the window. */
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly resetSeconds: number;
}

/** The classes of routes that have a limit of their own. */
export type RouteClass = 'login' | 'register' | 'reset' | 'write' | 'read';

/** The policies of the application. */
export interface RateLimitPolicies {
  /** Of each class: of a caller, which is a user or, without one, a client address. */
  readonly caller: Readonly<Record<RouteClass, RateLimitPolicy>>;
  /** Of one client address with credentials of whatever kind: many users may share it, and wrong credentials count. */
  readonly address: RateLimitPolicy;
  /** Of the account that a reset names: keeps its mailbox from being flooded. */
  readonly resetAccount: RateLimitPolicy;
}

const MINUTE = 60;

/** The policies that the configuration asks for. */
export function policiesOf(config: Config): RateLimitPolicies {
  const perMinute = (name: string, limit: number): RateLimitPolicy => ({ name, limit, windowSeconds: MINUTE });
  return {
    caller: {
      login: perMinute('login', config.RATE_LIMIT_LOGIN),
      register: perMinute('register', config.RATE_LIMIT_REGISTER),
      reset: perMinute('reset', config.RATE_LIMIT_RESET),
      write: perMinute('write', config.RATE_LIMIT_WRITE),
      read: perMinute('read', config.RATE_LIMIT_READ),
    },
    address: perMinute('address', config.RATE_LIMIT_ADDRESS),
    resetAccount: { name: 'reset-account', limit: config.RATE_LIMIT_RESET_ACCOUNT, windowSeconds: 15 * MINUTE },
  };
}
