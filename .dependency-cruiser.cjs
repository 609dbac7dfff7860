// Who may import what: the rules of docs/architecture.md, for `make lint`. There is no list of exceptions.

const SPEC = '\\.spec\\.ts$';
const MODULE = '^src/modules/([^/]+)/';
const DOOR = '\\.(api|errors|events)\\.ts$';
/** Files of a module whose name carries no role: pure rules, mappers of values, constants. What Nest creates has one. */
const PURE = '^src/modules/[^/]+/[a-z0-9-]+\\.ts$';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const packages = (...names) => `node_modules/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    forbid('no-cycles', 'Imports go one way; a type counts too.', {}, { circular: true }),
    forbid('no-barrels', 'An index.ts hides who needs what: name the file.', {}, { path: '(^|/)index\\.ts$' }),
    forbid(
      'no-unresolved',
      'The import leads nowhere.',
      { path: '^(src|migrations|ormconfig)' },
      { couldNotResolve: true },
    ),
    forbid(
      'declared-packages-only',
      'A package that the application imports stands in package.json, under dependencies.',
      { path: '^(src|migrations|ormconfig)', pathNot: SPEC },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    forbid(
      'no-tests-in-the-application',
      'What serves a test stays with the tests.',
      { path: '^(src|migrations|ormconfig)', pathNot: SPEC },
      { path: ['^(test|bench|scripts)/', SPEC] },
    ),

    forbid(
      'common-imports-nothing',
      'src/common holds pure values and rules.',
      { path: '^src/common/', pathNot: SPEC },
      { pathNot: '^src/common/', dependencyTypesNot: ['core'] },
    ),
    forbid('config-stands-alone', 'The settings know nobody.', { path: '^src/config/' }, { path: '^src/(?!config/)' }),
    forbid(
      'platform-knows-no-module',
      'src/platform serves every module and imports config and common alone.',
      { path: '^src/platform/' },
      { path: '^src/(?!platform/|config/|common/)' },
    ),
    forbid(
      'wiring-stays-outside',
      'app.module and entities are for the programs that boot the application.',
      { path: '^src/(modules|platform|common|config)/' },
      { path: '^src/([^/]+\\.ts$|cli/)' },
    ),

    forbid(
      'modules-use-doors',
      'A module reaches another through its *.api.ts, *.errors.ts and *.events.ts alone.',
      { path: MODULE, pathNot: ['\\.module\\.ts$', SPEC] },
      { path: '^src/modules/', pathNot: ['^src/modules/$1/', DOOR] },
    ),
    forbid(
      'modules-are-wired-by-modules',
      'A *.module.ts may import the *.module.ts whose door it needs, and nothing else behind it.',
      { path: `${MODULE}[^/]+\\.module\\.ts$` },
      { path: '^src/modules/', pathNot: ['^src/modules/$1/', DOOR, '\\.module\\.ts$'] },
    ),
    forbid(
      'only-modules-import-modules',
      'Wiring is imported by wiring.',
      { path: '^src/', pathNot: ['\\.module\\.ts$', '^src/(main|worker)\\.ts$', '^src/cli/'] },
      { path: '\\.module\\.ts$' },
    ),

    forbid(
      'controllers-ask-services',
      'A controller calls its service; tables are not its business.',
      { path: '\\.controller\\.ts$' },
      { path: ['\\.(repository|entity)\\.ts$', '^src/platform/database/'] },
    ),
    forbid(
      'services-speak-business',
      'A service uses no type of HTTP, of the API documentation or of the ORM.',
      { path: '^src/modules/.*\\.(service|api)\\.ts$' },
      {
        path: [
          packages('typeorm', 'pg', 'redis', 'fastify', '@fastify/[^/]+', '@nestjs/(swagger|platform-fastify|typeorm)'),
          '\\.controller\\.ts$',
        ],
      },
    ),
    forbid(
      'services-ask-repositories',
      'Data sources and connections are for repositories; a service has UnitOfWork.',
      { path: '^src/modules/', pathNot: ['\\.(repository|statements|entity|module)\\.ts$', SPEC] },
      { path: '^src/platform/database/', pathNot: '/unit-of-work\\.ts$' },
    ),
    forbid(
      'repositories-keep-to-tables',
      'A repository imports its entities, errors and values, and of the platform the database and the records of ' +
        'idempotency, which are written with their effect.',
      { path: '^src/modules/.*\\.repository\\.ts$' },
      {
        path: [
          '\\.(service|api|controller|module)\\.ts$',
          '^src/platform/(?!database/|http/idempotency(\\.repository)?\\.ts$)',
        ],
      },
    ),
    forbid(
      'rules-are-pure',
      'A file of a module without a role in its name (*.service.ts, …) holds rules: no framework, no input or output.',
      { path: PURE },
      { path: ['node_modules/', '^src/platform/', '\\.(service|api|controller|module|repository)\\.ts$'] },
    ),

    forbid(
      'typeorm-in-its-rooms',
      'TypeORM is named only in repositories, entities, src/platform/database, migrations and ormconfig.ts.',
      {
        path: '^(src|ormconfig)',
        pathNot: ['\\.(repository|entity)\\.ts$', '^src/platform/database/', '^ormconfig\\.ts$'],
      },
      { path: packages('typeorm', '@nestjs/typeorm') },
    ),
    forbid(
      'infrastructure-in-platform',
      'Caches, logs, metrics, mail and PDF are reached through src/platform.',
      { path: '^src/(modules|common|config)/', pathNot: SPEC },
      {
        path: packages(
          'redis',
          'keyv',
          '@keyv/[^/]+',
          '(@nestjs/)?cache-manager[^/]*',
          'pino[^/]*',
          'prom-client',
          'nodemailer',
          'sharp',
          'pdfkit',
          'fontkit',
          '@aws-sdk/[^/]+',
        ),
      },
    ),
    forbid(
      'pg-in-its-room',
      'The driver of PostgreSQL is named only in src/platform/database.',
      { path: '^(src|migrations|ormconfig)', pathNot: '^src/platform/database/' },
      { path: packages('pg', '@types/pg') },
    ),
    forbid(
      'fastify-in-its-rooms',
      'Fastify is named only in src/platform/http and main.ts.',
      { path: '^src/', pathNot: '^src/(platform/http/|main\\.ts$)' },
      { path: packages('fastify', '@fastify/[^/]+', '@nestjs/platform-fastify') },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default', 'types'], exportsFields: ['exports'] },
  },
};
