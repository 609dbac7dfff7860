import { fromDist } from '../support/dist.mjs';

/** @typedef {{ on: string, by: string, from: string | null, to: string, guards: string[], effects: string[] }} Step */

/** @type {{ toMermaid: (steps: readonly Step[]) => string, toTable: (steps: readonly Step[]) => string }} */
const { toMermaid, toTable } = await fromDist('src/common/lifecycle.js');
/** @type {{ SALE_STEPS: readonly Step[] }} */
const { SALE_STEPS } = await fromDist('src/modules/sales/lifecycle/sale-lifecycle.js');
/** @type {{ PAYMENT_STEPS: readonly Step[] }} */
const { PAYMENT_STEPS } = await fromDist('src/modules/sales/payments/payment-lifecycle.js');
/** @type {{ RETURN_STEPS: readonly Step[] }} */
const { RETURN_STEPS } = await fromDist('src/modules/sales/returns/return-lifecycle.js');

const HEAD = `# The life of a sale

Made by \`make generate\` from \`sale-lifecycle.ts\`, \`payment-lifecycle.ts\` and \`return-lifecycle.ts\` in \`src/modules/sales\`:
the tables there are what the application goes by. A step is taken under the lock of the sale's row, and its effects are
in the same transaction; an act that leads nowhere from a status is 409 \`invalid_transition\`. Money that goes back is
written down in that transaction and paid out after it, see [refunds.md](refunds.md).

Every step is an entry of the sale's history with its actor and note: the buyer sees when and why at
\`GET /api/sales/:id/tracking\`, staff also by whom at \`GET /api/admin/sales/:id/history\`.

A sale may be sent in parts. It stays \`confirmed\` while pieces are yet to be sent, and the tracking shows what was;
with the last piece it is \`shipped\`, which is when \`sale.shipped\` is told. From the first parcel on it cannot be
cancelled. Saying that a sale is \`shipped\` sends all that is left.

Staff draft a sale with \`POST /api/admin/sales\`, for an account by its id or by an address that it has confirmed, or for
somebody without one, whose sale staff confirm once it was paid by other means. It holds its stock for \`DRAFT_HOURS\` or
until \`expiresAt\`. Until a payment is open, staff may edit a sale that is pending: with other lines, another address or
another coupon it is priced as if it were placed now, and what it takes more or less of a product is a movement of reason
\`sale\` of its own. What is no longer for sale stays in as far as the sale holds it already.
`;

const section = (/** @type {string} */ title, /** @type {readonly Step[]} */ steps) =>
  `\n## ${title}\n\n\`\`\`mermaid\n${toMermaid(steps)}\n\`\`\`\n\n${toTable(steps)}\n`;

/** The state machines of sales as diagrams and tables. */
export function saleLifecycle() {
  return [
    HEAD,
    section('The sale', SALE_STEPS),
    section('Its payment status', PAYMENT_STEPS),
    section('A return of it', RETURN_STEPS),
  ].join('');
}
