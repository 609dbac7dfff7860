import { performance } from 'node:perf_hooks';
import { startApplication } from './support/application.mjs';
import { benchCatalogue } from './support/catalogue.mjs';
import { runComparison } from './support/comparison.mjs';
import { HttpConnection } from './support/http-connection.mjs';
import { median } from './support/statistics.mjs';

const USAGE = `Compares failed logins of accounts that there are with those of accounts that there are not.

  node bench/login-timing.mjs [--pairs 200] [--assert 0.05]

  --pairs   logins of each kind, one after the other, turn by turn
  --assert  exit 1 when the medians differ by more than this share, or the answers in anything but their time
`;

/** What may differ between two answers to the same request. */
const OWN = [/"requestId":"[^"]*"/g, /\r\nx-request-id: [^\r]*/gi, /\r\ndate: [^\r]*/gi];

/** @param {import('./support/http-connection.mjs').HttpAnswer} answer */
function told({ status, head, body }) {
  return OWN.reduce((text, own) => text.replaceAll(own, ''), `${status}\n${head}\n${body}`);
}

/**
 * @param {string} origin
 * @param {number} pairs
 */
async function compare(origin, pairs) {
  const connection = new HttpConnection(origin);
  const kinds = { known: 'shopper-0@bench.example', unknown: 'shopper-x@bench.example' };
  /** @type {Record<string, number[]>} */
  const times = { known: [], unknown: [] };
  const answers = new Set();
  for (let pair = -5; pair < pairs; pair += 1) {
    const turn = Object.entries(kinds);
    for (const [kind, email] of pair % 2 === 0 ? turn : turn.reverse()) {
      const json = { email, password: 'Wrong-passw0rd!' };
      const request = connection.encode({ method: 'POST', path: '/api/users/login', json });
      const started = performance.now();
      const answer = await connection.send(request);
      if (pair >= 0) times[kind]?.push(performance.now() - started);
      answers.add(told(answer));
    }
  }
  connection.close();
  return { known: median(times.known ?? []), unknown: median(times.unknown ?? []), answers: [...answers] };
}

/** @param {import('./support/comparison.mjs').Setting} setting */
async function measure({ cleanup, count: pairs, ...stage }) {
  const { server } = await startApplication({ ...stage, customers: 1, products: benchCatalogue(1), cleanup });
  const { known, unknown, answers } = await compare(server.origin, pairs);
  process.stdout.write(
    `known ${known.toFixed(2)} ms, unknown ${unknown.toFixed(2)} ms, ratio ${(known / unknown).toFixed(3)}\n` +
      `${answers.length === 1 ? 'all answers alike' : `${answers.length} different answers:\n${answers.join('\n\n')}`}\n`,
  );
  // No share of time makes up for answers that tell which is which.
  return answers.length === 1 ? Math.abs(known / unknown - 1) : Number.POSITIVE_INFINITY;
}

await runComparison({ usage: USAGE, option: 'pairs', count: 200, measure });
