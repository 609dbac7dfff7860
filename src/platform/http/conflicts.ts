import { ApiConflictResponse } from '@nestjs/swagger';
import { Problem } from './problem.js';

/** Says with which codes a handler answers 409. */
export function Conflicts(...codes: readonly string[]): MethodDecorator {
  const names = codes.map((code) => `\`${code}\``);
  const list = names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return ApiConflictResponse({ type: Problem, description: `${list}; nothing was changed.` });
}
