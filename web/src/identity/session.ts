import { Kept } from '../kept.js';
import { type Store, store } from '../store.js';
import { CognitoError } from './call.js';
import * as cognito from './cognito.js';

export interface Person {
  readonly email: string;
}

/** Who is signed in; `resuming` while it is asked whether who was before still is. */
export const person: Store<Person | 'resuming' | undefined> = store(undefined);

/**
 * The refresh token: in this tab until it is closed, so that a reload does not sign out and somebody else at the same
 * browser later finds nothing. The short-lived tokens are never stored.
 */
const kept = new Kept(() => sessionStorage, 'refresh-token');

/** Before the access token's last minute it is replaced. */
const MARGIN = 60_000;

let current:
  | { readonly accessToken: string; readonly refreshToken: string; readonly until: number }
  | undefined;
let renewal: Promise<void> | undefined;

/**
 * Signs in.
 *
 * @returns what takes the code of an authenticator app, when the account asks for one: then nobody is signed in yet
 */
export async function signIn(
  email: string,
  password: string,
): Promise<((code: string) => Promise<void>) | undefined> {
  const answer = await cognito.signIn(email, password);
  if ('confirm' in answer) return async (code) => keep(await answer.confirm(code));
  keep(answer.tokens);
  return undefined;
}

/** Signs in who was signed in before the page was loaded. */
export function resumeSession(): void {
  const refreshToken = kept.get();
  if (!refreshToken) return;
  person.set('resuming');
  renew(refreshToken).catch(() => person.set(undefined));
}

/** The token for the shop's APIs; undefined when nobody is signed in. */
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
      // It was revoked or is too old; when Cognito just does not answer, it is tried again.
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

/** For showing only: who may do what is decided by the APIs, which check the signature. */
function claimsOf(token: string): { readonly email: string } {
  const bytes = Uint8Array.from(
    atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')),
    (character) => character.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes));
}
