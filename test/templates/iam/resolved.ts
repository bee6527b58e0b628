import { ACCOUNT, attributeOf, REGION, refOf } from './arns.js';
import type { Template, Templates } from './template.js';

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::NoValue': '',
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/stack/id`,
  'AWS::StackName': 'stack',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Reads values of templates as CloudFormation would, with names and ARNs that look like those it would give. */
export class Resolver {
  constructor(private readonly templates: Templates) {}

  /** A value of a stack's template with text where functions of CloudFormation stood. */
  resolved(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolved(item, stack));
    if (typeof value !== 'object' || value === null) return value;
    const [name = '', ...others] = Object.keys(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.called(name, Object.values(value)[0], stack);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolved(item, stack)]));
  }

  private called(name: string, given: unknown, stack: string): unknown {
    if (name === 'Ref') return this.ref(given as string, stack);
    if (name === 'Fn::GetAtt') return this.attribute(given as string | string[], stack);
    if (name === 'Fn::ImportValue') return this.imported(String(this.resolved(given, stack)));
    if (name === 'Fn::Sub') return this.substituted(given as string | [string, object], stack);
    if (name === 'Fn::If') return this.resolved((given as unknown[])[1], stack);
    const [first, second] = this.resolved(given, stack) as [unknown, unknown];
    if (name === 'Fn::Join') return (second as unknown[]).join(String(first));
    if (name === 'Fn::Split') return String(second).split(String(first));
    if (name === 'Fn::Select') return (second as unknown[])[Number(first)];
    return `(${name})`;
  }

  private ref(id: string, stack: string): unknown {
    const { Resources, Parameters } = this.template(stack);
    const resource = Resources[id];
    if (resource) return refOf(id, resource);
    const parameter = Parameters?.[id];
    if (parameter?.Type.startsWith('AWS::SSM::Parameter::Value')) return this.stored(parameter.Default);
    return PSEUDO[id] ?? parameter?.Default ?? id;
  }

  private attribute(given: string | string[], stack: string): string {
    const [id = '', attribute = ''] = typeof given === 'string' ? given.split(/\.(.*)/) : given;
    const resource = this.template(stack).Resources[id];
    if (!resource)
      throw new Error(`Expected ${stack} to have the resource ${id}, of which it asks ${attribute}`);
    return attributeOf(id, resource, attribute);
  }

  private substituted(given: string | [string, object], stack: string): string {
    const [text, own] = typeof given === 'string' ? [given, {}] : given;
    const values = this.resolved(own, stack) as Record<string, unknown>;
    return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) =>
      String(
        values[name] ??
          (name.includes('.') && !PSEUDO[name] ? this.attribute(name, stack) : this.ref(name, stack)),
      ),
    );
  }

  /** Returns the export of another stack with this name. */
  private imported(name: string): unknown {
    for (const [stack, { Outputs = {} }] of Object.entries(this.templates)) {
      for (const { Value, Export } of Object.values(Outputs)) {
        if (Export && this.resolved(Export.Name, stack) === name) return this.resolved(Value, stack);
      }
    }
    return name;
  }

  /** Returns the value that a stack of the app writes to a parameter of Systems Manager. */
  private stored(name: unknown): unknown {
    for (const [stack, { Resources }] of Object.entries(this.templates)) {
      for (const { Type, Properties = {} } of Object.values(Resources)) {
        if (Type === 'AWS::SSM::Parameter' && Properties.Name === name)
          return this.resolved(Properties.Value, stack);
      }
    }
    return name;
  }

  private template(stack: string): Template {
    const template = this.templates[stack];
    if (!template) throw new Error(`Expected the template of ${stack}`);
    return template;
  }
}
