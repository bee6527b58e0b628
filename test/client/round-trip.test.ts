import { createClient } from 'cdk-trellis/client';
import { defineApi, type Operations } from 'cdk-trellis/contract';
import { route } from 'cdk-trellis/runtime';
import { inProcess } from 'cdk-trellis/testing';
import fc from 'fast-check';
import * as z from 'zod';
import { strict } from '../../lib/contract/strict.js';
import { type SchemaCase, schemaCases, textCases } from '../support/arbitrary-schema.js';

const names = fc.constantFrom('a', 'b', 'orderId', 'x1');
const segments = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text));

/** Operation, input of a call, and response of its handler. */
const exchanges = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    params: fc.dictionary(names, segments, { maxKeys: 2, noNullPrototype: true }),
    query: fc.dictionary(names, textCases, { maxKeys: 3 }),
    body: schemaCases('request'),
    response: schemaCases('response'),
    status: fc.constantFrom(200, 201, 202),
  })
  .chain(({ query, body, response, ...rest }) =>
    fc.record({
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, fc.constant(value)])),
      query: sampledAll(query),
      body: sampled(body),
      response: sampled(response),
    }),
  ) as fc.Arbitrary<any>;

function sampled({ schema, values }: SchemaCase) {
  return values.map((value) => ({ schema, value }));
}

function sampledAll(cases: Record<string, SchemaCase>) {
  const values = fc.record(
    Object.fromEntries(Object.entries(cases).map(([name, field]) => [name, field.values])),
  );
  const shape = Object.fromEntries(Object.entries(cases).map(([name, { schema }]) => [name, schema]));
  return values.map((value) => ({ schema: z.object(shape), value }));
}

/** Returns a query after its conversion to text. */
function meaningOf({ schema, value }: { schema: z.ZodObject; value: Record<string, unknown> }) {
  const asText = (item: unknown) => (Array.isArray(item) ? item.map(String) : String(item));
  return schema.parse(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asText(item)])));
}

it('requests and responses arrive with their types', async () => {
  await fc.assert(
    fc.asyncProperty(exchanges, async ({ method, params, query, body, response, status }) => {
      const hasBody = method !== 'GET';
      const operation = {
        method,
        path: `/${Object.keys(params)
          .map((name) => `things/{${name}}`)
          .join('/')}`,
        auth: 'public',
        query: query.schema,
        ...(hasBody && { body: body.schema }),
        responses: { [status]: response.schema },
      };
      const api = defineApi({ name: 'generated', version: '1.0.0' }, {
        call: operation,
      } as unknown as Operations);
      const expected = response.schema.parse(response.value);
      let seen: any;
      const handler = route(api.call!, {}, async (input) => {
        seen = input;
        return { status, body: expected } as never;
      });
      const fetch = inProcess(api, { call: handler.with({}) });
      const client: any = createClient(api, { baseUrl: 'https://generated', fetch });

      const result = await client.call({ params, query: query.value, ...(hasBody && { body: body.value }) });

      expect(result).toMatchObject({ ok: true, status });
      expect(result.body).toStrictEqual(expected);
      expect({ ...seen.params }).toStrictEqual({ ...params });
      expect(seen.query).toStrictEqual(meaningOf(query));
      if (hasBody) expect(seen.body).toStrictEqual(strict(body.schema as z.ZodType).parse(body.value));
    }),
    { numRuns: 300 },
  );
});
