import { cloudInfo, siteUrl } from '../../lib/local/cloud-info.js';

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

it('distinguishes APIs and stacks that share a name', () => {
  const url = (id: string, region: string) => `https://${id}.execute-api.${region}.amazonaws.com/api/`;
  const local = (id: string) => `${endpoint}/restapis/${id}/api/_user_request_`;
  const stack = (stackName: string, region: string, id: string, api: string) => ({
    stackName,
    region,
    account: '000000000000',
    outputs: { Url: url(id, region) },
    apis: { [api]: 'Url' },
  });
  const stacks = [
    stack('web', 'eu-west-1', 'a1', 'pages'),
    stack('web', 'us-east-1', 'a2', 'pages'),
    stack('dev-Shop', 'us-east-1', 'a3', 'shop'),
    stack('prod-Shop', 'us-east-1', 'a4', 'shop'),
    stack('Other', 'us-east-1', 'a5', 'other'),
  ];
  const info = cloudInfo(endpoint, { environments: [], stacks });
  expect(info.apis).toEqual({
    'web (000000000000/eu-west-1)/pages': local('a1'),
    'web (000000000000/us-east-1)/pages': local('a2'),
    'dev-Shop/shop': local('a3'),
    'prod-Shop/shop': local('a4'),
    other: local('a5'),
  });
  expect(Object.keys(info.outputs)).toEqual([
    'web (000000000000/eu-west-1)',
    'web (000000000000/us-east-1)',
    'dev-Shop',
    'prod-Shop',
    'Other',
  ]);
});

it('is empty before the first deployment', () => {
  expect(cloudInfo(endpoint, undefined)).toEqual({ endpoint, apis: {}, outputs: {} });
});

const site = {
  stackName: 'Site',
  outputs: { Url: 'https://d111111abcdef8.cloudfront.net', Other: 'https://d2.cloudfront.net' },
  site: 'Url',
};

it('has the address at which a site is served on this machine, also in place of the output', () => {
  const info = cloudInfo(endpoint, { environments: [], stacks: [site] }, 'http://127.0.0.1:4567');
  expect(info.site).toBe('http://127.0.0.1:4567');
  expect(info.outputs).toEqual({
    Site: { Url: 'http://127.0.0.1:4567', Other: 'https://d2.cloudfront.net' },
  });
});

it('has no site while none is served, and knows which would be', () => {
  const deployed = { environments: [], stacks: [site] };
  expect(cloudInfo(endpoint, deployed).site).toBeUndefined();
  expect(siteUrl(deployed)).toBe('https://d111111abcdef8.cloudfront.net');
  expect(siteUrl(undefined)).toBeUndefined();
});
