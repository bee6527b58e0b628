import { App, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import * as library from 'cdk-trellis';
import { Construct } from 'constructs';
import { assertProps } from '../../lib/construct/assert-props.js';
import { shapeOf } from '../../lib/construct/shapes.js';

type AnyClass = new (scope: Construct, id: string, props?: unknown) => Construct;

/** Not created by users: a base class, and the subscription that `EventHub.on` returns. */
const INDIRECT = ['EventHubBase', 'EventSubscription'];

const constructs = Object.entries(library)
  .filter(([name, value]) => isConstruct(value) && !INDIRECT.includes(name))
  .map(([name, value]): [string, AnyClass] => [name, value as unknown as AnyClass]);

function isConstruct(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof Construct;
}

const createStack = () => new Stack(new App(), 'Shop');

/** The message of a construct that gets these properties. */
const messageOf = (Class: AnyClass, props?: unknown) => {
  try {
    new Class(createStack(), 'It', props);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

it('finds the constructs', () => {
  expect(constructs.map(([name]) => name)).toEqual(expect.arrayContaining(['Api', 'NodeFunction', 'Site']));
  expect(constructs.length).toBeGreaterThanOrEqual(14);
});

describe.each(constructs)('%s, in JavaScript', (name, Class) => {
  const { required, properties } = shapeOf(name);

  it('rejects what is not an object of properties', () => {
    expect(messageOf(Class, 'text')).toMatch(/^`props` must be an object.*, got "text" \(at Shop\/It\)$/);
  });

  it('without properties is created, or names those that are required', () => {
    const names = required.map((key) => `\`${key}\``).join(' and ');
    const missing = `\`props\` must be an object with ${names}, got undefined (at Shop/It)`;
    expect(messageOf(Class)).toBe(required.length > 0 ? missing : '');
  });

  it('names each required property that is missing', () => {
    for (const key of required) expect(messageOf(Class, {})).toContain(`\`${key}\` must be `);
  });

  it('rejects a value of another kind', () => {
    const [key] = [...properties].find(([, { kinds }]) => !kinds.includes('*') && !kinds.includes('number'))!;
    expect(messageOf(Class, { [key]: 5 })).toMatch(new RegExp(`\`${key}\` must be .+, got 5\\b`));
  });
});

// A HandlerFunction is created by other constructs, whose subclasses may pass further properties on.
const exact = constructs.filter(([name]) => name !== 'HandlerFunction');

describe.each(exact)('%s, in JavaScript', (name, Class) => {
  const { properties } = shapeOf(name);

  it('rejects a misspelt name with the nearest one', () => {
    for (const key of properties.keys()) {
      const misspelt = `${key.slice(0, -1)}${key.endsWith('q') ? 'z' : 'q'}`;
      if (key.length < 4 || properties.has(misspelt)) continue;
      expect(messageOf(Class, { [misspelt]: 5 })).toMatch(
        new RegExp(`\`${misspelt}\` is not a property of ${name}: did you mean \`\\w+\`\\?`),
      );
    }
  });

  it('rejects a name that resembles none', () => {
    expect(messageOf(Class, { zzzzzzzz: 5 })).toMatch(
      new RegExp(`\`zzzzzzzz\` is not a property of ${name}.*: remove it`),
    );
  });
});

const errorsOf = (type: string, props: unknown, isExact?: boolean) => {
  try {
    assertProps('Shop/It', type, props, isExact);
    return [];
  } catch (error) {
    return (error as Error).message.replace(' (at Shop/It)', '').split('\n');
  }
};

const handler = () => import('../fixtures/handlers/none.js' as string);

describe('properties', () => {
  it('of nested options are checked, with their path', () => {
    expect(
      errorsOf('QueueWorker', {
        handler,
        alarms: { oldestMesage: 5, deadLetters: '1' },
        queue: { fifoo: true },
      }),
    ).toEqual([
      '`alarms.oldestMesage` is not a property of `alarms`: did you mean `oldestMessage`?',
      '`alarms.deadLetters` must be a number, got "1"',
      '`queue.fifoo` is not a property of `queue`: did you mean `fifo`?',
    ]);
  });

  it('of options by name, and of the nearest of several forms', () => {
    const routes = { get: { handler, throtle: {}, throttle: { burst: 1 } }, list: handler };
    expect(errorsOf('Api', { contract: {}, routes })).toEqual([
      '`routes.get.throtle` is not a property of `routes.get`: did you mean `throttle`?',
      '`routes.get.throttle.requestsPerSecond` must be a number, got undefined',
    ]);
    const indexes = { byDay: { partitionKey: 'day', sortkey: 'at' } };
    expect(errorsOf('DataTable', { partitionKey: 'id', indexes })).toEqual([
      '`indexes.byDay.sortkey` is not a property of `indexes.byDay`: did you mean `sortKey`?',
    ]);
  });

  it('of a wrong kind are reported with what is expected', () => {
    expect(errorsOf('Saga', { definition: {}, type: 'fast' })).toEqual([
      "`type` must be 'standard' or 'express', got \"fast\"",
    ]);
    expect(errorsOf('CronJob', { handler: './x.js', schedule: {}, flexibleWindow: 30 })).toEqual([
      '`handler` must be a function that imports a module, as in `() => import(\'./place.js\')`, got "./x.js"',
      '`flexibleWindow` must be a Duration, as in `Duration.seconds(30)`, got 30',
    ]);
  });

  it('that are undefined, symbols, or known at deployment only are accepted', () => {
    const timeout = Duration.seconds(Lazy.number({ produce: () => 5 }));
    const description = Lazy.any({ produce: () => 'text' });
    const props = { handler, nonsense: undefined, [Symbol('own')]: 1, timeout, description };
    expect(errorsOf('NodeFunction', props)).toEqual([]);
  });

  it('of a subclass may be its own; known ones are still checked', () => {
    class Audited extends library.DataTable {}
    const props: any = { partitionKey: 'id', partitionkeys: 1 };
    expect(() => new Audited(createStack(), 'Own', props)).not.toThrow();
    expect(() => new Audited(createStack(), 'Wrong', { ...props, timeToLive: 5 })).toThrow(
      '`timeToLive` must be a string',
    );
    class OwnProps {
      readonly partitionKey = 'id';
      readonly extra = 1;
    }
    expect(() => new library.DataTable(createStack(), 'Instance', new OwnProps())).not.toThrow();
  });

  it('of a later CDK are passed on, unless they resemble a known one', () => {
    const installed = require('aws-cdk-lib/package.json') as { version: string };
    jest.replaceProperty(installed, 'version', '2.999.0');
    try {
      expect(errorsOf('NodeFunction', { handler, quantumMode: true })).toEqual([]);
      expect(errorsOf('NodeFunction', { handler, memorySiez: 1 })).toHaveLength(1);
      expect(errorsOf('DataTable', { partitionKey: 'id', quantumMode: true })).toHaveLength(1);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('of a function take less than 0.02 ms to check', () => {
    const props = {
      handler,
      memorySize: 512,
      timeout: Duration.seconds(5),
      bind: {},
      environment: { A: 'b' },
    };
    const timed = () => {
      const start = process.cpuUsage();
      for (let count = 0; count < 1000; count++) assertProps('Shop/It', 'NodeFunction', props);
      return process.cpuUsage(start).user / 1000 / 1000;
    };
    // The first round compiles the code.
    expect(Math.min(timed(), timed(), timed())).toBeLessThan(0.02);
  });
});
