import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cdk = (module: string) => `require(${JSON.stringify(require.resolve(`aws-cdk-lib/${module}`))})`;

/** A CDK app in a folder of its own, with a table, an API and an output. */
export function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-project-'));
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'node app.cjs' }));
  writeApp(folder);
  return folder;
}

/** Writes the app; `more` is code that may use `stack` and the CDK's core as `cdk`. */
export function writeApp(folder: string, more = ''): void {
  writeFileSync(
    join(folder, 'app.cjs'),
    `const cdk = ${cdk('core')}, ddb = ${cdk('aws-dynamodb')}, apigateway = ${cdk('aws-apigateway')};
    const stack = new cdk.Stack(new cdk.App(), 'Notes');
    const table = new ddb.Table(stack, 'Table', { partitionKey: { name: 'id', type: ddb.AttributeType.STRING } });
    const integration = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode":200}' },
      responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '{"here":true}' } } } };
    const body = { openapi: '3.0.1', info: { title: 'notes', version: '1' },
      paths: { '/here': { get: { 'x-amazon-apigateway-integration': integration } } } };
    const api = new apigateway.SpecRestApi(stack, 'Api', { apiDefinition: apigateway.ApiDefinition.fromInline(body), deployOptions: { stageName: 'api' } });
    const url = new cdk.CfnOutput(stack, 'Url', { value: api.url });
    new cdk.CfnOutput(stack, 'Target', { value: stack.node.tryGetContext('target') + ' ' + process.env.AWS_PROFILE });
    stack.templateOptions.metadata = { 'cdk-trellis': { apis: { notes: stack.getLogicalId(url) } } };
    ${more}`,
  );
}
