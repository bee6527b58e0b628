import type {
  CustomDomainOptions,
  FeaturePlan,
  PasskeyUserVerification,
  StandardThreatProtectionMode,
  UserPoolClientOptions,
  UserPoolProps,
} from 'aws-cdk-lib/aws-cognito';
import type { Bindables } from '../bindings/binding.js';
import type { IdentityProviders } from './identity-providers.js';
import type { Triggers, TriggersCheck } from './triggers.js';

/** A program that gets tokens by itself; any property of its app client. */
export interface MachineClient extends Omit<UserPoolClientOptions, 'oAuth' | 'disableOAuth'> {
  /** What its tokens are for, as in `['products/write']`. */
  readonly scopes: readonly string[];
}

/** Sign-in with a fingerprint, a face or a key in place of the password. */
export interface PasskeyOptions {
  /**
   * The site that passkeys are for, as in `shop.example.com`: they work there and below, and for no other. Changing it
   * makes every passkey useless.
   */
  readonly relyingPartyId: string;
  /**
   * Whether the device must make sure who holds it, by a PIN or a finger. When it must, a passkey counts as two factors.
   * @default PasskeyUserVerification.REQUIRED
   */
  readonly userVerification?: PasskeyUserVerification;
}

/**
 * E-mail by Amazon SES, under an address of your own, by TLS only. The address or its domain must be verified before: Cognito
 * takes no other. $0.10 for 1,000 messages (https://aws.amazon.com/ses/pricing/).
 */
export interface UserEmailOptions {
  /** Where messages come from, as in `accounts@example.com`. */
  readonly from: string;
  /** The name before the address. @default - none */
  readonly fromName?: string;
  /** Where answers go. @default - to `from` */
  readonly responseTo?: string;
  /** What is verified in SES: the domain of `from`, or the address alone. @default 'domain' */
  readonly verified?: 'domain' | 'address';
  /** The region in which it is verified. @default - the stack's */
  readonly region?: string;
}

export interface UserDirectoryProps<T extends Triggers = Triggers, B extends Bindables = Bindables> {
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
   * What happens when somebody signs up or signs in, as in `{ preSignUp: () => import('../lambda/users/pre-sign-up.js') }`:
   * modules that call `trigger`.
   * @default - nothing
   */
  readonly triggers?: T & TriggersCheck<T, B>;
  /**
   * What the triggers need, by the names they gave it. Each is granted only what it declared; a need of users that is
   * not here is this directory. @default - nothing
   */
  readonly bind?: B;
  /**
   * What Cognito does and costs, for each active user of a month: Lite $0.0055 and Essentials $0.015 after 10,000 free
   * ones, Plus $0.02 from the first one (https://aws.amazon.com/cognito/pricing/).
   * @default FeaturePlan.ESSENTIALS
   */
  readonly featurePlan?: FeaturePlan;
  /**
   * What Cognito does about sign-ins that look stolen, and passwords that are known to others: nothing but tell of them,
   * or also stop them. Needs the Plus plan.
   * @default StandardThreatProtectionMode.FULL_FUNCTION with the Plus plan: that is what it is paid for
   */
  readonly threatProtection?: StandardThreatProtectionMode;
  /** Lets users sign in with passkeys. Needs the Essentials plan or Plus. @default - passwords only */
  readonly passkeys?: PasskeyOptions;
  /**
   * How messages are sent.
   * @default - by Cognito from no-reply@verificationemail.com, 50 a day at most: enough to try, not to go live
   */
  readonly email?: UserEmailOptions;
  /**
   * Where users may come from besides signing up here. They sign in on pages of Cognito: needs `domainPrefix` or
   * `customDomain`, and `callbackUrls`.
   * @default - none
   */
  readonly providers?: IdentityProviders;
  /** Where the pages of Cognito may lead back to after sign-in, `https` or on this machine. @default - none */
  readonly callbackUrls?: readonly string[];
  /** Where they may lead to after sign-out. @default - `callbackUrls` */
  readonly logoutUrls?: readonly string[];
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
   * First label of the address of Cognito's pages and of `machines`' tokens, unique in the region:
   * `https://<prefix>.auth.<region>.amazoncognito.com/oauth2/token`.
   * @default - no address: users sign in by SRP, which needs none
   */
  readonly domainPrefix?: string;
  /**
   * An address of your own for the same, with a certificate of us-east-1. Its name is pointed to
   * `users.domain.cloudFrontEndpoint`. @default - that of `domainPrefix`
   */
  readonly customDomain?: CustomDomainOptions;
  /** Any property of the user pool underneath; it wins over the defaults, those of `passwordPolicy` one by one. */
  readonly userPool?: UserPoolProps;
  /** Any property of the app client, such as how long tokens are good; it wins over the defaults. */
  readonly client?: UserPoolClientOptions;
}
