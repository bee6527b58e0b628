import { build } from 'esbuild';

/** Bundles a page's script, minified for production, and returns its size and its files. */
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
  it('with the client is smaller than 6.5 KB, without zod', async () => {
    expect((await bundled(CLIENT, ['zod'])).bytes).toBeLessThan(6500);
  });

  it('with a contract has no validation of contracts and no OpenAPI document', async () => {
    const { bytes, files } = await bundled(PAGE, ['zod']);
    expect(files).toContain('lib/contract/responses.ts');
    expect(files.filter((file) => /validat|openapi|strict/.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(9000);
  });

  it('has only the used parts of zod', async () => {
    const { bytes, files } = await bundled(PAGE);
    expect(files.filter((file) => file.includes('locales/') && !file.endsWith('en.js'))).toEqual([]);
    expect(bytes).toBeLessThan(110_000);
  });
});
