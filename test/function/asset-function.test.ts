import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Architecture,
  Code,
  DockerImageCode,
  type FunctionProps,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';
import { AssetFunction, DataTable } from 'cdk-trellis';
import { nagFindings } from '../support/nag.js';
import { newStack, stableTemplate } from '../support/template.js';
import { ARM, FORMS, fixture } from './forms.js';

describe.each(Object.entries(FORMS))('AssetFunction of %s', (_, make) => {
  it('requires nothing else', () => {
    const stack = newStack();
    make(stack);
    expect(stableTemplate(stack)).toMatchSnapshot();
  });

  it('has no findings in security scans', () => {
    expect(nagFindings((stack) => void make(stack))).toEqual([]);
  });
});

describe('AssetFunction', () => {
  it('has the permissions of its bindings in one policy', () => {
    const stack = newStack();
    FORMS['a folder in Python']!(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: ['GetItem', 'BatchGetItem', 'Query', 'Scan'].map((name) => `dynamodb:${name}`),
              }),
            ]),
          },
        },
      ],
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ORDERS_TABLE: { Ref: Match.stringLikeRegexp('^Orders') } } },
    });
  });

  it('accepts a handler with a custom runtime', () => {
    const stack = newStack();
    new AssetFunction(stack, 'Fn', {
      code: Code.fromAsset(fixture('custom-runtime')),
      runtime: Runtime.PROVIDED_AL2023,
      handler: 'orders.place',
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Handler: 'orders.place' });
  });

  it('can share its code with other functions', () => {
    const stack = newStack();
    const code = Code.fromAsset(fixture('custom-runtime'));
    const runtime = Runtime.PROVIDED_AL2023;
    for (const id of ['One', 'Other']) new AssetFunction(stack, id, { code, runtime });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
  });
});

describe('an image', () => {
  const warning = [
    '/Stack/Fn',
    Match.stringLikeRegexp('is built for the processor of the build machine.*LINUX_ARM64'),
  ] as const;

  it('without a platform warns that it may be built for another processor', () => {
    const stack = newStack();
    new AssetFunction(stack, 'Fn', { code: Code.fromAssetImage(fixture('image')) });
    Annotations.fromStack(stack).hasWarning(...warning);
  });

  it.each(['an image that is built', 'an image of a repository'])(
    'with a platform does not warn: %s',
    (form) => {
      const stack = newStack();
      FORMS[form]!(stack);
      Annotations.fromStack(stack).hasNoWarning(...warning);
    },
  );

  it('may be for x86_64', () => {
    const stack = newStack();
    new AssetFunction(stack, 'Fn', {
      code: Code.fromAssetImage(fixture('image'), { platform: Platform.LINUX_AMD64 }),
      architecture: Architecture.X86_64,
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      PackageType: 'Image',
      Architectures: ['x86_64'],
    });
  });
});

describe('AssetFunction is rejected', () => {
  const inline = Code.fromInline('def handler(event, context): pass');
  const python = { code: inline, runtime: Runtime.PYTHON_3_14, handler: 'index.handler' };
  const layer = (stack: Stack) =>
    LayerVersion.fromLayerVersionArn(stack, 'Layer', 'arn:aws:lambda:eu-west-1:111122223333:layer:own:1');

  it.each<[string, (stack: Stack) => object, string]>([
    [
      'without properties',
      () => undefined as unknown as object,
      '`props` must be an object with `code`, got undefined',
    ],
    ['without code', () => ({ ...python, code: undefined }), '`code` must be a Code, got undefined'],
    [
      "with another function's kind of code",
      () => ({ code: DockerImageCode.fromImageAsset(fixture('image')) }),
      "`code` must be a Code, as in `Code.fromAsset('lambda/orders')`, got a DockerImageCode: use `Code.fromAssetImage`",
    ],
    [
      'with a folder that does not exist',
      () => ({ ...python, code: Code.fromAsset('/no/such/folder') }),
      '`code` must be a folder or an archive, got /no/such/folder, which does not exist',
    ],
    [
      'without a runtime',
      () => ({ ...python, runtime: undefined }),
      '`runtime` must be the runtime of the code, as in `Runtime.PYTHON_3_14`, got undefined',
    ],
    [
      "with an image's runtime for an archive",
      () => ({ ...python, runtime: Runtime.FROM_IMAGE }),
      '`runtime` must be the runtime of the code, as in `Runtime.PYTHON_3_14`, got Runtime.FROM_IMAGE, but the code is not a container image',
    ],
    [
      'without a handler',
      () => ({ ...python, handler: undefined }),
      "`handler` must be the function to call, as in `'main.handler'`, got undefined",
    ],
    [
      'with a runtime for an image',
      () => ({ code: Code.fromAssetImage(fixture('image'), ARM), runtime: Runtime.PYTHON_3_14 }),
      '`runtime` must be omitted for a container image, which contains the runtime, got python3.14',
    ],
    [
      'with a handler for an image',
      () => ({ code: Code.fromAssetImage(fixture('image'), ARM), handler: 'main.handler' }),
      '`handler` must be omitted for a container image, whose command sets it (`cmd` of the code), got main.handler',
    ],
    [
      'with layers for an image',
      (stack) => ({ code: Code.fromAssetImage(fixture('image'), ARM), layers: [layer(stack)] }),
      '`layers` must be omitted for a container image, got 1. Copy their content into the image',
    ],
    [
      'with an image for another processor',
      () => ({ code: Code.fromAssetImage(fixture('image'), { platform: Platform.LINUX_AMD64 }) }),
      'the `platform` of the image must be linux/arm64 for a function on arm64, got linux/amd64',
    ],
    [
      'with an invalid access',
      (stack) => ({
        ...python,
        bind: { orders: { to: new DataTable(stack, 'Orders', { partitionKey: 'id' }), access: 'scan' } },
      }),
      '`bind.orders.access`: the access to a table must be one of read, write, readWrite, got scan',
    ],
    [
      'with the name of an existing variable',
      () => ({ ...python, environment: { STAGE_TEXT: 'beta' }, bind: { stage: { to: 'beta' } } }),
      '`stage` has the same environment variable as the function, STAGE_TEXT. Rename `stage`',
    ],
    [
      'with all errors at once',
      () => ({ ...python, runtime: undefined, bind: { 'a b': { to: 1 }, when: { to: new Date() } } }),
      '`runtime` must be the runtime of the code, as in `Runtime.PYTHON_3_14`, got undefined\n`a b` must be letters and digits, starting with a letter, because its environment variable is A B_NUMBER\n`bind.when.to` must be a table, a queue or another resource that can be bound, got object',
    ],
  ])('%s', (_, props, message) => {
    const stack = newStack();
    expect(() => new AssetFunction(stack, 'Fn', props(stack) as FunctionProps)).toThrow(
      new Error(`${message} (at Stack/Fn)`),
    );
    expect(stack.node.tryFindChild('Fn')).toBeUndefined();
  });
});
