import { Annotations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Bindables } from '../bindings/binding.js';
import type { HandlerFunction } from './handler-function.js';

/** Warns of shared bindings that no function needs: a leftover or a misspelt name. */
export function warnOfUnneeded(
  scope: Construct,
  bind: Bindables,
  functions: readonly HandlerFunction[],
): void {
  const needs = functions.flatMap(({ analysis }) => analysis.needs);
  const names = new Set(needs.map(({ name }) => name));
  const unneeded = Object.keys(bind).filter((name) => !names.has(name));
  if (unneeded.length === 0) return;
  const needed = [...names].join(', ') || 'nothing';
  Annotations.of(scope).addWarningV2(
    'cdk-trellis:unneededBinding',
    `\`bind\` has ${unneeded.join(', ')}, which no handler needs (they need ${needed}). It grants no permissions`,
  );
}
