import { matches } from '../../../lib/site/content/patterns.js';

it.each([
  ['*.br', 'game.js.br'],
  ['*.br', 'Build/game.js.br'],
  ['LICENSE', 'vendor/LICENSE'],
  ['downloads/*', 'downloads/a.pdf'],
  ['downloads/**', 'downloads/2024/a.pdf'],
  ['**/fonts/*', 'fonts/a.woff2'],
  ['**/fonts/*', 'a/b/fonts/a.woff2'],
  ['a+b (1).txt', 'a+b (1).txt'],
])('%s matches %s', (pattern, path) => expect(matches(pattern, path)).toBe(true));

it.each([
  ['downloads/*', 'downloads/2024/a.pdf'],
  ['downloads/*', 'old/downloads/a.pdf'],
  ['*.js', 'main.js.map'],
  ['a.js', 'abjs'],
  ['**/fonts/*', 'myfonts/a.woff2'],
])('%s does not match %s', (pattern, path) => expect(matches(pattern, path)).toBe(false));
