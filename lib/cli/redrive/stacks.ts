import {
  type CloudFormationClient,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';

/** A resource in the template of a deployed stack. */
export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape.
  readonly Properties?: Readonly<Record<string, any>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** All deployed stacks, including nested stacks; they resolve the references of their templates. */
export class DeployedStacks {
  private constructor(readonly stacks: readonly DeployedStack[]) {}

  static async read(cloudFormation: CloudFormationClient): Promise<DeployedStacks> {
    const described: Stack[] = [];
    for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudFormation }, {})) {
      described.push(
        ...Stacks.filter(({ StackStatus = '' }) => !/^(DELETE_COMPLETE|REVIEW)/.test(StackStatus)),
      );
    }
    const exported = new Map(
      described
        .flatMap(({ Outputs = [] }) => Outputs)
        .map(({ ExportName, OutputValue }) => [ExportName ?? '', OutputValue ?? ''] as const),
    );
    const stacks: DeployedStack[] = [];
    for (const stack of described) {
      const resources = await templateOf(cloudFormation, stack.StackId as string);
      stacks.push(new DeployedStack(stack, resources, cloudFormation, exported));
    }
    return new DeployedStacks(stacks);
  }
}

/** Returns the resources of a template; none for a template in YAML, which the CDK never deploys. */
async function templateOf(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<Readonly<Record<string, TemplateResource>>> {
  const { TemplateBody = '{}' } = await cloudFormation.send(
    new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
  );
  try {
    return JSON.parse(TemplateBody).Resources ?? {};
  } catch {
    return {};
  }
}

export class DeployedStack {
  private physicalIds: ReadonlyMap<string, string> | undefined;
  private readonly parameters: ReadonlyMap<string, string>;

  constructor(
    private readonly stack: Stack,
    readonly resources: Readonly<Record<string, TemplateResource>>,
    private readonly cloudFormation: CloudFormationClient,
    private readonly exported: ReadonlyMap<string, string>,
  ) {
    this.parameters = new Map(
      (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue, ResolvedValue }) => [
        ParameterKey,
        ResolvedValue ?? ParameterValue ?? '',
      ]),
    );
  }

  /** Id of the outermost stack that contains it. */
  get rootId(): string {
    return (this.stack.RootId ?? this.stack.StackId) as string;
  }

  get name(): string {
    return this.stack.StackName as string;
  }

  /** Returns the physical id of a resource. */
  async physicalId(logicalId: string): Promise<string | undefined> {
    return (await this.load()).get(logicalId);
  }

  private async load(): Promise<ReadonlyMap<string, string>> {
    if (this.physicalIds) return this.physicalIds;
    const physicalIds = new Map<string, string>();
    const pages = paginateListStackResources(
      { client: this.cloudFormation },
      { StackName: this.stack.StackId as string },
    );
    for await (const { StackResourceSummaries = [] } of pages) {
      for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries) {
        physicalIds.set(LogicalResourceId, PhysicalResourceId);
      }
    }
    this.physicalIds = physicalIds;
    return physicalIds;
  }

  /** Resolves a value of the template. Returns undefined if only CloudFormation can resolve it. */
  async text(value: unknown): Promise<string | undefined> {
    if (typeof value === 'string') return value;
    if (typeof value !== 'object' || value === null) return undefined;
    const [[name, argument] = []] = Object.entries(value);
    switch (name) {
      case 'Ref':
        return this.ref(argument);
      case 'Fn::GetAtt': {
        const [id, attribute] = typeof argument === 'string' ? argument.split('.') : argument;
        return attribute === 'Arn' ? this.arnOf(id) : undefined;
      }
      case 'Fn::ImportValue':
        return this.exported.get((await this.text(argument)) ?? '');
      case 'Fn::Join':
        return this.join(argument[0], argument[1]);
      case 'Fn::Select': {
        const list = argument[1]?.['Fn::Split'];
        return list && (await this.text(list[1]))?.split(list[0])[Number(argument[0])];
      }
      default:
        return undefined;
    }
  }

  private async join(separator: string, parts: readonly unknown[]): Promise<string | undefined> {
    const texts: string[] = [];
    for (const part of parts) {
      const text = await this.text(part);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return texts.join(separator);
  }

  private async ref(name: string): Promise<string | undefined> {
    const [, partition, , region, account] = (this.stack.StackId as string).split(':');
    const pseudo: Readonly<Record<string, string | undefined>> = {
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::StackName': this.name,
    };
    return pseudo[name] ?? this.parameters.get(name) ?? (await this.physicalId(name));
  }

  private async arnOf(logicalId: string): Promise<string | undefined> {
    const id = await this.physicalId(logicalId);
    if (id === undefined || id.startsWith('arn:')) return id;
    const [, partition, , region, account] = (this.stack.StackId as string).split(':');
    const arn = (service: string, resource: string) =>
      `arn:${partition}:${service}:${region}:${account}:${resource}`;
    switch (this.resources[logicalId]?.Type) {
      case 'AWS::SQS::Queue':
        return arn('sqs', id.split('/').at(-1) as string);
      case 'AWS::Lambda::Function':
        return arn('lambda', `function:${id}`);
      case 'AWS::Events::EventBus':
        return arn('events', `event-bus/${id}`);
      default:
        return undefined;
    }
  }
}
