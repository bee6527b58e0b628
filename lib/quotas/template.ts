/** The parts of a CloudFormation template that count towards quotas. */
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

/** A template with its stack and environment. */
export interface DeployedTemplate {
  readonly template: Template;
  readonly stackName: string;
  /** The stack's region. @default 'us-east-1', if it is unknown at synth */
  readonly region?: string;
  /** The stack's account. @default - twelve digits */
  readonly account?: string;
}

/** The templates of an app, by stack path. */
export type Templates = Readonly<Record<string, DeployedTemplate>>;

/** Returns the path of a resource's construct, or its logical id if the template has no path. */
export function pathOf(stack: string, id: string, { Metadata }: TemplateResource): string {
  return Metadata?.['aws:cdk:path'] ?? `${stack}/${id}`;
}
