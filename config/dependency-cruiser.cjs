const layers = require('./layers.cjs');

// The parts of a process (app.ts, main.ts …) stand above all folders and may import any of them.
const composition = '^src/[a-z-]+\\.ts$';
const machinery = '^src/(kernel|platform)/';
const frontDoor = '^src/[^/]+/index\\.ts$';

const importsOnlyWhatStandsBefore = layers.map((name, place) => ({
  name: `${name}-imports-only-what-stands-before-it`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: layers.slice(0, place + 1).map((earlier) => `^src/${earlier}/`) },
}));

/** A planted fault for each rule stands in test/architecture/layers.test.ts. */
module.exports = {
  forbidden: [
    ...importsOnlyWhatStandsBefore,
    {
      name: 'no-folder-outside-the-order',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: layers.map((name) => `^src/${name}/`) },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'through-the-front-door',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', machinery, frontDoor] },
    },
    {
      name: 'jobs-use-the-front-door',
      severity: 'error',
      from: { path: '^jobs/' },
      to: { path: '^src/', pathNot: [machinery, frontDoor] },
    },
    {
      // The demonstration does what people do, so it goes in where their pages do.
      name: 'seeds-use-the-front-door',
      severity: 'error',
      from: { path: '^migrations/seeds/' },
      to: { path: '^src/', pathNot: [machinery, frontDoor, composition] },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: composition },
      to: { path: '^(jobs|config|migrations)/' },
    },
    {
      name: 'nothing-knows-the-tests',
      severity: 'error',
      from: { path: '^(src|jobs|config|migrations)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'config-knows-only-words',
      severity: 'error',
      from: { path: '^config/' },
      to: { path: '^(src|jobs|migrations)/', pathNot: machinery },
    },
    {
      // A released migration must do the same for ever, whatever becomes of the code.
      name: 'migrations-stand-alone',
      severity: 'error',
      from: { path: '^migrations/[0-9]' },
      to: { path: '^(src|jobs|config)/' },
    },
    {
      // identity is half machinery: its sessions and sign-in need express and the database.
      name: 'rules-are-pure',
      severity: 'error',
      from: { path: '^src/[^/]+/[a-z-]+\\.ts$', pathNot: ['/index\\.ts$', '^src/(platform|identity)/'] },
      to: {
        path: [
          'node_modules/(knex|pg|express|ioredis|bullmq)/',
          '\\.(store|queries|service|routes)\\.ts$',
          '^src/platform/(?!i18n/)',
        ],
      },
    },
    {
      name: 'routes-do-not-write',
      severity: 'error',
      from: { path: '\\.routes\\.ts$' },
      to: { path: '\\.store\\.ts$' },
    },
    {
      name: 'stores-stay-below',
      severity: 'error',
      from: { path: '\\.(store|queries)\\.ts$' },
      to: { path: '\\.(service|routes|forms)\\.ts$' },
    },
  ],
  options: { tsPreCompilationDeps: true, parser: 'swc', doNotFollow: { path: 'node_modules' } },
};
