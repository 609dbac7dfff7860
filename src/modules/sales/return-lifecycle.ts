export const RETURN_STATUSES = ['requested', 'approved', 'refused', 'received'] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** What staff make of a return. */
export const RETURN_DECISIONS = ['approved', 'refused', 'received'] as const;
export type ReturnDecision = (typeof RETURN_DECISIONS)[number];

/** The state machine of a return: what each status may become. */
export const RETURN_TRANSITIONS: Readonly<Record<ReturnStatus, readonly ReturnStatus[]>> = {
  requested: ['approved', 'refused'],
  approved: ['received', 'refused'],
  refused: [],
  received: [],
};

/** Whether a return may go from one status to another. */
export function returnMayBecome(from: ReturnStatus, to: ReturnStatus): boolean {
  return RETURN_TRANSITIONS[from].includes(to);
}
