import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  type IResponseHeadersPolicyRef,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { API_STAGE, type IApi, unexpectedStage } from '../../api/published-api.js';
import { assertValid } from '../../construct/assert-valid.js';
import { apiInfo, type Contract } from '../../contract/contract.js';

/**
 * Returns the behaviours of the APIs: `/api/<segment>` and `/api/<segment>/*` for the first segments of each contract's
 * paths. The stage of an API is also called `api`, so that a path is the same at the origin.
 *
 * @throws Error when two APIs share a first segment, or a path begins with a parameter
 */
export function apiBehaviours(
  scope: Construct,
  apis: readonly IApi[],
  responseHeadersPolicy: IResponseHeadersPolicyRef,
): Record<string, BehaviorOptions> {
  const owners = new Map<string, string>();
  const behaviours: Record<string, BehaviorOptions> = {};
  const errors: string[] = [];
  for (const api of apis) {
    const { name } = api.contract[apiInfo];
    const stage = unexpectedStage(api.restApi);
    if (stage)
      errors.push(`\`apis\` must have stages with the name "${API_STAGE}", got "${stage}" of ${name}`);
    const behaviour = behaviourOf(api, responseHeadersPolicy);
    for (const segment of firstSegments(api.contract)) {
      const owner = owners.get(segment);
      if (segment === '' || segment.startsWith('{'))
        errors.push(`\`apis\` must have paths with a fixed first segment, got /${segment} of ${name}`);
      else if (owner)
        errors.push(
          `\`apis\` must not share the first segment of their paths, got /${segment} of ${owner} and ${name}`,
        );
      owners.set(segment, name);
      behaviours[`/${API_STAGE}/${segment}`] = behaviour;
      behaviours[`/${API_STAGE}/${segment}/*`] = behaviour;
    }
  }
  assertValid(scope, errors);
  return behaviours;
}

function firstSegments(contract: Contract): string[] {
  return [...new Set(Object.values(contract).map(({ path }) => path.split('/')[1] ?? ''))];
}

function behaviourOf({ restApi }: IApi, responseHeadersPolicy: IResponseHeadersPolicyRef): BehaviorOptions {
  // The region is that of the API's stack, not of the site's.
  const domainName = `${restApi.restApiId}.execute-api.${restApi.env.region}.${Aws.URL_SUFFIX}`;
  return {
    origin: new HttpOrigin(domainName, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    }),
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    // API Gateway selects the API by the Host header.
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    // With a redirect the first request would already have sent the token unencrypted.
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    responseHeadersPolicy,
  };
}
