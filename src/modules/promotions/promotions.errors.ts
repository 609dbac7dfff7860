import { DomainError, NotFound } from '../../common/domain-error.js';

export class PromotionNotFound extends NotFound {
  constructor() {
    super('promotion');
  }
}

/** Another promotion has this code. */
export class CouponCodeTaken extends DomainError {
  constructor() {
    super('conflict', 'coupon_code_taken', 'Another promotion has this code.', [
      { path: 'code', message: 'is the code of another promotion' },
    ]);
  }
}

/** Sales have had the promotion, and say so. */
export class PromotionInUse extends DomainError {
  constructor() {
    super('conflict', 'promotion_in_use', 'Sales have used this promotion: make it inactive instead.');
  }
}

/** There is no coupon of this code, or it is none at present. */
export class CouponNotFound extends NotFound {
  constructor(path: string) {
    super('coupon', path);
  }
}

/** Products or categories that a promotion is to be for and that are none; each problem's path names the entry. */
export class PromotedNotFound extends DomainError {
  /** @param entries their places in the list */
  constructor(thing: 'product' | 'category', field: string, entries: readonly number[]) {
    const problems = entries.map((entry) => ({ path: `${field}.${entry}`, message: `names no ${thing}` }));
    super('not_found', `${thing}_not_found`, `There is no such ${thing}; nothing was changed.`, problems);
  }
}

const WHY = {
  coupon_not_started: 'This coupon is not valid yet.',
  coupon_expired: 'This coupon is no longer valid.',
  coupon_used_up: 'This coupon has been used as often as it may be.',
  coupon_not_applicable: 'Nothing here gets cheaper by this coupon: it is for other products, or for more of them.',
} as const;

/** A coupon that is known and takes nothing off. */
export class CouponRefused extends DomainError {
  constructor(code: keyof typeof WHY, path: string) {
    super('conflict', code, WHY[code], [{ path, message: 'takes nothing off' }]);
  }
}
