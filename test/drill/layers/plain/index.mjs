import { edition } from '@drill/parts';

export const handler = async () => edition('plain');
