// Releases a contract: `npm run release -- products` writes contracts/released/products.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiInfo, type Contract, openApiDocument } from 'cdk-trellis/contract';

async function release(name: string | undefined): Promise<void> {
  const exported: Record<string, unknown> = name ? await import(`../contracts/${name}.js`) : {};
  const contract = Object.values(exported).find(
    (value): value is Contract => Object(value) === value && apiInfo in (value as object),
  );
  if (!contract)
    throw new Error(`Expected the name of a file in contracts/ with an API, got ${name ?? 'none'}`);
  const file = join(__dirname, '../contracts/released', `${contract[apiInfo].name}.json`);
  writeFileSync(file, `${JSON.stringify(openApiDocument(contract), undefined, 2)}\n`);
  console.log(file);
}

release(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
