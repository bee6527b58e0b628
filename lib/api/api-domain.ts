import {
  BasePathMapping,
  DomainName,
  EndpointAccessMode,
  EndpointType,
  type IDomainName,
  type MTLSConfig,
  SecurityPolicy,
  type SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnApiMapping } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

/** An address of your own. It costs nothing; a hosted zone costs $0.50 a month. */
export interface ApiDomainOptions {
  /** The host name, as in `api.example.com`. */
  readonly name: string;
  /** A certificate for the name, of the API's own region. */
  readonly certificate: ICertificate;
  /** Where the name is made known. @default - nowhere: point it to `api.domain.domainNameAliasDomainName` yourself */
  readonly hostedZone?: IHostedZone;
  /** What the paths of the API come after, as in `orders` or `shop/orders`. @default - nothing */
  readonly basePath?: string;
  /** Which TLS the domain takes; nothing older than TLS 1.2. @default SecurityPolicy.TLS_1_2 */
  readonly securityPolicy?: SecurityPolicy;
  /** The certificates of those who may connect, each with one of their own. @default - everybody may connect */
  readonly mutualTls?: MTLSConfig;
}

/** A part of an address that several APIs share: made once, by CDK's `DomainName`, in any stack. */
export interface SharedApiDomain {
  /** CDK's domain, or an imported one (`DomainName.fromDomainNameAttributes`). */
  readonly domainName: IDomainName;
  /** What the paths of the API come after, as in `orders` or `shop/orders`. @default - nothing: it takes the rest */
  readonly basePath?: string;
}

/** What is wrong with a domain. */
export function validateDomain(domain: ApiDomainOptions | SharedApiDomain): string[] {
  const { name, securityPolicy }: Partial<ApiDomainOptions> = isShared(domain) ? {} : domain;
  const { basePath } = domain;
  const found: string[] = [];
  if (
    name !== undefined &&
    !Token.isUnresolved(name) &&
    !/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name)
  ) {
    found.push(`\`domain.name\` must be a host name like api.example.com in lower case, got "${name}"`);
  }
  if (basePath !== undefined && !/^[\w.~!*'()$+-]+(\/[\w.~!*'()$+-]+)*$/.test(basePath)) {
    found.push(`\`domain.basePath\` must be like orders or shop/orders, got "${basePath}"`);
  }
  if (securityPolicy === SecurityPolicy.TLS_1_0) {
    found.push('`domain.securityPolicy` must be TLS 1.2 or later, got TLS_1_0');
  }
  return found;
}

/** Gives the API its domain, or its part of a shared one. */
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

/** A path of several parts is possible with the newer kind of mapping only. */
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

/** Who has made the domain of a name, by the app. */
const made = new WeakMap<IConstruct, Map<string, string>>();

/** @throws Error for a name that another API of the app has: AWS has each name once in a region */
function claim(scope: Construct, name: string): void {
  if (Token.isUnresolved(name)) return;
  const { region, account } = Stack.of(scope);
  const { root } = scope.node;
  const names = made.get(root) ?? new Map<string, string>();
  made.set(root, names);
  const key = [name, Stage.of(scope)?.node.path, region, account].join(' ');
  const other = names.get(key);
  if (other) {
    throw new Error(
      `\`domain.name\` must be of one API only, got ${name}, which ${other} has already (at ${scope.node.path}). For several APIs make one DomainName, and give each \`domain: { domainName, basePath }\`.`,
    );
  }
  names.set(key, scope.node.path);
}

function createDomain(scope: Construct, api: SpecRestApi, options: ApiDomainOptions): DomainName {
  const { name, certificate, hostedZone, basePath, securityPolicy, mutualTls } = options;
  claim(scope, name);
  const tls = securityPolicy ?? SecurityPolicy.TLS_1_2;
  const domain = new DomainName(scope, 'Domain', {
    domainName: name,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: tls,
    // The newer policies ask for it: who connects must name this domain in TLS as in HTTP.
    ...(tls.startsWith('SecurityPolicy_') && { endpointAccessMode: EndpointAccessMode.STRICT }),
    ...(mutualTls && { mtls: mutualTls }),
  });
  const stage = api.deploymentStage;
  // A path of several parts is possible with the newer kind of mapping only.
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

/** The address under the domain, ending in a slash. */
export function domainUrl(domain: ApiDomainOptions | SharedApiDomain): string {
  const { basePath } = domain;
  const name = isShared(domain) ? domain.domainName.domainName : domain.name;
  return `https://${name}/${basePath ? `${basePath}/` : ''}`;
}
