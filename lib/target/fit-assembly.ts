import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { assemblyFiles } from './assembly-files.js';
import { fitTemplate, type TargetSupport } from './fit-template.js';
import { TABLES } from './tables/tables.js';
import type { Target } from './target.js';
import { readReport, type TargetReport, writeReport } from './target-report.js';
import { propertyDifferences, verdictOf } from './target-table.js';
import type { Template } from './template.js';
import { unknownTypes } from './unknown-types.js';

/**
 * Adapts the stacks of a synthesized app that have no construct of this library, which `applyTarget` has not seen; the
 * others remain as they are. For the local cloud no container image is built: what runs them is left out.
 *
 * @throws Error if the emulator is not known to create a type; nothing is changed then
 */
export function fitAssembly(assemblyDir: string, target: Exclude<Target, 'aws'>): void {
  const atSynth = reportAtSynth(assemblyDir);
  // The app chooses another target itself, whatever it is deployed to.
  if (atSynth && atSynth.target !== target) return;
  const files = assemblyFiles(assemblyDir, '.template.json').filter(
    (file) => !atSynth?.fitted?.includes(basename(file)),
  );
  const fitted = files.map((file) => {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    return { file, original: template, ...fitTemplate(template, supportOf(template, target)) };
  });
  const unknown = fitted.flatMap((template) => template.unknown);
  if (unknown.length > 0) throw new Error(unknownTypes(unknown, target));
  for (const { file, original, template } of fitted)
    if (JSON.stringify(template) !== JSON.stringify(original))
      writeFileSync(file, JSON.stringify(template, null, 1));
  if (target === 'local') for (const file of assemblyFiles(assemblyDir, '.assets.json')) withoutImages(file);
  const differences = [
    ...(atSynth?.differences ?? []),
    ...fitted.flatMap((template) => template.differences),
  ];
  writeReport(assemblyDir, { target, emulator: TABLES[target].emulator, differences });
}

function supportOf(template: Template, target: Exclude<Target, 'aws'>): TargetSupport {
  const table = TABLES[target];
  return {
    ofResource: (_, { Type, Properties }) => verdictOf(table, Type, Properties),
    ofProperties: (type) => propertyDifferences(table, type),
    pathOf: (id) => String(template.Resources?.[id]?.Metadata?.['aws:cdk:path'] ?? id),
  };
}

/** Removes the container images from a manifest of assets: they need Docker. */
function withoutImages(file: string): void {
  const { dockerImages, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  if (Object.keys(dockerImages ?? {}).length > 0)
    writeFileSync(file, JSON.stringify({ ...manifest, dockerImages: {} }, null, 1));
}

/** Returns the report that constructs of this library wrote in this synth, not one that `fitAssembly` wrote before. */
function reportAtSynth(assemblyDir: string): TargetReport | undefined {
  const report = readReport(assemblyDir);
  return report?.fitted && report;
}
