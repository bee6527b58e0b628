// The context of an app on the local cloud. The local cloud resolves look-ups and keeps them beside its state: the
// project's cdk.context.json is committed, and has the values of real accounts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Marks of the CDK toolkit on the value of a failed look-up. */
const PROVIDER_ERROR = '$providerError';
const NOT_SAVED = '$dontSaveContext';

export class LocalContext {
  #project;
  #file;
  #createZone;
  #found;

  /**
   * @param project store of the project's context, which is only read
   * @param file file of the values that were looked up
   * @param createZone creates a public hosted zone and returns its id
   */
  constructor(project, file, createZone) {
    this.#project = project;
    this.#file = file;
    this.#createZone = createZone;
    this.#found = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  }

  async read() {
    return { ...(await this.#project.read()), ...this.#found };
  }

  async update(updates) {
    for (const [key, value] of Object.entries(updates)) this.#found[key] = await this.#resolve(key, value);
    const lasting = Object.entries(this.#found).filter(([, value]) => !value?.[NOT_SAVED]);
    writeFileSync(this.#file, `${JSON.stringify(Object.fromEntries(lasting), null, 2)}\n`, { mode: 0o600 });
  }

  /** Creates the public zone of `HostedZone.fromLookup` if the local cloud has none: it registers no domains. */
  async #resolve(key, value) {
    const name = /^hosted-zone:account=\d+:domainName=([^:]+):region=[\w-]+$/.exec(key)?.[1];
    if (!name || !value?.[PROVIDER_ERROR]) return value;
    return { Id: await this.#createZone(name), Name: name.endsWith('.') ? name : `${name}.` };
  }
}

/** Creates a public hosted zone in the cloud of this process's environment. */
export async function createZone(Name) {
  // The toolkit depends on this client.
  const require = createRequire(createRequire(import.meta.url).resolve('@aws-cdk/toolkit-lib'));
  const { CreateHostedZoneCommand, Route53Client } = require('@aws-sdk/client-route-53');
  const command = new CreateHostedZoneCommand({ Name, CallerReference: `${Name} ${Date.now()}` });
  const { HostedZone } = await new Route53Client({}).send(command);
  return HostedZone.Id;
}

/** Returns the id of a zone that does not exist, for a synthesis without a cloud. */
export async function placeholderZone() {
  return '/hostedzone/Z00000000000000000000';
}
