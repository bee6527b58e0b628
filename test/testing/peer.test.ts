import { peer } from '../../lib/testing/peer.js';

it('a missing package is reported with the command to install it', () => {
  expect(() => peer('not-installed', 'expectSecure')).toThrow(
    '`expectSecure` needs the package not-installed, which is not installed.\nInstall it: npm install --save-dev not-installed',
  );
});
