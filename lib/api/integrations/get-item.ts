import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { allow, allowKey } from '../../bindings/bindable.js';
import { isBinary } from '../../contract/body.js';
import type { Operation } from '../../contract/operation.js';
import { Problem } from '../../contract/problem.js';
import { responsesOf } from '../../contract/responses.js';
import { itemTemplate, validateItem } from '../private/item-template.js';
import {
  type ServiceCall,
  ServiceIntegration,
  type ServiceResponse,
  successesOf,
} from '../private/service-integration.js';
import { expressionOf, jsonText, refuseTemplate, validateValue } from '../private/vtl.js';
import type { Integration, RequestValue, TableLike } from './integration.js';

export interface GetItemOptions {
  /**
   * The key of the item: the table's key attributes, which must be texts, and where in the request they are, as in
   * `{ productId: 'params.productId' }` or `{ customerId: 'user.sub', orderId: 'params.orderId' }`.
   */
  readonly key: Readonly<Record<string, RequestValue>>;
  /** Whether the answer has every write that came before; at twice the price. @default false */
  readonly consistent?: boolean;
}

/**
 * Answers with one item of a table, without a function: those properties that the contract's schema has, and 404 when
 * there is no such item. What the table holds is taken as it is: an attribute that is missing is left out, whatever the
 * contract says of it.
 *
 * @throws Error, by `Api`, when the operation declares no 404, or answers something that cannot be read from an item: a
 * schema of objects, lists, texts, numbers, booleans and null
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

  protected override ownErrors(operation: Operation): string[] {
    const entries = Object.entries(this.options.key);
    const found = entries.flatMap(([name, value]) => validateValue(`\`key.${name}`, value, operation));
    if (entries.length < 1 || entries.length > 2) {
      found.push(`\`key\` must have one or two attributes, got ${entries.length}`);
    }
    for (const [name] of entries.filter(([one]) => !/^[\w.-]{1,255}$/.test(one))) {
      found.push(`\`key\` must have names of letters, digits and ._-, got "${name}"`);
    }
    if (operation.body) found.push('getItem is for an operation without a body');
    if (!responsesOf(operation).has(404)) {
      found.push('getItem answers 404 when there is no such item: `responses` must have a 404');
    }
    const schema = schemaOf(operation);
    return schema ? [...found, ...validateItem(schema)] : [...found, 'getItem answers JSON, got nothing'];
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

  protected answerOf(operation: Operation): ServiceResponse {
    const schema = schemaOf(operation);
    const none = refuseTemplate(404, 'Not found', 'There is no such item.');
    const found = schema ? itemTemplate(schema, '$item') : '';
    return {
      template: `#set($item = $input.path('$.Item'))#if($item && $item != "")${found}#else${none}#end`,
    };
  }
}

function schemaOf(operation: Operation) {
  const [status] = successesOf(operation);
  const body = [...(responsesOf(operation).get(status!)?.content.values() ?? [])][0];
  return body && !isBinary(body) && body !== Problem ? body : undefined;
}
