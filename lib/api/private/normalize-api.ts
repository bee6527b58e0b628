import { apiInfo, type Contract } from '../../contract/contract.js';
import type { Operation } from '../../contract/operation.js';
import { CORS_VARIABLE } from '../../http/cors.js';
import type { DocumentationOptions } from '../documentation-options.js';
import { type Cors, corsOf, corsVariable } from './cors.js';
import { type PlannedRoute, planRoutes } from './planned-route.js';
import { type CheckedProps, documentationOf } from './validate-api.js';

/** Properties of an API in one form each, with the defaults that its contract determines. */
export interface NormalizedApi {
  /** The name of the contract. */
  readonly name: string;
  readonly routes: readonly PlannedRoute[];
  /** Undefined without `cors`. */
  readonly cors: Cors | undefined;
  /** Undefined without `documentation`. */
  readonly documentation: DocumentationOptions | undefined;
  /** Environment variables of all functions. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Normalizes properties before they are validated: it must accept invalid ones. */
export function normalizeApi(props: CheckedProps & { readonly contract: Contract }): NormalizedApi {
  const { contract, routes, authorizers } = props;
  const { name } = contract[apiInfo];
  const cors = props.cors && corsOf(props.cors, Object.values<Operation>(contract), authorizers);
  return {
    name,
    routes: planRoutes(contract, routes),
    cors,
    documentation: documentationOf(props),
    environment: {
      POWERTOOLS_SERVICE_NAME: name,
      ...(cors && { [CORS_VARIABLE]: corsVariable(cors) }),
    },
  };
}
