import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { openApiDocument } from 'cdk-trellis/contract';
import { localClientConfig } from '../../bin/local-storefront.js';
import { productsApi } from '../../contracts/products.js';
import { installPythonTools } from '../../lib/local/python.js';
import { adminTokens, deployedCloud, deployedInfo } from './support.js';

const { outputs } = deployedInfo();
const TableName = outputs.StorefrontProducts?.ProductsTableName as string;
const products = DynamoDBDocumentClient.from(new DynamoDBClient(localClientConfig(deployedCloud())));
let before: Set<string>;

async function productIds(): Promise<string[]> {
  const { Items = [] } = await products.send(new ScanCommand({ TableName }));
  return Items.map(({ productId }) => productId);
}

beforeAll(async () => {
  before = new Set(await productIds());
});

/** The shop has no way to delete a product, and what a fuzzer makes is in the way of whatever reads the catalogue. */
afterAll(async () => {
  const made = (await productIds()).filter((productId) => !before.has(productId));
  for (const productId of made) await products.send(new DeleteCommand({ TableName, Key: { productId } }));
});

/**
 * Schemathesis makes requests from the API's own document, valid ones and all kinds of invalid ones, and looks for
 * responses that the document does not allow: failures, undocumented statuses and bodies, accepted invalid requests.
 */
it('a fuzzer finds nothing in the products service by its own OpenAPI document', async () => {
  const url = deployedInfo().apis.products as string;
  const folder = mkdtempSync(join(tmpdir(), 'trellis-fuzz-'));
  const document = join(folder, 'openapi.json');
  writeFileSync(document, JSON.stringify(openApiDocument(productsApi, { servers: [{ url }] })));
  const [python, { accessToken }] = await Promise.all([
    installPythonTools(join(__dirname, 'fuzz/requirements.txt'), 'schemathesis', () => {}),
    adminTokens(),
  ]);
  const command = 'from schemathesis.cli import schemathesis; schemathesis()';
  const config = ['--config-file', join(__dirname, 'fuzz/schemathesis.toml')];
  const run = ['run', document, '--url', url, '-H', `Authorization: Bearer ${accessToken}`, '--no-color'];
  const phases = ['--phases', 'examples,coverage,fuzzing', '--max-examples', '50', '--seed', '1'];
  const { status, stdout, stderr } = spawnSync(python, ['-c', command, ...config, ...run, ...phases], {
    encoding: 'utf8',
    cwd: folder,
  });
  expect(status === 0 ? '' : `${stdout}${stderr}`).toBe('');
  expect(stdout).toMatch(/[1-9]\d+ generated/);
}, 180_000);
