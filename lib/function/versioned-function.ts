import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  type AliasOptions,
  type FunctionProps,
  type IVersion,
  Function as LambdaFunction,
  Version,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { definedProps } from '../construct/defined-props.js';
import { LIVE } from './private/release-resources.js';
import { publishVersions, takeLogicalId } from './published-versions.js';

/** Properties of CDK's functions and of the alias. */
export interface VersionedFunctionProps extends FunctionProps {
  /** Options of the alias `live`. @default - no provisioned concurrency */
  readonly live?: AliasOptions;
}

/**
 * A function that is invoked through its alias `live`, which points to a published version.
 *
 * Lambda updates code and configuration in two calls, so that `$LATEST` mixes old and new for some seconds of a
 * deployment (https://github.com/aws/aws-cdk/issues/8446). A version never changes, and the alias moves to the next one
 * atomically.
 *
 * `functionArn`, `functionName`, grants, permissions, event sources, the function URL and the configuration of
 * asynchronous invocations refer to the alias, so that every trigger uses it. Metrics cover all versions.
 */
export abstract class VersionedFunction extends LambdaFunction {
  /**
   * The function without its alias: `$LATEST`. For uses that must keep the function's own ARN, for example the
   * `serviceToken` of a custom resource that is already deployed.
   */
  readonly unqualified: LambdaFunction;
  private readonly isVersioned: boolean;
  private readonly liveOptions: AliasOptions;
  private readonly versionOptions: FunctionProps['currentVersionOptions'];
  // Not named `alias` and `version`: CDK treats objects with these as an alias or a version.
  private liveAlias: Alias | undefined;
  private liveVersion: Version | undefined;

  protected constructor(scope: Construct, id: string, props: VersionedFunctionProps) {
    const { live, onFailure, onSuccess, maxEventAge, retryAttempts, ...options } = props;
    super(scope, id, options as FunctionProps);
    this.isVersioned = true;
    // The same object, with getters and methods that ignore the alias.
    this.unqualified = Object.create(this, { isVersioned: { value: false } });
    this.liveOptions = live ?? {};
    this.versionOptions = options.currentVersionOptions;
    publishVersions(this, {
      version: () => this.liveVersion,
      alias: () => this.liveAlias,
    });
    // Not in CDK's constructor, which would configure `$LATEST`.
    const asynchronous = definedProps({ onFailure, onSuccess, maxEventAge, retryAttempts });
    if (Object.keys(asynchronous).length > 0) this.configureAsyncInvoke(asynchronous);
    if (live) this.createAlias();
    else if (options.currentVersionOptions) this.createVersion();
  }

  /** The alias that all triggers invoke: for auto scaling or a deployment group. */
  public get live(): Alias {
    return this.liveAlias ?? this.createAlias();
  }

  /** The deployed version, to which the alias `live` points. */
  public override get currentVersion(): Version {
    return this.liveVersion ?? this.createVersion();
  }

  /** Adds an alias next to `live`, or sets the options of `live` itself. */
  public override addAlias(aliasName: string, options?: AliasOptions): Alias {
    if (aliasName !== LIVE) return super.addAlias(aliasName, options);
    // CDK's id for the alias: an app that has one already keeps it.
    this.liveAlias ??= super.addAlias(aliasName, { ...this.liveOptions, ...options });
    return this.liveAlias;
  }

  /** The ARN of the alias `live`. */
  public override get functionArn(): string {
    return this.isVersioned ? `${super.functionArn}:${LIVE}` : super.functionArn;
  }

  /** The function's name with the alias, `name:live`, which Lambda accepts as the name to invoke. */
  public override get functionName(): string {
    return this.isVersioned ? `${super.functionName}:${LIVE}` : super.functionName;
  }

  public override get resourceArnsForGrantInvoke(): string[] {
    return this.isVersioned ? [this.functionArn] : super.resourceArnsForGrantInvoke;
  }

  public override get latestVersion(): IVersion {
    return this.isVersioned ? this.unqualified.latestVersion : super.latestVersion;
  }

  public override grantInvokeVersion(grantee: IGrantable, version: IVersion): Grant {
    return this.isVersioned
      ? this.unqualified.grantInvokeVersion(grantee, version)
      : super.grantInvokeVersion(grantee, version);
  }

  /** Returns a metric of the function, over all its versions. */
  public override metric(metricName: string, props?: MetricOptions): Metric {
    return this.isVersioned ? this.unqualified.metric(metricName, props) : super.metric(metricName, props);
  }

  /** Disables CDK's warning about permissions on a function with versions: these are on the alias. */
  public override considerWarningOnInvokeFunctionPermissions(): void {}

  private createVersion(): Version {
    this.liveVersion = new Version(this, 'CurrentVersion', {
      lambda: this.unqualified,
      ...definedProps(this.versionOptions),
    });
    takeLogicalId(this, this.liveVersion, 'Version');
    return this.liveVersion;
  }

  private createAlias(): Alias {
    this.liveAlias = new Alias(this, 'Live', {
      ...definedProps(this.liveOptions),
      aliasName: LIVE,
      version: this.currentVersion,
    });
    takeLogicalId(this, this.liveAlias, 'Live');
    return this.liveAlias;
  }
}
