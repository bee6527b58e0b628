import { deleteLocalData, describeEnd, findLocalCloud, LocalCloudError } from '../local/index.js';

/** Stops the local cloud of this folder. @throws LocalCloudError when its data could not be saved */
export async function down({ clean = false }: { clean?: boolean }): Promise<void> {
  const projectDir = process.cwd();
  const cloud = await findLocalCloud({ projectDir, log: console.log });
  const report = await cloud?.stop();
  if (clean) {
    deleteLocalData({ projectDir });
    const stopped = report ? 'The local cloud is stopped' : 'No local cloud was running';
    return console.log(`${stopped}. Its data is deleted.`);
  }
  if (!report) return console.log('No local cloud was running.');
  if (!report.isSaved) throw new LocalCloudError(describeEnd(report));
  console.log(describeEnd(report));
}
