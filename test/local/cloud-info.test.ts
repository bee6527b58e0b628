import { cloudInfo } from '../../lib/local/cloud-info.js';

const endpoint = 'http://127.0.0.1:4566';

it('translates the addresses of REST APIs and leaves other outputs as they are', () => {
  const stacks = [
    {
      stackName: 'Products',
      outputs: {
        ApiUrl: 'https://abc123.execute-api.us-east-1.amazonaws.com/api/',
        OneRoute: 'https://abc123.execute-api.us-east-1.amazonaws.com/api/products',
        Table: 'products-table',
      },
      apis: { products: 'ApiUrl' },
    },
  ];
  expect(cloudInfo(endpoint, { environments: [], stacks })).toEqual({
    endpoint,
    apis: { products: `${endpoint}/restapis/abc123/api/_user_request_` },
    outputs: {
      Products: {
        ApiUrl: `${endpoint}/restapis/abc123/api/_user_request_`,
        OneRoute: `${endpoint}/restapis/abc123/api/_user_request_/products`,
        Table: 'products-table',
      },
    },
  });
});

it('is empty before the first deployment', () => {
  expect(cloudInfo(endpoint, undefined)).toEqual({ endpoint, apis: {}, outputs: {} });
});
