import { LEFT_OUT, reasonFor, unused } from '../behaviour/left-out.js';
import { targetsPage } from '../behaviour/targets-page.js';

const entries = [
  { file: 'site.test.ts', reason: 'no site' },
  { file: 'products.test.ts', expectations: ['a token › '], reason: 'no tokens' },
];

it('a reason is for all of a file, or for what begins with a name', () => {
  expect(reasonFor(entries, 'site.test.ts', 'anything')).toBe('no site');
  expect(reasonFor(entries, 'products.test.ts', 'a token › that is old')).toBe('no tokens');
  expect(reasonFor(entries, 'products.test.ts', 'a product › a token › ')).toBeUndefined();
});

it('an entry that matches no expectation is reported', () => {
  const expectations = [{ file: 'products.test.ts', name: 'a token › that is old' }];
  expect(unused(entries, expectations)).toEqual(['site.test.ts (no site)']);
});

it('nothing is left out on the local cloud', () => {
  expect(LEFT_OUT.local).toEqual([]);
});

it('the page numbers the reasons, and shows what one target alone has as a dash', () => {
  const page = targetsPage({
    local: { 'a.test.ts': { 'one | <b>': 'pass', two: 'pass' } },
    localstack: {
      'a.test.ts': { 'one | <b>': 'pass', two: 'why not' },
      'localstack/drill/b.test.ts': { three: 'pass' },
    },
  });
  expect(page).toContain('1. why not');
  expect(page).toContain('| one &#124; &#60;b&#62; | pass | pass |');
  expect(page).toContain('| two | pass | 1 |');
  expect(page).toContain('| three | – | pass |');
  expect(page).toContain('| LocalStack | 2 | 1 |');
});
