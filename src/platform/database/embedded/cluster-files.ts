import { randomBytes } from 'node:crypto';
import { chown, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EmbeddedClusterError, errorCode } from './embedded-cluster.error.js';
import { unusedPort } from './port.js';

/** Where the parts of the embedded PostgreSQL lie, all absolute. */
export interface ClusterPaths {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly secretsFile: string;
  readonly logFile: string;
}

/** Kept in `DATA_DIR/postgres.json`, readable by its owner only. The port is kept so that URLs outlive a restart. */
export interface ClusterSecrets {
  readonly superuserPassword: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
  readonly port: number;
}

export function clusterPaths(dataDir: string): ClusterPaths {
  const absolute = resolve(dataDir);
  return {
    dataDir: absolute,
    clusterDir: join(absolute, 'postgres'),
    secretsFile: join(absolute, 'postgres.json'),
    logFile: join(absolute, 'postgres.log'),
  };
}

export async function readSecrets({ secretsFile }: ClusterPaths): Promise<ClusterSecrets | undefined> {
  const text = await readFile(secretsFile, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const secrets: unknown = JSON.parse(text);
  if (isSecrets(secrets)) return secrets;
  throw new EmbeddedClusterError(`${secretsFile} is damaged: restore it from a backup`);
}

function isSecrets(value: unknown): value is ClusterSecrets {
  if (typeof value !== 'object' || value === null) return false;
  const passwords = ['superuserPassword', 'ownerPassword', 'appPassword'];
  const complete = passwords.every((name) => typeof Reflect.get(value, name) === 'string');
  return complete && Number.isInteger(Reflect.get(value, 'port'));
}

/** Creates the secrets unless another process just did; whoever comes second gets the first one's. */
export async function createSecrets(paths: ClusterPaths): Promise<ClusterSecrets> {
  const password = (): string => randomBytes(24).toString('base64url');
  const secrets: ClusterSecrets = {
    superuserPassword: password(),
    ownerPassword: password(),
    appPassword: password(),
    port: await unusedPort(),
  };
  const temporary = await writeBeside(paths, secrets);
  try {
    // link() fails where rename() would replace, and the file appears complete or not at all.
    await link(temporary, paths.secretsFile);
    return secrets;
  } catch (error) {
    const existing = errorCode(error) === 'EEXIST' ? await readSecrets(paths) : undefined;
    if (existing === undefined) throw error;
    return existing;
  } finally {
    await rm(temporary, { force: true });
  }
}

export async function savePort(paths: ClusterPaths, secrets: ClusterSecrets, port: number): Promise<ClusterSecrets> {
  const changed = { ...secrets, port };
  const temporary = await writeBeside(paths, changed);
  const { uid, gid } = await stat(paths.secretsFile);
  if (process.getuid?.() === 0) await chown(temporary, uid, gid);
  await rename(temporary, paths.secretsFile);
  return changed;
}

async function writeBeside(paths: ClusterPaths, secrets: ClusterSecrets): Promise<string> {
  const temporary = `${paths.secretsFile}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return temporary;
}
