import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from 'pino';
import { EXAMPLE_ADMIN } from '../common/examples.js';
import type { Config } from '../config/config.js';
import { PasswordsService } from '../modules/auth/passwords.service.js';
import { UsersApi } from '../modules/users/users.api.js';
import { seedShop } from './seed-shop.js';

/** Fills an empty shop with examples and, outside production, with an administrator whose password everybody knows. */
export async function seedDevelopment(app: INestApplicationContext, config: Config, logger: Logger): Promise<void> {
  const { products } = await seedShop(app);
  if (products > 0) logger.info({ products }, 'The empty shop was filled with examples.');
  if (config.NODE_ENV === 'production') return;
  const { email, password } = EXAMPLE_ADMIN;
  if ((await app.get(UsersApi, { strict: false }).findLoginByEmail(email)) !== undefined) return;
  await app.get(PasswordsService, { strict: false }).makeAdministrator(EXAMPLE_ADMIN);
  logger.warn(`For development ${email} is an administrator, with the password ${password} until it is changed.`);
}
