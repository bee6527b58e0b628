import { defineApi, Problem, page, pageQuery } from 'cdk-trellis/contract';
import * as z from 'zod';

/** Amount in the currency's smallest unit: 1999 EUR is 19.99 euros, 1999 JPY is 1,999 yen. */
export const Money = z
  .object({
    amount: z.int().min(0).max(100_000_000_000),
    currency: z.enum(['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'SEK', 'KWD']),
  })
  .meta({ id: 'Money', description: "An amount in the currency's smallest unit: 1999 EUR is 19.99 euros." });

export const ProductId = z.string().regex(/^prd_[0-9a-z]{6,40}$/, 'must look like prd_4f1c2a');

/** Number of changes; the maximum keeps it well within JavaScript's safe integers. */
const Version = z.int().min(1).max(1_000_000_000);

const details = {
  name: z.string().trim().min(1).max(120),
  description: z.string().trim().max(2000),
  category: z.string().regex(/^[a-z][a-z-]{1,39}$/, 'must be lower-case words joined by hyphens'),
  price: Money,
  stock: z.int().min(0).max(1_000_000),
};

export const NewProduct = z.object(details).meta({ id: 'NewProduct' });

export const Product = z
  .object({
    productId: ProductId,
    ...details,
    /** Number of changes; an update must send the version that it is based on. */
    version: Version,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Product' });
export type Product = z.output<typeof Product>;

const lamp = {
  name: 'Oak desk lamp',
  description: 'Oiled oak, with a warm light.',
  category: 'lighting',
  price: { amount: 8900, currency: 'EUR' },
  stock: 12,
};
const storedLamp = {
  productId: 'prd_4f1c2a',
  ...lamp,
  version: 1,
  createdAt: '2026-11-21T03:00:00.000Z',
  updatedAt: '2026-11-21T03:00:00.000Z',
};

export const productsApi = defineApi(
  {
    name: 'products',
    version: '1.0.0',
    title: 'Products',
    description: 'The catalogue: products with their prices and stock.',
  },
  {
    listProducts: {
      method: 'GET',
      path: '/products',
      auth: 'public',
      summary: 'Products by name, a page at a time',
      query: pageQuery().extend({ category: details.category.optional() }),
      responses: { 200: { body: page(Product), examples: { 'one page': { items: [storedLamp] } } } },
    },
    getProduct: {
      method: 'GET',
      path: '/products/{productId}',
      auth: 'public',
      summary: 'One product',
      params: z.object({ productId: ProductId }),
      responses: {
        200: { body: Product, headers: z.object({ etag: z.string() }), examples: { 'a lamp': storedLamp } },
        404: Problem,
      },
    },
    createProduct: {
      method: 'POST',
      path: '/products',
      auth: { group: 'admins' },
      summary: 'Adds a product',
      body: NewProduct,
      examples: { 'a lamp': lamp },
      responses: { 201: Product },
    },
    updateProduct: {
      method: 'PUT',
      path: '/products/{productId}',
      auth: { group: 'admins' },
      summary: 'Changes a product, unless its version has changed',
      params: z.object({ productId: ProductId }),
      // Without the stock: an update would overwrite concurrent reservations of orders.
      body: NewProduct.omit({ stock: true }).extend({ version: Version }),
      responses: { 200: Product, 404: Problem, 409: Problem },
    },
    changeStock: {
      method: 'POST',
      path: '/products/{productId}/stock-changes',
      auth: { group: 'admins' },
      summary: 'Increases or decreases the stock',
      params: z.object({ productId: ProductId }),
      body: z.object({ change: z.int().min(-1_000_000).max(1_000_000) }),
      responses: { 200: Product, 404: Problem, 409: Problem },
    },
  },
);
