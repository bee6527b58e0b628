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

/** Program that obtains tokens itself; any property of its app client. */
export interface MachineClient extends Omit<UserPoolClientOptions, 'oAuth' | 'disableOAuth'> {
  /** Scopes of its tokens, as in `['products/write']`. */
  readonly scopes: readonly string[];
}

/** Sign-in with a fingerprint, a face or a key in place of the password. */
export interface PasskeyOptions {
  /**
   * Host of the site that passkeys are for, as in `shop.example.com`: they work there and on its subdomains only.
   * Changing it invalidates every passkey.
   */
  readonly relyingPartyId: string;
  /**
   * Verification of the user by the device, with a PIN or a fingerprint. When it is required, a passkey counts as two
   * factors.
   * @default PasskeyUserVerification.REQUIRED
   */
  readonly userVerification?: PasskeyUserVerification;
}

/**
 * E-mail by Amazon SES from your own address, by TLS only. Cognito requires that the address or its domain is verified
 * before the deployment. $0.10 for 1,000 messages (https://aws.amazon.com/ses/pricing/).
 */
export interface UserEmailOptions {
  /** Sender's address, as in `accounts@example.com`. */
  readonly from: string;
  /** Sender's name. @default - none */
  readonly fromName?: string;
  /** Address that receives users' e-mails back. @default - `from` */
  readonly replyTo?: string;
  /** Identity verified in SES: the domain of `from`, or the address alone. @default 'domain' */
  readonly verified?: 'domain' | 'address';
  /** Region in which it is verified. @default - the stack's */
  readonly region?: string;
}

export interface UserDirectoryProps<T extends Triggers = Triggers, B extends Bindables = Bindables> {
  /** Groups of users, as in `['admins']`; an operation's `auth: { group: 'admins' }` names one. @default - none */
  readonly groups?: readonly string[];
  /**
   * Path of Systems Manager parameters by which other stacks find the directory, as in `/storefront/users`:
   * `UserDirectory.fromPublished(this, 'Users', '/storefront/users')`. Unlike an export, it never blocks a change of
   * this stack.
   * @default - not published
   */
  readonly publishAs?: string;
  /**
   * Modules that call `trigger`, run when users sign up or sign in, as in
   * `{ preSignUp: () => import('../lambda/users/pre-sign-up.js') }`.
   * @default - none
   */
  readonly triggers?: T & TriggersCheck<T, B>;
  /**
   * Resources for the triggers' needs, by their names. Each trigger is granted only what it declares; a need of users
   * that is not bound here is bound to this directory. @default - none
   */
  readonly bind?: B;
  /**
   * Feature plan of the pool. Monthly cost of each active user: Lite $0.0055 and Essentials $0.015 after 10,000 free
   * users, Plus $0.02 from the first user (https://aws.amazon.com/cognito/pricing/).
   * @default FeaturePlan.ESSENTIALS
   */
  readonly featurePlan?: FeaturePlan;
  /**
   * Protection against suspicious sign-ins and compromised passwords: log them only, or also block them. Requires the
   * Plus plan.
   * @default StandardThreatProtectionMode.FULL_FUNCTION with the Plus plan
   */
  readonly threatProtection?: StandardThreatProtectionMode;
  /** Lets users sign in with passkeys. Requires the Essentials or Plus plan. @default - passwords only */
  readonly passkeys?: PasskeyOptions;
  /**
   * E-mail settings.
   * @default - Cognito sends from its verificationemail.com address, at most 50 a day: enough to try, not for production
   */
  readonly email?: UserEmailOptions;
  /**
   * External identity providers. Their users sign in on Cognito's pages: requires `domainPrefix` or `customDomain`, and
   * `callbackUrls`.
   * @default - none
   */
  readonly providers?: IdentityProviders;
  /** URLs to which Cognito's pages may redirect after sign-in: `https`, or `http` on localhost. @default - none */
  readonly callbackUrls?: readonly string[];
  /** URLs to which they may redirect after sign-out. @default - `callbackUrls` */
  readonly logoutUrls?: readonly string[];
  /**
   * Scopes by resource server and name, with a description: `{ products: { write: 'Change products' } }` creates the
   * scope `products/write`, which an operation requires by `auth: { scopes: ['products/write'] }`. Cognito adds it to
   * tokens of `machines` and of clients that use the hosted pages, never to those of a sign-in by SRP.
   * @default - none
   */
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Programs that obtain tokens themselves, each with the id and secret of its own app client. Each costs $6 a month,
   * and $0.00225 for each token (https://aws.amazon.com/cognito/pricing/): let them cache a token while it is valid.
   * @default - none
   */
  readonly machines?: Readonly<Record<string, MachineClient>>;
  /**
   * First label of the address of Cognito's pages and of `machines`' tokens, unique in the region:
   * `https://<prefix>.auth.<region>.amazoncognito.com/oauth2/token`.
   * @default - no domain: users sign in by SRP, which needs none
   */
  readonly domainPrefix?: string;
  /**
   * Custom domain for the same, with a certificate in us-east-1. Point its DNS name to
   * `users.domain.cloudFrontEndpoint`. @default - the domain of `domainPrefix`
   */
  readonly customDomain?: CustomDomainOptions;
  /** Properties of the user pool; they override the defaults, those of `passwordPolicy` one by one. */
  readonly userPool?: UserPoolProps;
  /** Properties of the app client, such as the validity of tokens; they override the defaults. */
  readonly client?: UserPoolClientOptions;
}
