import { CallError, ResponseError } from 'cdk-trellis/client';
import { CognitoError } from '../identity/call.js';

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading" role="status">
      Loading {what} …
    </p>
  );
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{messageOf(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Returns the message of an error for the user. */
export function messageOf(error: unknown): string {
  if (error instanceof CognitoError) return error.message;
  if (error instanceof ResponseError) {
    const { status, body } = error.result as { status: number; body?: { title?: string; detail?: string } };
    if (status === 401) return 'Please sign in again.';
    if (status === 429) return 'The shop is very busy. Please try again in a moment.';
    return body?.detail ?? body?.title ?? 'The request was rejected.';
  }
  if (error instanceof CallError && error.kind !== 'unexpected')
    return 'The shop is not reachable. Please check your connection.';
  console.error(error);
  return 'Something went wrong. Please try again.';
}
