import {
  AccountRecovery,
  FeaturePlan,
  type IUserPoolClient,
  Mfa,
  UserPool,
  type UserPoolClientOptions,
  type UserPoolDomain,
  type UserPoolProps,
} from 'aws-cdk-lib/aws-cognito';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Annotations, Duration, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Bindable } from '../function/binding.js';
import { usersBinding } from '../function/bindings/users.js';
import { acknowledge } from '../observability/acknowledge.js';
import { dataRemovalPolicy, isEphemeral } from '../target/ephemeral.js';
import { addMachines, addScopes, tokenMistakes } from './private/token-scopes.js';

/** What an API needs to know of the users it serves. */
export interface IUserDirectory {
  readonly userPoolArn: string;
  /** Ids of the app clients whose tokens are accepted; one may be several, joined by commas. */
  readonly clientIds: readonly string[];
}

export interface UserDirectoryProps {
  /** Groups of users, as in `['admins']`; an operation's `auth: { group: 'admins' }` names one. @default - none */
  readonly groups?: readonly string[];
  /**
   * Path of Systems Manager parameters that other stacks find the directory by, as in `/storefront/users`:
   * `UserDirectory.fromPublished(this, 'Users', '/storefront/users')`. Unlike an export, it never keeps this stack
   * from changing.
   * @default - not published
   */
  readonly publishAs?: string;
  /**
   * What tokens can be issued for, by resource server and name, with a description: `{ products: { write: 'Change
   * products' } }` makes the scope `products/write`, which an operation asks for by `auth: { scopes: ['products/write'] }`.
   * Cognito puts it into tokens of `machines` and of clients that use the hosted pages, never into those of a sign-in
   * by SRP.
   * @default - none
   */
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Programs that get tokens by themselves, with the id and the secret of an app client of their own. Each costs $6 a
   * month, and $0.00225 for each token (https://aws.amazon.com/cognito/pricing/): let them keep a token while it is good.
   * @default - none
   */
  readonly machines?: Readonly<Record<string, MachineClient>>;
  /**
   * First label of the address at which tokens are issued for `machines`, unique in the region:
   * `https://<prefix>.auth.<region>.amazoncognito.com/oauth2/token`.
   * @default - no address: users sign in by SRP, which needs none
   */
  readonly domainPrefix?: string;
  /** Any property of the user pool underneath; it wins over the defaults. */
  readonly userPool?: UserPoolProps;
  /** Any property of the app client; it wins over the defaults. */
  readonly client?: UserPoolClientOptions;
}

/** A program that gets tokens by itself; any property of its app client. */
export interface MachineClient extends Omit<UserPoolClientOptions, 'oAuth' | 'disableOAuth'> {
  /** What its tokens are for, as in `['products/write']`. */
  readonly scopes: readonly string[];
}

/**
 * Users who sign up and sign in by e-mail: an Amazon Cognito user pool with an app client for a browser.
 *
 * Defaults: passwords of at least 12 characters of all kinds, optional TOTP as a second factor, recovery by verified
 * e-mail only, sign-in by SRP (the password never travels), no client secret, errors that do not tell whether
 * a user exists, access tokens of one hour and refresh tokens of 30 days, protected from deletion.
 *
 * Costs nothing at rest; the Essentials plan is free up to 10,000 active users a month, then $0.015 each
 * (https://aws.amazon.com/cognito/pricing/).
 *
 * @throws Error when a group, scope or domain prefix is not what Cognito takes, or machines lack scopes or an address
 * @example
 * import { UserDirectory } from 'cdk-trellis';
 *
 * const users = new UserDirectory(stack, 'Users', { groups: ['admins'] });
 */
export class UserDirectory extends Construct implements IUserDirectory, Bindable<'users'> {
  readonly bindingKind = 'users';
  readonly userPool: UserPool;
  /** The app client of the browser. */
  readonly client: IUserPoolClient;
  /** The app clients of `machines`, by their names. */
  readonly machines: Readonly<Record<string, IUserPoolClient>>;
  /** Where tokens are issued, when there is a `domainPrefix`. */
  readonly domain: UserPoolDomain | undefined;

  constructor(scope: Construct, id: string, props: UserDirectoryProps = {}) {
    super(scope, id);
    const mistakes = tokenMistakes(props);
    if (mistakes.length > 0) throw new Error(`${mistakes.join('\n')} (at ${this.node.path})`);
    this.userPool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // Whoever gets hold of an access token could else point recovery to an address of their own.
      keepOriginal: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: !isEphemeral(this),
      removalPolicy: dataRemovalPolicy(this),
      ...props.userPool,
    });
    acknowledge(this.userPool, {
      'AwsSolutions-COG2':
        'A second factor is offered to every user and not forced on customers of a public application; set `userPool: { mfa: Mfa.REQUIRED }` where it must be.',
      'AwsSolutions-COG8':
        'The Plus plan costs $0.02 per active user from the first one; set `userPool: { featurePlan: FeaturePlan.PLUS, standardThreatProtectionMode: ... }` where threat protection is worth it.',
    });
    const servers = addScopes(this.userPool, props.scopes ?? {});
    const client = this.userPool.addClient('Client', {
      authFlows: { userSrp: true },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      ...props.client,
    });
    this.client = client;
    if (servers.length > 0) client.node.addDependency(...servers);
    this.domain = props.domainPrefix
      ? this.userPool.addDomain('Domain', { cognitoDomain: { domainPrefix: props.domainPrefix } })
      : undefined;
    this.machines = this.domain ? addMachines(this.userPool, servers, this.domain, props.machines ?? {}) : {};
    for (const group of props.groups ?? []) this.addGroup(group);
    if (props.publishAs) this.publish(props.publishAs);
    if (props.userPool?.mfa === Mfa.OFF) {
      Annotations.of(this).addWarningV2(
        'cdk-trellis:mfaOff',
        'Users cannot protect their account with a second factor: prefer `Mfa.OPTIONAL`.',
      );
    }
  }

  /** A directory that another stack has published with `publishAs`. */
  static fromPublished(scope: Construct, id: string, path: string): IUserDirectory {
    const found = new Construct(scope, id);
    const value = (name: string) => StringParameter.valueForStringParameter(found, parameterName(path, name));
    return { userPoolArn: value('user-pool-arn'), clientIds: [value('client-ids')] };
  }

  get userPoolArn(): string {
    return this.userPool.userPoolArn;
  }

  get clientIds(): readonly string[] {
    return [this.client, ...Object.values(this.machines)].map(({ userPoolClientId }) => userPoolClientId);
  }

  bindingFor(access: string) {
    return usersBinding(this.userPool).bindingFor(access);
  }

  private addGroup(groupName: string): void {
    // A claim holds all groups of a user in one text: "staff,admins" as a name would make its members admins.
    if (
      !Token.isUnresolved(groupName) &&
      !/^(?!.*[,[\]])[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(groupName)
    ) {
      throw new Error(
        `\`groups\` must be 1 to 128 characters without spaces, commas and brackets each, got "${groupName}" (at ${this.node.path})`,
      );
    }
    this.userPool.addGroup(`Group${groupName}`, { groupName });
  }

  private publish(path: string): void {
    for (const [name, stringValue] of [
      ['user-pool-arn', this.userPool.userPoolArn],
      ['client-id', this.client.userPoolClientId],
      ['client-ids', this.clientIds.join(',')],
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
