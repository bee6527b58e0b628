import { peer } from '../../lib/testing/peer.js';

it('a package that is not installed is named, with what to do', () => {
  expect(() => peer('not-installed', 'expectSecure')).toThrow(
    '`expectSecure` needs the package not-installed, which is not installed.\nInstall it: npm install --save-dev not-installed',
  );
});
