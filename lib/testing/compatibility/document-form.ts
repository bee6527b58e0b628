import type { Schema } from './schema-form.js';

/** Compared parts of an OpenAPI 3.1 document of this library. */
export interface DocumentForm {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationForm>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface OperationForm {
  readonly operationId: string;
  readonly parameters?: readonly ParameterForm[];
  readonly requestBody?: { readonly required?: boolean; readonly content: ContentForm };
  readonly responses: Readonly<Record<string, ResponseForm>>;
  readonly security?: readonly Requirement[];
}

export interface ParameterForm {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface ResponseForm {
  readonly content?: ContentForm;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: Schema }>>;
}

export type ContentForm = Readonly<Record<string, { readonly schema: Schema }>>;

/** Required roles or scopes by security scheme. */
export type Requirement = Readonly<Record<string, readonly string[]>>;
