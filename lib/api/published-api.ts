import { type CfnStage, type IRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { apiInfo, type Contract } from '../contract/contract.js';

/** The name of every API's one stage, which is the first segment of its paths. */
export const API_STAGE = 'api';

/** An API of this app, or one that another stack publishes. */
export interface IApi {
  readonly contract: Contract;
  readonly restApi: IRestApi;
}

/**
 * Writes the id of the REST API into a Systems Manager parameter, by which other stacks find it.
 *
 * @throws Error when the stage has another name: it is part of the URL, and the parameter does not contain it
 */
export function publishApi(scope: Construct, path: string, { restApi }: IApi): void {
  const stage = unexpectedStage(restApi);
  if (stage) {
    throw new Error(
      `\`publishAs\` requires a stage with the name "${API_STAGE}", got "${stage}" (at ${scope.node.path})`,
    );
  }
  const stringValue = restApi.restApiId;
  new StringParameter(scope, 'Published', { parameterName: parameterName(path), stringValue });
}

/** Imports an API that another stack publishes; once for each path, because several sites may show it. */
export function publishedApi(scope: Construct, contract: Contract, path: string): IApi {
  const id = `Published-${contract[apiInfo].name}-${path.replace(/\//g, '.')}`;
  const existing = scope.node.tryFindChild(id) as IRestApi | undefined;
  if (existing) return { contract, restApi: existing };
  const restApiId = StringParameter.valueForStringParameter(scope, parameterName(path));
  return { contract, restApi: RestApi.fromRestApiId(scope, id, restApiId) };
}

/** Returns the name of the stage if it is not `api`; undefined for an imported API, whose stage is unknown. */
export function unexpectedStage({ deploymentStage }: IRestApi): string | undefined {
  const name = (deploymentStage?.node.defaultChild as CfnStage | undefined)?.stageName;
  return name === undefined || name === API_STAGE || Token.isUnresolved(name) ? undefined : name;
}

function parameterName(path: string): string {
  return `${path.replace(/\/$/, '')}/rest-api-id`;
}
