import { attributeOf, type Place, refOf } from './generated-names.js';
import type { DeployedTemplate, Template, Templates } from './template.js';

/**
 * Estimates values of a template: replaces CloudFormation's functions by text of the length that a deployment produces.
 * Values that are known at deployment only (a parameter without a default, an import from elsewhere) count as empty, so
 * that an estimate is rather too small.
 */
export class Estimate {
  private readonly exports = new Map<string, { readonly value: unknown; readonly stack: string }>();

  constructor(private readonly templates: Templates) {
    for (const [stack, { template }] of Object.entries(templates)) {
      for (const { Value, Export } of Object.values(template.Outputs ?? {})) {
        if (Export) this.exports.set(String(this.resolved(Export.Name, stack)), { value: Value, stack });
      }
    }
  }

  /** Returns a value of a stack's template with text in place of CloudFormation's functions. */
  resolved(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolved(item, stack));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = ''] = entries[0] ?? [];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.evaluate(name, entries[0]![1], stack);
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, this.resolved(item, stack)]));
  }

  private evaluate(name: string, argument: unknown, stack: string): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(String(argument), stack);
      case 'Fn::GetAtt':
        return this.attribute(argument as string | string[], stack);
      case 'Fn::ImportValue': {
        const found = this.exports.get(String(this.resolved(argument, stack)));
        return found ? this.resolved(found.value, found.stack) : '';
      }
      case 'Fn::Sub':
        return this.substituted(argument as string | [string, object], stack);
      case 'Fn::If':
        return this.resolved((argument as unknown[])[1], stack);
      default:
        return textOf(name, this.resolved(argument, stack));
    }
  }

  private ref(id: string, stack: string): unknown {
    const { Resources, Parameters } = this.template(stack);
    const resource = Resources?.[id];
    if (resource) return refOf(id, resource, this.place(stack));
    const parameter = Parameters?.[id];
    if (parameter) return parameter.Type.startsWith('AWS::SSM::') ? '' : (parameter.Default ?? '');
    return this.pseudo(id, stack) ?? '';
  }

  private attribute(argument: string | string[], stack: string): string {
    const [id = '', attribute = ''] = typeof argument === 'string' ? argument.split(/\.(.*)/) : argument;
    const resource = this.template(stack).Resources?.[id];
    return resource ? attributeOf(id, resource, String(attribute), this.place(stack)) : '';
  }

  private substituted(argument: string | [string, object], stack: string): string {
    const [text, variables] = typeof argument === 'string' ? [argument, {}] : argument;
    const values = this.resolved(variables, stack) as Record<string, unknown>;
    return text.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) =>
      String(values[name] ?? (name.includes('.') ? this.attribute(name, stack) : this.ref(name, stack))),
    );
  }

  private pseudo(name: string, stack: string): string | undefined {
    const { stackName, region, account } = this.place(stack);
    const values: Readonly<Record<string, string>> = {
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    return values[name];
  }

  private place(stack: string): Place {
    const {
      stackName,
      region = 'us-east-1',
      account = '111122223333',
    } = this.templates[stack] as DeployedTemplate;
    return { stackName, region, account };
  }

  private template(stack: string): Template {
    return this.templates[stack]?.template ?? {};
  }
}

function textOf(name: string, argument: unknown): unknown {
  const [first, second] = Array.isArray(argument) ? argument : [];
  if (name === 'Fn::Join') return [second].flat().join(String(first));
  if (name === 'Fn::Split') return String(second).split(String(first));
  if (name === 'Fn::Select') return [second].flat()[Number(first)] ?? '';
  return '';
}
