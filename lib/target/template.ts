/** The parts of a CloudFormation template that depend on its target. */
export interface Template {
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, { readonly Value?: unknown; readonly Export?: unknown }>;
  [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}
