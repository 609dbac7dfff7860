import type { ClusterSecrets } from './cluster-files.js';
import { LOCK_CLASS, LOCK_KEYS, Session } from './session.js';

export const DATABASE = 'tradepost';
export const OWNER_ROLE = 'tradepost_owner';
export const APP_ROLE = 'tradepost_app';

/** Kept as the comment on the database when all is done; raise it with any change below. */
const DONE = 'Tradepost, prepared: 1';

/** Only a superuser can create some of them, and the owner, who runs the migrations, is none. */
const EXTENSIONS = ['pg_trgm', 'unaccent', 'citext', 'pgcrypto'];

/**
 * Makes the roles, the database and what only a superuser may make in it. Every step may be repeated, so a crash at
 * any point is mended by the next start; processes that start together take turns.
 *
 * @param databaseUrl the database {@link DATABASE}, as superuser
 */
export async function bootstrap(maintenance: Session, databaseUrl: string, secrets: ClusterSecrets): Promise<void> {
  if (await isDone(maintenance)) return;
  const lock = [LOCK_CLASS, LOCK_KEYS.bootstrap];
  await maintenance.query('SELECT pg_advisory_lock($1, $2)', lock);
  try {
    if (await isDone(maintenance)) return;
    await createRole(maintenance, OWNER_ROLE, secrets.ownerPassword);
    await createRole(maintenance, APP_ROLE, secrets.appPassword);
    await maintenance.query('REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC');
    const [existing] = await maintenance.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (existing === undefined) await maintenance.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER_ROLE}`);
    await prepareDatabase(databaseUrl);
  } finally {
    if (!maintenance.isLost) await maintenance.query('SELECT pg_advisory_unlock($1, $2)', lock);
  }
}

async function isDone(maintenance: Session): Promise<boolean> {
  const [row] = await maintenance.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [DATABASE],
  );
  return row?.comment === DONE;
}

async function createRole(maintenance: Session, role: string, password: string): Promise<void> {
  const [existing] = await maintenance.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (existing !== undefined) return;
  const options = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE';
  await maintenance.query(`CREATE ROLE ${role} ${options} PASSWORD ${maintenance.literal(password)}`);
}

async function prepareDatabase(databaseUrl: string): Promise<void> {
  const database = await Session.connect(databaseUrl, 'tradepost bootstrap');
  try {
    await database.query('BEGIN');
    const available = await database.query<{ name: string }>(
      'SELECT name FROM pg_available_extensions WHERE name = ANY($1)',
      [EXTENSIONS],
    );
    for (const { name } of available) await database.query(`CREATE EXTENSION IF NOT EXISTS ${name}`);
    for (const statement of privileges()) await database.query(statement);
    await database.query(`COMMENT ON DATABASE ${DATABASE} IS ${database.literal(DONE)}`);
    await database.query('COMMIT');
  } finally {
    await database.end();
  }
}

/** The application reads and writes rows of what the owner creates, and can change no structure. */
function privileges(): string[] {
  const ownersObjects = `ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER_ROLE} IN SCHEMA public`;
  return [
    `REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${DATABASE} TO ${APP_ROLE}`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC',
    `GRANT USAGE ON SCHEMA public TO ${APP_ROLE}`,
    `${ownersObjects} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${APP_ROLE}`,
    `${ownersObjects} GRANT USAGE ON SEQUENCES TO ${APP_ROLE}`,
  ];
}
