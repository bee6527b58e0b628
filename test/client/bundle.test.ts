import { build } from 'esbuild';

/** Bytes of a page's script that has this in it, minified for production. */
async function bundled(contents: string, external: string[] = []) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['cdk-trellis-source'],
    external,
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const parts = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { bytes: outputFiles[0]!.contents.length, files: parts.map(([file]) => file) };
}

const CLIENT = "export { createClient } from './lib/client/index.ts';";
const PAGE = `${CLIENT} export { productsApi } from './contracts/products.ts';`;

describe('the script of a page', () => {
  it('with the client is smaller than 6.5 KB, besides zod', async () => {
    expect((await bundled(CLIENT, ['zod'])).bytes).toBeLessThan(6500);
  });

  it('with a contract has none of the checks of contracts in it, and no document', async () => {
    const { bytes, files } = await bundled(PAGE, ['zod']);
    expect(files).toContain('lib/contract/responses.ts');
    expect(files.filter((file) => /errors|validateContract|openapi|strict/.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(9000);
  });

  it('has only what it uses of zod', async () => {
    const { bytes, files } = await bundled(PAGE);
    expect(files.filter((file) => file.includes('locales/') && !file.endsWith('en.js'))).toEqual([]);
    expect(bytes).toBeLessThan(110_000);
  });
});
