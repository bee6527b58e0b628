import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiInfo, type Contract } from 'cdk-trellis/contract';
import { breakingChanges } from 'cdk-trellis/testing';
import { productsApi } from '../../contracts/products.js';

const folder = join(__dirname, '../../contracts/released');
const contracts: Readonly<Record<string, Contract>> = { products: productsApi };

it.each(readdirSync(folder).map((file) => file.replace('.json', '')))(
  'the contract of %s is compatible with the released version, or is the next major version',
  (name) => {
    const contract = contracts[name]!;
    const released = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const major = (version: string) => Number(version.split('.')[0]);
    const isNextMajor = major(contract[apiInfo].version) > major(released.info.version);
    expect(isNextMajor ? [] : breakingChanges(released, contract)).toEqual([]);
  },
);
