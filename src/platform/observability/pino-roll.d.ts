declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  interface RollOptions {
    readonly file: string;
    /** For example `50m`. */
    readonly size: string;
    readonly frequency: 'daily' | 'hourly';
    readonly extension: string;
    readonly mkdir: boolean;
    readonly sync: boolean;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
  }

  interface RollingFile extends EventEmitter {
    write(line: string): boolean;
    end(): void;
  }

  export default function roll(options: RollOptions): Promise<RollingFile>;
}
