// `npm run -s token`: prints an access token of the local storefront's administrator.
import { findLocalCloud, LocalCloudError } from '../lib/local/index.js';
import { ADMIN, directoryOf } from './local-storefront.js';
import { signIn } from './users.js';

async function main(): Promise<void> {
  const cloud = await findLocalCloud({ projectDir: process.cwd() });
  if (!cloud) throw new LocalCloudError('The storefront is not running. Start it with `npm start`.');
  const { accessToken } = await signIn(directoryOf(cloud.info(), cloud.credentials), ADMIN);
  process.stdout.write(`${accessToken}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
