/** Parts of a CloudFormation template that use a quota. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value?: unknown; readonly Export?: { readonly Name?: unknown } }>
  >;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: { readonly 'aws:cdk:path'?: string };
}

/** Template with its region and account. */
export interface DeployedTemplate {
  readonly template: Template;
  readonly stackName: string;
  /** @default 'us-east-1', where CDK does not know it */
  readonly region?: string;
  /** @default - twelve digits */
  readonly account?: string;
}

/** Templates of an app by the paths of their stacks. */
export type Templates = Readonly<Record<string, DeployedTemplate>>;

/** Returns the path of a resource's construct, or its logical id where the template does not name the path. */
export function placeOf(stack: string, id: string, { Metadata }: TemplateResource): string {
  return Metadata?.['aws:cdk:path'] ?? `${stack}/${id}`;
}
