import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { allow, allowKey } from '../../bindings/bindable.js';
import { isBinary } from '../../contract/body.js';
import { field } from '../../contract/field-path.js';
import type { Operation } from '../../contract/operation.js';
import { Problem } from '../../contract/problem.js';
import { responsesOf } from '../../contract/responses.js';
import { PROBLEMS } from '../../http/problems.js';
import { itemTemplate, validateItem } from '../private/item-template.js';
import {
  type ServiceCall,
  ServiceIntegration,
  type ServiceResponse,
  successesOf,
} from '../private/service-integration.js';
import { expressionOf, jsonText, overrideTemplate, validateValue } from '../private/vtl.js';
import type { Integration, RequestValue, TableLike } from './integration.js';

export interface GetItemOptions {
  /**
   * The key of the item: the table's key attributes, which must be strings, and their values of the request, as in
   * `{ productId: 'params.productId' }` or `{ customerId: 'user.sub', orderId: 'params.orderId' }`.
   */
  readonly key: Readonly<Record<string, RequestValue>>;
  /** Reads with strong consistency, at twice the price. @default false: eventual consistency */
  readonly consistent?: boolean;
}

/**
 * Returns one item of a table, without a function: the properties of the contract's schema, or 404 when the item does
 * not exist. The item is not validated: a missing attribute is omitted, even if the contract requires it.
 *
 * @throws Error, from `Api`, when the operation declares no 404, or its schema has types other than objects, arrays,
 * strings, numbers, booleans and null
 * @example
 * import { DataTable, getItem } from 'cdk-trellis';
 *
 * const products = new DataTable(stack, 'Products', { partitionKey: 'productId' });
 * const routes = { getProduct: getItem(products, { key: { productId: 'params.productId' } }) };
 */
export function getItem(table: TableLike, options: GetItemOptions): Integration<never> {
  return new GetItem('table' in table ? table.table : table, options);
}

class GetItem extends ServiceIntegration<never> {
  protected readonly function = 'getItem';
  protected readonly takesBody = false;

  constructor(
    private readonly table: ITable,
    private readonly options: GetItemOptions,
  ) {
    super();
  }

  protected override validateOptions(operation: Operation): string[] {
    const entries = Object.entries(this.options.key);
    const errors = entries.flatMap(([name, value]) => validateValue(field('key', name), value, operation));
    if (entries.length < 1 || entries.length > 2) {
      errors.push(`\`key\` must have one or two attributes, got ${entries.length}`);
    }
    for (const name of Object.keys(this.options.key).filter((key) => !/^[\w.-]{1,255}$/.test(key))) {
      errors.push(`\`key\` must have names of letters, digits and ._-, got "${name}"`);
    }
    if (operation.body) errors.push('getItem requires an operation without a body');
    if (!responsesOf(operation).has(404)) {
      errors.push('`responses` must have a 404, which getItem returns when the item does not exist');
    }
    const schema = schemaOf(operation);
    return [
      ...errors,
      ...(schema
        ? validateItem(schema)
        : ['`responses` must have a JSON body, which getItem returns, got none']),
    ];
  }

  protected call(): ServiceCall {
    const { tableArn, tableName, encryptionKey, env } = this.table;
    const { key, consistent = false } = this.options;
    const attributes = Object.entries(key).map(
      ([name, value]) => `"${name}":{"S":${jsonText(expressionOf(value))}}`,
    );
    const read = consistent ? ',"ConsistentRead":true' : '';
    return {
      region: env.region,
      target: 'dynamodb:action/GetItem',
      request: `{"TableName":"${tableName}","Key":{${attributes.join(',')}}${read}}`,
      statements: [allow('dynamodb', ['GetItem'], [tableArn]), ...allowKey(encryptionKey, false)],
    };
  }

  protected responseOf(operation: Operation): ServiceResponse {
    const schema = schemaOf(operation);
    const notFound = overrideTemplate(PROBLEMS.notFound, 'The item does not exist.');
    const item = schema ? itemTemplate(schema, '$item') : '';
    return {
      template: `#set($item = $input.path('$.Item'))#if($item && $item != "")${item}#else${notFound}#end`,
    };
  }
}

function schemaOf(operation: Operation) {
  const [status] = successesOf(operation);
  const body = [...(responsesOf(operation).get(status!)?.content.values() ?? [])][0];
  return body && !isBinary(body) && body !== Problem ? body : undefined;
}
