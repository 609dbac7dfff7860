import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/**
 * Addresses of the shop's pages, for mails. They come from the settings alone: with the Host header of the request that
 * caused a mail, whoever sent that request could lead the reader anywhere.
 */
@Injectable()
export class ShopLinks {
  private readonly base: string;

  constructor(@Inject(CONFIG) { PUBLIC_URL, HOST, PORT }: Config) {
    this.base = PUBLIC_URL?.replace(/[?#].*$/, '').replace(/\/+$/, '') ?? `http://${reachable(HOST)}:${PORT}`;
  }

  /** A page with a token in its fragment, which browsers keep to themselves: no log and no `Referer` has it. */
  withToken(page: string, token: string): string {
    return `${this.base}/${page}#token=${token}`;
  }
}

function reachable(host: string): string {
  if (ANY_ADDRESS.has(host)) return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}
