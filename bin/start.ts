// `npm start`: runs the storefront on this machine, with sample products, until Ctrl-C.
import { stayUp } from '../lib/cli/stay-up.js';
import { type CloudInfo, type LocalCloud, LocalCloudError } from '../lib/local/index.js';
import { ADMIN, directoryOf, furnish, LOCAL_CODE, LOCAL_RESET_CODE } from './local-storefront.js';
import { signIn } from './users.js';

async function ready(info: CloudInfo, { credentials }: LocalCloud): Promise<void> {
  const { added } = await furnish(info, credentials);
  if (added > 0) console.log(`Added ${added} sample products`);
  const { accessToken } = await signIn(directoryOf(info, credentials), ADMIN);
  const products = `${info.apis.products}/products`;
  const chair =
    '{"name":"Reading chair","description":"Beech and wool.","category":"home","price":{"amount":39900,"currency":"EUR"},"stock":5}';
  console.log(`
The storefront is running. Open it in a browser:

  ${info.site}

Sign up with any e-mail address: no mail is sent on this machine, and the code is ${LOCAL_CODE}
(${LOCAL_RESET_CODE} for a forgotten password).

Its APIs:

${Object.entries(info.apis)
  .map(([name, url]) => `  ${name.padEnd(13)} ${url}`)
  .join('\n')}

Read the catalogue:

curl -s '${products}?limit=2'

Add a product as an administrator (the token is valid for an hour; \`npm run -s token\` prints a new one):

curl -s '${products}' -H 'Authorization: Bearer ${accessToken}' -H 'Content-Type: application/json' -d '${chair}'`);
}

stayUp({ ready, replaceData: process.argv.includes('--replace-data') })
  .catch((error) => {
    // A user's error needs only its message; an internal error needs its stack trace.
    console.error(`\n${error instanceof LocalCloudError ? error.message : error.stack}`);
    return 1;
  })
  .then((code) => process.exit(code));
