// Runs the shell commands of the README's tour, and compares what they print with the comments behind them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const HEADING = '## A tour with curl';

/** The commands of the tour, for a shop on another address. */
function commands(/** @type {string} */ host) {
  const readme = readFileSync('README.md', 'utf8');
  const section = readme.slice(readme.indexOf(HEADING) + HEADING.length).split(/^## /m)[0] ?? '';
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
  if (blocks.length === 0) throw new Error(`README.md has no commands under "${HEADING}".`);
  return blocks.join('echo\n').replace(/^SHOP=.*$/m, `SHOP=${host}`);
}

/** What the comments at the ends of lines promise, in their order. */
function promises(/** @type {string} */ script) {
  return [...script.matchAll(/ {3}# (\S+)$/gm)].map(([, text = '']) => text);
}

/**
 * Walks the tour; 0 if it printed all that it promises, in that order.
 * @param {string} host
 */
export function walkTour(host) {
  const script = commands(host);
  const result = spawnSync('sh', ['-eu'], {
    input: script.replaceAll('$RANDOM', String(process.pid)),
    encoding: 'utf8',
  });
  let rest = result.stdout;
  const missing = promises(script).filter((text) => {
    const found = rest.indexOf(text);
    rest = found === -1 ? rest : rest.slice(found + text.length);
    return found === -1;
  });
  const failed = result.status !== 0 || missing.length > 0 || /"status":[45]\d\d/.test(result.stdout);
  if (failed) process.stderr.write(`${result.stdout}\n${result.stderr}\n`);
  process.stdout.write(failed ? `The README's tour failed: ${missing.join(', ')}\n` : "The README's tour works.\n");
  return failed ? 1 : 0;
}
