import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  type IResponseHeadersPolicy,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { API_STAGE, type IApi, unexpectedStage } from '../../api/published-api.js';
import { apiInfo, type Contract } from '../../contract/contract.js';

/**
 * The behaviours of the APIs: `/api/<segment>` and `/api/<segment>/*` for the first segments of each contract's paths.
 * The stage of an API is called `api`, too, so that a path is the same at the origin.
 *
 * @throws Error when two APIs have a segment in common, or one has a path without a fixed first segment
 */
export function apiBehaviours(
  scope: Construct,
  apis: readonly IApi[],
  responseHeadersPolicy: IResponseHeadersPolicy,
): Record<string, BehaviorOptions> {
  const owners = new Map<string, string>();
  const behaviours: Record<string, BehaviorOptions> = {};
  const errors: string[] = [];
  for (const api of apis) {
    const { name } = api.contract[apiInfo];
    const stage = unexpectedStage(api.restApi);
    if (stage) errors.push(`the stage of the API ${name} must be called ${API_STAGE}, got ${stage}`);
    const behaviour = behaviourOf(api, responseHeadersPolicy);
    for (const segment of firstSegments(api.contract)) {
      const owner = owners.get(segment);
      if (segment === '' || segment.startsWith('{'))
        errors.push(
          `the API ${name} has the path /${segment}, which does not tell it from others: begin it with a word`,
        );
      else if (owner)
        errors.push(`the APIs ${owner} and ${name} both have paths that begin with /${segment}: rename one`);
      owners.set(segment, name);
      behaviours[`/${API_STAGE}/${segment}`] = behaviour;
      behaviours[`/${API_STAGE}/${segment}/*`] = behaviour;
    }
  }
  if (errors.length > 0) throw new Error(`\`apis\`: ${errors.join('\n')} (at ${scope.node.path})`);
  return behaviours;
}

function firstSegments(contract: Contract): string[] {
  return [...new Set(Object.values(contract).map(({ path }) => path.split('/')[1] ?? ''))];
}

function behaviourOf({ restApi }: IApi, responseHeadersPolicy: IResponseHeadersPolicy): BehaviorOptions {
  // An API is where its own stack is.
  const domainName = `${restApi.restApiId}.execute-api.${restApi.env.region}.${Aws.URL_SUFFIX}`;
  return {
    origin: new HttpOrigin(domainName, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    }),
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    // API Gateway tells its APIs apart by Host.
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    // A redirect would come too late: the token has been sent in the clear.
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    responseHeadersPolicy,
  };
}
