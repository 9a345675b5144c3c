/** Who may import whom: the direction of docs/architecture.md, type-only imports included. */

const TESTS = '\\.test\\.tsx?$|^tests/|/support/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    direction('schemas', []),
    direction('core', ['schemas']),
    direction('rooms', ['core', 'schemas']),
    direction('server', ['rooms', 'core', 'schemas']),
    direction('client', ['core', 'schemas']),
    direction('loadtest', ['client/session', 'client/bundle', 'core', 'schemas']),
    {
      name: 'session-stands-without-the-pages',
      severity: 'error',
      from: { path: '^client/session/', pathNot: TESTS },
      to: { path: '^client/', pathNot: '^client/session/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: TESTS, pathNot: 'node_modules' },
    },
    {
      name: 'schemas-need-only-zod-and-colyseus-schema',
      severity: 'error',
      from: { path: '^schemas/', pathNot: TESTS },
      to: { pathNot: '^schemas/|^node_modules/(zod|@colyseus/schema)/' },
    },
    { name: 'core-is-pure', severity: 'error', from: { path: '^core/', pathNot: TESTS }, to: { pathNot: '^(core|schemas)/' } },
    {
      name: 'browsers-have-no-node',
      severity: 'error',
      from: { path: '^(client|core|schemas)/', pathNot: `${TESTS}|^client/vite\\.config\\.ts$` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browsers-have-no-server-packages',
      severity: 'error',
      from: { path: '^client/', pathNot: `${TESTS}|^client/vite\\.config\\.ts$` },
      to: { path: '^node_modules/', pathNot: '^node_modules/(@colyseus/(sdk|schema)|@preact/signals|preact|hls\\.js|zod)/' },
    },
    {
      name: 'no-test-packages-in-the-product',
      severity: 'error',
      from: { path: '^(server|rooms|core|schemas|client)/', pathNot: `${TESTS}|^client/vite\\.config\\.ts$` },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};

/**
 * @param {string} folder
 * @param {readonly string[]} allowed
 */
function direction(folder, allowed) {
  const ours = '^(schemas|core|rooms|server|client|loadtest|tests)/';
  return {
    name: `${folder}-imports-only-${['itself', ...allowed].join('-')}`,
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: TESTS },
    to: { path: ours, pathNot: `^(${[folder, ...allowed].join('|')})/` },
  };
}
