import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform, version } from '@swc/core';

/** To compile the whole application takes as long as to start it, so what was compiled once is kept. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/tradepost-typescript/', import.meta.url));

/** Source files import each other by the name that they have after the build. */
export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
    return nextResolve(specifier.replace(/\.js$/, '.ts'), context);
  }
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const text = await readFile(filename, 'utf8');
  const cached = `${CACHE}${createHash('sha256').update(`${version}\n${filename}\n${text}`).digest('hex')}.js`;
  const source = await readFile(cached, 'utf8').catch(() => compileInto(cached, filename, text));
  return { format: 'module', source, shortCircuit: true };
}

async function compileInto(cached, filename, text) {
  const { code } = await transform(text, {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'nodenext' },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  });
  // Renamed into place: processes that start at once never read half of a file.
  const draft = `${cached}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  await writeFile(draft, code);
  await rename(draft, cached);
  return code;
}
