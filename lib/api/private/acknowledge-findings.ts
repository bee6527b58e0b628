import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { acknowledge } from '../../construct/acknowledge.js';

/** Acknowledges the findings of security scans about a REST API, with the reasons. */
export function acknowledgeFindings(
  restApi: SpecRestApi,
  { hasWebAcl, isLogged }: { readonly hasWebAcl: boolean; readonly isLogged: boolean },
): void {
  acknowledge(restApi, {
    'AwsSolutions-APIG2':
      'Requests are validated: the validators are in the OpenAPI body, which this rule does not check.',
  });
  if (!isLogged) {
    const reason =
      'The app is ephemeral: API Gateway logs with a role of the whole account, which would remain after the app. The functions log.';
    acknowledge(restApi.deploymentStage, {
      'AwsSolutions-APIG1': reason,
      'AwsSolutions-APIG6': reason,
      'Serverless-APIGWAccessLogging': reason,
    });
  }
  if (hasWebAcl) return;
  acknowledge(restApi.deploymentStage, {
    'AwsSolutions-APIG3':
      'A web ACL costs $5 a month and more; requests are throttled, validated and authorized. Associate one where it is worth it.',
  });
}
