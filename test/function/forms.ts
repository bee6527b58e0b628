import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';
import { AssetFunction, DataTable } from 'cdk-trellis';

export const fixture = (name: string) => `${__dirname}/fixtures/${name}`;
export const ARM = { platform: Platform.LINUX_ARM64 };

/** A minimal function of each kind of code. */
export const FORMS: Record<string, (stack: Stack) => AssetFunction> = {
  'a folder in Python': (stack) =>
    new AssetFunction(stack, 'Fn', {
      code: Code.fromAsset(fixture('image'), { exclude: ['Dockerfile'] }),
      runtime: Runtime.PYTHON_3_14,
      handler: 'main.handler',
      bind: { orders: { to: new DataTable(stack, 'Orders', { partitionKey: 'id' }), access: 'read' } },
    }),
  'text in Node.js': (stack) =>
    new AssetFunction(stack, 'Fn', {
      code: Code.fromInline('exports.handler = async () => 1'),
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
    }),
  'an image that is built': (stack) =>
    new AssetFunction(stack, 'Fn', { code: Code.fromAssetImage(fixture('image'), ARM) }),
  'an image of a repository': (stack) =>
    new AssetFunction(stack, 'Fn', {
      code: Code.fromEcrImage(Repository.fromRepositoryName(stack, 'Repository', 'convert'), {
        tagOrDigest: '1.2.3',
        cmd: ['main.handler'],
      }),
    }),
  'a custom runtime': (stack) =>
    new AssetFunction(stack, 'Fn', {
      code: Code.fromAsset(fixture('custom-runtime')),
      runtime: Runtime.PROVIDED_AL2023,
    }),
};
