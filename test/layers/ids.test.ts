import { newId } from '@storefront/commerce/ids';
import { ProductId } from '../../contracts/products.js';

describe('newId', () => {
  it('has the prefix of its kind, and matches the schema of ids', () => {
    expect(newId('prd')).toMatch(/^prd_[0-9a-f]{32}$/);
    expect(ProductId.safeParse(newId('prd')).success).toBe(true);
  });

  it('never gives one id twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => newId('ord'))).size).toBe(1000);
  });
});
