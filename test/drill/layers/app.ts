// Two functions with a shared layer: one of this library, and one of CDK's own with plain JavaScript.
import { join } from 'node:path';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { NodeFunction, SharedLayer } from 'cdk-trellis';

// What happens to a version that is replaced is to be as on AWS.
const stack = new Stack(new App({ postCliContext: { target: 'aws' } }), 'Layered');
const parts = SharedLayer.fromPackage(join(__dirname, '.trellis/parts'));
const ours = new NodeFunction(stack, 'Ours', { handler: () => import('./ours.js'), layers: [parts] });
const plain = new LambdaFunction(stack, 'Plain', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(join(__dirname, 'plain')),
  layers: parts.versionsIn(stack),
});
new CfnOutput(stack, 'OursName', { value: ours.functionName });
new CfnOutput(stack, 'PlainName', { value: plain.functionName });
