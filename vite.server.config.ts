import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const packages = 'packages';
const rules = 'src/server/provision/validate';

/** The rules that run inside CouchDB are read as text, beside the code that reads them. */
const copyRules: Plugin = {
  name: 'copy-validation-functions',
  generateBundle() {
    for (const name of readdirSync(rules).filter((file) => file.endsWith('.js'))) {
      const source = readFileSync(`${rules}/${name}`, 'utf8');
      this.emitFile({ type: 'asset', fileName: `validate/${name}`, source });
    }
  },
};

const dropPackageMaps: Plugin = {
  name: 'drop-maps-of-packages',
  generateBundle(_options, bundle) {
    for (const file of Object.keys(bundle)) {
      if (file.startsWith(packages) && file.endsWith('.map')) Reflect.deleteProperty(bundle, file);
    }
  },
};

/**
 * The server in a few files that Node.js runs directly: `build/server/tiski.js` takes the arguments of
 * `tiski`.
 */
export default defineConfig({
  publicDir: false,
  plugins: [copyRules, dropPackageMaps],
  resolve: { alias: { $lib: new URL('./src/lib', import.meta.url).pathname } },
  // LevelDB's is a native module, and Vite is for `tiski dev` only.
  ssr: { noExternal: true, external: ['leveldown', 'vite'] },
  build: {
    ssr: 'src/server/cli/tiski.ts',
    outDir: 'build/server',
    target: 'node20.19',
    // A fault of a customer's server has to be readable.
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      // Flat: code that finds files relative to itself is two folders below the project, as in src/server.
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: ({ name }) => (name.startsWith(packages) ? `${packages}-[hash].js` : '[name].js'),
        // Node.js reads the source maps of what it loads: those of packages would take a quarter of the
        // start.
        codeSplitting: { groups: [{ name: packages, test: /[\\/]node_modules[\\/]/, entriesAware: true }] },
      },
    },
  },
});
