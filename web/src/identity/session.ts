import { Kept } from '../kept.js';
import { type Store, store } from '../store.js';
import { CognitoError } from './call.js';
import * as cognito from './cognito.js';

export interface Person {
  readonly email: string;
}

/** The signed-in user; `resuming` while the previous session is being renewed. */
export const person: Store<Person | 'resuming' | undefined> = store(undefined);

/**
 * The refresh token, stored until the tab is closed: a reload does not sign out, and a later user of the same browser
 * does not find it. The short-lived tokens are never stored.
 */
const kept = new Kept(() => sessionStorage, 'refresh-token');

/** Time before its expiry at which the access token is renewed. */
const MARGIN = 60_000;

let current:
  | { readonly accessToken: string; readonly refreshToken: string; readonly until: number }
  | undefined;
let renewal: Promise<void> | undefined;

/**
 * Signs in.
 *
 * @returns a function that completes the sign-in with the code of an authenticator app, if the account requires one
 */
export async function signIn(
  email: string,
  password: string,
): Promise<((code: string) => Promise<void>) | undefined> {
  const result = await cognito.signIn(email, password);
  if ('confirm' in result) return async (code) => keep(await result.confirm(code));
  keep(result.tokens);
  return undefined;
}

/** Renews the session of the user who was signed in before the page was loaded. */
export function resumeSession(): void {
  const refreshToken = kept.get();
  if (!refreshToken) return;
  person.set('resuming');
  renew(refreshToken).catch(() => person.set(undefined));
}

/** Returns the token for the shop's APIs; undefined without a signed-in user. */
export async function accessToken(): Promise<string | undefined> {
  await renewal?.catch(() => undefined);
  if (current && Date.now() > current.until - MARGIN) await renew(current.refreshToken);
  return current?.accessToken;
}

export function signOut(): void {
  const { refreshToken } = current ?? {};
  forget();
  if (refreshToken) cognito.revoke(refreshToken).catch(() => undefined);
}

function renew(refreshToken: string): Promise<void> {
  renewal ??= cognito
    .refresh(refreshToken)
    .then(keep)
    .catch((error) => {
      // The token was revoked or has expired. Other errors, such as a lost connection, keep it for the next attempt.
      if (error instanceof CognitoError && error.reason === 'NotAuthorizedException') forget();
      throw error;
    })
    .finally(() => {
      renewal = undefined;
    });
  return renewal;
}

function keep({ AccessToken, IdToken, RefreshToken, ExpiresIn = 0 }: cognito.Tokens): void {
  if (!AccessToken || !IdToken || !RefreshToken) throw new Error('Expected three tokens');
  current = { accessToken: AccessToken, refreshToken: RefreshToken, until: Date.now() + ExpiresIn * 1000 };
  kept.set(RefreshToken);
  person.set({ email: claimsOf(IdToken).email });
}

function forget(): void {
  current = undefined;
  kept.set(undefined);
  person.set(undefined);
}

/** Returns unverified claims, for display only: the APIs check the signature and authorize. */
function claimsOf(token: string): { readonly email: string } {
  const bytes = Uint8Array.from(
    atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')),
    (character) => character.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}
