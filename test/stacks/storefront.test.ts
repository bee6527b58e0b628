import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App, type Stack } from 'aws-cdk-lib/core';
import { costAtRest } from '../../lib/observability/cost-at-rest.js';
import { NotificationsStack } from '../../stacks/notifications.js';
import { OrdersStack } from '../../stacks/orders.js';
import { PaymentsStack } from '../../stacks/payments.js';
import { PlatformStack } from '../../stacks/platform.js';
import { ProductsStack } from '../../stacks/products.js';
import { UsersStack } from '../../stacks/users.js';
import { nagFindings } from '../support/nag.js';
import { RECOMMENDED_FLAGS, stableTemplate } from '../support/template.js';
import { templateRecord } from '../support/template-record.js';

const SERVICES = {
  Products: ProductsStack,
  Payments: PaymentsStack,
  Orders: OrdersStack,
  Notifications: NotificationsStack,
  Users: UsersStack,
};
const STACKS = { Platform: PlatformStack, ...SERVICES };
type Name = keyof typeof STACKS;
const NAMES = Object.keys(STACKS) as Name[];

function stacks(context: Record<string, unknown> = {}, names = NAMES): Stack[] {
  const app = new App({ context });
  return names.map((name) => new STACKS[name](app, name));
}

const text = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON());

describe('the storefront', () => {
  it.each(stacks().map((stack) => [stack.stackName, stack] as const))(
    'matches in the stack %s its record, with the logical ids of stateful resources',
    (_, stack) => {
      expect(templateRecord(stack)).toMatchSnapshot();
    },
  );

  it('has alarms whose descriptions fit, with the first steps of their runbooks', () => {
    const alarms = stacks().flatMap((stack) =>
      Object.values<any>(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')),
    );
    expect(alarms.length).toBeGreaterThan(20);
    for (const { Properties } of alarms) {
      // A reference in a text is an ARN or an address: some hundred characters.
      const parts: unknown[] = Properties.AlarmDescription?.['Fn::Join']?.[1] ?? [
        Properties.AlarmDescription,
      ];
      const texts = parts.map((part) => (typeof part === 'string' ? part : ' '.repeat(120)));
      expect(texts.join('')).toMatch(/\n1\. [\s\S]*\nMore: npx trellis runbook [a-z-]+$/);
      expect(texts.join('').length).toBeLessThanOrEqual(1024);
    }
  });

  it('exports nothing from one stack to another', () => {
    for (const stack of stacks()) {
      expect(text(stack)).not.toContain('Fn::ImportValue');
      expect(text(stack)).not.toContain('"Export"');
    }
  });

  it('invokes functions of other services through their alias only, which a deployment moves at once', () => {
    const named = stacks().flatMap((stack) => text(stack).match(/:function:storefront-[\w:-]+/g) ?? []);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !name.endsWith(':live'))).toEqual([]);
  });

  it.each(Object.keys(SERVICES) as Name[])(
    'has a service %s that is the same whichever others there are after the platform',
    (name) => {
      const [, alone] = stacks({}, ['Platform', name]) as [Stack, Stack];
      const among = stacks().find(({ stackName }) => stackName === name)!;
      // Compares a boolean: the difference of the texts would fill the screen.
      expect(text(alone) === text(among)).toBe(true);
    },
  );

  it('synthesizes with every recommended feature flag, without findings of cdk-nag', () => {
    const findings = nagFindings((stack) => {
      for (const name of NAMES) new STACKS[name](stack, name);
    }, RECOMMENDED_FLAGS);
    expect(findings).toEqual([]);
  });

  it('is the same for the local cloud, except for data retention and the role for logs', () => {
    const policies = ['DeletionPolicy', 'UpdateReplacePolicy'];
    const protections = ['DeletionProtection', 'DeletionProtectionEnabled'];
    const isOfLogging = (name: unknown) => String(name).startsWith('ApiGatewayLogging');
    const masked = (stack: Stack) =>
      JSON.stringify(stableTemplate(stack), (key, value) => {
        if ([...policies, ...protections].includes(key) || isOfLogging(key)) return undefined;
        return key === 'DependsOn' && Array.isArray(value) ? value.filter((id) => !isOfLogging(id)) : value;
      });
    expect(stacks({ target: 'local' }).map(masked)).toEqual(stacks().map(masked));
  });

  it('costs at most five dollars a month at rest', () => {
    const [first] = stacks() as [Stack];
    expect(costAtRest(first.node.root).monthly).toBeLessThanOrEqual(5);
  });

  it('has stacks of at most 150 lines', () => {
    const folder = join(__dirname, '../../stacks');
    const long = readdirSync(folder).filter(
      (name) => readFileSync(join(folder, name), 'utf8').split('\n').length > 150,
    );
    expect(long).toEqual([]);
  });
});
