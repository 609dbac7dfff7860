import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { schema } from './schema.js';
import type { Setting } from './settings.js';

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The parsed environment: one frozen, typed value for each setting of the schema, under the setting's own name. */
export type Config = { readonly [K in keyof typeof schema]: ValueOf<(typeof schema)[K]> };

/** Injection token of the {@link Config}. */
export const CONFIG = Symbol('Config');

/** A setting that cannot be used; the message names each and says what is allowed. */
export class ConfigError extends Error {}

/**
 * Parses an environment against the schema. An empty text counts as not set.
 * @throws {ConfigError} naming every setting that is wrong
 */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const entries = Object.entries<Setting<unknown>>(schema).map(([name, setting]) => {
    const value = environment[name];
    if (value === undefined || value === '') return [name, setting.fallback];
    try {
      return [name, setting.parse(value)];
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : String(error)}`);
      return [name, setting.fallback];
    }
  });
  if (problems.length > 0) throw new ConfigError(`The configuration cannot be used: ${problems.join('; ')}.`);
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

/** Reads `.env`, where there is one, and the process environment, which wins over it. */
export function loadConfig(overrides: Readonly<Record<string, string | undefined>> = {}): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  return parseConfig({ ...process.env, ...overrides });
}
