/** A violated rule and its message. */
export interface BodyError {
  readonly id: string;
  readonly message: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the document is not validated.
type Node = Readonly<Record<string, any>>;

/** An operation of any OpenAPI document. */
export interface BodyOperation {
  readonly method: string;
  readonly path: string;
  readonly definition: Node;
}

const METHODS = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'x-amazon-apigateway-any-method',
];
const VALIDATOR = 'x-amazon-apigateway-request-validator';

/** Returns the operations of a document without CORS preflights, which are public and have no body. */
export function operationsOf(body: Node): BodyOperation[] {
  return Object.entries<Node>(body.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).flatMap((key) => {
      const definition = item[key];
      const type = definition['x-amazon-apigateway-integration']?.type;
      if (key === 'options' && String(type).toLowerCase() === 'mock') return [];
      return [{ method: key.startsWith('x-') ? 'ANY' : key.toUpperCase(), path, definition }];
    }),
  );
}

/** Returns the suffix of a finding's id, which names the operation. CDK allows no spaces in an id. */
export function findingSuffix({ method, path }: Pick<BodyOperation, 'method' | 'path'>): string {
  return `[${method}:${path}]`;
}

/** Reports operations that have no security scheme and are not declared public, or that have no validator. */
export function validateBody(body: Node): BodyError[] {
  return operationsOf(body).flatMap((operation) => {
    const label = `${operation.method} ${operation.path}`;
    const suffix = findingSuffix(operation);
    const security = securityError(operation.definition, body);
    const validator = validatorError(operation.definition, body);
    return [
      ...(security ? [{ id: `Trellis-ApiSecurity${suffix}`, message: `${label} ${security}` }] : []),
      ...(validator ? [{ id: `Trellis-ApiValidator${suffix}`, message: `${label} ${validator}` }] : []),
    ];
  });
}

function securityError(operation: Node, body: Node): string | undefined {
  const security: readonly Node[] | undefined = operation.security ?? body.security;
  if (!security) {
    return 'has no `security` and is public: add a security scheme, or declare it public with `security: []`';
  }
  const schemes = body.components?.securitySchemes ?? body.securityDefinitions ?? {};
  for (const requirement of security) {
    const names = Object.keys(requirement);
    if (names.length === 0) return 'has an empty security requirement and is public';
    const unknown = names.find((name) => !(name in schemes));
    if (unknown) return `uses the security scheme ${unknown}, which the document does not define`;
  }
  return undefined;
}

function validatorError(operation: Node, body: Node): string | undefined {
  const name = operation[VALIDATOR] ?? body[VALIDATOR];
  if (!name) return `has no \`${VALIDATOR}\`: set one of the document's validators`;
  const validator = body['x-amazon-apigateway-request-validators']?.[name];
  if (!validator) return `uses the validator ${name}, which the document does not define`;
  if (validator.validateRequestBody || validator.validateRequestParameters) return undefined;
  return `uses the validator ${name}, which validates nothing`;
}
