// NestJS 12 is published as ES modules only, and Jest's ESM mode on Node 20 stops where a CommonJS package
// requires one of them. So Jest runs everything as CommonJS: this turns TypeScript, .mjs files, files of
// "type": "module" packages and files that use import() into CommonJS, and leaves all others as they are.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const swc = require('@swc/jest');

const options = (syntax) => ({
  jsc: {
    parser: syntax,
    target: 'es2023',
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'commonjs', ignoreDynamic: false },
  sourceMaps: 'inline',
});
const typescript = swc.createTransformer(options({ syntax: 'typescript', decorators: true }));
const javascript = swc.createTransformer(options({ syntax: 'ecmascript' }));

const packageTypes = new Map();
function isModulePackage(folder) {
  if (packageTypes.has(folder)) return packageTypes.get(folder);
  const manifest = join(folder, 'package.json');
  let answer = false;
  if (existsSync(manifest)) answer = JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
  else if (dirname(folder) !== folder) answer = isModulePackage(dirname(folder));
  packageTypes.set(folder, answer);
  return answer;
}

// `import.meta` has no meaning in CommonJS; these two uses of it have an equivalent there.
const withoutImportMeta = (source) =>
  source
    .replace(/\bimport\.meta\.url\b/g, 'module.require("node:url").pathToFileURL(__filename).href')
    .replace(
      /\bimport\.meta\.resolve\b/g,
      '((id) => module.require("node:url").pathToFileURL(require.resolve(id)).href)',
    )
    .replace(/\bimport\.meta\.(dirname|filename)\b/g, (_, name) => `__${name}`);

// A file URL can be imported, but not required.
const importable = (source) =>
  source.replace(/\bimport\((new URL\([^;]+?\))\.href\)/g, 'import(module.require("node:url").fileURLToPath($1))');

// TypeScript's ES modules name the compiled file, `./x.js`; what lies there before a build is `./x.ts`.
const withoutSuffix = (source) =>
  source.replace(/(\bfrom\s+|\bimport\(\s*|\bimport\s+)(['"])(\.{1,2}\/[^'"\n]+)\.js\2/g, '$1$2$3$2');

const itself = readFileSync(__filename);

module.exports = {
  process(source, path, config) {
    if (path.endsWith('.ts'))
      return typescript.process(withoutSuffix(withoutImportMeta(importable(source))), path, config);
    if (path.endsWith('.mjs') || /\bimport\(/.test(source) || isModulePackage(dirname(path))) {
      return javascript.process(withoutImportMeta(source), path, config);
    }
    return { code: source };
  },
  getCacheKey(source, path, config) {
    return createHash('sha256').update(source).update(path).update(config.configString).update(itself).digest('hex');
  },
};
