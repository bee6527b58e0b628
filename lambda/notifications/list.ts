import { cursor, route, table } from 'cdk-trellis/runtime';
import * as z from 'zod';
import { type Message, notificationsApi } from '../../contracts/notifications.js';
import { newestPage } from '../newest-page.js';

const position = cursor(z.object({ messageId: z.string().max(100) }));

export const handler = route(
  notificationsApi.listMessages,
  { inbox: table.read },
  async ({ user, query }, { inbox }) => ({
    status: 200,
    body: await newestPage<Message>(inbox, user.sub, position, query),
  }),
);
