import type * as z from 'zod';
import type { Body } from './body.js';

/** Examples by name: values as they are sent, that is, before the schema transforms them. */
export type Examples = { readonly [name: string]: unknown };

/** What an operation answers with one status, where more is to say than its schema. */
export interface ResponseDeclaration {
  /** When it is answered; one line or a paragraph in Markdown. */
  readonly description?: string;
  /** The body. @default - none, as for 204 */
  readonly body?: Body;
  /**
   * The body in several content types, of which the caller's `Accept` header chooses: `{ 'application/json': Report,
   * 'text/csv': z.string() }`. What is neither JSON nor `binary` is text.
   */
  readonly content?: { readonly [contentType: string]: Body };
  /** Headers of the response: an object of texts by lower-case names. Others may be sent, too. */
  readonly headers?: z.ZodObject;
  /** Examples of the body by name; they are checked against it when the contract is defined. */
  readonly examples?: Examples;
}

/** What an operation answers with one status: the schema of a JSON body, bytes, or a declaration with all there is. */
export type OperationResponse = Body | ResponseDeclaration;
