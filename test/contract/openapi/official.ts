import { execFileSync } from 'node:child_process';

/** Returns the violations of the official schema of OpenAPI; empty for a valid document. */
export async function officialErrors(document: object): Promise<string> {
  // An ES module, which jest does not load.
  const script = `
    import { Validator } from '@seriousme/openapi-schema-validator';
    import { text } from 'node:stream/consumers';
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(await text(process.stdin)));
    console.log(JSON.stringify({ version: validator.version, errors: valid ? '' : JSON.stringify(errors) }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    input: JSON.stringify(document),
    encoding: 'utf8',
  });
  const { version, errors } = JSON.parse(output);
  if (version !== '3.1') throw new Error(`Expected OpenAPI 3.1, got ${version}`);
  return errors;
}
