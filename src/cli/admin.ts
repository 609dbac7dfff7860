import { parseArgs } from 'node:util';
import { isEmail } from '../common/email.js';
import { type NewAdministrator, PasswordsService } from '../modules/auth/passwords.service.js';
import { withApplication } from './context.js';
import { runMain } from './fail.js';

const USAGE = 'Usage: admin --email EMAIL --password PASSWORD [--name NAME]';

/** Arguments with an equals sign are taken as well: `--email=ada@example.com`. */
function readArguments(): NewAdministrator {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { email: text, password: text, name: text } });
  const { email, password, name = 'Administrator' } = values;
  if (email === undefined || password === undefined) throw new Error(USAGE);
  if (!isEmail(email)) throw new Error(`"${email}" is not an email address.\n${USAGE}`);
  return { email, password, name };
}

await runMain(async () => {
  const administrator = readArguments();
  await withApplication(async (app) => {
    const outcome = await app.get(PasswordsService, { strict: false }).makeAdministrator(administrator);
    const told = outcome === 'created' ? 'Made the administrator' : 'Promoted, with a new password,';
    process.stdout.write(`${told} ${administrator.email}.\n`);
  });
});
