import { type CfnStage, type IRestApi, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { apiInfo, type Contract } from '../contract/contract.js';

/** What the stage of an API is called: one API has one stage, and its name is the first segment of its paths. */
export const API_STAGE = 'api';

/** An API as others see it. */
export interface IApi {
  readonly contract: Contract;
  readonly restApi: IRestApi;
}

/**
 * Writes the id of the REST API into a parameter, by which other stacks find it.
 *
 * @throws Error when the stage has another name: it would be a part of the address that the parameter does not tell
 */
export function publishApi(scope: Construct, path: string, { restApi }: IApi): void {
  const stage = otherStage(restApi);
  if (stage) {
    throw new Error(
      `The stage of an API that is published must be called ${API_STAGE}, got ${stage} (at ${scope.node.path})`,
    );
  }
  const stringValue = restApi.restApiId;
  new StringParameter(scope, 'Published', { parameterName: parameterName(path), stringValue });
}

/** An API that another stack has published. */
export function publishedApi(scope: Construct, contract: Contract, path: string): IApi {
  const restApiId = StringParameter.valueForStringParameter(scope, parameterName(path));
  const id = `Published-${contract[apiInfo].name}`;
  return { contract, restApi: RestApi.fromRestApiId(scope, id, restApiId) };
}

/** What the stage is called if not as it should be. An imported API has none that is known. */
export function otherStage({ deploymentStage }: IRestApi): string | undefined {
  const name = (deploymentStage?.node.defaultChild as CfnStage | undefined)?.stageName;
  return name === undefined || name === API_STAGE || Token.isUnresolved(name) ? undefined : name;
}

function parameterName(path: string): string {
  return `${path.replace(/\/$/, '')}/rest-api-id`;
}
