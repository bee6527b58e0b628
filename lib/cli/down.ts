import { deleteLocalData, findLocalCloud } from '../local/index.js';

export async function down({ clean = false }: { clean?: boolean }): Promise<void> {
  const projectDir = process.cwd();
  const cloud = await findLocalCloud({ projectDir });
  await cloud?.stop();
  if (clean) deleteLocalData({ projectDir });
  const stopped = cloud ? 'The local cloud is stopped' : 'No local cloud was running';
  console.log(`${stopped}${clean ? ', and what it held is deleted' : ''}.`);
}
