/** A template of CloudFormation, as far as it is read here. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

/** The templates of an app by the names of their stacks. */
export type Templates = Readonly<Record<string, Template>>;

/** The path of a resource's construct, as people look for it; else its logical id. */
export function placeOf(stack: string, id: string, { Metadata }: TemplateResource): string {
  return Metadata?.['aws:cdk:path'] ?? `${stack}/${id}`;
}
