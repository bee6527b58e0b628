import type { IUserPoolClient, UserPool, UserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindable, Bindables } from '../bindings/binding.js';
import { users } from '../bindings/kinds/users.js';
import { assertProps } from '../construct/assert-props.js';
import { assertValid } from '../construct/assert-valid.js';
import { applyTarget } from '../target/apply-target.js';
import { joinedClientIds } from './joined-client-ids.js';
import { createClient, createDomain } from './private/app-client.js';
import { clientsOf } from './private/clients-of.js';
import { createProviders } from './private/providers.js';
import { addMachines, addScopes } from './private/token-scopes.js';
import { createTriggers } from './private/trigger-functions.js';
import { createUserPool } from './private/user-pool.js';
import { validateDirectory } from './private/validate-directory.js';
import type { AnyTriggers, TriggerFunctions, Triggers } from './triggers.js';
import type { UserDirectoryProps } from './user-directory-props.js';

export type { UserDirectoryProps } from './user-directory-props.js';

/** Users of an API. */
export interface IUserDirectory {
  readonly userPoolArn: string;
  /** Ids of the app clients whose tokens are accepted; an element may be several ids, joined by commas. */
  readonly clientIds: readonly string[];
}

/**
 * Directory of users who sign up and sign in by e-mail: an Amazon Cognito user pool with an app client for a browser.
 *
 * Defaults: passwords of at least 12 characters of all kinds, optional TOTP as a second factor, recovery by verified
 * e-mail only, sign-in by SRP (the password never travels), no client secret, errors that do not disclose whether
 * a user exists, access tokens of one hour and refresh tokens of 30 days, protected from deletion.
 *
 * Costs nothing at rest; the Essentials plan is free up to 10,000 active users a month, then $0.015 each
 * (https://aws.amazon.com/cognito/pricing/).
 *
 * @throws Error with every error: a group, scope, address or URL that Cognito does not accept, a property that the
 * feature plan lacks, a provider's secret in plain text, a trigger's module that is made for another trigger
 * @example
 * import { UserDirectory } from 'cdk-trellis';
 *
 * const users = new UserDirectory(stack, 'Users', {
 *   groups: ['admins'],
 *   triggers: { preSignUp: () => import('../lambda/pre-sign-up.js') },
 * });
 */
export class UserDirectory<const T extends Triggers = Triggers, const B extends Bindables = Bindables>
  extends Construct
  implements IUserDirectory, Bindable<'users'>
{
  readonly bindingKind = 'users';
  readonly userPool: UserPool;
  /** App client of the browser. */
  readonly client: IUserPoolClient;
  /** App clients of `machines`, by their names. */
  readonly machines: Readonly<Record<string, IUserPoolClient>>;
  /** Domain of Cognito's pages and of programs' tokens, if configured. */
  readonly domain: UserPoolDomain | undefined;
  /** Functions of `triggers`. */
  readonly triggers: TriggerFunctions<T>;

  constructor(scope: Construct, id: string, props: UserDirectoryProps<T, B> = {}) {
    super(scope, id);
    assertProps(this, 'UserDirectory', props, new.target === UserDirectory);
    applyTarget(this);
    const options = props as UserDirectoryProps;
    assertValid(this, validateDirectory(options));
    this.userPool = createUserPool(this, options);
    this.triggers = createTriggers(this, this.userPool, props as AnyTriggers) as TriggerFunctions<T>;
    const servers = addScopes(this.userPool, props.scopes ?? {});
    const providers = props.providers ? createProviders(this, this.userPool, props.providers) : [];
    const client = createClient(this, this.userPool, options, providers);
    this.client = client;
    if (servers.length > 0) client.node.addDependency(...servers);
    this.domain = createDomain(this.userPool, options);
    this.machines = this.domain ? addMachines(this.userPool, servers, this.domain, props.machines ?? {}) : {};
    for (const group of props.groups ?? []) this.addGroup(group);
    if (props.publishAs) this.publish(props.publishAs);
  }

  /** Returns a directory that another stack published with `publishAs`. */
  static fromPublished(scope: Construct, id: string, path: string): IUserDirectory {
    const published = new Construct(scope, id);
    const value = (name: string) =>
      StringParameter.valueForStringParameter(published, parameterName(path, name));
    return { userPoolArn: value('user-pool-arn'), clientIds: [value('client-ids')] };
  }

  get userPoolArn(): string {
    return this.userPool.userPoolArn;
  }

  /**
   * Ids of all app clients of the pool that are created in its stack so far: of the browser first, of `machines`, and of
   * clients added to `userPool`.
   */
  get clientIds(): readonly string[] {
    const clients = [this.client, ...Object.values(this.machines)];
    const known = clients.map(({ node }) => node.defaultChild);
    const further = clientsOf(this.userPool).filter((client) => !known.includes(client));
    return [
      ...clients.map(({ userPoolClientId }) => userPoolClientId),
      ...further.map((client) => client.ref),
    ];
  }

  bindingFor(access: string) {
    return users.bind(this.userPool).bindingFor(access);
  }

  private addGroup(groupName: string): void {
    // A claim holds all groups of a user as one string: the name "staff,admins" would make its members admins.
    if (
      !Token.isUnresolved(groupName) &&
      !/^(?!.*[,[\]])[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(groupName)
    ) {
      throw new Error(
        `\`groups\` must be names of 1 to 128 characters without spaces, commas and brackets, got "${groupName}" (at ${this.node.path})`,
      );
    }
    this.userPool.addGroup(`Group${groupName}`, { groupName });
  }

  private publish(path: string): void {
    for (const [name, stringValue] of [
      ['user-pool-arn', this.userPool.userPoolArn],
      ['client-id', this.client.userPoolClientId],
      ['client-ids', joinedClientIds(this)],
    ] as const) {
      new StringParameter(this, `Published-${name}`, {
        parameterName: parameterName(path, name),
        stringValue,
      });
    }
  }
}

function parameterName(path: string, name: string): string {
  return `${path.replace(/\/$/, '')}/${name}`;
}
