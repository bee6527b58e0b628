import type * as z from 'zod';
import type { Body } from './body.js';

/** Examples by name: values as they are sent, before the schema transforms them. */
export type Examples = { readonly [name: string]: unknown };

/** Declaration of an operation's response with one status. */
export interface ResponseDeclaration {
  /** Condition under which it is returned, in Markdown. */
  readonly description?: string;
  /** Body of the response. @default - no body, as for 204 */
  readonly body?: Body;
  /**
   * Body in several content types; the caller's `Accept` header selects one: `{ 'application/json': Report,
   * 'text/csv': z.string() }`. A type that is neither JSON nor `binary` is text.
   */
  readonly content?: { readonly [contentType: string]: Body };
  /** Headers of the response: an object of texts by lower-case names. A handler may send further ones. */
  readonly headers?: z.ZodObject;
  /** Examples of the body by name; `defineApi` validates them. */
  readonly examples?: Examples;
}

/** Response of an operation with one status: the schema of a JSON body, bytes, or a full declaration. */
export type OperationResponse = Body | ResponseDeclaration;
