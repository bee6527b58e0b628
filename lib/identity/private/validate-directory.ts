import { FeaturePlan, StandardThreatProtectionMode } from 'aws-cdk-lib/aws-cognito';
import { Token } from 'aws-cdk-lib/core';
import type { IdentityProviders } from '../identity-providers.js';
import type { UserDirectoryProps } from '../user-directory-props.js';
import { contactDefaults } from './contact-defaults.js';
import { validateTokens } from './token-scopes.js';

/** Returns the errors in the properties of a directory. */
export function validateDirectory(props: UserDirectoryProps): string[] {
  return [
    ...validateGroups(props.groups ?? []),
    ...validateTokens(props),
    ...validatePlan(props),
    ...validateVerification(props),
    ...validateEmail(props),
    ...validatePage(props),
    ...validateProviders(props.providers ?? {}),
  ];
}

function validateGroups(groups: readonly string[]): string[] {
  const duplicates = groups.filter((name, index) => groups.indexOf(name) < index);
  return duplicates.map((name) => `\`groups\` must be unique, got "${name}" twice`);
}

/** Returns the effective feature plan. */
export function planOf({ featurePlan, userPool }: UserDirectoryProps): FeaturePlan {
  return userPool?.featurePlan ?? featurePlan ?? FeaturePlan.ESSENTIALS;
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html */
function validatePlan(props: UserDirectoryProps): string[] {
  const { passkeys, triggers, userPool } = props;
  const plan = planOf(props);
  const errors: string[] = [];
  const threatProtection = userPool?.standardThreatProtectionMode ?? props.threatProtection;
  const isProtected =
    (threatProtection && threatProtection !== StandardThreatProtectionMode.NO_ENFORCEMENT) ||
    userPool?.customThreatProtectionMode;
  if (isProtected && plan !== FeaturePlan.PLUS) {
    errors.push(
      `\`threatProtection\` requires the Plus plan, got ${plan}: set \`featurePlan: FeaturePlan.PLUS\`, or leave it out`,
    );
  }
  if (plan === FeaturePlan.LITE && passkeys) {
    errors.push(
      '`passkeys` require the Essentials or Plus plan, got LITE: set `featurePlan: FeaturePlan.ESSENTIALS`, or omit them',
    );
  }
  if (plan === FeaturePlan.LITE && triggers?.preTokenGeneration) {
    errors.push(
      '`triggers.preTokenGeneration` requires the Essentials or Plus plan, because it changes access tokens, got LITE: set `featurePlan: FeaturePlan.ESSENTIALS`, or pass a function for ID tokens by `userPool.lambdaTriggers`',
    );
  }
  if (passkeys && isKnown(passkeys.relyingPartyId) && !HOST.test(passkeys.relyingPartyId)) {
    errors.push(
      `\`passkeys.relyingPartyId\` must be the host of the site in at most 63 characters, like shop.example.com, got "${passkeys.relyingPartyId}"`,
    );
  }
  return errors;
}

const HOST = /^(?=.{1,63}$)(localhost|([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})$/;

/**
 * Returns an error for an attribute whose change must be verified, but that the pool does not verify.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserAttributeUpdateSettingsType.html
 */
function validateVerification({ userPool = {} }: UserDirectoryProps): string[] {
  const { autoVerify } = contactDefaults(userPool);
  return (['email', 'phone'] as const)
    .filter((name) => userPool.keepOriginal?.[name] && !autoVerify?.[name])
    .map((name) => `\`userPool.keepOriginal.${name}\` requires \`userPool.autoVerify.${name}\`, got false`);
}

function validateEmail({ email }: UserDirectoryProps): string[] {
  if (!email || !isKnown(email.from) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.from)) return [];
  return [`\`email.from\` must be an address like accounts@example.com, got "${email.from}"`];
}

/** Returns the errors in the settings of Cognito's pages. */
function validatePage(props: UserDirectoryProps): string[] {
  const { providers = {}, callbackUrls = [], logoutUrls = [], domainPrefix, customDomain } = props;
  const errors: string[] = [];
  const hasProviders = namesOf(providers).length > 0;
  if (domainPrefix && customDomain) {
    errors.push('`customDomain` must be undefined when `domainPrefix` is set: a directory has one domain');
  }
  if ((hasProviders || callbackUrls.length > 0) && !domainPrefix && !customDomain) {
    errors.push(
      '`domainPrefix` or `customDomain` is required, because `providers` and `callbackUrls` use the pages at that domain, got neither',
    );
  }
  if (hasProviders && callbackUrls.length === 0) {
    errors.push(
      '`callbackUrls` must have a URL to which `providers` redirect, as in https://shop.example.com/, got none',
    );
  }
  if (logoutUrls.length > 0 && callbackUrls.length === 0) {
    errors.push('`logoutUrls` requires `callbackUrls`, got none');
  }
  for (const [name, urls] of Object.entries({ callbackUrls, logoutUrls })) {
    for (const url of urls.filter((value) => isKnown(value) && !isCallback(value))) {
      errors.push(
        `\`${name}\` must be https, an app's own scheme, or http on localhost, without a fragment, got "${url}"`,
      );
    }
  }
  return errors;
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
          `\`providers.${name}\` must be a secret of Secrets Manager, got ${typeof secret}: a secret must not appear in the template`,
      ),
    ...names
      .filter((name) => !/^[^_\s][^_\s]{1,30}[^_\s]$/.test(name))
      .map(
        (name) => `\`providers\` must have names of 3 to 32 characters without spaces and "_", got "${name}"`,
      ),
    ...names
      .filter((name, index) => names.indexOf(name) !== index || RESERVED.includes(name))
      .map((name) => `\`providers\` must have unique names other than those of Cognito, got "${name}"`),
  ];
}

const RESERVED = ['COGNITO', 'Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'];

function within<Value>(parent: string, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${parent}.${name}`, value]));
}

/** Returns the names of the configured providers. */
function namesOf({ oidc = {}, saml = {}, ...social }: IdentityProviders): string[] {
  const single = Object.entries(social).filter(([, one]) => one !== undefined);
  return [...single.map(([name]) => name), ...Object.keys(oidc), ...Object.keys(saml)];
}

function isKnown(value: string): boolean {
  return !Token.isUnresolved(value);
}
