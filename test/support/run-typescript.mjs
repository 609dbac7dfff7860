// Lets a spec run a TypeScript file in a process of its own, without a build: `node --import <this file> file.ts`.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
