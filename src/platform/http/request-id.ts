import { newId } from '../../common/ids.js';
import type { HttpRequest } from '../security/bearer.js';

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** The name of a request: the one that its sender gave it, where that can stand in a head and in a log, or a new one. */
export function requestIdOf({ headers }: HttpRequest, now?: number): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId(now);
}
