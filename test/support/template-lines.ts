import { fieldLines, propertiesLine, shortForm } from './short-form.js';

export type Properties = Record<string, any>;

/** Operations of an API with their authorization: one line per path and set of settings: HEAD is usually set as GET is. */
export function operationLines(body: Properties = {}): string[] {
  return Object.entries<Properties>(body.paths ?? {}).flatMap(([path, operations]) => {
    const methods = new Map<string, string[]>();
    for (const [method, operation] of Object.entries<Properties>(operations)) {
      const { type, timeoutInMillis } = operation['x-amazon-apigateway-integration'] ?? {};
      const settings = {
        security: operation.security,
        validator: operation['x-amazon-apigateway-request-validator'],
        type,
        ...(timeoutInMillis && { timeoutInMillis }),
      };
      const text = propertiesLine(settings);
      methods.set(text, [...(methods.get(text) ?? []), method.toUpperCase()]);
    }
    return [...methods].map(([text, names]) => `${names.join(' ')} ${path}: ${text}`);
  });
}

/** A line for each state of a workflow: how long it may take, how often it is tried again, and where it leads. */
export function workflowLines(id: string, properties: Properties): string[] {
  const { States } = JSON.parse(shortForm(properties.DefinitionString));
  return [
    ...fieldLines(
      id,
      picked(properties, ['StateMachineType', 'LoggingConfiguration', 'TracingConfiguration']),
    ),
    ...Object.entries<Properties>(States).map(([name, state]) => {
      const next = [...(state.Choices ?? []), ...(state.Catch ?? []), state].map((way) => way.Next);
      const ways = [...next, state.Default].filter(Boolean).join(', ');
      return `  ${name}: ${propertiesLine({
        ...picked(state, ['Type', 'TimeoutSeconds']),
        ...(state.Retry && { attempts: state.Retry.map(({ MaxAttempts }: Properties) => MaxAttempts) }),
      })}${ways && ` -> ${ways}`}`;
    }),
  ];
}

/** Returns an alarm's metric, threshold, periods and number of actions. */
export function alarmText(properties: Properties): string {
  const { Metrics = [], Namespace, MetricName, Dimensions = [], AlarmActions = [] } = properties;
  const measured = Metrics.map(
    (metric: Properties) => metric.Expression ?? metric.MetricStat?.Metric?.MetricName,
  );
  const statistic = properties.Statistic ?? properties.ExtendedStatistic;
  const dimensions = Dimensions.map(({ Value }: Properties) => shortForm(Value)).join('/');
  const measure = MetricName
    ? `${Namespace} ${MetricName} (${statistic})${dimensions && ` of ${dimensions}`}`
    : measured.join(' / ');
  const periods = `${properties.DatapointsToAlarm ?? properties.EvaluationPeriods} of ${properties.EvaluationPeriods}`;
  const period =
    properties.Period ??
    Metrics.map((metric: Properties) => metric.Period ?? metric.MetricStat?.Period).find(Boolean);
  return `${measure} ${properties.ComparisonOperator} ${properties.Threshold}, ${periods} of ${period} s, missing ${properties.TreatMissingData}, actions: ${AlarmActions.length}`;
}

/** Permissions of almost every function, in the heading: its lines would bury the others. */
const USUAL = [
  { pattern: /^logs:CreateLogStream logs:PutLogEvents on (\w*LogGroup\w*)\.Arn$/, text: ', logs' },
  { pattern: /^xray:PutTraceSegments xray:PutTelemetryRecords on \*$/, text: ', traces' },
];

/** A role or policy, and a line for each of its statements. */
export function permissionLines(id: string, properties: Properties, parameters: Properties): string[] {
  const policies = (properties.Policies ?? []).map((policy: Properties) => policy.PolicyDocument);
  const statements = [properties.PolicyDocument, ...policies].flatMap(
    (document) => document?.Statement ?? [],
  );
  const principals = (properties.AssumeRolePolicyDocument?.Statement ?? []).map(({ Principal }: Properties) =>
    propertiesLine(Principal),
  );
  const lines = [
    ...(properties.ManagedPolicyArns ?? []).map((arn: unknown) => shortForm(arn)),
    ...statements.map((statement) => statementLine(statement, parameters)),
  ];
  const usual = USUAL.filter(({ pattern }) => lines.some((text) => pattern.test(text)));
  const others = lines.filter((text) => !usual.some(({ pattern }) => pattern.test(text)));
  if (principals.length + lines.length === 0) return [];
  const heading = [id, ...principals].join(' for ') + usual.map(({ text }) => text).join('');
  return [heading, ...others.map((text) => `  ${text}`)];
}

function statementLine(statement: Properties, parameters: Properties): string {
  const { Effect, Action, Resource, Principal, Condition } = statement;
  const short = (value: unknown) => shortForm(value, parameters);
  const who = Principal ? ` to ${short(Principal)}` : '';
  const when = Condition ? ` if ${short(Condition)}` : '';
  return `${Effect === 'Allow' ? '' : 'DENY '}${[Action].flat().join(' ')} on ${short(Resource)}${who}${when}`;
}

export function picked(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}
