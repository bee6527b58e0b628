// @ts-expect-error the drill writes the package, anew for each deployment
import { edition } from '@drill/parts';

export const handler = async () => edition('ours');
