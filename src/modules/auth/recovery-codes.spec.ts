import { hashRecoveryCode, newRecoveryCode, RECOVERY_CODE } from './recovery-codes.js';

describe('recovery codes', () => {
  it('are four groups of four, each time others', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hj-km-np-tv-z]{4}(-[0-9a-hj-km-np-tv-z]{4}){3}$/);
    expect(new Set(codes).size).toBe(200);
    expect(codes.every((code) => RECOVERY_CODE.test(code))).toBe(true);
  });

  it.each(['4G7X-0KQD-93VB-T1MZ', '4g7x0kqd93vbt1mz', '4g7x-0kqd93vb-t1mz'])('are the same written as %s', (code) => {
    expect(RECOVERY_CODE.test(code)).toBe(true);
    expect(hashRecoveryCode(code)).toEqual(hashRecoveryCode('4g7x-0kqd-93vb-t1mz'));
  });

  it.each(['', '123456', '4g7x-0kqd-93vb', '4g7x--0kqd-93vb-t1mz', '4g7x-0kqd-93vb-t1mz-'])('are not %j', (code) => {
    expect(RECOVERY_CODE.test(code)).toBe(false);
  });
});
