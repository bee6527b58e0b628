import { FeaturePlan, StandardThreatProtectionMode } from 'aws-cdk-lib/aws-cognito';
import { Token } from 'aws-cdk-lib/core';
import type { IdentityProviders } from '../identity-providers.js';
import type { UserDirectoryProps } from '../user-directory-props.js';
import { validateTokens } from './token-scopes.js';

/** What is wrong with the properties of a directory. */
export function validateDirectory(props: UserDirectoryProps): string[] {
  return [
    ...validateGroups(props.groups),
    ...validateTokens(props),
    ...validatePlan(props),
    ...validateEmail(props),
    ...validatePage(props),
    ...validateProviders(props.providers ?? {}),
  ];
}

/** A text is a list of letters, too. */
function validateGroups(groups: unknown): string[] {
  if (groups === undefined) return [];
  if (Array.isArray(groups)) {
    const twice = groups.filter((name, at) => groups.indexOf(name) < at);
    return twice.map((name) => `\`groups\` must name each group once, got "${name}" twice: leave one out`);
  }
  const given = typeof groups === 'string' ? `"${groups}"` : typeof groups;
  return [`\`groups\` must be a list, as in \`['admins']\`, got ${given}`];
}

/** The plan that the pool has in the end. */
export function planOf({ featurePlan, userPool }: UserDirectoryProps): FeaturePlan {
  return userPool?.featurePlan ?? featurePlan ?? FeaturePlan.ESSENTIALS;
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html */
function validatePlan(props: UserDirectoryProps): string[] {
  const { passkeys, triggers, userPool } = props;
  const plan = planOf(props);
  const found: string[] = [];
  const threatProtection = userPool?.standardThreatProtectionMode ?? props.threatProtection;
  const isProtected =
    (threatProtection && threatProtection !== StandardThreatProtectionMode.NO_ENFORCEMENT) ||
    userPool?.customThreatProtectionMode;
  if (isProtected && plan !== FeaturePlan.PLUS) {
    found.push(
      `\`threatProtection\` needs the Plus plan, got ${plan}: set \`featurePlan: FeaturePlan.PLUS\`, or leave it out`,
    );
  }
  if (plan === FeaturePlan.LITE && passkeys) {
    found.push(
      '`passkeys` need the Essentials plan or Plus, got LITE: set `featurePlan: FeaturePlan.ESSENTIALS`, or leave them out',
    );
  }
  if (plan === FeaturePlan.LITE && triggers?.preTokenGeneration) {
    found.push(
      '`triggers.preTokenGeneration` needs the Essentials plan or Plus, for it changes access tokens, got LITE: set `featurePlan: FeaturePlan.ESSENTIALS`, or pass a function for ID tokens by `userPool.lambdaTriggers`',
    );
  }
  if (passkeys && isKnown(passkeys.relyingPartyId) && !HOST.test(passkeys.relyingPartyId)) {
    found.push(
      `\`passkeys.relyingPartyId\` must be the host of the site in at most 63 characters, like shop.example.com, got "${passkeys.relyingPartyId}"`,
    );
  }
  return found;
}

const HOST = /^(?=.{1,63}$)(localhost|([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})$/;

function validateEmail({ email }: UserDirectoryProps): string[] {
  if (!email || !isKnown(email.from) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.from)) return [];
  return [`\`email.from\` must be an address like accounts@example.com, got "${email.from}"`];
}

/** What the pages of Cognito need, where providers or URLs say that they are used. */
function validatePage(props: UserDirectoryProps): string[] {
  const { providers = {}, callbackUrls = [], logoutUrls = [], domainPrefix, customDomain } = props;
  const found: string[] = [];
  const hasProviders = namesOf(providers).length > 0;
  if (domainPrefix && customDomain) {
    found.push('`customDomain` must be left out when there is a `domainPrefix`: a directory has one address');
  }
  if ((hasProviders || callbackUrls.length > 0) && !domainPrefix && !customDomain) {
    found.push(
      '`domainPrefix` or `customDomain` must be set, for `providers` and `callbackUrls` use the pages at that address, got neither',
    );
  }
  if (hasProviders && callbackUrls.length === 0) {
    found.push(
      '`callbackUrls` must name where `providers` lead back to, as in https://shop.example.com/, got none',
    );
  }
  if (logoutUrls.length > 0 && callbackUrls.length === 0) {
    found.push('`logoutUrls` must come with `callbackUrls`: nobody signs in on the pages, got none');
  }
  for (const [name, urls] of Object.entries({ callbackUrls, logoutUrls })) {
    for (const url of urls.filter((one) => isKnown(one) && !isCallback(one))) {
      found.push(
        `\`${name}\` must be https, an app's own scheme, or http on localhost, without a fragment, got "${url}"`,
      );
    }
  }
  return found;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
function isCallback(url: string): boolean {
  if (!URL.canParse(url) || url.includes('#')) return false;
  const { protocol, hostname } = new URL(url);
  return protocol !== 'http:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function validateProviders(providers: IdentityProviders): string[] {
  const { oidc = {}, saml = {}, apple, ...social } = providers;
  const secrets: [string, unknown][] = [
    ...Object.entries({ ...social, ...within('oidc', oidc) }).map(([name, one]): [string, unknown] => [
      `${name}.clientSecret`,
      one?.clientSecret,
    ]),
    ...(apple ? [['apple.privateKey', apple.privateKey] as [string, unknown]] : []),
  ];
  const names = [...Object.keys(oidc), ...Object.keys(saml)];
  return [
    ...secrets
      .filter(([, secret]) => !(typeof secret === 'object' && secret !== null && 'secretArn' in secret))
      .map(
        ([name, secret]) =>
          `\`providers.${name}\` must be a secret of Secrets Manager, got ${typeof secret}: everybody who sees the template could read it`,
      ),
    ...names
      .filter((name) => !/^[^_\s][^_\s]{1,30}[^_\s]$/.test(name))
      .map(
        (name) => `\`providers\` must have names of 3 to 32 characters without spaces and "_", got "${name}"`,
      ),
    ...names
      .filter((name, index) => names.indexOf(name) !== index || RESERVED.includes(name))
      .map(
        (name) => `\`providers\` must have one name each, and none that Cognito has itself, got "${name}"`,
      ),
  ];
}

const RESERVED = ['COGNITO', 'Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'];

function within<Value>(parent: string, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${parent}.${name}`, value]));
}

/** The providers there are, as messages call them. */
function namesOf({ oidc = {}, saml = {}, ...social }: IdentityProviders): string[] {
  const single = Object.entries(social).filter(([, one]) => one !== undefined);
  return [...single.map(([name]) => name), ...Object.keys(oidc), ...Object.keys(saml)];
}

function isKnown(value: string): boolean {
  return !Token.isUnresolved(value);
}
