import { join } from 'node:path';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { AssetFunction } from 'cdk-trellis';
import type { Construct } from 'constructs';
import { DenoLayer } from './deno-layer.js';

/** Two functions in languages without a managed Lambda runtime. Each includes its own runtime. */
export class CustomRuntimeStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const runtime = Runtime.PROVIDED_AL2023;
    new AssetFunction(this, 'Shell', {
      functionName: 'shell-greeting',
      runtime,
      code: Code.fromAsset(join(__dirname, 'shell')),
      handler: 'greeting.hello',
    });
    new AssetFunction(this, 'Deno', {
      functionName: 'deno-greeting',
      runtime,
      code: Code.fromAsset(join(__dirname, 'deno')),
      handler: 'greeting.hello',
      layers: [new DenoLayer(this, 'DenoLayer')],
    });
  }
}
