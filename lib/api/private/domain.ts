import {
  BasePathMapping,
  DomainName,
  EndpointAccessMode,
  EndpointType,
  type IDomainName,
  SecurityPolicy,
  type SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnApiMapping } from 'aws-cdk-lib/aws-apigatewayv2';
import { ARecord, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { assertValid } from '../../construct/assert-valid.js';
import type { ApiDomainOptions, SharedApiDomain } from '../domain-options.js';

/** Returns the errors of a domain's options. */
export function validateDomain(domain: ApiDomainOptions | SharedApiDomain): string[] {
  const { name, securityPolicy }: Partial<ApiDomainOptions> = isShared(domain) ? {} : domain;
  const { basePath } = domain;
  const errors: string[] = [];
  if (
    name !== undefined &&
    !Token.isUnresolved(name) &&
    !/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name)
  ) {
    errors.push(`\`domain.name\` must be a host name like api.example.com in lower case, got "${name}"`);
  }
  if (basePath !== undefined && !/^[\w.~!*'()$+-]+(\/[\w.~!*'()$+-]+)*$/.test(basePath)) {
    errors.push(`\`domain.basePath\` must be like orders or shop/orders, got "${basePath}"`);
  }
  if (securityPolicy === SecurityPolicy.TLS_1_0) {
    errors.push('`domain.securityPolicy` must be TLS 1.2 or later, got TLS_1_0');
  }
  return errors;
}

/** Creates the API's domain, or maps the API to a base path of a shared one. */
export function addDomain(
  scope: Construct,
  api: SpecRestApi,
  options: ApiDomainOptions | SharedApiDomain,
): IDomainName {
  if (!isShared(options)) return createDomain(scope, api, options);
  mapTo(scope, options.domainName, api, options.basePath);
  return options.domainName;
}

function isShared(domain: ApiDomainOptions | SharedApiDomain): domain is SharedApiDomain {
  return 'domainName' in domain;
}

/** Only the newer kind of mapping supports a base path of several segments. */
function mapTo(
  scope: Construct,
  domainName: IDomainName,
  api: SpecRestApi,
  basePath: string | undefined,
): void {
  const stage = api.deploymentStage;
  if (basePath?.includes('/')) {
    new CfnApiMapping(scope, 'DomainMapping', {
      domainName: domainName.domainName,
      apiId: api.restApiId,
      stage: stage.stageName,
      apiMappingKey: basePath,
    });
  } else {
    new BasePathMapping(scope, 'DomainMapping', {
      domainName,
      restApi: api,
      stage,
      ...(basePath && { basePath }),
    });
  }
}

/** Paths of the APIs that own a domain name, by app. */
const owners = new WeakMap<IConstruct, Map<string, string>>();

/** @throws Error for a name that another API of the app owns: a domain name is unique in a region */
function claimName(scope: Construct, name: string): void {
  if (Token.isUnresolved(name)) return;
  const { region, account } = Stack.of(scope);
  const { root } = scope.node;
  const names = owners.get(root) ?? new Map<string, string>();
  owners.set(root, names);
  const key = [name, Stage.of(scope)?.node.path, region, account].join(' ');
  const owner = names.get(key);
  const error = `\`domain.name\` must belong to one API, got ${name}, which ${owner} has already. To share it, create one DomainName and pass \`domain: { domainName, basePath }\` to each API`;
  assertValid(scope, owner ? [error] : []);
  names.set(key, scope.node.path);
}

function createDomain(scope: Construct, api: SpecRestApi, options: ApiDomainOptions): DomainName {
  const { name, certificate, hostedZone, basePath, securityPolicy, mutualTls } = options;
  claimName(scope, name);
  const tls = securityPolicy ?? SecurityPolicy.TLS_1_2;
  const domain = new DomainName(scope, 'Domain', {
    domainName: name,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: tls,
    // The newer policies require it: the host name in TLS (SNI) must equal the one in HTTP.
    ...(tls.startsWith('SecurityPolicy_') && { endpointAccessMode: EndpointAccessMode.STRICT }),
    ...(mutualTls && { mtls: mutualTls }),
  });
  const stage = api.deploymentStage;
  // Only the newer kind of mapping supports a base path of several segments.
  if (basePath?.includes('/')) domain.addApiMapping(stage, { basePath });
  else domain.addBasePathMapping(api, { stage, ...(basePath && { basePath }) });
  if (hostedZone) {
    new ARecord(scope, 'DomainRecord', {
      zone: hostedZone,
      recordName: name,
      target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)),
    });
  }
  return domain;
}

/** Returns the URL of the API at the domain, with a trailing slash. */
export function domainUrl(domain: ApiDomainOptions | SharedApiDomain): string {
  const { basePath } = domain;
  const name = isShared(domain) ? domain.domainName.domainName : domain.name;
  return `https://${name}/${basePath ? `${basePath}/` : ''}`;
}
